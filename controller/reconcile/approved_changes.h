// What needs an approval, and whether what was approved is what a commit brings. Git's word and not the
// forge's: a forge may show another head for a pull request after it was merged.
#ifndef PALIAD_CONTROLLER_RECONCILE_APPROVED_CHANGES_H_
#define PALIAD_CONTROLLER_RECONCILE_APPROVED_CHANGES_H_

#include <string>
#include <vector>

#include "base/result.h"
#include "controller/git/repository.h"
#include "controller/reconcile/assessment.h"
#include "controller/reconcile/target.h"

namespace paliad {

// What a run does that somebody may have to approve.
struct Changes {
  // Of the branch along first parents, oldest first: each that touches the target since the newest run in
  // sync, and the run's own last. A run that was refused or rejected does not make what it looked at
  // approved.
  std::vector<std::string> commits;
  // Of migrations: by the policy that holds, or by the one that held in that run.
  bool need_approval = false;
  // The policy itself is another one than in that run, where it required approvals: to turn that off needs
  // one.
  bool policy_needs_approval = false;
};

// `in_sync`: the commit of the newest run in sync; empty: there was none, and only the revision is looked at.
// REQUIRES: the revision's policy has no mistake.
[[nodiscard]] Result<Changes> ChangesSince(git::Repository& repository, const Target& target,
                                           const Revision& revision, const std::string& in_sync);

// "" if every migration that `commit` adds, edits or removes, compared with its first parent, is as
// `approved` has it, and its policy file too; else which is not. Holds for merges and squashes; of a rebase,
// for commits whose files no later one of them changes.
[[nodiscard]] Result<std::string> WhyNotAsApproved(git::Repository& repository, const Target& target,
                                                   const std::string& commit, const std::string& approved);

}  // namespace paliad

#endif  // PALIAD_CONTROLLER_RECONCILE_APPROVED_CHANGES_H_
