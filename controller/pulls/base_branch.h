// The branch that pull requests would be merged into, as it is at one commit: read once for all of them.
#ifndef PALIAD_CONTROLLER_PULLS_BASE_BRANCH_H_
#define PALIAD_CONTROLLER_PULLS_BASE_BRANCH_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "controller/git/repository.h"
#include "controller/reconcile/target.h"
#include "migrations/applied_set.h"
#include "migrations/migration_set.h"
#include "policies/finding.h"
#include "policies/policy.h"

namespace paliad::pulls {

// SHA-256 of blobs, each read once. Not thread-safe.
class Checksums {
 public:
  // By version, 64 hex digits; without files over kMaxFileBytes, which are findings of their own. Errors as
  // git::Repository::Read.
  [[nodiscard]] Result<std::map<Version, std::string>> Of(git::Repository& repository,
                                                          const std::vector<Migration>& migrations);

 private:
  std::map<std::string, std::string> by_blob_;
};

struct BaseBranch {
  std::string commit;                       // 40 hex digits
  std::string tree_id;                      // of the folder, 40 hex digits; empty: there is none yet
  Result<Policy> policy = DefaultPolicy();  // the error has all mistakes of its file
  MigrationSet set;                         // empty where the policy has mistakes
  std::string set_digest;                   // of its migrations' paths and contents, 64 hex digits
  bool set_has_errors = false;              // a collision, a file that is rejected
  std::vector<Finding> history;             // what the applied rows say of it
};

// Errors as git::Repository has them, for the base as a whole.
[[nodiscard]] Result<BaseBranch> ReadBaseBranch(git::Repository& repository, const Target& target,
                                                const std::string& commit,
                                                const std::optional<AppliedSet>& applied,
                                                Checksums& checksums);

// CheckHistory over a plan without an old counter, in default severities; nothing where the rows are not
// known.
[[nodiscard]] Result<std::vector<Finding>> HistoryOf(git::Repository& repository, const MigrationSet& set,
                                                     const std::optional<AppliedSet>& applied,
                                                     Checksums& checksums);

// Of paths and contents, 64 hex digits.
std::string DigestOfFiles(const std::vector<Migration>& migrations);

}  // namespace paliad::pulls

#endif  // PALIAD_CONTROLLER_PULLS_BASE_BRANCH_H_
