#include "controller/serve/metrics/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace paliad::serve {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(Metrics, EveryMetricHasItsPublicNameAndLabels) {
  Metrics metrics;
  metrics.RunEnded("production", "applied", milliseconds(120));
  metrics.MigrationApplied("production", milliseconds(30));
  metrics.PendingMigrations("production", 3);
  metrics.FetchEnded("production", true, milliseconds(80));
  metrics.FetchEnded("production", false, milliseconds(9'000));
  metrics.LockWaited("production", milliseconds(2));
  metrics.LedgerSize("production", 120, 7);
  metrics.FeedbackQueue("https://git.example.com", 5);
  metrics.FeedbackQueue("https://github.com", 1);
  metrics.FeedbackQueue("https://git.example.com", 1);
  metrics.FeedbackFailed("gitea");
  metrics.WebhookAnswered("production", "accepted");
  TargetSnapshot snapshot{.name = "production", .state = State::kRetrying, .commits_behind = 4};
  snapshot.last_success = WallTime(std::chrono::seconds(1'700'000'000));
  const std::string text = metrics.Text({snapshot});
  for (const char* line : {
           "paliad_runs_total{outcome=\"applied\",target=\"production\"} 1",
           "paliad_run_duration_seconds_count{target=\"production\"} 1",
           "paliad_run_duration_seconds_bucket{target=\"production\",le=\"0.25\"} 1",
           "paliad_migration_duration_seconds_sum{target=\"production\"} 0.03",
           "paliad_pending_migrations{target=\"production\"} 3",
           "paliad_target_state{state=\"retrying\",target=\"production\"} 1",
           "paliad_target_state{state=\"ready\",target=\"production\"} 0",
           "paliad_commits_behind{target=\"production\"} 4",
           "paliad_last_success_timestamp_seconds{target=\"production\"} 1700000000",
           "paliad_git_fetch_duration_seconds_count{target=\"production\"} 2",
           "paliad_git_fetch_errors_total 1",
           "paliad_webhooks_total{result=\"accepted\",target=\"production\"} 1",
           "paliad_feedback_queue 2",
           "paliad_feedback_errors_total{forge=\"gitea\"} 1",
           "paliad_lock_wait_seconds_count{target=\"production\"} 1",
           "paliad_ledger_size{target=\"production\"} 120",
           "paliad_ledger_unanchored{target=\"production\"} 7",
           "paliad_build_info{version=\"",
       }) {
    EXPECT_THAT(text, HasSubstr(std::string("\n") + line)) << text;
  }
}

TEST(Metrics, ATargetThatIsGoneHasNoState) {
  Metrics metrics;
  EXPECT_THAT(metrics.Text({{.name = "old"}}), HasSubstr("target=\"old\""));
  EXPECT_THAT(metrics.Text({{.name = "new"}}), Not(HasSubstr("target=\"old\"")));
}

TEST(Metrics, ANameCannotBreakOutOfItsLabel) {
  Metrics metrics;
  metrics.PendingMigrations("a\"} 7\nb{\\", 3);
  EXPECT_THAT(metrics.Text({}), HasSubstr("{target=\"a\\\"} 7\\nb{\\\\\"} 3"));
}

TEST(Metrics, CountersWithoutLabelsAreThereFromTheStart) {
  Metrics metrics;
  EXPECT_THAT(metrics.Text({}), HasSubstr("\npaliad_git_fetch_errors_total 0"));
  EXPECT_THAT(metrics.Text({}), HasSubstr("\npaliad_feedback_queue 0"));
}

TEST(Metrics, ThreadsCountTogether) {
  Metrics metrics;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 1'000; ++n) {
        metrics.WebhookAnswered("a", "accepted");
      }
    });
  }
  metrics.Text({});
  for (std::thread& thread : threads) {
    thread.join();
  }
  EXPECT_THAT(metrics.Text({}), HasSubstr("paliad_webhooks_total{result=\"accepted\",target=\"a\"} 4000"));
}

}  // namespace
}  // namespace paliad::serve
