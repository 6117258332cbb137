// Bodies: texts that an entry speaks of by digest (SQL, error output, API replies), so that one can be
// removed and every proof still holds. The salt keeps a removed body from being guessed from its digest.
#ifndef PALIAD_LEDGER_BODY_H_
#define PALIAD_LEDGER_BODY_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "base/sha256.h"

namespace paliad::ledger {

// Of one fixed length: else a byte could move from the salt to the body under the same digest.
inline constexpr std::size_t kSaltBytes = 16;

inline constexpr std::size_t kMaxBodyBytes = std::size_t{64} << 20;

// From the operating system's generator.
std::string NewSalt();

// SHA-256(salt ‖ body). REQUIRES: kSaltBytes of salt.
Sha256Digest BodyDigest(std::string_view salt, std::string_view body);

// A text with its salt, ready to be stored and named by its digest.
struct SaltedBody {
  std::string salt;
  std::string text;
  std::string digest;  // hex
};

SaltedBody SaltBody(std::string text);

}  // namespace paliad::ledger

#endif  // PALIAD_LEDGER_BODY_H_
