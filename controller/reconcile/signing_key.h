// What signs a target's ledger: the log's name, the private key on this machine, and the secret that the key
// yields.
#ifndef PALIAD_CONTROLLER_RECONCILE_SIGNING_KEY_H_
#define PALIAD_CONTROLLER_RECONCILE_SIGNING_KEY_H_

#include <optional>
#include <string>

#include "base/result.h"
#include "controller/reconcile/target.h"
#include "ledger/append_mac.h"
#include "ledger/ed25519.h"

namespace paliad {

// The log's name: as configured, else "host/database/target" with the host and the database of the target's
// URL
// ("localhost" for a socket). kInvalidInput where the URL cannot be read.
[[nodiscard]] Result<std::string> OriginOf(const Target& target);

// The first one in the file. None without a signing_key_file. kInvalidInput, naming the file, where it cannot
// be read or holds no key.
[[nodiscard]] Result<std::optional<ledger::Ed25519PrivateKey>> ReadSigningKey(const Target& target);

// The secret of the codes on append. None without a signing_key_file; errors as above.
[[nodiscard]] Result<std::optional<ledger::MacSecret>> ReadMacSecret(const Target& target);

}  // namespace paliad

#endif  // PALIAD_CONTROLLER_RECONCILE_SIGNING_KEY_H_
