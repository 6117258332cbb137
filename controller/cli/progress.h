// A run's progress on stderr: a line a migration on a terminal, log lines for what a person must know.
#ifndef PALIAD_CONTROLLER_CLI_PROGRESS_H_
#define PALIAD_CONTROLLER_CLI_PROGRESS_H_

#include "controller/cli/command.h"
#include "controller/reconcile/reconcile.h"

namespace paliad::cli {

class Progress final : public RunObserver {
 public:
  explicit Progress(const Options& options);

  void OnWaitingForLock(const pg::LockHolder& holder, std::chrono::milliseconds waited) override;
  void OnMigrationStarted(std::size_t number, std::size_t total, const Migration& migration) override;
  void OnMigrationApplied(std::size_t number, std::size_t total, const Migration& migration,
                          std::chrono::microseconds duration) override;
  void OnRetry(const Failure& failure, int attempt, std::chrono::milliseconds delay) override;
  void OnConnectionLost(const std::string& cause) override;
  void OnNotice(std::string_view text) override;

 private:
  const bool show_;  // on a terminal, not --quiet
};

}  // namespace paliad::cli

#endif  // PALIAD_CONTROLLER_CLI_PROGRESS_H_
