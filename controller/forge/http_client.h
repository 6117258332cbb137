// HTTP by libcurl, of which this is the only user. Not thread-safe; different clients may be used by
// different threads.
#ifndef PALIAD_CONTROLLER_FORGE_HTTP_CLIENT_H_
#define PALIAD_CONTROLLER_FORGE_HTTP_CLIENT_H_

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "controller/forge/http.h"

namespace paliad::forge {

struct HttpClientOptions {
  std::string ca_file;  // PEM; empty: the system's
  std::chrono::milliseconds connect_timeout{10'000};
  std::chrono::milliseconds request_timeout{30'000};
  std::size_t max_answer = std::size_t{32} << 20;  // bytes of a body, unpacked
  std::string user_agent;
  std::stop_token stop;  // ends a request under way
};

// TLS is always verified. Proxies come from the environment (https_proxy, no_proxy, …), but for http://,
// which goes to loopback only: a proxy would see the token.
class HttpClient final : public Http {
 public:
  explicit HttpClient(HttpClientOptions options);
  ~HttpClient() override;
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  // kUnavailable, but kInvalidInput for a CA file that cannot be read. `sent` is cautious: true unless it is
  // certain that nothing of the request left.
  [[nodiscard]] tl::expected<HttpReply, HttpFault> Perform(const HttpRequest& request) override;

 private:
  struct Transfer;
  void Prepare(const HttpRequest& request, Transfer& transfer);
  HttpFault FaultOf(int code, const Transfer& transfer) const;

  const HttpClientOptions options_;
  std::unique_ptr<void, void (*)(void*)> curl_;
};

// A date of HTTP (RFC 9110, section 5.6.7), the obsolete forms too. None for anything else.
std::optional<WallTime> ParseHttpDate(std::string_view text);

}  // namespace paliad::forge

#endif  // PALIAD_CONTROLLER_FORGE_HTTP_CLIENT_H_
