// Entries of the ledger and their bytes. An entry's leaf is what is hashed and stored: canonical JSON
// (base/json.h), 1 to 65,535 bytes. It says everything but its place in the log, which is not known when it
// is made.
//
//   {"at":"2026-05-20T10:38:00.000000Z","format":1,"kind":"run_started","ordinal":0,
//    "ledger":"<uuid>","run":"<uuid>","target":"default","tracker":"paliad.applied_migrations", …the kind's
//    own fields…}
//
// `run` and `ordinal` are unique together. Values; pure.
#ifndef PALIAD_LEDGER_ENTRY_H_
#define PALIAD_LEDGER_ENTRY_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/json_fwd.h"
#include "base/result.h"
#include "base/sha256.h"

namespace paliad::ledger {

// The version of the leaf's form: written to every leaf; a new one never changes what an old one means.
inline constexpr int kFormat = 1;

inline constexpr std::size_t kMaxLeafBytes = 65'535;

// Written to the ledger by name (KindName); never rename or reuse.
enum class Kind {
  kGenesis,
  kRunStarted,
  kBootstrapped,
  kFinding,
  kIntent,
  kApplied,
  kFailed,
  kOutcomeUnknown,
  kResolved,
  kRunFinished,
  kSchemaUpgraded,
  kDrift,
  kKeyRotated,
  kIncarnation,
  kRedaction,
  kSuspended,
  kResumed,
  kCheckFinished,
  kAttributed,
};

std::string_view KindName(Kind kind);

// How a run ended. Written to the ledger by name; never rename.
enum class Outcome { kInSync, kApplied, kRejected, kFailed, kInterrupted, kRefused };

std::string_view OutcomeName(Outcome outcome);

// What every entry of one run has in common.
struct RunIdentity {
  std::string run_id;       // a UUID, lower case
  std::string target;       // the target's name
  std::string tracker;      // "paliad.applied_migrations": what the run held the lock of; the log's runs are
                            // ordered within it
  std::string ledger = {};  // the genesis entry's own UUID; empty: the entries do not say
};

// One entry, ready to be appended.
struct Entry {
  Kind kind = Kind::kGenesis;
  std::string leaf;
  Sha256Digest leaf_hash{};
};

// `fields` are the kind's own; strings in them that are too long are cut (a leaf has a bound) from the
// longest on, which `"truncated":true` says. kInternal if a field has the name of one of the common ones or a
// value that canonical JSON does not have.
[[nodiscard]] Result<Entry> MakeEntry(const RunIdentity& run, std::int64_t ordinal, Kind kind, WallTime at,
                                      Json fields);

// The same entry at another place of its run. Only for an entry that no ledger has. REQUIRES: `ordinal` is
// not above its own.
Entry WithOrdinal(const Entry& entry, std::int64_t ordinal);

// A random (version 4) UUID from the operating system's generator.
std::string NewUuid();

}  // namespace paliad::ledger

#endif  // PALIAD_LEDGER_ENTRY_H_
