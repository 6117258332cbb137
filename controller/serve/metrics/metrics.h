// What /metrics shows, in Prometheus' text format. The loop feeds it through MetricsSink; what a snapshot of
// the targets says (states, lag, the last success) is taken when it is asked for. Thread-safe.
#ifndef PALIAD_CONTROLLER_SERVE_METRICS_METRICS_H_
#define PALIAD_CONTROLLER_SERVE_METRICS_METRICS_H_

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "controller/serve/control.h"

namespace paliad::serve {

class Metrics final : public MetricsSink {
 public:
  Metrics();
  ~Metrics() override;

  void RunEnded(const std::string& target, std::string_view outcome,
                std::chrono::microseconds duration) override;
  void MigrationApplied(const std::string& target, std::chrono::microseconds duration) override;
  void PendingMigrations(const std::string& target, std::int64_t count) override;
  void FetchEnded(const std::string& target, bool ok, std::chrono::microseconds duration) override;
  void LockWaited(const std::string& target, std::chrono::microseconds duration) override;
  void LedgerSize(const std::string& target, std::int64_t size, std::int64_t unanchored) override;
  void FeedbackQueue(const std::string& url, std::int64_t length) override;
  void FeedbackFailed(std::string_view kind) override;

  // `result` is one of a few words: a sender's text must never become a label.
  void WebhookAnswered(const std::string& target, std::string_view result);

  // text/plain; version=0.0.4. Targets that are not in `snapshots` have no state any more.
  std::string Text(const std::vector<TargetSnapshot>& snapshots);

 private:
  class Families;
  std::unique_ptr<Families> families_;
};

}  // namespace paliad::serve

#endif  // PALIAD_CONTROLLER_SERVE_METRICS_METRICS_H_
