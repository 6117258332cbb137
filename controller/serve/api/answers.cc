#include "controller/serve/api/answers.h"

#include "base/json.h"
#include "base/sha256.h"

namespace paliad::serve {
namespace {

// RFC 9110, section 13.1.2: a list of tags, or "*"; compared weakly.
bool Matches(std::string_view if_none_match, std::string_view tag) {
  while (!if_none_match.empty()) {
    const auto end = if_none_match.find(',');
    std::string_view one = if_none_match.substr(0, end);
    if_none_match = end == std::string_view::npos ? std::string_view() : if_none_match.substr(end + 1);
    const auto first = one.find_first_not_of(" \t");
    one = first == std::string_view::npos ? std::string_view()
                                          : one.substr(first, one.find_last_not_of(" \t") - first + 1);
    if (one.substr(0, 2) == "W/") {
      one.remove_prefix(2);
    }
    if (one == tag || one == "*") {
      return true;
    }
  }
  return false;
}

}  // namespace

http::Response JsonAnswer(int status, const OrderedJson& json) {
  http::Response response{.status = status, .body = DumpJson(json) + "\n"};
  response.Add("Content-Type", "application/json");
  return response;
}

http::Response ErrorAnswer(int status, std::string_view kind, std::string_view message,
                           std::string_view hint) {
  return JsonAnswer(status, {{"error", {{"kind", kind}, {"message", message}, {"hint", hint}}}});
}

http::Response ErrorAnswer(const Error& error) {
  return ErrorAnswer(StatusOf(error.kind), ErrorKindName(error.kind), error.Message(), error.hint);
}

int StatusOf(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kUnavailable:
      return 503;
    case ErrorKind::kConflict:
    case ErrorKind::kInDoubt:
      return 409;
    case ErrorKind::kInvalidInput:
      return 400;
    case ErrorKind::kCorruption:
    case ErrorKind::kInternal:
      return 500;
  }
  return 500;
}

void AddETag(const http::Request& request, http::Response& response) {
  if (response.status != 200) {
    return;
  }
  const std::string tag = "\"" + Sha256Hex(response.body).substr(0, 32) + "\"";
  response.Add("ETag", tag);
  if (Matches(request.Header("if-none-match").value_or(""), tag)) {
    response.status = 304;
    response.body.clear();
  }
}

}  // namespace paliad::serve
