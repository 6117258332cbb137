// Reading the head of an HTTP/1.1 request (RFC 9112), strictly: whatever two readers could understand
// differently is refused, since a proxy in front may be the other reader. Pure.
#ifndef PALIAD_CONTROLLER_SERVE_HTTP_PARSE_H_
#define PALIAD_CONTROLLER_SERVE_HTTP_PARSE_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "controller/serve/http/message.h"

namespace paliad::http {

inline constexpr std::size_t kMaxHeadBytes = 16 * 1024;
inline constexpr std::size_t kMaxTargetBytes = 8 * 1024;
inline constexpr std::size_t kMaxHeaders = 100;

// Why a request is not served; the connection ends with it.
struct Rejection {
  int status = 400;
  std::string message;  // for the client; holds nothing of what it sent
};

// Where the body begins: just past the first empty line; none while it has not come. Only what was not looked
// at before is searched: `from` is the size of the buffer at the last call.
std::optional<std::size_t> EndOfHead(std::string_view buffer, std::size_t from);

// `head` is everything up to and with the empty line. The body is left empty. 400 for another form, 411 for a
// body without a length, 414 and 431 for a target and headers beyond the bounds, 505 for another version.
[[nodiscard]] tl::expected<Request, Rejection> ParseHead(std::string_view head);

// Percent-decoding. None for a broken escape, NUL, or what is not UTF-8 then. `form`: "+" is a space.
std::optional<std::string> PercentDecode(std::string_view text, bool form);

// "a=1&b=x%20y", of a query or a form. None where PercentDecode has none, or for more than 100 parameters.
std::optional<Parameters> ParseParameters(std::string_view text);

// Everything but letters, digits and "-._~" escaped.
std::string PercentEncode(std::string_view text);

// The value of a cookie of a Cookie header; none if there is none of that name, or several.
std::optional<std::string> CookieValue(std::string_view header, std::string_view name);

}  // namespace paliad::http

#endif  // PALIAD_CONTROLLER_SERVE_HTTP_PARSE_H_
