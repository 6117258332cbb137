#include "controller/pulls/delta.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <tuple>
#include <utility>

#include "controller/check/check.h"
#include "policies/policy.h"
#include "policies/rules.h"

namespace paliad::pulls {
namespace {

// Of a list that a stranger makes: more say nothing new.
constexpr std::size_t kMaxListed = kMaxChangedFiles;

template <class T>
void Cut(std::vector<T>& list) {
  if (list.size() > kMaxListed) {
    list.erase(list.begin() + kMaxListed, list.end());
  }
}

// The last that stays says how many go.
void CutFindings(std::vector<Finding>& findings) {
  const std::size_t all = findings.size();
  Cut(findings);
  if (findings.size() < all) {
    findings.back().message += fmt::format(" (and {} more findings of this change)", all - findings.size());
  }
}

// Those of the merged set that the base does not have too. Places may differ: an orphaned file's is guessed
// from its neighbours.
std::vector<Finding> HistoryBroughtAbout(std::vector<Finding> merged, const std::vector<Finding>& base) {
  const auto key = [](const Finding& finding) {
    return std::tuple(finding.rule, finding.version, finding.message);
  };
  std::set<std::tuple<std::string, std::optional<Version>, std::string>> known;
  std::transform(base.begin(), base.end(), std::inserter(known, known.end()), key);
  std::erase_if(merged, [&](const Finding& finding) { return known.contains(key(finding)); });
  return merged;
}

MigrationSet NewsOf(MigrationSet merged, const MigrationSet& base) {
  MigrationSet news;
  std::set<std::tuple<std::string, RejectionKind, std::string>> rejected;
  for (const RejectedEntry& entry : base.rejected) {
    rejected.emplace(entry.path, entry.kind, entry.reason);
  }
  std::set<std::vector<std::string>> collisions;
  for (const Collision& collision : base.collisions) {
    collisions.insert(collision.paths);
  }
  std::copy_if(std::make_move_iterator(merged.rejected.begin()),
               std::make_move_iterator(merged.rejected.end()), std::back_inserter(news.rejected),
               [&](const RejectedEntry& entry) {
                 return !rejected.contains(std::tuple(entry.path, entry.kind, entry.reason));
               });
  std::copy_if(std::make_move_iterator(merged.collisions.begin()),
               std::make_move_iterator(merged.collisions.end()), std::back_inserter(news.collisions),
               [&](const Collision& collision) { return !collisions.contains(collision.paths); });
  Cut(news.rejected);
  Cut(news.collisions);
  return news;
}

// Both files of a collision within the change claim their version, unless the base has it.
std::vector<VersionClaim> ClaimsOf(const Delta& delta, const MigrationSet& base) {
  std::set<Version> taken;
  for (const Collision& collision : base.collisions) {
    taken.insert(collision.version);
  }
  std::vector<VersionClaim> claims;
  const auto claim = [&](Version version, const std::string& path, const std::string& blob_id) {
    if (!taken.contains(version) && base.Find(version) == nullptr && claims.size() < kMaxListed) {
      claims.push_back({.version = version, .path = path, .blob_id = blob_id});
    }
  };
  for (const Migration& migration : delta.pending) {
    claim(migration.version, migration.path, migration.entry->blob_id);
  }
  for (const Collision& collision : delta.news.collisions) {
    for (const std::string& path : collision.paths) {
      claim(collision.version, path, "");
    }
  }
  return claims;
}

Status Fill(Delta& delta, git::Repository& repository, const git::MergePreview& preview,
            const BaseBranch& base, const std::optional<AppliedSet>& applied, Checksums& checksums) {
  const Policy& policy = *base.policy;
  MigrationSet merged = MakeMigrationSet(preview.tree, policy.ignore);
  ASSIGN_OR_RETURN(std::vector<Finding> history, HistoryOf(repository, merged, applied, checksums));
  delta.findings = Judge(policy, HistoryBroughtAbout(std::move(history), base.history));
  CutFindings(delta.findings);
  std::vector<Finding> changes = CheckChanges(preview.changes, preview.tree.path, policy);
  CutFindings(changes);
  std::move(changes.begin(), changes.end(), std::back_inserter(delta.findings));
  delta.to_judge = FilesToJudge(merged, preview.changes);
  delta.pending = PendingAfter(base.set, merged);
  Cut(delta.pending);  // they are tried only where policy found no error: not where they are so many
  delta.news = NewsOf(std::move(merged), base.set);
  const std::set<std::string> new_paths = NewPaths(preview.changes);
  for (const Collision& collision : delta.news.collisions) {
    std::copy_if(collision.paths.begin(), collision.paths.end(),
                 std::inserter(delta.new_paths, delta.new_paths.end()),
                 [&](const std::string& path) { return new_paths.contains(path); });
  }
  delta.claims = ClaimsOf(delta, base.set);
  return {};
}

}  // namespace

Delta MakeDelta(git::Repository& repository, const Target& target, const BaseBranch& base,
                const std::string& head, const std::optional<AppliedSet>& applied, Checksums& checksums) {
  Delta delta;
  // The branch's file does not count where the target has a policy of its own.
  const std::string watched = target.policy ? "" : target.policy_path;
  Result<git::MergePreview> preview = repository.PreviewMerge(base.commit, head, target.path, watched);
  if (!preview) {
    delta.error = preview.error();
    return delta;
  }
  delta.policy_changed = preview->changes_watched;
  delta.merged_tree = preview->tree.tree_id;
  delta.touches = delta.policy_changed || !preview->changes.empty() || delta.merged_tree != base.tree_id;
  if (delta.touches && base.policy) {
    if (const Status filled = Fill(delta, repository, *preview, base, applied, checksums); !filled) {
      delta.error = filled.error();
    }
  }
  return delta;
}

}  // namespace paliad::pulls
