#include "controller/serve/metrics/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <iterator>
#include <map>
#include <mutex>
#include <utility>

#include "controller/version.h"

namespace paliad::serve {
namespace {

using prometheus::Counter;
using prometheus::Family;
using prometheus::Gauge;
using prometheus::Histogram;

// From a no-op to a rewritten table.
const Histogram::BucketBoundaries& Seconds() {
  static const Histogram::BucketBoundaries bounds = {0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5,  1,
                                                     2.5,   5,    10,    30,   60,  300,  1800, 7200};
  return bounds;
}

double InSeconds(std::chrono::microseconds duration) { return static_cast<double>(duration.count()) / 1e6; }

double InSeconds(WallTime time) { return InSeconds(time.time_since_epoch()); }

template <class Builder>
auto& Register(Builder builder, prometheus::Registry& registry, const char* name, const char* help) {
  return builder.Name(name).Help(help).Register(registry);
}

void AddStates(prometheus::Registry& registry, const std::vector<TargetSnapshot>& snapshots) {
  auto& states = Register(prometheus::BuildGauge(), registry, "paliad_target_state",
                          "1 for the state that a target is in, 0 for the others");
  auto& behind = Register(prometheus::BuildGauge(), registry, "paliad_commits_behind",
                          "Commits on the branch that are not reconciled yet");
  auto& success = Register(prometheus::BuildGauge(), registry, "paliad_last_success_timestamp_seconds",
                           "When a run last ended in_sync or applied");
  for (const TargetSnapshot& snapshot : snapshots) {
    for (const State state : kAllStates) {
      states.Add({{"target", snapshot.name}, {"state", std::string(StateName(state))}})
          .Set(snapshot.state == state ? 1 : 0);
    }
    if (snapshot.commits_behind) {
      behind.Add({{"target", snapshot.name}}).Set(*snapshot.commits_behind);
    }
    if (snapshot.last_success) {
      success.Add({{"target", snapshot.name}}).Set(InSeconds(*snapshot.last_success));
    }
  }
}

}  // namespace

// A family's Add returns the metric of those labels, a new one or the one that there is.
class Metrics::Families {
 public:
  Families() {
    Register(prometheus::BuildGauge(), registry, "paliad_build_info", "The program's version; always 1")
        .Add({{"version", kVersion}})
        .Set(1);
    // Without labels they exist from the start: an alert on their absence would never end.
    fetch_errors.Add({});
    feedback_queue.Add({});
  }

  std::mutex queue_mutex;
  std::map<std::string, std::int64_t> queues;  // guarded by queue_mutex: what waits for each forge

  prometheus::Registry registry;
  Family<Counter>& runs =
      Register(prometheus::BuildCounter(), registry, "paliad_runs_total", "Runs that ended");
  Family<Histogram>& run_duration = Register(prometheus::BuildHistogram(), registry,
                                             "paliad_run_duration_seconds", "From a run's start to its end");
  Family<Histogram>& migration_duration = Register(
      prometheus::BuildHistogram(), registry, "paliad_migration_duration_seconds", "Of applied migrations");
  Family<Gauge>& pending = Register(prometheus::BuildGauge(), registry, "paliad_pending_migrations",
                                    "Left to apply when the last run ended");
  Family<Histogram>& fetch_duration =
      Register(prometheus::BuildHistogram(), registry, "paliad_git_fetch_duration_seconds",
               "Of fetches, failed ones too");
  Family<Counter>& fetch_errors =
      Register(prometheus::BuildCounter(), registry, "paliad_git_fetch_errors_total", "Fetches that failed");
  Family<Counter>& webhooks =
      Register(prometheus::BuildCounter(), registry, "paliad_webhooks_total", "Webhooks that were answered");
  Family<Gauge>& feedback_queue = Register(prometheus::BuildGauge(), registry, "paliad_feedback_queue",
                                           "Statuses and comments that wait for a forge");
  Family<Counter>& feedback_errors = Register(prometheus::BuildCounter(), registry,
                                              "paliad_feedback_errors_total", "Deliveries that failed");
  Family<Histogram>& lock_wait = Register(prometheus::BuildHistogram(), registry, "paliad_lock_wait_seconds",
                                          "How long runs waited for the target's lock");
  Family<Gauge>& ledger_size =
      Register(prometheus::BuildGauge(), registry, "paliad_ledger_size", "Entries in the ledger");
  Family<Gauge>& ledger_unanchored =
      Register(prometheus::BuildGauge(), registry, "paliad_ledger_unanchored",
               "Entries since the newest signed checkpoint: nobody outside vouches for them yet");
};

Metrics::Metrics() : families_(std::make_unique<Families>()) {}
Metrics::~Metrics() = default;

void Metrics::RunEnded(const std::string& target, std::string_view outcome,
                       std::chrono::microseconds duration) {
  families_->runs.Add({{"target", target}, {"outcome", std::string(outcome)}}).Increment();
  families_->run_duration.Add({{"target", target}}, Seconds()).Observe(InSeconds(duration));
}

void Metrics::MigrationApplied(const std::string& target, std::chrono::microseconds duration) {
  families_->migration_duration.Add({{"target", target}}, Seconds()).Observe(InSeconds(duration));
}

void Metrics::PendingMigrations(const std::string& target, std::int64_t count) {
  families_->pending.Add({{"target", target}}).Set(static_cast<double>(count));
}

void Metrics::FetchEnded(const std::string& target, bool ok, std::chrono::microseconds duration) {
  families_->fetch_duration.Add({{"target", target}}, Seconds()).Observe(InSeconds(duration));
  if (!ok) {
    families_->fetch_errors.Add({}).Increment();
  }
}

void Metrics::LockWaited(const std::string& target, std::chrono::microseconds duration) {
  families_->lock_wait.Add({{"target", target}}, Seconds()).Observe(InSeconds(duration));
}

void Metrics::LedgerSize(const std::string& target, std::int64_t size, std::int64_t unanchored) {
  families_->ledger_size.Add({{"target", target}}).Set(static_cast<double>(size));
  families_->ledger_unanchored.Add({{"target", target}}).Set(static_cast<double>(unanchored));
}

void Metrics::FeedbackQueue(const std::string& url, std::int64_t length) {
  const std::lock_guard lock(families_->queue_mutex);
  std::int64_t& known = families_->queues[url];
  families_->feedback_queue.Add({}).Increment(static_cast<double>(length - known));
  known = length;
}

void Metrics::FeedbackFailed(std::string_view kind) {
  families_->feedback_errors.Add({{"forge", std::string(kind)}}).Increment();
}

void Metrics::WebhookAnswered(const std::string& target, std::string_view result) {
  families_->webhooks.Add({{"target", target}, {"result", std::string(result)}}).Increment();
}

std::string Metrics::Text(const std::vector<TargetSnapshot>& snapshots) {
  prometheus::Registry of_snapshots;
  AddStates(of_snapshots, snapshots);
  std::vector<prometheus::MetricFamily> all = families_->registry.Collect();
  std::vector<prometheus::MetricFamily> more = of_snapshots.Collect();
  std::move(more.begin(), more.end(), std::back_inserter(all));
  return prometheus::TextSerializer().Serialize(all);
}

}  // namespace paliad::serve
