#include "controller/git/remote_url.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/text.h"
#include "controller/git/fetch.h"

namespace paliad::git {
namespace {

constexpr std::string_view kSchemeEnd = "://";

bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return lower;
}

// RFC 3986, section 3.1; empty if `url` does not begin with a scheme and "://".
std::string_view SchemeOf(std::string_view url) {
  const std::size_t end = url.find(kSchemeEnd);
  if (end == std::string_view::npos || end == 0 || !IsLetter(url[0])) {
    return {};
  }
  const std::string_view scheme = url.substr(0, end);
  const bool valid = std::all_of(scheme.begin(), scheme.end(), [](char c) {
    return IsLetter(c) || IsDigit(c) || c == '+' || c == '.' || c == '-';
  });
  return valid ? scheme : std::string_view();
}

// The colon of user@host:path, npos if `text` does not have that form. The host may be [an IPv6 address].
std::size_t ScpColon(std::string_view text) {
  const std::size_t at = text.find('@');
  if (at == 0 || at == std::string_view::npos || text.find('/') < at || text.find(':') < at) {
    return std::string_view::npos;
  }
  std::size_t colon = text.find(':', at);
  if (at + 1 < text.size() && text[at + 1] == '[') {
    const std::size_t bracket = text.find("]:", at);
    colon = bracket == std::string_view::npos ? bracket : bracket + 1;
  }
  const bool has_host = colon != std::string_view::npos && colon > at + 1 && text.find('/') > colon;
  return has_host ? colon : std::string_view::npos;
}

int HexDigit(char c) {
  if (IsDigit(c)) {
    return c - '0';
  }
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// RFC 3986, section 2.1; a '%' without two digits stands for itself.
std::string PercentDecode(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int high = i + 2 < text.size() && text[i] == '%' ? HexDigit(text[i + 1]) : -1;
    const int low = high >= 0 ? HexDigit(text[i + 2]) : -1;
    if (low >= 0) {
      out += static_cast<char>(high * 16 + low);
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

std::optional<Scheme> ToScheme(const std::string& name) {
  if (name == "file") {
    return Scheme::kFile;
  }
  if (name == "https") {
    return Scheme::kHttps;
  }
  if (name == "http") {
    return Scheme::kHttp;
  }
  if (name == "ssh") {
    return Scheme::kSsh;
  }
  return std::nullopt;
}

int DefaultPort(Scheme scheme) {
  switch (scheme) {
    case Scheme::kFile:
      return 0;
    case Scheme::kHttps:
      return 443;
    case Scheme::kHttp:
      return 80;
    case Scheme::kSsh:
      return 22;
  }
  return 0;
}

// "host", "host:22", "[::1]:22" into url->host and url->port. False if it is none of them.
bool ParseHostPort(std::string_view text, RemoteUrl* url) {
  std::string_view port;
  if (text.starts_with('[')) {
    const std::size_t end = text.find(']');
    if (end == std::string_view::npos || (end + 1 < text.size() && text[end + 1] != ':')) {
      return false;
    }
    url->host = Lower(text.substr(1, end - 1));
    port = end + 1 < text.size() ? text.substr(end + 2) : std::string_view();
  } else {
    const std::size_t colon = std::min(text.find(':'), text.size());
    url->host = Lower(text.substr(0, colon));
    port = colon < text.size() ? text.substr(colon + 1) : std::string_view();
  }
  url->port = DefaultPort(url->scheme);
  if (!port.empty()) {
    const auto parsed = std::from_chars(port.data(), port.data() + port.size(), url->port);
    if (parsed.ec != std::errc() || parsed.ptr != port.data() + port.size() || url->port < 1 ||
        url->port > 65535) {
      return false;
    }
  }
  // ssh would take such a host for an option.
  return !url->host.empty() && url->host[0] != '-';
}

Result<RemoteUrl> Refuse(std::string_view url, std::string cause, std::string hint) {
  return Fail({ErrorKind::kInvalidInput, "use the repository", RedactUrl(ToValidUtf8(url)), std::move(cause),
               std::move(hint)});
}

Result<RemoteUrl> ParseScp(std::string_view text, std::size_t colon) {
  RemoteUrl url;
  url.scheme = Scheme::kSsh;
  const std::size_t at = text.find('@');
  url.user = std::string(text.substr(0, at));
  if (!ParseHostPort(text.substr(at + 1, colon - at - 1), &url) || colon + 1 == text.size()) {
    return Refuse(text, "it is not user@host:path", "");
  }
  url.location = std::string(text);
  return url;
}

}  // namespace

bool IsRemote(const std::string& location) {
  return !SchemeOf(location).empty() || ScpColon(location) != std::string::npos;
}

Result<RemoteUrl> ParseRemoteUrl(std::string_view text) {
  const bool printable = std::none_of(
      text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) <= 0x20 || c == 0x7F; });
  if (!printable || !IsValidUtf8(text)) {
    return Refuse(text, "it holds blanks, control characters or bytes that are not UTF-8",
                  "write such characters as %20");
  }
  const std::string scheme_name = Lower(SchemeOf(text));
  if (scheme_name.empty()) {
    const std::size_t colon = ScpColon(text);
    return colon == std::string_view::npos
               ? Refuse(text, "it is not a URL", "write https://…, ssh://…, file:///… or user@host:path")
               : ParseScp(text, colon);
  }
  const std::optional<Scheme> scheme = ToScheme(scheme_name);
  if (!scheme) {
    return Refuse(text, fmt::format("{}:// is not supported", scheme_name), "use https, ssh or file");
  }
  RemoteUrl url;
  url.scheme = *scheme;
  const std::string_view rest = text.substr(scheme_name.size() + kSchemeEnd.size());
  const std::size_t authority_end = std::min(rest.find_first_of("/?#"), rest.size());
  std::string_view host = rest.substr(0, authority_end);
  const std::string_view path = rest.substr(authority_end);
  if (const std::size_t at = host.rfind('@'); at != std::string_view::npos) {
    const std::string_view user = host.substr(0, at);
    const std::size_t colon = std::min(user.find(':'), user.size());
    url.user = PercentDecode(user.substr(0, colon));
    url.password = PercentDecode(user.substr(std::min(colon + 1, user.size())));
    host.remove_prefix(at + 1);
  }
  if (!path.starts_with('/') || path.size() < 2) {
    return Refuse(text, "it has no path", "");
  }
  if (url.scheme == Scheme::kFile) {
    if (!host.empty() && Lower(host) != "localhost") {
      return Refuse(text, "file:// names a host", "write file:///path");
    }
    url.location = fmt::format("file://{}", path);
    return url;
  }
  if (!ParseHostPort(host, &url)) {
    return Refuse(text, "its host or port is not valid", "");
  }
  const std::string_view before_at = url.scheme == Scheme::kSsh && !url.user.empty()
                                         ? rest.substr(0, rest.find_first_of(":@"))
                                         : std::string_view();
  url.location =
      fmt::format("{}://{}{}{}{}", scheme_name, before_at, before_at.empty() ? "" : "@", Lower(host), path);
  return url;
}

bool IsLoopback(const RemoteUrl& url) {
  const bool v4 =
      url.host.starts_with("127.") && std::count(url.host.begin(), url.host.end(), '.') == 3 &&
      std::all_of(url.host.begin(), url.host.end(), [](char c) { return IsDigit(c) || c == '.'; });
  return url.host == "localhost" || url.host == "::1" || v4;
}

}  // namespace paliad::git
