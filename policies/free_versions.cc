#include "policies/free_versions.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace paliad {

Version HighestVersion(const MigrationSet& set) {
  Version highest = set.migrations.empty() ? 0 : set.migrations.back().version;
  for (const Collision& collision : set.collisions) {
    highest = std::max(highest, collision.version);
  }
  return highest;
}

FreeVersions::FreeVersions(Version highest, std::set<Version> claimed)
    : last_(highest), claimed_(std::make_shared<const std::set<Version>>(std::move(claimed))) {}

std::optional<Version> FreeVersions::Take() {
  while (last_ < std::numeric_limits<Version>::max()) {
    ++last_;
    if (!claimed_->contains(last_)) {
      return last_;
    }
  }
  return std::nullopt;
}

}  // namespace paliad
