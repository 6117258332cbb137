// What HTTP may know of the loop and ask of it, and what the loop tells the metrics. The one seam between
// controller/serve and its HTTP side, which owns it as the caller.
#ifndef PALIAD_CONTROLLER_SERVE_CONTROL_H_
#define PALIAD_CONTROLLER_SERVE_CONTROL_H_

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace paliad::serve {

enum class State { kReady, kReconciling, kRetrying, kStalled, kSuspended };

inline constexpr State kAllStates[] = {State::kReady, State::kReconciling, State::kRetrying, State::kStalled,
                                       State::kSuspended};

// "ready", "reconciling", "retrying", "stalled", "suspended": public (JSON, metrics); never rename.
std::string_view StateName(State state);

// Was a thing that a target needs reached, the last time that somebody tried?
struct Reachability {
  std::optional<WallTime> last_success;  // none: never since the process started
  std::string error;                     // why the newest attempt failed, secrets removed; empty: it did not

  bool ok() const { return last_success.has_value() && error.empty(); }
};

// A target as the loop sees it. A value; all text is as it came from outside.
struct TargetSnapshot {
  struct LastRun {
    std::string run_id;
    std::string outcome;  // as OutcomeName; empty while it has no end
    std::string commit;
  };

  std::string name;  // unique among the targets
  State state = State::kReady;
  std::string reason;                 // why; empty where there is nothing to say
  std::string hint;                   // what to do about it; may be empty
  std::string actor;                  // who suspended it; else empty
  std::string commit;                 // the newest that is reconciled, 40 hex digits; empty: none
  std::string head;                   // of the branch, as last fetched; empty: not known
  std::optional<int> commits_behind;  // from `commit` to `head`; none: not known
  WallTime since{};                   // when it came into this state
  std::optional<LastRun> last_run;
  std::optional<WallTime> last_success;  // when a run last ended in_sync or applied
  std::optional<WallTime> next_attempt;  // of a retry, or of the next look at the branch
  int attempt = 0;                       // of the retries; 0: it is not retrying
  std::string step;                      // what a run is doing: "applying 3 of 7: 103_create_holiday"
  Reachability database;
  Reachability repository;
  std::string clone;  // folder of the bare repository with the branch; empty: none yet
};

// Why somebody should look at a repository again.
enum class Notice { kPush, kPullRequest };

// Implemented by the loop. Thread-safe; called on the threads of HTTP.
class Control {
 public:
  virtual ~Control() = default;

  // In the order of the configuration. Takes no lock that a run holds: it answers while everything else is
  // slow or broken.
  virtual std::vector<TargetSnapshot> Snapshots() const = 0;

  // A forge says that something moved. Returns at once, is never lost, and may be called any number of times:
  // several that come before the next fetch are one fetch. An unknown target is ignored (the configuration
  // may have changed meanwhile).
  virtual void Notify(const std::string& target, Notice notice) = 0;

  // What a person asks for. `actor` and `reason` are not empty and are recorded. They return when the request
  // is durable, not when it is done: kInvalidInput for an unknown target, kConflict where the state forbids
  // it (resuming after a rewritten history without `accept_rewrite`), kUnavailable where the target's
  // database cannot be reached. Suspending what is suspended and resuming what is not are fine.
  [[nodiscard]] virtual Status Suspend(const std::string& target, const std::string& actor,
                                       const std::string& reason) = 0;
  [[nodiscard]] virtual Status Resume(const std::string& target, const std::string& actor,
                                      const std::string& reason, bool accept_rewrite) = 0;
  // A look now, whatever the interval or a back-off says. kConflict: it is suspended.
  [[nodiscard]] virtual Status Reconcile(const std::string& target, const std::string& actor,
                                         const std::string& reason) = 0;
};

// What the loop counts. Thread-safe; never blocks and never fails. A target is one of the configuration's.
class MetricsSink {
 public:
  virtual ~MetricsSink() = default;

  virtual void RunEnded(const std::string& target, std::string_view outcome,
                        std::chrono::microseconds duration) = 0;
  virtual void MigrationApplied(const std::string& target, std::chrono::microseconds duration) = 0;
  virtual void PendingMigrations(const std::string& target, std::int64_t count) = 0;
  virtual void FetchEnded(const std::string& target, bool ok, std::chrono::microseconds duration) = 0;
  virtual void LockWaited(const std::string& target, std::chrono::microseconds duration) = 0;
  // Entries in all, and entries since the newest signed checkpoint.
  virtual void LedgerSize(const std::string& target, std::int64_t size, std::int64_t unanchored) = 0;
  // What waits for the forge at `url`; and a request to one of a kind ("gitea") that failed.
  virtual void FeedbackQueue(const std::string& url, std::int64_t length) = 0;
  virtual void FeedbackFailed(std::string_view kind) = 0;
};

}  // namespace paliad::serve

#endif  // PALIAD_CONTROLLER_SERVE_CONTROL_H_
