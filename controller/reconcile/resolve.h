// Settling what only a person knows: an unknown outcome, a migration applied by hand, a manual rollback.
#ifndef PALIAD_CONTROLLER_RECONCILE_RESOLVE_H_
#define PALIAD_CONTROLLER_RECONCILE_RESOLVE_H_

#include <chrono>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "controller/git/repository.h"
#include "controller/reconcile/reconcile.h"
#include "controller/reconcile/target.h"
#include "controller/store/tree_head.h"

namespace paliad {

struct ResolveRequest {
  Version version = 0;
  bool as_applied = false;
  std::string reason;  // not empty
  std::string actor;
  std::string revision;  // where the file is looked up; empty: the branch's head
  std::chrono::milliseconds lock_wait{60'000};
};

struct Resolution {
  std::string name;
  std::string was;                 // "in_doubt", "lost", "applied", "pending", "unknown": what held before
  std::optional<Error> objection;  // there was nothing to resolve: nothing was written
  std::optional<Error> refusal;    // the lock was not had: nothing was written
  std::optional<store::TreeHead> ledger;
  std::optional<publish::Anchoring> anchoring;
  std::optional<Error> anchoring_error;
};

// Puts the tracker's row in (with the checksum of the file, or of what the ledger says was applied) or takes
// it out, and appends a `resolved` entry, in one transaction under the run's lock.
[[nodiscard]] Result<Resolution> Resolve(const Target& target, git::Repository& repository,
                                         const ResolveRequest& request, const Clock& clock,
                                         RunObserver& observer);

}  // namespace paliad

#endif  // PALIAD_CONTROLLER_RECONCILE_RESOLVE_H_
