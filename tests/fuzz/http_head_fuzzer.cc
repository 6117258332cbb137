// The head of an HTTP request, and the parameters of its query: any bytes end in an answer, and what is
// accepted has one meaning only, so that written out again it is read as the same.
#include <fmt/format.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/text.h"
#include "controller/serve/http/parse.h"

namespace {

using paliad::http::Request;

void Require(bool sound) {
  if (!sound) {
    std::abort();
  }
}

std::string WriteHead(const Request& request) {
  std::string head = fmt::format("{} {}{}{} HTTP/1.1\r\n", request.method, request.path,
                                 request.query.empty() ? "" : "?", request.query);
  for (const auto& [name, value] : request.headers) {
    head += fmt::format("{}: {}\r\n", name, value);
  }
  return head + "\r\n";
}

void CheckHead(const Request& request) {
  const auto again = paliad::http::ParseHead(WriteHead(request));
  Require(again && again->method == request.method && again->path == request.path &&
          again->query == request.query && again->headers == request.headers &&
          again->content_length == request.content_length &&
          again->expects_continue == request.expects_continue);
  Require(request.path.front() == '/' && request.Header("host").has_value());
  Require(!request.Header("transfer-encoding"));
}

void CheckParameters(std::string_view text) {
  const auto parameters = paliad::http::ParseParameters(text);
  if (!parameters) {
    return;
  }
  std::string written;
  for (const auto& [name, value] : *parameters) {
    Require(paliad::IsValidUtf8(name) && paliad::IsValidUtf8(value));
    written += fmt::format("&{}={}", paliad::http::PercentEncode(name), paliad::http::PercentEncode(value));
  }
  const auto again = paliad::http::ParseParameters(written);
  Require(again.has_value());
  Require(*again == *parameters);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto end = paliad::http::EndOfHead(bytes, 0);
  if (const auto request = paliad::http::ParseHead(bytes.substr(0, end.value_or(size)))) {
    CheckHead(*request);
    CheckParameters(request->query);
  }
  CheckParameters(bytes);
  (void)paliad::http::CookieValue(bytes, "paliad_session");
  return 0;
}
