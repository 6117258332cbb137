// Source: one repository, as all targets on it see it. One clone, one fetch for all of them, on a thread of
// its own, so that a slow server delays nobody else.
#ifndef PALIAD_CONTROLLER_SERVE_LOOP_SOURCE_H_
#define PALIAD_CONTROLLER_SERVE_LOOP_SOURCE_H_

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "controller/config/config.h"
#include "controller/serve/control.h"
#include "controller/serve/loop/fetch_slots.h"

namespace paliad::serve {

// What the newest attempt came to.
struct Fetched {
  std::string clone;           // a folder that Repository::Open opens; empty: there is none yet
  std::optional<Error> error;  // why the newest attempt failed; then `clone` is as older ones left it
  int attempt = 0;             // failures in a row
  std::optional<WallTime> next_attempt;
};

struct SourceOptions {
  config::TargetConfig target;            // one of those that share it: where, and with which secrets
  std::vector<std::string> target_names;  // all of them, for metrics
  std::string data_dir;
  std::set<std::string> references;             // beside the branches: "refs/pull/*/head"
  std::chrono::milliseconds interval{60'000};   // the shortest of theirs
  std::chrono::milliseconds deadline{600'000};  // > 0; of one fetch
};

class Source {
 public:
  // Told of each attempt, on the source's thread.
  using OnFetched = std::function<void(const Fetched&)>;

  // Starts at once. All references must outlive it.
  Source(SourceOptions options, FetchSlots& slots, MetricsSink& metrics, const Clock& clock,
         OnFetched on_fetched);
  ~Source();  // ends a fetch under way

  Source(const Source&) = delete;
  Source& operator=(const Source&) = delete;

  // Fetch soon, whatever the interval says. Those that come before a fetch begins are one; one that comes
  // during a fetch is another.
  void Notify();

  Reachability reachability() const;

 private:
  void Run(const std::stop_token& stop);
  // False: to be stopped.
  bool AwaitTurn(const std::stop_token& stop, SteadyTime next);
  Result<std::string> Fetch(const std::stop_token& stop);
  SteadyTime Take(const Result<std::string>& result);

  const SourceOptions options_;
  FetchSlots& slots_;
  MetricsSink& metrics_;
  const Clock& clock_;
  const OnFetched on_fetched_;

  Fetched fetched_;  // the thread's own

  mutable std::mutex mutex_;
  std::condition_variable_any wake_;
  std::uint64_t notices_ = 0;   // guarded by mutex_
  std::uint64_t answered_ = 0;  // guarded by mutex_: those that came before the newest fetch began
  Reachability reachability_;   // guarded by mutex_

  std::jthread thread_;  // last: the others are there when it begins
};

}  // namespace paliad::serve

#endif  // PALIAD_CONTROLLER_SERVE_LOOP_SOURCE_H_
