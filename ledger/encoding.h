// Encodings with exactly one spelling for each value. What protects a log is a hash over bytes; a second
// spelling of the same value would be a change that no hash and no signature finds.
#ifndef PALIAD_LEDGER_ENCODING_H_
#define PALIAD_LEDGER_ENCODING_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/sha256.h"

namespace paliad::ledger {

// RFC 4648, section 4, with padding. None for anything that Base64Encode does not write: missing or extra
// padding, white space, bits after the last byte that are not zero.
std::optional<std::string> Base64Decode(std::string_view text);

// None for an odd number of digits, upper case, or anything else that HexEncode does not write.
std::optional<std::string> HexDecode(std::string_view text);

// ASCII digits without leading zeroes, at most 2^63 - 1 (what a bigint holds).
std::optional<std::uint64_t> ParseDecimal(std::string_view text);

// Base64 of exactly 32 bytes: 44 characters.
std::optional<Sha256Digest> ParseHash(std::string_view base64);
std::string FormatHash(const Sha256Digest& hash);

// 64 lower-case hex digits.
std::optional<Sha256Digest> ParseHexHash(std::string_view hex);

}  // namespace paliad::ledger

#endif  // PALIAD_LEDGER_ENCODING_H_
