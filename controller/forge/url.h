// URLs as the clients write and compare them (RFC 3986). Pure.
#ifndef PALIAD_CONTROLLER_FORGE_URL_H_
#define PALIAD_CONTROLLER_FORGE_URL_H_

#include <optional>
#include <string>
#include <string_view>

namespace paliad::forge {

// Everything but letters, digits and "-._~" escaped.
std::string PercentEncode(std::string_view text);

// The same for every part between slashes.
std::string PercentEncodePath(std::string_view path);

// Who is asked: what must be the same for credentials to be sent (RFC 6454).
struct Origin {
  std::string scheme;  // "http" or "https"
  std::string host;    // lower case; an IPv6 address has its brackets
  int port = 0;

  bool operator==(const Origin&) const = default;
};

// None for another scheme, for a user or password, for no host, and for blanks, control characters or
// backslashes, which readers understand differently.
std::optional<Origin> OriginOf(std::string_view url);

// True for "localhost", 127.0.0.0/8 and [::1].
bool IsLoopback(const Origin& origin);

}  // namespace paliad::forge

#endif  // PALIAD_CONTROLLER_FORGE_URL_H_
