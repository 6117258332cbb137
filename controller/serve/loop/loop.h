// Loop: all targets of one configuration, kept reconciled until it is destroyed. A pool of workers makes the
// passes; each source fetches on a thread of its own. What a restart needs is in the databases.
#ifndef PALIAD_CONTROLLER_SERVE_LOOP_LOOP_H_
#define PALIAD_CONTROLLER_SERVE_LOOP_LOOP_H_

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "controller/config/config.h"
#include "controller/serve/control.h"
#include "controller/serve/loop/fetch_slots.h"
#include "controller/serve/loop/source.h"
#include "controller/serve/loop/target_loop.h"
#include "controller/serve/pulls/pull_requests.h"

namespace paliad::serve {

class Loop final : public Control {
 public:
  // Starts at once. `metrics` and `clock` must outlive it. `actor` is recorded with each run.
  Loop(const config::Config& config, std::string actor, MetricsSink& metrics, const Clock& clock);

  // Ends as Stop does, and waits.
  ~Loop() override;

  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  std::vector<TargetSnapshot> Snapshots() const override;
  void Notify(const std::string& target, Notice notice) override;
  Status Suspend(const std::string& target, const std::string& actor, const std::string& reason) override;
  Status Resume(const std::string& target, const std::string& actor, const std::string& reason,
                bool accept_rewrite) override;
  Status Reconcile(const std::string& target, const std::string& actor, const std::string& reason) override;

  // No pass begins any more; a run that has begun goes on to its end. Returns at once.
  void Retire();
  // Nor a migration: the runs end after the one that is under way.
  void Stop();
  // The migrations that run are cancelled in the server.
  void Cancel();
  // After Retire: has every pass ended?
  bool Ended() const;

 private:
  // A target with its turn. Guarded by mutex_, but for `loop`, which guards itself.
  struct Seat {
    std::unique_ptr<TargetLoop> loop;
    Source* source = nullptr;
    SteadyTime due = SteadyTime::max();
    std::uint64_t requests = 0;  // counted, so that one which comes during a pass is not lost
    bool busy = false;
  };

  void AddTargets(const config::Config& config);
  void StartSources(const config::Config& config);
  void AskForFetch(const Seat& seat);
  void TakeFetched(const std::vector<Seat*>& seats, const Fetched& fetched);
  void Request(Seat& seat);
  void Work(const std::stop_token& stop);
  Seat* NextDue();  // REQUIRES: mutex_ is held
  Seat* Find(const std::string& target) const;
  Status ForTarget(const std::string& target, const std::function<Status(const Target&)>& ask);

  const Clock& clock_;
  MetricsSink& metrics_;
  std::stop_source retire_;
  std::stop_source stop_;
  std::stop_source cancel_;
  const LoopEnvironment environment_;
  FetchSlots slots_;
  std::unique_ptr<PullRequests> pull_requests_;  // fixed once it is made
  std::vector<std::unique_ptr<Seat>> seats_;     // the same

  mutable std::mutex mutex_;
  std::condition_variable_any due_;
  int working_ = 0;  // guarded by mutex_: workers that have not ended

  std::vector<std::unique_ptr<Source>> sources_;
  std::vector<std::jthread> workers_;
};

}  // namespace paliad::serve

#endif  // PALIAD_CONTROLLER_SERVE_LOOP_LOOP_H_
