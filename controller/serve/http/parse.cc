#include "controller/serve/http/parse.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/text.h"

namespace paliad::http {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// RFC 9110, section 5.6.2.
bool IsTokenCharacter(char c) {
  return IsDigit(c) || IsLetter(c) ||
         (c != '\0' && std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos);
}

bool IsToken(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), IsTokenCharacter);
}

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') {
      c = static_cast<char>(c - 'A' + 'a');
    }
  }
  return lower;
}

std::string_view Trim(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) {
    return {};
  }
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

tl::unexpected<Rejection> Reject(int status, std::string message) {
  return tl::unexpected<Rejection>(Rejection{.status = status, .message = std::move(message)});
}

using Parsed = tl::expected<void, Rejection>;

Parsed ParseRequestLine(std::string_view line, Request& request) {
  const auto first = line.find(' ');
  const auto last = line.rfind(' ');
  if (first == std::string_view::npos || last == first) {
    return Reject(400, "the request line is not METHOD TARGET VERSION");
  }
  const std::string_view method = line.substr(0, first);
  const std::string_view target = line.substr(first + 1, last - first - 1);
  const std::string_view version = line.substr(last + 1);
  if (!IsToken(method) || method.size() > 16) {
    return Reject(400, "the method is not a token");
  }
  if (version != "HTTP/1.1" && version != "HTTP/1.0") {
    return version.substr(0, 5) == "HTTP/" ? Reject(505, "this server speaks HTTP/1.1")
                                           : Reject(400, "the request line is not METHOD TARGET VERSION");
  }
  if (target.size() > kMaxTargetBytes) {
    return Reject(414, fmt::format("the target is longer than {} bytes", kMaxTargetBytes));
  }
  // Only the origin form: this is no proxy.
  if (target.empty() || target.front() != '/' ||
      !std::all_of(target.begin(), target.end(), [](char c) { return c > 0x20 && c < 0x7f && c != '#'; })) {
    return Reject(400, "the target is not a path of printable ASCII");
  }
  request.method = method;
  const auto question = target.find('?');
  request.path = target.substr(0, question);
  request.query = question == std::string_view::npos ? "" : target.substr(question + 1);
  request.keep_alive = version == "HTTP/1.1";
  return {};
}

Parsed ParseHeaderLine(std::string_view line, Request& request) {
  const auto colon = line.find(':');
  // This also refuses a folded line (it begins with a space) and a space before the colon.
  if (colon == std::string_view::npos || !IsToken(line.substr(0, colon))) {
    return Reject(400, "a header line is not NAME: VALUE");
  }
  const std::string_view value = Trim(line.substr(colon + 1));
  if (!std::all_of(value.begin(), value.end(), [](char c) {
        return c == '\t' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
      })) {
    return Reject(400, "a header's value has a control character");
  }
  if (request.headers.size() == kMaxHeaders) {
    return Reject(431, fmt::format("there are more than {} headers", kMaxHeaders));
  }
  request.headers.emplace_back(Lower(line.substr(0, colon)), value);
  return {};
}

std::size_t Occurrences(const Request& request, std::string_view name) {
  return static_cast<std::size_t>(std::count_if(request.headers.begin(), request.headers.end(),
                                                [&](const auto& header) { return header.first == name; }));
}

Parsed ReadFraming(Request& request) {
  if (Occurrences(request, "transfer-encoding") != 0) {
    return Reject(411, "send the body with Content-Length");
  }
  const std::size_t lengths = Occurrences(request, "content-length");
  if (lengths == 0) {
    return {};
  }
  const std::string_view text = request.Header("content-length").value_or("");
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), request.content_length, 10);
  if (lengths != 1 || error != std::errc() || end != text.data() + text.size() || !IsDigit(text.front())) {
    return Reject(400, "Content-Length is not one number");
  }
  return {};
}

Parsed ReadConnection(Request& request) {
  if (Occurrences(request, "host") != 1) {
    return Reject(400, "there is not exactly one Host header");
  }
  for (const auto& [name, value] : request.headers) {
    if (name == "connection" && Lower(value).find("close") != std::string::npos) {
      request.keep_alive = false;
    }
  }
  request.expects_continue = Lower(request.Header("expect").value_or("")) == "100-continue";
  return {};
}

int HexDigit(char c) {
  if (IsDigit(c)) {
    return c - '0';
  }
  const auto lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

}  // namespace

std::optional<std::size_t> EndOfHead(std::string_view buffer, std::size_t from) {
  const auto end = buffer.find("\r\n\r\n", from < 3 ? 0 : from - 3);
  return end == std::string_view::npos ? std::nullopt : std::optional(end + 4);
}

tl::expected<Request, Rejection> ParseHead(std::string_view head) {
  Request request;
  bool first = true;
  while (true) {
    const auto end = head.find("\r\n");
    if (end == std::string_view::npos) {
      return Reject(400, "the head does not end");
    }
    const std::string_view line = head.substr(0, end);
    head.remove_prefix(end + 2);
    if (line.empty() && !first) {
      break;
    }
    // What is left of a bare CR or LF fails as a character that none of these may have.
    const Parsed parsed = first ? ParseRequestLine(line, request) : ParseHeaderLine(line, request);
    if (!parsed) {
      return tl::unexpected<Rejection>(parsed.error());
    }
    first = false;
  }
  for (const Parsed& read : {ReadFraming(request), ReadConnection(request)}) {
    if (!read) {
      return tl::unexpected<Rejection>(read.error());
    }
  }
  return request;
}

std::optional<std::string> PercentDecode(std::string_view text, bool form) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      const int high = i + 2 < text.size() ? HexDigit(text[i + 1]) : -1;
      const int low = high >= 0 ? HexDigit(text[i + 2]) : -1;
      if (low < 0) {
        return std::nullopt;
      }
      decoded += static_cast<char>(high * 16 + low);
      i += 2;
    } else {
      decoded += form && text[i] == '+' ? ' ' : text[i];
    }
  }
  if (decoded.find('\0') != std::string::npos || !IsValidUtf8(decoded)) {
    return std::nullopt;
  }
  return decoded;
}

std::optional<Parameters> ParseParameters(std::string_view text) {
  Parameters parameters;
  while (!text.empty()) {
    const auto end = text.find('&');
    const std::string_view pair = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    if (pair.empty()) {
      continue;
    }
    const auto equals = pair.find('=');
    auto name = PercentDecode(pair.substr(0, equals), true);
    auto value = equals == std::string_view::npos ? std::optional<std::string>("")
                                                  : PercentDecode(pair.substr(equals + 1), true);
    if (!name || !value || parameters.size() == kMaxHeaders) {
      return std::nullopt;
    }
    parameters.emplace_back(*std::move(name), *std::move(value));
  }
  return parameters;
}

std::string PercentEncode(std::string_view text) {
  std::string encoded;
  for (const char c : text) {
    if (IsDigit(c) || IsLetter(c) || c == '-' || c == '.' || c == '_' || c == '~') {
      encoded += c;
    } else {
      encoded += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return encoded;
}

std::optional<std::string> CookieValue(std::string_view header, std::string_view name) {
  std::optional<std::string> found;
  while (!header.empty()) {
    const auto end = header.find(';');
    const std::string_view pair = Trim(header.substr(0, end));
    header = end == std::string_view::npos ? std::string_view() : header.substr(end + 1);
    const auto equals = pair.find('=');
    if (equals != std::string_view::npos && pair.substr(0, equals) == name) {
      if (found) {
        return std::nullopt;
      }
      found = std::string(pair.substr(equals + 1));
    }
  }
  return found;
}

}  // namespace paliad::http
