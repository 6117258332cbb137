// What the configuration says of a target's ledger. A value.
#ifndef PALIAD_CONTROLLER_PUBLISH_LEDGER_SETTINGS_H_
#define PALIAD_CONTROLLER_PUBLISH_LEDGER_SETTINGS_H_

#include <string>
#include <vector>

namespace paliad {

// How a target's ledger is signed and published: one log per database.
struct LedgerSettings {
  std::string origin;            // names the log in its checkpoints; empty: host/database/target
  std::string signing_key_file;  // PEM; empty: checkpoints are unsigned, and `ledger verify` says so
  std::vector<std::string> verifier_keys;  // lines of ledger/trusted_keys.h; empty: the signing key's own
  std::vector<std::string> publish;        // "file:DIR", "git:REF"

  // Without a key and a place nobody looks at checkpoints, and a run makes none.
  bool WantsCheckpoints() const { return !signing_key_file.empty() || !publish.empty(); }
};

}  // namespace paliad

#endif  // PALIAD_CONTROLLER_PUBLISH_LEDGER_SETTINGS_H_
