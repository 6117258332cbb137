// One HTTP exchange, whole. Values, and the interface behind which tests put what they like.
#ifndef PALIAD_CONTROLLER_FORGE_HTTP_H_
#define PALIAD_CONTROLLER_FORGE_HTTP_H_

#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "base/error.h"

namespace paliad::forge {

using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

struct HttpRequest {
  std::string method = "GET";
  std::string url;
  HttpHeaders headers;
  std::string body;  // with any method but GET
};

struct HttpReply {
  int status = 0;
  HttpHeaders headers;  // names in lower case, in the order in which they came
  std::string body;

  // The first of that name (lower case).
  std::optional<std::string_view> Header(std::string_view name) const;
};

// No answer came, or not all of it.
struct HttpFault {
  ErrorKind kind = ErrorKind::kUnavailable;
  std::string cause;  // fit for a terminal
  std::string hint;
  bool sent = false;  // the server may have had the request
};

class Http {
 public:
  virtual ~Http() = default;
  // A reply of any status. Never follows a redirect, and never sends anything but a GET twice.
  [[nodiscard]] virtual tl::expected<HttpReply, HttpFault> Perform(const HttpRequest& request) = 0;
};

}  // namespace paliad::forge

#endif  // PALIAD_CONTROLLER_FORGE_HTTP_H_
