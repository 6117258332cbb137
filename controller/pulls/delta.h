// Delta: what merging one pull request would do to the branch, as far as names, history and the applied rows
// say; the contents of its files are not judged yet. Bounded, whatever a stranger sends: hundreds are held at
// a time.
#ifndef PALIAD_CONTROLLER_PULLS_DELTA_H_
#define PALIAD_CONTROLLER_PULLS_DELTA_H_

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/error.h"
#include "controller/git/repository.h"
#include "controller/pulls/base_branch.h"
#include "migrations/applied_set.h"
#include "migrations/migration_set.h"
#include "policies/finding.h"
#include "policies/rules.h"

namespace paliad::pulls {

struct Delta {
  std::optional<Error> error;  // it cannot be merged or read; then nothing below holds but `touches`
  bool touches = true;         // see Verdict; true where it is not known
  bool policy_changed = false;
  std::string merged_tree;  // the folder's, 40 hex digits; empty: there is none

  std::vector<Finding> findings;  // of changes to what the base has, and of the applied rows; judged
  MigrationSet news;  // collisions and rejected entries that the base does not have; no migrations
  std::set<std::string> new_paths;   // of files in the collisions
  std::vector<VersionClaim> claims;  // versions that it would add; by whom is for the caller to say
  std::vector<Migration> to_judge;   // whose SQL is to be judged
  std::vector<Migration> pending;    // what a database with the base's migrations would have to apply
};

// Only what the pull request brings about: what the base says of itself is left out. The branch's policy
// judges; where that has mistakes, nothing is judged and there is no error.
Delta MakeDelta(git::Repository& repository, const Target& target, const BaseBranch& base,
                const std::string& head, const std::optional<AppliedSet>& applied, Checksums& checksums);

}  // namespace paliad::pulls

#endif  // PALIAD_CONTROLLER_PULLS_DELTA_H_
