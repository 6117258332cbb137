#include "controller/forge/url.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace paliad::forge {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool IsUnreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || IsDigit(c) || c == '-' || c == '.' || c == '_' ||
         c == '~';
}

std::string Encode(std::string_view text, bool keep_slashes) {
  std::string out;
  for (const char c : text) {
    if (IsUnreserved(c) || (keep_slashes && c == '/')) {
      out += c;
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

bool IsHostCharacter(char c) { return IsUnreserved(c) || c == ':' || c == '[' || c == ']'; }

std::optional<int> PortOf(std::string_view text) {
  int port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  const bool good = error == std::errc() && end == text.data() + text.size() && port > 0 && port <= 65535;
  return good ? std::optional(port) : std::nullopt;
}

}  // namespace

std::string PercentEncode(std::string_view text) { return Encode(text, false); }
std::string PercentEncodePath(std::string_view path) { return Encode(path, true); }

std::optional<Origin> OriginOf(std::string_view url) {
  Origin origin{.scheme = url.starts_with("https://") ? "https" : "http"};
  const bool printable = std::all_of(url.begin(), url.end(), [](char c) {
    return static_cast<unsigned char>(c) > 0x20 && c != 0x7f && c != '\\';
  });
  if (!printable || !url.starts_with(origin.scheme + "://")) {
    return std::nullopt;
  }
  url.remove_prefix(origin.scheme.size() + 3);
  std::string_view host = url.substr(0, url.find_first_of("/?#"));
  const bool plain = std::all_of(host.begin(), host.end(), IsHostCharacter);
  // A colon within brackets belongs to an IPv6 address.
  const std::size_t colon = host.find(':', host.starts_with('[') ? std::min(host.find(']'), host.size()) : 0);
  origin.port = origin.scheme == "https" ? 443 : 80;
  if (colon != host.npos) {
    const auto port = PortOf(host.substr(colon + 1));
    if (!port) {
      return std::nullopt;
    }
    origin.port = *port;
    host = host.substr(0, colon);
  }
  if (host.empty() || !plain || host.starts_with('[') != host.ends_with(']')) {
    return std::nullopt;
  }
  std::transform(host.begin(), host.end(), std::back_inserter(origin.host),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return origin;
}

bool IsLoopback(const Origin& origin) {
  const std::string& host = origin.host;
  const bool v4 = host.starts_with("127.") && std::count(host.begin(), host.end(), '.') == 3 &&
                  std::all_of(host.begin(), host.end(), [](char c) { return IsDigit(c) || c == '.'; });
  return host == "localhost" || host == "[::1]" || v4;
}

}  // namespace paliad::forge
