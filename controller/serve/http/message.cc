#include "controller/serve/http/message.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <ctime>

namespace paliad::http {
namespace {

// RFC 9110, section 5.6.7. Not strftime: its names depend on the locale.
std::string HttpDate(std::time_t now) {
  static constexpr std::array kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::array kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  std::tm utc{};
  gmtime_r(&now, &utc);
  return fmt::format("{}, {:02} {} {} {:02}:{:02}:{:02} GMT", kDays[static_cast<std::size_t>(utc.tm_wday)],
                     utc.tm_mday, kMonths[static_cast<std::size_t>(utc.tm_mon)], utc.tm_year + 1900,
                     utc.tm_hour, utc.tm_min, utc.tm_sec);
}

std::string OneLine(std::string_view value) {
  std::string line;
  std::copy_if(value.begin(), value.end(), std::back_inserter(line),
               [](char c) { return static_cast<unsigned char>(c) >= 0x20 && c != 0x7f; });
  return line;
}

}  // namespace

std::optional<std::string_view> Request::Header(std::string_view name) const {
  std::optional<std::string_view> found;
  for (const auto& [key, value] : headers) {
    if (key == name) {
      if (found) {
        return std::nullopt;
      }
      found = value;
    }
  }
  return found;
}

std::string_view StatusText(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 202:
      return "Accepted";
    case 303:
      return "See Other";
    case 304:
      return "Not Modified";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 411:
      return "Length Required";
    case 413:
      return "Content Too Large";
    case 414:
      return "URI Too Long";
    case 415:
      return "Unsupported Media Type";
    case 422:
      return "Unprocessable Content";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 503:
      return "Service Unavailable";
    case 505:
      return "HTTP Version Not Supported";
    default:
      return "";
  }
}

std::string FormatResponse(const Response& response, bool keep_alive, bool head_only) {
  std::string text = fmt::format("HTTP/1.1 {} {}\r\nDate: {}\r\nConnection: {}\r\n", response.status,
                                 StatusText(response.status), HttpDate(std::time(nullptr)),
                                 keep_alive ? "keep-alive" : "close");
  for (const auto& [name, value] : response.headers) {
    text += fmt::format("{}: {}\r\n", name, OneLine(value));
  }
  // RFC 9110, section 8.6: an answer without content may leave it out, and 304 has none.
  if (response.status != 304) {
    text += fmt::format("Content-Length: {}\r\n", response.body.size());
  }
  text += "\r\n";
  if (!head_only && response.status != 304) {
    text += response.body;
  }
  return text;
}

}  // namespace paliad::http
