// What to do about a target, from what its branch and its database say. Pure.
#ifndef PALIAD_CONTROLLER_SERVE_LOOP_DECIDE_H_
#define PALIAD_CONTROLLER_SERVE_LOOP_DECIDE_H_

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "controller/git/repository.h"
#include "controller/reconcile/past.h"
#include "controller/reconcile/reconcile.h"

namespace paliad::serve {

// The branch, seen from the newest finished run.
struct BranchView {
  std::string head;                     // 40 hex digits
  bool rewritten = false;               // it does not have that run's commit any more
  std::vector<git::HistoryStep> since;  // that run's commit, oldest first; empty without a run
};

struct Circumstances {
  bool rows_changed = false;           // the tracker is not as that run left it
  bool retry_now = false;              // the delay after a failure that may go by itself is over
  bool pushed = false;                 // a webhook said so
  std::set<std::string> cannot_begin;  // commits whose run could not even be recorded
};

struct Decision {
  enum class Kind {
    kRun,
    kSuspended,
    kRewritten,
    kCannotBegin,  // of all that is left to do
    kRetryLater,   // the newest run failed by something that may go
    kStalled,      // it failed for good
    kReady,
  };
  Kind kind = Kind::kReady;
  std::string commit;  // of kRun and kCannotBegin
  Trigger trigger = Trigger::kCommit;
  std::int64_t commits_skipped = 0;
};

// Each commit that touches the target has its own run, oldest first; one that cannot begin is passed over
// where a newer one may have the fix. Without a past, only the head runs.
Decision Decide(const Past& past, const BranchView& branch, const Circumstances& circumstances);

}  // namespace paliad::serve

#endif  // PALIAD_CONTROLLER_SERVE_LOOP_DECIDE_H_
