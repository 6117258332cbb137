// An HTTP request and its answer, whole: bodies are bounded, so nothing is streamed. Values.
#ifndef PALIAD_CONTROLLER_SERVE_HTTP_MESSAGE_H_
#define PALIAD_CONTROLLER_SERVE_HTTP_MESSAGE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace paliad::http {

// Decoded, in the order in which they came; a name may come twice.
using Parameters = std::vector<std::pair<std::string, std::string>>;

struct Request {
  std::string method;                // "GET"
  std::string path;                  // "/runs/7": as sent, not decoded, without the query
  std::string query;                 // "after=3": the same; empty where there is none
  Parameters headers;                // names in lower case
  std::uint64_t content_length = 0;  // what the head announced
  bool keep_alive = true;            // the client would send another request
  bool expects_continue = false;     // it waits for "100 Continue" before it sends the body
  std::string body;
  std::string peer;  // "192.0.2.1"
  bool encrypted = false;

  // The one header of that name (lower case); none if there is none, or several.
  std::optional<std::string_view> Header(std::string_view name) const;
};

struct Response {
  int status = 200;
  Parameters headers;  // Content-Length, Connection and Date are added
  std::string body;

  Response& Add(std::string name, std::string value) {
    headers.emplace_back(std::move(name), std::move(value));
    return *this;
  }
};

// "Not Found"; "" for a status that this program never sends.
std::string_view StatusText(int status);

// The bytes of an answer. What would break out of a header's line is left out of its value. `head_only`: to a
// HEAD request.
std::string FormatResponse(const Response& response, bool keep_alive, bool head_only);

}  // namespace paliad::http

#endif  // PALIAD_CONTROLLER_SERVE_HTTP_MESSAGE_H_
