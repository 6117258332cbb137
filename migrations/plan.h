// Plan: the difference between the desired and the applied set, and what follows from it.
// Pure: same inputs, same plan; no clock, no I/O.
#ifndef PALIAD_MIGRATIONS_PLAN_H_
#define PALIAD_MIGRATIONS_PLAN_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "migrations/applied_set.h"
#include "migrations/migration_set.h"

namespace paliad {

struct Renamed {
  Version version = 0;
  std::string applied_name;
  std::string desired_name;
  std::string path;
};

struct Edited {
  Version version = 0;
  std::string name;
  std::string path;
  std::string applied_checksum;
  std::string desired_checksum;
};

// The old counter of golang-migrate. Absent table or no row: no LegacyState at all.
struct LegacyState {
  std::int64_t version = 0;
  bool dirty = false;
};

struct Plan {
  // To be marked applied without running them; not pending: the old counter, clean, covers them, and the
  // ledger says nothing else of them. With a dirty counter: empty.
  std::vector<Migration> bootstrap;
  // desired \ applied, ascending: what a run would apply. Without what is in `bootstrap`, `lost_desired` or
  // `withheld`.
  std::vector<Migration> pending;
  // Desired, not applied, and nobody knows what ran of it: in doubt, or covered by a dirty counter.
  std::vector<Migration> withheld;
  std::vector<AppliedMigration> orphaned;  // applied, no file (and not in a collision)
  std::vector<Renamed> renamed;
  std::vector<Edited> edited;
  std::vector<AppliedMigration> unrecorded;  // a row without an entry
  std::vector<RecordedMigration> lost;  // an entry without its row; `lost_desired` of them are still desired
  std::vector<Migration> lost_desired;  // neither pending nor ever run again by itself
  std::vector<Version> in_doubt;        // started and never ended, or ended unknown
  bool legacy_dirty = false;
  std::int64_t legacy_version = 0;  // where the old counter was consulted

  // desired \ applied, all of it, ascending: `verify`'s view. Copied from the four lists that share it.
  std::vector<Migration> Missing() const;

  bool InSync() const;  // nothing missing, orphaned, renamed or edited
};

// Which contents have to be read and hashed before MakePlan can tell what was edited: applied under
// a recorded checksum, and not known by blob id to be the bytes that were applied.
std::vector<Migration> NeedsChecksum(const MigrationSet& desired, const AppliedSet& applied);

// `checksums` holds SHA-256 hex by version, at least for NeedsChecksum(desired, applied); a version that is
// not in it is taken as unedited. `legacy` is consulted only where the applied set has no row.
Plan MakePlan(const MigrationSet& desired, const AppliedSet& applied,
              const std::map<Version, std::string>& checksums, const std::optional<LegacyState>& legacy);

}  // namespace paliad

#endif  // PALIAD_MIGRATIONS_PLAN_H_
