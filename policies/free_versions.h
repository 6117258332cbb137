// Versions that nobody has: for hints that say what to rename a file to. A value; pure.
#ifndef PALIAD_POLICIES_FREE_VERSIONS_H_
#define PALIAD_POLICIES_FREE_VERSIONS_H_

#include <memory>
#include <optional>
#include <set>

#include "migrations/migration_set.h"

namespace paliad {

// The highest version that the set's files have, collisions included; 0: there is none.
Version HighestVersion(const MigrationSet& set);

class FreeVersions {
 public:
  // Those past `highest`, the branch's, that are not `claimed` by whoever will be merged into it. Copies
  // share the claims, and are independent otherwise.
  explicit FreeVersions(Version highest, std::set<Version> claimed = {});

  // The lowest, each only once, so that two hints never name one version. None: the last one is taken.
  std::optional<Version> Take();

 private:
  Version last_;  // that is not free any more
  std::shared_ptr<const std::set<Version>> claimed_;
};

}  // namespace paliad

#endif  // PALIAD_POLICIES_FREE_VERSIONS_H_
