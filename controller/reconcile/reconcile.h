// The core: lock, ensure, settle, diff, decide, apply, finish. The same sequence for every commit, from the
// command line and from the controller; the only code that applies SQL.
#ifndef PALIAD_CONTROLLER_RECONCILE_RECONCILE_H_
#define PALIAD_CONTROLLER_RECONCILE_RECONCILE_H_

#include <chrono>
#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "controller/git/repository.h"
#include "controller/postgres/advisory_lock.h"
#include "controller/publish/anchor.h"
#include "controller/reconcile/assessment.h"
#include "controller/reconcile/forge_side.h"
#include "controller/reconcile/migration_job.h"
#include "controller/reconcile/target.h"
#include "controller/store/tree_head.h"
#include "ledger/entry.h"

namespace paliad {

// Why a run was made; written to the ledger by name, never rename.
enum class Trigger { kManual, kCommit, kWebhook, kInterval, kResume };

std::string_view TriggerName(Trigger trigger);

struct RunOptions {
  std::string revision;  // empty: the branch's head
  Trigger trigger = Trigger::kManual;
  std::string actor;                            // who asked for it: "m@laptop"
  std::chrono::milliseconds lock_wait{60'000};  // also how long a lost connection is tried again
  int max_attempts = 5;                         // of one migration that waits for locks; > 0
  // For a run that nobody waits for: the end of the newest run that its caller knew (Past::seq). Where
  // another one ended since, the target is suspended, or the lock is not had, nothing is done and nothing is
  // recorded: kConflict; nor where policy requires an approval that is not known (Run::awaits_approval).
  std::optional<std::int64_t> only_after;
  std::int64_t commits_skipped = 0;  // before this one, since they change nothing here
  // Asked and told only by a run that comes to something; none: no forge has to do with it.
  std::optional<ForgeSide> forge;
  std::stop_token stop;    // no further migration begins; the run ends as interrupted
  std::stop_token cancel;  // the one that runs is cancelled in the server and rolls back
};

// Told while a run goes on; for progress on a terminal and for logs. Called on the run's thread.
class RunObserver {
 public:
  virtual ~RunObserver() = default;
  virtual void OnWaitingForLock(const pg::LockHolder& holder, std::chrono::milliseconds waited) = 0;
  virtual void OnMigrationStarted(std::size_t number, std::size_t total, const Migration& migration) = 0;
  virtual void OnMigrationApplied(std::size_t number, std::size_t total, const Migration& migration,
                                  std::chrono::microseconds duration) = 0;
  virtual void OnRetry(const Failure& failure, int attempt, std::chrono::milliseconds delay) = 0;
  virtual void OnConnectionLost(const std::string& cause) = 0;
  virtual void OnNotice(std::string_view text) = 0;
};

struct AppliedStep {
  Version version = 0;
  std::string name;
  std::chrono::microseconds duration{0};
};

// What a run did, also where it failed: partial progress is data.
struct Run {
  std::string run_id;
  std::string target;
  std::string commit;
  ledger::Outcome outcome = ledger::Outcome::kInSync;
  std::vector<AppliedStep> applied;
  std::optional<Failure> failed;
  std::optional<std::int64_t> pending;  // left when the run ended; none: it did not come to look
  std::vector<Finding> findings;
  std::int64_t bootstrapped = 0;
  std::optional<store::TreeHead> ledger;        // none: there is no ledger, or it could not be read
  std::optional<publish::Anchoring> anchoring;  // the log's checkpoint; none: none was wanted, or made
  std::optional<Error> anchoring_error;         // why none was made
  std::optional<Error> error;                   // why it was refused or failed where `failed` does not say
  bool retry = false;                           // what failed may go by itself: a lost connection, a lock
  bool awaits_approval = false;  // nothing was done or recorded; `error` says who is to approve what
};

// In a line, why the run did not end in sync; empty if it did.
std::string ReasonOf(const Run& run);

// One run. An Error is for what could not even be recorded: no repository, no database, no rights; everything
// else is in the Run, and in the ledger. `repository`, `clock` and `observer` are used during the call only.
[[nodiscard]] Result<Run> Reconcile(const Target& target, git::Repository& repository,
                                    const RunOptions& options, const Clock& clock, RunObserver& observer);

}  // namespace paliad

#endif  // PALIAD_CONTROLLER_RECONCILE_RECONCILE_H_
