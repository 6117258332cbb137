#include "ledger/encoding.h"

#include <algorithm>
#include <array>
#include <limits>

#include "base/text.h"

namespace paliad::ledger {
namespace {

constexpr std::string_view kBase64Digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr std::array<std::int8_t, 256> MakeValues(std::string_view digits) {
  std::array<std::int8_t, 256> values{};
  for (std::int8_t& value : values) {
    value = -1;
  }
  for (std::size_t i = 0; i < digits.size(); ++i) {
    values[static_cast<unsigned char>(digits[i])] = static_cast<std::int8_t>(i);
  }
  return values;
}

constexpr std::array<std::int8_t, 256> kBase64Values = MakeValues(kBase64Digits);
constexpr std::array<std::int8_t, 256> kHexValues = MakeValues("0123456789abcdef");

std::optional<Sha256Digest> ToDigest(const std::optional<std::string>& bytes) {
  if (!bytes || bytes->size() != Sha256Digest().size()) {
    return std::nullopt;
  }
  Sha256Digest digest;
  std::copy(bytes->begin(), bytes->end(), digest.begin());
  return digest;
}

}  // namespace

std::optional<std::string> Base64Decode(std::string_view text) {
  if (text.size() % 4 != 0) {
    return std::nullopt;
  }
  const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with("=") ? 1 : 0;
  const std::string_view digits = text.substr(0, text.size() - padding);
  std::string bytes;
  bytes.reserve(text.size() / 4 * 3);
  std::uint32_t bits = 0;
  int held = 0;  // of `bits`, how many are not yet in `bytes`: 0, 2, 4 or 6
  for (const char c : digits) {
    const std::int8_t value = kBase64Values[static_cast<unsigned char>(c)];
    if (value < 0) {
      return std::nullopt;
    }
    bits = (bits << 6) | static_cast<std::uint32_t>(value);
    held += 6;
    if (held >= 8) {
      held -= 8;
      bytes += static_cast<char>((bits >> held) & 0xFF);
    }
  }
  if ((bits & ((1U << held) - 1)) != 0) {
    return std::nullopt;
  }
  return bytes;
}

std::optional<std::string> HexDecode(std::string_view text) {
  if (text.size() % 2 != 0) {
    return std::nullopt;
  }
  std::string bytes;
  bytes.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const std::int8_t high = kHexValues[static_cast<unsigned char>(text[i])];
    const std::int8_t low = kHexValues[static_cast<unsigned char>(text[i + 1])];
    if (high < 0 || low < 0) {
      return std::nullopt;
    }
    bytes += static_cast<char>(high * 16 + low);
  }
  return bytes;
}

std::optional<std::uint64_t> ParseDecimal(std::string_view text) {
  constexpr auto kMax = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (text.empty() || (text.size() > 1 && text[0] == '0')) {
    return std::nullopt;
  }
  std::uint64_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') {
      return std::nullopt;
    }
    const auto digit = static_cast<std::uint64_t>(c - '0');
    if (value > (kMax - digit) / 10) {
      return std::nullopt;
    }
    value = value * 10 + digit;
  }
  return value;
}

std::optional<Sha256Digest> ParseHash(std::string_view base64) {
  return base64.size() == 44 ? ToDigest(Base64Decode(base64)) : std::nullopt;
}

std::string FormatHash(const Sha256Digest& hash) { return Base64Encode(AsBytes(hash)); }

std::optional<Sha256Digest> ParseHexHash(std::string_view hex) { return ToDigest(HexDecode(hex)); }

}  // namespace paliad::ledger
