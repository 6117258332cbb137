// Plan: the difference between the desired and the applied set, and what follows from it.
// Pure: same inputs, same plan; no clock, no I/O.
#ifndef PALIAD_MIGRATIONS_PLAN_H_
#define PALIAD_MIGRATIONS_PLAN_H_

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
  std::vector<Migration> bootstrap;  // to be marked applied without running them; not pending
  std::vector<Migration> pending;    // desired \ applied \ bootstrap, ascending: what a run would apply
  std::vector<Migration>
      missing;  // desired \ applied: `verify`'s view; equals pending but for lost and bootstrap
  std::vector<AppliedMigration> orphaned;  // applied, no file (and not in a collision)
  std::vector<Renamed> renamed;
  std::vector<Edited> edited;
  std::vector<AppliedMigration> unrecorded;  // a row without an entry
  std::vector<RecordedMigration> lost;  // an entry without its row; `lost_desired` of them are still desired
  std::vector<Migration> lost_desired;  // neither pending nor ever run again by itself
  std::vector<Version> in_doubt;        // started and never ended, or ended unknown
  bool legacy_dirty = false;
  std::int64_t legacy_version = 0;  // with legacy_dirty or bootstrap

  bool InSync() const;  // nothing pending, missing, orphaned, renamed or edited
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
