// LogIdentity: whose checkpoints are made and believed here. It comes from configuration, never from the
// database. A value.
#ifndef PALIAD_CONTROLLER_PUBLISH_LOG_IDENTITY_H_
#define PALIAD_CONTROLLER_PUBLISH_LOG_IDENTITY_H_

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "controller/publish/ledger_settings.h"
#include "ledger/append_mac.h"
#include "ledger/note.h"
#include "ledger/trusted_keys.h"

namespace paliad::publish {

struct LogIdentity {
  std::string origin;
  std::vector<ledger::NoteSigner> signers;  // the first is the log's key; empty: checkpoints are unsigned
  ledger::TrustedKeys trusted;              // empty: nothing is signed, and nothing is asked of checkpoints
  bool trusts_own_keys = false;             // `trusted` are the signers' keys, since no others were named

  // What may have signed the checkpoints of another origin: `trusted`, and where that is the signers' keys,
  // these under that name.
  ledger::TrustedKeys TrustedFor(const std::string& other_origin) const;

  // Of the codes on append; none without a key.
  std::optional<ledger::MacSecret> AppendSecret() const;
};

// One file may hold several keys, one PEM block each: all of them sign, which carries a log over a rotation.
// kInvalidInput for a file that cannot be read or holds anything else, for an origin that is no key's name,
// for bad verifier keys, and where the signing key is none of those that are trusted. `origin` is the
// settings' own where they name one.
[[nodiscard]] Result<LogIdentity> ReadLogIdentity(const LedgerSettings& settings, const std::string& origin);

}  // namespace paliad::publish

#endif  // PALIAD_CONTROLLER_PUBLISH_LOG_IDENTITY_H_
