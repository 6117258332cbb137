// AppliedSet: what the database says was applied (the tracker's rows), and what the ledger remembers
// of it. Immutable; pure.
#ifndef PALIAD_MIGRATIONS_APPLIED_SET_H_
#define PALIAD_MIGRATIONS_APPLIED_SET_H_

#include <optional>
#include <string>
#include <vector>

#include "migrations/file_name.h"

namespace paliad {

// One row of paliad.applied_migrations.
struct AppliedMigration {
  Version version = 0;
  std::string name;
  std::optional<std::string> checksum;  // 64 hex digits; none for rows backfilled from the old counter
};

// What the newest ledger entry about a version says of it.
struct RecordedMigration {
  Version version = 0;
  bool applied = false;                 // false: resolved as not applied; its row should be absent
  bool in_doubt = false;                // an intent or an unknown outcome that nothing settled
  std::string blob_id;                  // of the file that was applied; empty if not known
  std::optional<std::string> checksum;  // of the bytes that were applied
};

struct AppliedSet {
  std::vector<AppliedMigration> rows;       // ascending by version
  std::vector<RecordedMigration> recorded;  // ascending by version

  const AppliedMigration* Find(Version version) const;
  const RecordedMigration* FindRecorded(Version version) const;

  // SHA-256 hex over version, name and checksum of every row, in order: equal digests, equal rows.
  std::string Digest() const;
};

}  // namespace paliad

#endif  // PALIAD_MIGRATIONS_APPLIED_SET_H_
