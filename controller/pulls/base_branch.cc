#include "controller/pulls/base_branch.h"

#include <utility>

#include "base/sha256.h"
#include "controller/check/check.h"
#include "controller/reconcile/assessment.h"
#include "migrations/plan.h"
#include "policies/rules.h"

namespace paliad::pulls {
namespace {

// More are forgotten: every one can be read again.
constexpr std::size_t kMaxChecksums = 100'000;

}  // namespace

Result<std::map<Version, std::string>> Checksums::Of(git::Repository& repository,
                                                     const std::vector<Migration>& migrations) {
  if (by_blob_.size() > kMaxChecksums) {
    by_blob_.clear();
  }
  std::map<Version, std::string> checksums;
  for (const Migration& migration : migrations) {
    auto at = by_blob_.find(migration.entry->blob_id);
    if (at == by_blob_.end()) {
      ASSIGN_OR_RETURN(const std::uint64_t size, repository.Size(*migration.entry));
      if (size > kMaxFileBytes) {
        continue;
      }
      ASSIGN_OR_RETURN(const std::string text, repository.Read(*migration.entry));
      at = by_blob_.emplace(migration.entry->blob_id, Sha256Hex(text)).first;
    }
    checksums.emplace(migration.version, at->second);
  }
  return checksums;
}

Result<std::vector<Finding>> HistoryOf(git::Repository& repository, const MigrationSet& set,
                                       const std::optional<AppliedSet>& applied, Checksums& checksums) {
  if (!applied) {
    return std::vector<Finding>();
  }
  ASSIGN_OR_RETURN(const auto known, checksums.Of(repository, NeedsChecksum(set, *applied)));
  return CheckHistory(set, *applied, MakePlan(set, *applied, known, std::nullopt));
}

Result<BaseBranch> ReadBaseBranch(git::Repository& repository, const Target& target,
                                  const std::string& commit, const std::optional<AppliedSet>& applied,
                                  Checksums& checksums) {
  BaseBranch base;
  base.commit = commit;
  if (const Result<std::string> tree_id = repository.TreeId(commit, target.path)) {
    base.tree_id = *tree_id;
  } else if (tree_id.error().kind != ErrorKind::kInvalidInput) {
    return Fail(tree_id.error());
  }
  ASSIGN_OR_RETURN(base.policy, ReadPolicyAt(repository, target, commit));
  if (!base.policy) {
    return base;
  }
  ASSIGN_OR_RETURN(base.set, ReadBaseSet(repository, commit, target.path, *base.policy));
  base.set_digest = DigestOfFiles(base.set.migrations);
  base.set_has_errors = HasErrors(CheckSet(base.set));
  ASSIGN_OR_RETURN(base.history, HistoryOf(repository, base.set, applied, checksums));
  return base;
}

std::string DigestOfFiles(const std::vector<Migration>& migrations) {
  std::string bytes;
  for (const Migration& migration : migrations) {
    // A path holds no NUL, and a blob's id is as long as every other.
    bytes += migration.path;
    bytes += '\0';
    bytes += migration.entry->blob_id;
  }
  return Sha256Hex(bytes);
}

}  // namespace paliad::pulls
