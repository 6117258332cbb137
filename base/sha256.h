// SHA-256 (FIPS 180-4) by OpenSSL.
#ifndef PALIAD_BASE_SHA256_H_
#define PALIAD_BASE_SHA256_H_

#include <array>
#include <string>
#include <string_view>

namespace paliad {

using Sha256Digest = std::array<unsigned char, 32>;

// Of the parts one after the other.
Sha256Digest Sha256(std::string_view first, std::string_view second = {}, std::string_view third = {});

// 64 lower-case hex digits: the form of `checksum` in the tracker and in every JSON shape.
std::string Sha256Hex(std::string_view bytes);

inline std::string_view AsBytes(const Sha256Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

}  // namespace paliad

#endif  // PALIAD_BASE_SHA256_H_
