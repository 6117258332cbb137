// The second line of defence, below the rules: what the executor does with a body that no rule stopped.
#include <gtest/gtest.h>

#include <string>

#include "base/clock.h"
#include "base/json.h"
#include "base/sha256.h"
#include "controller/postgres/advisory_lock.h"
#include "controller/postgres/session.h"
#include "controller/reconcile/in_transaction.h"
#include "controller/store/run_recorder.h"
#include "tests/core/scenario.h"

namespace paliad::testing {
namespace {

class Executor : public ::testing::Test {
 protected:
  // A database with a ledger, and a session that holds the run's lock.
  Executor() {
    scenario_.Commit({{"001_a.up.sql", "CREATE TABLE a (id int);"}});
    scenario_.Reconcile();
  }

  JobResult Run(const std::string& sql) {
    pg::Session session = *pg::Session::Connect({.url = scenario_.url()});
    const MigrationJob job{.version = 2,
                           .name = "b",
                           .path = "migrations/002_b.up.sql",
                           .text = sql,
                           .checksum = Sha256Hex(sql),
                           .tracker = {.schema = "paliad", .table = "applied_migrations"},
                           .lock_number = pg::LockNumber("paliad.applied_migrations")};
    EXPECT_TRUE(session.Run(session.settings_sql() + pg::TryLockSql(job.lock_number), "lock"));
    store::RunRecorder recorder(
        {.run_id = ledger::NewUuid(), .target = "default", .tracker = job.tracker.Text()}, clock_);
    const auto result =
        RunInTransaction(session, recorder, clock_, job, ledger::Kind::kApplied,
                         {{"version", job.version}, {"name", job.name}, {"checksum", job.checksum}});
    EXPECT_TRUE(result);
    EXPECT_TRUE(recorder.NothingWaits());
    EXPECT_TRUE(session.idle());
    return *result;
  }

  SystemClock clock_;
  Scenario scenario_;
};

TEST_F(Executor, AnHonestBodyIsAppliedWithItsRowAndItsEntry) {
  const JobResult result = Run("CREATE TABLE b (id int); INSERT INTO b VALUES (1);");
  EXPECT_EQ(result.effect, Effect::kApplied);
  EXPECT_EQ(result.statements_done, 2);
  EXPECT_EQ(scenario_.Applied(), "1:a 2:b");
  EXPECT_EQ(scenario_.Entries("applied", 2), 1);
}

TEST_F(Executor, ABodyThatEndsItsOwnTransactionLeavesAnUnknownOutcome) {
  for (const char* body : {"CREATE TABLE b (id int); COMMIT;", "COMMIT; SELECT 1/0;", "ROLLBACK;"}) {
    SCOPED_TRACE(body);
    const JobResult result = Run(body);
    EXPECT_EQ(result.effect, Effect::kUnknown);
    EXPECT_EQ(scenario_.Applied(), "1:a");
    EXPECT_EQ(scenario_.Entries("applied", 2), 0);
  }
}

TEST_F(Executor, ABodyThatEntersAnotherTransactionLeavesAnUnknownOutcome) {
  const JobResult result = Run("CREATE TABLE b (id int); COMMIT; BEGIN; CREATE TABLE c (id int);");
  EXPECT_EQ(result.effect, Effect::kUnknown);
  EXPECT_EQ(scenario_.Value("SELECT to_regclass('c') IS NULL"), "t");
  EXPECT_EQ(scenario_.Applied(), "1:a");
}

TEST_F(Executor, ABodyThatReleasesTheLockIsRolledBack) {
  const JobResult result = Run("CREATE TABLE b (id int); SELECT pg_advisory_unlock_all();");
  EXPECT_EQ(result.effect, Effect::kNone);
  EXPECT_FALSE(result.retryable);
  EXPECT_EQ(scenario_.Value("SELECT to_regclass('b') IS NULL"), "t");
}

}  // namespace
}  // namespace paliad::testing
