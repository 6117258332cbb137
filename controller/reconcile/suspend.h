// `suspend` and `resume`: what a person asks of whoever reconciles a target. Neither waits for a run: what is
// asked for during one holds for the next.
#ifndef PALIAD_CONTROLLER_RECONCILE_SUSPEND_H_
#define PALIAD_CONTROLLER_RECONCILE_SUSPEND_H_

#include <string>

#include "base/clock.h"
#include "base/error.h"
#include "base/result.h"
#include "controller/reconcile/past.h"
#include "controller/reconcile/target.h"

namespace paliad {

struct PersonsRequest {
  std::string actor;   // who: "m@laptop"; not empty
  std::string reason;  // not empty
};

// No run begins until somebody resumes. Durable and in the ledger when this returns. kUnavailable if the
// database cannot be reached. Suspending what is suspended changes nothing and is not recorded.
[[nodiscard]] Status Suspend(const Target& target, const PersonsRequest& request, const Clock& clock);

// Runs may begin, and the newest commit has one even if nothing changed. kConflict if the branch's history
// was rewritten and that is not accepted.
[[nodiscard]] Status Resume(const Target& target, const PersonsRequest& request, bool accept_rewrite,
                            const Clock& clock);

// Why a run is refused.
Error SuspendedError(const Suspension& suspension);

}  // namespace paliad

#endif  // PALIAD_CONTROLLER_RECONCILE_SUSPEND_H_
