#include "migrations/plan.h"

#include <algorithm>
#include <set>

namespace paliad {
namespace {

bool IsLost(const AppliedSet& applied, Version version) {
  const RecordedMigration* recorded = applied.FindRecorded(version);
  return recorded != nullptr && recorded->applied && !recorded->in_doubt && applied.Find(version) == nullptr;
}

bool IsInDoubt(const AppliedSet& applied, Version version) {
  const RecordedMigration* recorded = applied.FindRecorded(version);
  return recorded != nullptr && recorded->in_doubt;
}

// The tracker's checksum is that of the bytes the ledger saw applied, and the branch still has them.
bool IsKnownUnedited(const Migration& desired, const AppliedMigration& row,
                     const RecordedMigration* recorded) {
  return recorded != nullptr && recorded->applied && !recorded->in_doubt && !recorded->blob_id.empty() &&
         recorded->blob_id == desired.entry->blob_id && recorded->checksum == row.checksum;
}

class Planner {
 public:
  Planner(const MigrationSet& desired, const AppliedSet& applied,
          const std::map<Version, std::string>& checksums, const std::optional<LegacyState>& legacy)
      : desired_(desired), applied_(applied), checksums_(checksums) {
    for (const Collision& collision : desired.collisions) {
      colliding_.insert(collision.version);
    }
    if (applied.rows.empty() && legacy) {
      legacy_ = legacy;
    }
  }

  Plan Make() && {
    if (legacy_) {
      plan_.legacy_dirty = legacy_->dirty;
      plan_.legacy_version = legacy_->version;
    }
    for (const Migration& migration : desired_.migrations) {
      const AppliedMigration* row = applied_.Find(migration.version);
      row == nullptr ? PlaceMissing(migration) : Compare(migration, *row);
    }
    for (const AppliedMigration& row : applied_.rows) {
      PlaceRow(row);
    }
    for (const RecordedMigration& recorded : applied_.recorded) {
      if (recorded.in_doubt) {
        plan_.in_doubt.push_back(recorded.version);
      } else if (IsLost(applied_, recorded.version)) {
        plan_.lost.push_back(recorded);
      }
    }
    plan_.pending.shrink_to_fit();
    return std::move(plan_);
  }

 private:
  // The old counter covers what it has counted past, unless the ledger knows better: a version that was
  // resolved as not applied after the counter stopped is not covered.
  bool IsCoveredByLegacy(Version version) const {
    return legacy_ && version <= legacy_->version && applied_.FindRecorded(version) == nullptr;
  }

  void PlaceMissing(const Migration& migration) { ListFor(migration.version).push_back(migration); }

  std::vector<Migration>& ListFor(Version version) {
    if (IsLost(applied_, version)) {
      return plan_.lost_desired;
    }
    if (IsInDoubt(applied_, version)) {
      return plan_.withheld;
    }
    if (!IsCoveredByLegacy(version)) {
      return plan_.pending;
    }
    return legacy_->dirty ? plan_.withheld : plan_.bootstrap;
  }

  void Compare(const Migration& migration, const AppliedMigration& row) {
    if (migration.name != row.name) {
      plan_.renamed.push_back({.version = row.version,
                               .applied_name = row.name,
                               .desired_name = migration.name,
                               .path = migration.path});
    }
    const auto checksum = checksums_.find(row.version);
    if (row.checksum && checksum != checksums_.end() && checksum->second != *row.checksum) {
      plan_.edited.push_back({.version = row.version,
                              .name = migration.name,
                              .path = migration.path,
                              .applied_checksum = *row.checksum,
                              .desired_checksum = checksum->second});
    }
  }

  void PlaceRow(const AppliedMigration& row) {
    if (desired_.Find(row.version) == nullptr && !colliding_.contains(row.version)) {
      plan_.orphaned.push_back(row);
    }
    const RecordedMigration* recorded = applied_.FindRecorded(row.version);
    if (recorded == nullptr || (!recorded->applied && !recorded->in_doubt)) {
      plan_.unrecorded.push_back(row);
    }
  }

  const MigrationSet& desired_;
  const AppliedSet& applied_;
  const std::map<Version, std::string>& checksums_;
  std::optional<LegacyState> legacy_;  // none where the tracker has rows
  std::set<Version> colliding_;
  Plan plan_;
};

}  // namespace

std::vector<Migration> Plan::Missing() const {
  std::vector<Migration> missing;
  for (const std::vector<Migration>* list : {&bootstrap, &pending, &withheld, &lost_desired}) {
    missing.insert(missing.end(), list->begin(), list->end());
  }
  std::sort(missing.begin(), missing.end(),
            [](const Migration& a, const Migration& b) { return a.version < b.version; });
  return missing;
}

bool Plan::InSync() const {
  return bootstrap.empty() && pending.empty() && withheld.empty() && lost_desired.empty() &&
         orphaned.empty() && renamed.empty() && edited.empty();
}

std::vector<Migration> NeedsChecksum(const MigrationSet& desired, const AppliedSet& applied) {
  std::vector<Migration> needed;
  for (const Migration& migration : desired.migrations) {
    const AppliedMigration* row = applied.Find(migration.version);
    if (row != nullptr && row->checksum &&
        !IsKnownUnedited(migration, *row, applied.FindRecorded(migration.version))) {
      needed.push_back(migration);
    }
  }
  return needed;
}

Plan MakePlan(const MigrationSet& desired, const AppliedSet& applied,
              const std::map<Version, std::string>& checksums, const std::optional<LegacyState>& legacy) {
  return Planner(desired, applied, checksums, legacy).Make();
}

}  // namespace paliad
