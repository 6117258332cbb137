#include "base/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cstdint>

namespace paliad {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

struct Decoded {
  std::uint32_t code_point = 0;
  std::size_t length = 0;  // 0: not UTF-8
};

// RFC 3629, section 4. REQUIRES: at < text.size().
Decoded DecodeAt(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned lead = byte(at);
  if (lead < 0x80) {
    return {lead, 1};
  }
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || at + length > text.size()) {
    return {};
  }
  std::uint32_t code = lead & (0x7F >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(at + i) & 0xC0) != 0x80) {
      return {};
    }
    code = (code << 6) | (byte(at + i) & 0x3F);
  }
  const bool overlong = (length == 3 && code < 0x800) || (length == 4 && code < 0x10000);
  const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
  if (overlong || surrogate || code > 0x10FFFF) {
    return {};
  }
  return {code, length};
}

// Unicode's explicit directional formatting characters (UAX #9) and the line separators.
bool IsBidiOrSeparator(std::uint32_t c) {
  return c == 0x061C || c == 0x200E || c == 0x200F || (c >= 0x202A && c <= 0x202E) ||
         (c >= 0x2066 && c <= 0x2069) || c == 0x2028 || c == 0x2029;
}

bool IsSpace(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

// "user@" for "user:secret@" wherever a URL's authority has it. Of http's user alone, which is often an
// access token, nothing is left.
std::string WithoutUserPasswords(std::string_view text) {
  std::string out;
  for (std::size_t scheme = text.find("://"); scheme != text.npos; scheme = text.find("://")) {
    const bool http = text.substr(0, scheme).ends_with("http") || text.substr(0, scheme).ends_with("https");
    out.append(text.substr(0, scheme + 3));
    text.remove_prefix(scheme + 3);
    // Like libpq, which lets a password hold anything but '/' and '@'; other parsers, and people, let it
    // hold '@' too.
    std::size_t at = text.substr(0, text.find('/')).find('@');
    if (at == text.npos) {
      continue;
    }
    at = text.substr(0, text.find_first_of("/?#", at)).rfind('@');
    const std::string_view user_info = text.substr(0, at);
    const std::size_t colon = user_info.find(':');
    out += colon != user_info.npos ? user_info.substr(0, colon) : http ? "***" : user_info;
    text.remove_prefix(at);
  }
  return out.append(text);
}

// The end of the value that begins at `at` in "key=value key='value'" (libpq's conninfo_parse).
std::size_t EndOfWord(std::string_view text, std::size_t at) {
  const bool quoted = at < text.size() && text[at] == '\'';
  for (at += quoted ? 1 : 0; at < text.size(); ++at) {
    if (text[at] == '\\') {
      ++at;
    } else if (quoted ? text[at] == '\'' : IsSpace(text[at])) {
      return quoted ? at + 1 : at;
    }
  }
  return text.size();
}

bool IsSecretName(std::string_view name) {
  return name.ends_with("password") || name.ends_with("token") || name.ends_with("secret");
}

// "password=***" for every parameter of a URL or word of a connection string with such a name.
std::string WithoutSecretParameters(std::string_view text) {
  std::string out;
  std::size_t done = 0;
  for (std::size_t equals = text.find('='); equals != text.npos; equals = text.find('=', equals + 1)) {
    if (equals < done) {
      continue;
    }
    std::size_t end = equals;
    while (end > done && IsSpace(text[end - 1])) {
      --end;
    }
    std::size_t begin = end;
    while (begin > done && !IsSpace(text[begin - 1]) && text[begin - 1] != '?' && text[begin - 1] != '&') {
      --begin;
    }
    if (!IsSecretName(text.substr(begin, end - begin))) {
      continue;
    }
    const bool in_url = begin > 0 && (text[begin - 1] == '?' || text[begin - 1] == '&');
    std::size_t value = equals + 1;
    while (!in_url && value < text.size() && IsSpace(text[value])) {
      ++value;
    }
    out.append(text.substr(done, value - done)).append("***");
    done = in_url ? std::min(text.find_first_of("&# \t\r\n", value), text.size()) : EndOfWord(text, value);
  }
  return out.append(text.substr(done));
}

}  // namespace

bool IsValidUtf8(std::string_view text, std::size_t* bad_offset) {
  for (std::size_t at = 0; at < text.size();) {
    const Decoded decoded = DecodeAt(text, at);
    if (decoded.length == 0) {
      if (bad_offset != nullptr) {
        *bad_offset = at;
      }
      return false;
    }
    at += decoded.length;
  }
  return true;
}

std::string EscapeForTerminal(std::string_view text, bool multiline) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const Decoded decoded = DecodeAt(text, at);
    const std::uint32_t c = decoded.code_point;
    if (decoded.length == 0) {
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(text[at]));
      ++at;
      continue;
    }
    if (c == '\n' || c == '\t') {
      out += multiline ? std::string(1, static_cast<char>(c)) : (c == '\n' ? "\\n" : "\\t");
    } else if (c < 0x20 || (c >= 0x7F && c < 0xA0)) {
      out += fmt::format("\\x{:02x}", c);
    } else if (IsBidiOrSeparator(c)) {
      out += fmt::format("\\u{:04x}", c);
    } else {
      out.append(text.substr(at, decoded.length));
    }
    at += decoded.length;
  }
  return out;
}

std::string ToValidUtf8(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const Decoded decoded = DecodeAt(text, at);
    if (decoded.length == 0 || decoded.code_point == 0) {
      out += kReplacement;
      ++at;
    } else {
      out.append(text.substr(at, decoded.length));
      at += decoded.length;
    }
  }
  return out;
}

std::string Truncate(std::string_view text, std::size_t max_bytes) {
  assert(max_bytes >= 3);
  if (text.size() <= max_bytes) {
    return std::string(text);
  }
  std::size_t end = max_bytes - 3;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) {
    --end;
  }
  return std::string(text.substr(0, end)) + "…";
}

std::string HexEncode(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    out += kDigits[byte >> 4];
    out += kDigits[byte & 0xF];
  }
  return out;
}

std::string Base64Encode(std::string_view bytes) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    std::uint32_t group = 0;
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - at);
    for (std::size_t i = 0; i < 3; ++i) {
      group = (group << 8) | (i < count ? static_cast<unsigned char>(bytes[at + i]) : 0U);
    }
    for (std::size_t i = 0; i < 4; ++i) {
      out += i <= count ? kDigits[(group >> (18 - 6 * i)) & 0x3F] : '=';
    }
  }
  return out;
}

std::string RedactUrl(std::string_view url) { return WithoutSecretParameters(WithoutUserPasswords(url)); }

}  // namespace paliad
