// MigrationSet: what the branch says the schema should be, as a set keyed by version.
// Immutable; pure; safe to share. Contents are not held: a set of 10,000 costs a few megabytes.
#ifndef PALIAD_MIGRATIONS_MIGRATION_SET_H_
#define PALIAD_MIGRATIONS_MIGRATION_SET_H_

#include <memory>
#include <string>
#include <vector>

#include "migrations/file_name.h"
#include "migrations/source_tree.h"

namespace paliad {

struct Migration {
  Version version = 0;
  std::string name;                          // the description; the tracker's `name`
  std::string path;                          // "migrations/003_c.up.sql"
  std::shared_ptr<const SourceEntry> entry;  // how its contents are found; never null, shared by all copies
};

// Two or more files that claim one version; none of them is in the set.
struct Collision {
  Version version = 0;
  std::vector<std::string> paths;  // at least two, in the order of their names
};

struct IgnoredEntry {
  std::string path;
  std::string reason;
};

enum class RejectionKind { kFileName, kVersionRange, kUnreadable };

struct RejectedEntry {
  std::string path;
  RejectionKind kind = RejectionKind::kFileName;
  std::string reason;
};

// Every entry of the tree is in exactly one of the five lists.
struct MigrationSet {
  std::vector<Migration> migrations;  // ascending by version, each version once
  std::vector<std::string> down_files;
  std::vector<IgnoredEntry> ignored;
  std::vector<RejectedEntry> rejected;
  std::vector<Collision> collisions;

  const Migration* Find(Version version) const;  // nullptr: not in the set
};

// `ignore` holds the policy's globs (fnmatch(3) on the name; a trailing '/' names a folder): what they match
// is ignored even if it looks like a migration. Hidden entries are ignored. Links and submodules are never
// followed: rejected where they are named like migrations, else ignored. A folder that holds .sql files is
// rejected.
MigrationSet MakeMigrationSet(SourceTree tree, const std::vector<std::string>& ignore = {});

}  // namespace paliad

#endif  // PALIAD_MIGRATIONS_MIGRATION_SET_H_
