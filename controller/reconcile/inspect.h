// Looking without touching: what `plan`, `verify` and `status` show. One read-only transaction, no lock,
// nothing created; a standby will do.
#ifndef PALIAD_CONTROLLER_RECONCILE_INSPECT_H_
#define PALIAD_CONTROLLER_RECONCILE_INSPECT_H_

#include <optional>
#include <string>

#include "base/result.h"
#include "controller/git/repository.h"
#include "controller/reconcile/assessment.h"
#include "controller/reconcile/target.h"
#include "migrations/applied_set.h"

namespace paliad {

struct Inspection {
  Revision revision;
  AppliedSet applied;
  Assessment assessment;
  std::optional<Error> refusal;  // what a run would refuse for
};

// REQUIRES: the revision's policy has no mistake.
[[nodiscard]] Result<Inspection> Inspect(const Target& target, git::Repository& repository,
                                         Revision revision);

// The rows of the tracker, and what the ledger remembers of them; none without a tracker. For what judges
// commits that are not on the branch yet.
[[nodiscard]] Result<AppliedSet> ReadApplied(const Target& target);

struct LastRun {
  std::string run_id;
  std::string outcome;  // "" while it has no end
  std::string commit;
};

struct TargetStatus {
  std::string state;   // "ready", "reconciling", "retrying", "stalled", "suspended": public, never rename
  std::string reason;  // empty where there is none
  std::string commit;  // of the newest run that ended in sync; empty if there is none
  std::optional<int> commits_behind;  // from there to the branch's head; none: not known
  std::string since;                  // when the newest run ended, as FormatUtc; empty: no run
  std::optional<LastRun> last_run;
};

[[nodiscard]] Result<TargetStatus> ReadStatus(const Target& target, git::Repository& repository);

}  // namespace paliad

#endif  // PALIAD_CONTROLLER_RECONCILE_INSPECT_H_
