// TargetLoop: one target between its repository and its database. A pass looks at both, makes at most one
// run, and says when to look again; so that targets take turns.
#ifndef PALIAD_CONTROLLER_SERVE_LOOP_TARGET_LOOP_H_
#define PALIAD_CONTROLLER_SERVE_LOOP_TARGET_LOOP_H_

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "controller/config/config.h"
#include "controller/git/repository.h"
#include "controller/postgres/session.h"
#include "controller/reconcile/forge_side.h"
#include "controller/reconcile/past.h"
#include "controller/reconcile/reconcile.h"
#include "controller/serve/control.h"
#include "controller/serve/loop/decide.h"
#include "controller/serve/loop/source.h"

namespace paliad::serve {

// What the passes of all targets share. The stop tokens are those of RunOptions.
struct LoopEnvironment {
  const Clock& clock;
  MetricsSink& metrics;
  std::string actor;
  std::stop_token stop;
  std::stop_token cancel;
};

class TargetLoop {
 public:
  struct Callbacks {
    std::function<void()> look_at_source;  // asks for a fetch
    std::function<void()> run_recorded;    // a run has ended
  };

  // `environment` must outlive it. `forge`: none: there is no forge.
  TargetLoop(config::TargetConfig config, const LoopEnvironment& environment, std::optional<ForgeSide> forge,
             Callbacks callbacks);
  ~TargetLoop();

  TargetLoop(const TargetLoop&) = delete;
  TargetLoop& operator=(const TargetLoop&) = delete;

  const std::string& name() const { return config_.target.name; }
  const config::TargetConfig& config() const { return config_; }

  // Thread-safe; none of these waits for a pass.
  TargetSnapshot Snapshot() const;
  void TakeFetched(const Fetched& fetched);
  void TakePush();             // a webhook spoke of the target
  void TakePullRequestNews();  // a webhook spoke of a pull request, which may be approved now
  void TakePersonsRequest();   // whatever a delay says, the next pass looks

  // One pass. Returns when the next one is due if nobody asks sooner. One at a time.
  SteadyTime Pass();

 private:
  // What a pass sees.
  struct View {
    Past past;
    BranchView branch;
    std::optional<int> behind;
    bool rows_changed = false;
  };

  // What came since the last pass.
  struct News {
    std::string clone;
    bool pushed = false;
    bool person = false;
    bool pull_request = false;
  };

  News TakeNews();
  SteadyTime PassOver(const News& news);
  Result<pg::Session> Connect();
  Result<View> Look(pg::Session& session, git::Repository& repository);
  Result<bool> RowsChanged(pg::Session& session, const Past& past);
  SteadyTime Act(const News& news, pg::Session session, git::Repository& repository, const View& view);
  SteadyTime Run(const Decision& decision, git::Repository& repository, const View& view);
  void NoteLockWait(bool had_lock, SteadyTime began);
  SteadyTime AwaitApproval(const paliad::Run& run, const Past& past);
  SteadyTime TakeRun(const paliad::Run& run, std::chrono::microseconds duration);
  SteadyTime TakeError(const Decision& decision, const Error& error);
  SteadyTime Retry(const std::string& reason, const std::string& hint);
  void NoteInDatabase(pg::Session& session, const Past& past);
  void NoteView(const View& view);
  void SetState(State state, std::string reason, std::string hint = "", std::string actor = "");
  SteadyTime After(std::chrono::milliseconds delay) const;

  const config::TargetConfig config_;
  const LoopEnvironment& environment_;
  const std::optional<ForgeSide> forge_;
  const Callbacks callbacks_;

  // The passes' own.
  std::map<std::string, Error> cannot_begin_;  // by commit
  std::int64_t person_seq_ = -1;               // up to there a person was heard
  std::int64_t failed_seq_ = -2;               // the run that the delay is for
  SteadyTime not_before_{};                    // the end of the delay
  std::string head_;                           // when that delay began
  int conflicts_ = 0;                          // in a row
  std::optional<SteadyTime> waits_since_;      // somebody else has had the lock
  bool awaits_approval_ = false;               // that delay is for one
  bool pushed_ = false;                        // until the branch is as reconciled
  bool rewritten_ = false;

  mutable std::mutex mutex_;
  TargetSnapshot snapshot_;  // guarded by mutex_
  News news_;                // guarded by mutex_
};

}  // namespace paliad::serve

#endif  // PALIAD_CONTROLLER_SERVE_LOOP_TARGET_LOOP_H_
