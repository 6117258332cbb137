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

  JobResult Run(const std::string& sql, bool locked = true) {
    pg::Session session = *pg::Session::Connect({.url = scenario_.url()});
    const MigrationJob job{.version = 2,
                           .name = "b",
                           .path = "migrations/002_b.up.sql",
                           .text = sql,
                           .checksum = Sha256Hex(sql),
                           .tracker = {.schema = "paliad", .table = "applied_migrations"},
                           .lock_number = pg::LockNumber("paliad.applied_migrations")};
    EXPECT_TRUE(
        session.Run(session.settings_sql() + (locked ? pg::TryLockSql(job.lock_number) : ""), "lock"));
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

TEST_F(Executor, ABodyIsNotRunWithoutTheLock) {
  // It travels in one message with what asks for the lock. A sequence's value outlasts a rollback.
  scenario_.Exec("CREATE SEQUENCE calls");
  const JobResult result = Run("SELECT nextval('calls');", /*locked=*/false);
  EXPECT_EQ(result.effect, Effect::kNone);
  EXPECT_FALSE(result.retryable);
  EXPECT_EQ(scenario_.Value("SELECT is_called FROM calls"), "f");
}

TEST_F(Executor, ABodyThatTheServerCannotParseIsFailedAtItsPlaceAndNothingOfItRuns) {
  scenario_.Exec("CREATE SEQUENCE calls");
  const JobResult result = Run("SELECT nextval('calls');\n  SELEC 'Größe', 1;");
  EXPECT_EQ(result.effect, Effect::kNone);
  EXPECT_EQ(result.failure->sqlstate, "42601");
  EXPECT_EQ(result.failure->line, 2);
  EXPECT_EQ(result.failure->column, 3);
  EXPECT_EQ(result.statements_done, 0);
  EXPECT_EQ(scenario_.Value("SELECT is_called FROM calls"), "f");
}

TEST_F(Executor, ABodysErrorIsLocatedByCharacterAndByStatement) {
  const JobResult by_position = Run("SELECT 1;\n/* ü */ SELECT nope;");
  EXPECT_EQ(by_position.failure->line, 2);
  EXPECT_EQ(by_position.failure->column, 16);
  EXPECT_EQ(by_position.statements_done, 1);
}

TEST_F(Executor, TheTimeoutsHoldForTheBody) {
  pg::Session session = *pg::Session::Connect({.url = scenario_.url()});
  const MigrationJob job{.version = 2,
                         .name = "b",
                         .path = "migrations/002_b.up.sql",
                         .text = "SELECT pg_sleep(600);",
                         .checksum = Sha256Hex("SELECT pg_sleep(600);"),
                         .tracker = {.schema = "paliad", .table = "applied_migrations"},
                         .lock_number = pg::LockNumber("paliad.applied_migrations"),
                         .statement_timeout = std::chrono::milliseconds(20)};
  ASSERT_TRUE(session.Run(session.settings_sql() + pg::TryLockSql(job.lock_number), "lock"));
  store::RunRecorder recorder(
      {.run_id = ledger::NewUuid(), .target = "default", .tracker = job.tracker.Text()}, clock_);
  const auto result = RunInTransaction(session, recorder, clock_, job, ledger::Kind::kApplied, {});
  ASSERT_TRUE(result);
  EXPECT_EQ(result->effect, Effect::kNone);
  EXPECT_EQ(result->failure->sqlstate, "57014");
}

}  // namespace
}  // namespace paliad::testing
