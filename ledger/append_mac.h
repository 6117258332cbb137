// The code that goes with each call of paliad_ledger.append. Migrations run as the login that may call it, so
// a call has to show that the controller made it:
//
//   secret  = HMAC-SHA256(key = the signing key's 32-byte seed, "paliad-ledger append v1" LF origin)
//   message = run id (36 ASCII characters) ":" ordinal (decimal) ":" leaf hash (32 bytes)
//   mac     = HMAC-SHA256(key = secret, message)
//           = SHA-256(outer ‖ SHA-256(inner ‖ message))
//
// `inner` and `outer` are the secret, filled with zeroes to 64 bytes, XORed with 0x36 and 0x5C (RFC 2104).
// They are what the database keeps, since PostgreSQL has sha256() but neither HMAC nor XOR of bytes without
// an extension. Values; pure.
#ifndef PALIAD_LEDGER_APPEND_MAC_H_
#define PALIAD_LEDGER_APPEND_MAC_H_

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/sha256.h"
#include "ledger/ed25519.h"

namespace paliad::ledger {

using MacSecret = Sha256Digest;

// Of one log: two logs with the same key have different secrets.
MacSecret DeriveMacSecret(const Ed25519PrivateKey& key, std::string_view origin);

// REQUIRES: `run_id` is a UUID in lower case; ordinal >= 0.
Sha256Digest AppendMac(const MacSecret& secret, std::string_view run_id, std::int64_t ordinal,
                       const Sha256Digest& leaf_hash);

struct MacPads {
  std::array<unsigned char, 64> inner;
  std::array<unsigned char, 64> outer;
};

// As secret as the secret itself.
MacPads PadsOf(const MacSecret& secret);

}  // namespace paliad::ledger

#endif  // PALIAD_LEDGER_APPEND_MAC_H_
