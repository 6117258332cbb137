// What a run does, for the log and the metrics.
#ifndef PALIAD_CONTROLLER_SERVE_LOOP_RUN_LOG_H_
#define PALIAD_CONTROLLER_SERVE_LOOP_RUN_LOG_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "controller/reconcile/reconcile.h"
#include "controller/serve/control.h"
#include "controller/serve/loop/event_log.h"

namespace paliad::serve {

class RunLogger final : public RunObserver {
 public:
  // `metrics` must outlive it. `on_step`: "applying 2 of 3: 7_users", before each migration.
  RunLogger(std::string target, std::string commit, MetricsSink& metrics,
            std::function<void(std::string)> on_step);

  void OnWaitingForLock(const pg::LockHolder& holder, std::chrono::milliseconds waited) override;
  void OnMigrationStarted(std::size_t number, std::size_t total, const Migration& migration) override;
  void OnMigrationApplied(std::size_t number, std::size_t total, const Migration& migration,
                          std::chrono::microseconds duration) override;
  void OnRetry(const Failure& failure, int attempt, std::chrono::milliseconds delay) override;
  void OnConnectionLost(const std::string& cause) override;
  void OnNotice(std::string_view text) override;

 private:
  void Say(Level level, const std::string& message, std::int64_t version = 0) const;

  const std::string target_;
  const std::string commit_;
  MetricsSink& metrics_;
  const std::function<void(std::string)> on_step_;
};

// How a run ended, and which places its checkpoint did not reach.
void LogRun(const std::string& target, const Run& run);

}  // namespace paliad::serve

#endif  // PALIAD_CONTROLLER_SERVE_LOOP_RUN_LOG_H_
