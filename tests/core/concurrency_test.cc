// Several runs at once, and runs that die while they work.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/sha256.h"
#include "base/text.h"
#include "ledger/append_mac.h"
#include "ledger/entry.h"
#include "ledger/merkle.h"
#include "tests/core/installed_ledger.h"
#include "tests/core/scenario.h"
#include "tests/support/wait_for.h"

namespace paliad::testing {
namespace {

using ::testing::HasSubstr;

std::string IsRunning(const std::string& query) {
  return "EXISTS (SELECT FROM pg_stat_activity WHERE application_name = 'paliadctl' AND state = 'active'"
         " AND datname = current_database() AND query LIKE '%" +
         query + "%')";
}

TEST(Concurrency, TwoRunsStartedTogetherApplyEachMigrationOnce) {
  for (int round = 0; round < 3; ++round) {
    Scenario scenario;
    for (int i = 1; i <= 20; ++i) {
      scenario.Add(std::to_string(i) + "_t.up.sql", "CREATE TABLE t" + std::to_string(i) + " (id int);");
    }
    scenario.Commit();
    const auto first = scenario.Start({"reconcile"});
    const auto second = scenario.Start({"reconcile"});
    const Outcome a = ToOutcome(first->Wait());
    const Outcome b = ToOutcome(second->Wait());
    EXPECT_EQ(a.exit_code, 0) << a.err;
    EXPECT_EQ(b.exit_code, 0) << b.err;
    EXPECT_EQ(a.json["applied"].size() + b.json["applied"].size(), 20U);
    EXPECT_EQ(scenario.Entries("applied"), 20);
    EXPECT_EQ(scenario.Inconsistency(), "");
  }
}

TEST(Concurrency, AnIndexIsBuiltConcurrentlyWhileTwoRunsWaitForTheLock) {
  // A waiter inside a blocking pg_advisory_lock holds a snapshot that CREATE INDEX CONCURRENTLY waits for: a
  // deadlock.
  Scenario scenario;
  scenario.Commit(
      {{"001_a.up.sql", "CREATE TABLE a (id int); INSERT INTO a SELECT generate_series(1, 1000);"}});
  ASSERT_EQ(scenario.Reconcile().exit_code, 0);
  scenario.Commit(
      {{"002_index.up.sql", "-- paliad:no-transaction\nCREATE INDEX CONCURRENTLY a_id ON a (id);\n"}});
  PgConnection reader(scenario.url());
  reader.Exec("BEGIN; LOCK TABLE a IN ROW EXCLUSIVE MODE");  // the build waits for it
  const auto builder = scenario.Start({"reconcile"});
  WaitFor(scenario.url(), IsRunning("CREATE INDEX CONCURRENTLY"));
  const auto second = scenario.Start({"reconcile"});
  const auto third = scenario.Start({"reconcile"});
  second->ReadStderrUntil("waiting for another run");
  third->ReadStderrUntil("waiting for another run");
  reader.Exec("COMMIT");
  for (const auto& process : {builder.get(), second.get(), third.get()}) {
    const Outcome outcome = ToOutcome(process->Wait());
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  }
  EXPECT_EQ(scenario.Value("SELECT indisvalid FROM pg_index WHERE indexrelid = 'a_id'::regclass"), "t");
  EXPECT_EQ(scenario.Entries("intent", 2), 1);
  EXPECT_EQ(scenario.Entries("applied", 2), 1);
  EXPECT_EQ(scenario.Inconsistency(), "");
}

TEST(Concurrency, WithoutTheHeaderAnIndexBuiltConcurrentlyIsRefusedAndTheHintSaysWhatToWrite) {
  Scenario scenario;
  scenario.Commit({{"001_a.up.sql", "CREATE TABLE a (id int);"},
                   {"002_index.up.sql", "\nCREATE INDEX CONCURRENTLY a_id ON a (id);\n"}});
  const Outcome run = scenario.Reconcile();
  EXPECT_EQ(run.exit_code, 3);
  ASSERT_EQ(run.json["findings"].size(), 1U);
  EXPECT_EQ(run.json["findings"][0]["rule"], "needs-no-transaction");
  EXPECT_EQ(run.json["findings"][0]["line"], 2);
  EXPECT_THAT(run.json["findings"][0]["hint"].get<std::string>(), HasSubstr("-- paliad:no-transaction"));
}

TEST(Concurrency, AFailedConcurrentBuildSaysHowToRepairItAndTheRepairWorks) {
  Scenario scenario;
  scenario.Commit(
      {{"001_a.up.sql", "CREATE TABLE a (id int); INSERT INTO a VALUES (1), (1);"},
       {"002_index.up.sql", "-- paliad:no-transaction\nCREATE UNIQUE INDEX CONCURRENTLY a_id ON a (id);\n"}});
  const Outcome run = scenario.Reconcile();
  EXPECT_EQ(run.exit_code, 1) << run.err;
  EXPECT_EQ(run.json["failed"]["sqlstate"], "23505");
  EXPECT_EQ(run.json["failed"]["line"], 2);
  EXPECT_THAT(run.json["failed"]["hint"].get<std::string>(),
              HasSubstr("DROP INDEX CONCURRENTLY public.a_id;"));
  scenario.Exec("DROP INDEX CONCURRENTLY public.a_id;");
  scenario.Exec("DELETE FROM a");
  EXPECT_EQ(scenario.Reconcile().exit_code, 0);
  EXPECT_EQ(scenario.Inconsistency(), "");
}

TEST(Concurrency, IfNotExistsOverAnInvalidIndexIsNotASuccess) {
  Scenario scenario;
  scenario.Commit({{"001_a.up.sql", "CREATE TABLE a (id int); INSERT INTO a VALUES (1), (1);"}});
  ASSERT_EQ(scenario.Reconcile().exit_code, 0);
  EXPECT_THROW(scenario.Exec("CREATE UNIQUE INDEX CONCURRENTLY a_id ON a (id)"), PgError);
  scenario.Commit(
      {{"002_index.up.sql",
        "-- paliad:no-transaction\nCREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS a_id ON a (id);\n"}});
  const Outcome run = scenario.Reconcile();
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_THAT(run.err, HasSubstr("public.a_id is invalid"));
  EXPECT_EQ(scenario.Applied(), "1:a");
}

TEST(Concurrency, AfterAKillTheNextRunWaitsForTheOrphanedBackendAndThenEndsRight) {
  Scenario scenario;
  scenario.Exec("CREATE TABLE held (id int)");
  // The first run's backend does not look whether its client lives, so that it is there until it is let go.
  scenario.Commit({{"001_a.up.sql", "CREATE TABLE a (id int);"},
                   {"002_slow.up.sql",
                    "SET LOCAL client_connection_check_interval = 0; SET LOCAL lock_timeout = 0;"
                    " CREATE TABLE b (id int); LOCK TABLE held;"}});
  PgConnection holder(scenario.url());
  holder.Exec("BEGIN; LOCK TABLE held");
  const auto killed = scenario.Start({"reconcile"});
  WaitFor(scenario.url(), IsRunning("LOCK TABLE held"));
  killed->Kill();
  const auto next = scenario.Start({"reconcile"});
  next->ReadStderrUntil("waiting for another run");
  holder.Exec("COMMIT");
  const Outcome outcome = ToOutcome(next->Wait());
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(scenario.Applied(), "1:a 2:slow");
  EXPECT_EQ(scenario.Entries("applied", 1), 1);
  EXPECT_EQ(scenario.Entries("applied", 2), 1);
  EXPECT_EQ(scenario.Value(
                "SELECT outcome FROM paliad_ledger.entry WHERE kind = 'run_finished' ORDER BY seq LIMIT 1"),
            "interrupted");
  EXPECT_EQ(scenario.Inconsistency(), "");
}

TEST(Concurrency, AKillOutsideOfATransactionLeavesADoubtThatOnlyAPersonSettles) {
  Scenario scenario;
  scenario.Commit(
      {{"001_a.up.sql", "CREATE TABLE a (id int);"},
       {"002_index.up.sql", "-- paliad:no-transaction\nCREATE INDEX CONCURRENTLY a_id ON a (id);\n"},
       {"003_c.up.sql", "CREATE TABLE c (id int);"}});
  PgConnection reader(scenario.url());
  // With its table there already, the build can be held up at a known place.
  scenario.Exec("CREATE TABLE a (id int)");
  ASSERT_EQ(scenario.Run({"resolve", "1", "--as", "applied", "--reason", "made by the test"}).exit_code, 0);
  reader.Exec("BEGIN; LOCK TABLE a IN ROW EXCLUSIVE MODE");
  const auto killed = scenario.Start({"reconcile"});
  WaitFor(scenario.url(), IsRunning("CREATE INDEX CONCURRENTLY"));
  killed->Kill();
  killed->Wait();
  reader.Exec("COMMIT");
  const Outcome refused = scenario.Reconcile();
  EXPECT_EQ(refused.exit_code, 5) << refused.out;
  EXPECT_EQ(refused.json["outcome"], "refused");
  EXPECT_EQ(refused.json["error"]["kind"], "in_doubt");
  EXPECT_THAT(refused.err, HasSubstr("paliadctl resolve 2"));
  EXPECT_EQ(scenario.Reconcile().exit_code, 5) << "it must stay refused";
  EXPECT_EQ(scenario.Run({"status"}).json[0]["state"], "stalled");
  EXPECT_EQ(scenario.Value("SELECT to_regclass('c') IS NULL"), "t");

  scenario.Exec("DROP INDEX IF EXISTS a_id");
  ASSERT_EQ(scenario.Run({"resolve", "2", "--as", "not-applied", "--reason", "dropped the half-built index"})
                .exit_code,
            0);
  const Outcome run = scenario.Reconcile();
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_EQ(scenario.Applied(), "1:a 2:index 3:c");
  EXPECT_EQ(scenario.Value("SELECT indisvalid FROM pg_index WHERE indexrelid = 'a_id'::regclass"), "t");
}

TEST(Concurrency, AMigrationThatWaitsForATableLockIsTriedAgainAndEachAttemptIsRecorded) {
  Scenario scenario;
  scenario.Commit({{"001_a.up.sql", "CREATE TABLE a (id int);"}});
  ASSERT_EQ(scenario.Reconcile().exit_code, 0);
  scenario.Commit({{"002_b.up.sql", "ALTER TABLE a ADD COLUMN b int;"}});
  PgConnection holder(scenario.url());
  holder.Exec("BEGIN; LOCK TABLE a");
  const auto run = scenario.Start({"reconcile", "--lock-timeout", "200ms"});
  run->ReadStderrUntil("attempt 2 failed");
  holder.Exec("COMMIT");
  const Outcome outcome = ToOutcome(run->Wait());
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_GE(scenario.Entries("failed", 2), 2);
  EXPECT_EQ(scenario.Entries("applied", 2), 1);
  EXPECT_EQ(scenario.Inconsistency(), "");
}

TEST(Concurrency, AMigrationThatNeverGetsItsLockFailsAfterABoundedNumberOfAttempts) {
  Scenario scenario;
  scenario.Commit({{"001_a.up.sql", "CREATE TABLE a (id int);"}});
  ASSERT_EQ(scenario.Reconcile().exit_code, 0);
  scenario.Commit({{"002_b.up.sql", "ALTER TABLE a ADD COLUMN b int;"}});
  PgConnection holder(scenario.url());
  holder.Exec("BEGIN; LOCK TABLE a");
  const Outcome outcome = scenario.Reconcile({"--lock-timeout", "50ms"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_EQ(outcome.json["failed"]["sqlstate"], "55P03");
  EXPECT_EQ(scenario.Entries("failed", 2), 5);
  EXPECT_EQ(scenario.Applied(), "1:a");
}

TEST(Concurrency, AStatementTimeoutEndsAMigration) {
  Scenario scenario;
  scenario.Commit({{"001_a.up.sql", "SELECT pg_sleep(60);"}});
  const Outcome outcome = scenario.Reconcile({"--statement-timeout", "100ms"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_EQ(outcome.json["failed"]["sqlstate"], "57014");
}

// Sixteen connections, 25 entries each. With a secret each call carries its code.
void AppendAtOnce(const std::string& url, const std::optional<ledger::MacSecret>& secret) {
  constexpr int kWriters = 16;
  constexpr int kEach = 25;
  std::vector<std::thread> writers;
  for (int writer = 0; writer < kWriters; ++writer) {
    writers.emplace_back([&] {
      PgConnection connection(url);
      const std::string run = ledger::NewUuid();
      for (int ordinal = 0; ordinal < kEach; ++ordinal) {
        const std::string leaf = fmt::format(
            R"({{"at":"2026-05-20T10:38:00.000000Z","format":1,"kind":"finding","ordinal":{},"run":"{}","target":"w","tracker":"w"}})",
            ordinal, run);
        std::string code = "NULL";
        if (secret) {
          const Sha256Digest mac = ledger::AppendMac(*secret, run, ordinal, ledger::LeafHash(leaf));
          code = fmt::format("decode('{}', 'hex')", HexEncode(AsBytes(mac)));
        }
        connection.Exec(fmt::format(
            "BEGIN; SELECT paliad_ledger.append(convert_to('{}', 'UTF8'), {}); COMMIT", leaf, code));
      }
    });
  }
  for (std::thread& writer : writers) {
    writer.join();
  }
  EXPECT_EQ(Value(url, "SELECT count(*) FROM paliad_ledger.entry WHERE tracker = 'w'"),
            std::to_string(kWriters * kEach));
}

TEST(Concurrency, SixteenWritersAppendDenselyAndWithoutADeadlock) {
  Scenario scenario;
  scenario.Commit({{"001_a.up.sql", "CREATE TABLE a (id int);"}});
  ASSERT_EQ(scenario.Reconcile().exit_code, 0);
  AppendAtOnce(scenario.url(), std::nullopt);
  EXPECT_EQ(scenario.Inconsistency(), "");
}

TEST(Concurrency, SixteenWritersAppendWithTheirCodesWhereTheLedgerIsInstalled) {
  InstalledLedger ledger;
  const auto installed = ledger.Install();
  ASSERT_TRUE(installed) << installed.error().Message();
  AppendAtOnce(ledger.scenario().url(), ledger.secret());
  EXPECT_EQ(ledger.scenario().Inconsistency(), "");
}

TEST(Concurrency, AppendRefusesAnOlderSnapshot) {
  Scenario scenario;
  scenario.Commit({{"001_a.up.sql", "CREATE TABLE a (id int);"}});
  ASSERT_EQ(scenario.Reconcile().exit_code, 0);
  EXPECT_THROW(scenario.Exec("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT paliad_ledger.append('{}')"),
               PgError);
}

TEST(Concurrency, AppendRefusesAnEntryThatIsTooLongAndTakesTheLongest) {
  Scenario scenario;
  scenario.Commit({{"001_a.up.sql", "CREATE TABLE a (id int);"}});
  ASSERT_EQ(scenario.Reconcile().exit_code, 0);
  const std::string append =
      "SELECT "
      "paliad_ledger.append(convert_to(rpad('{\"at\":\"2026-05-20T10:38:00.000000Z\",\"kind\":\"drift\","
      "\"ordinal\":0,\"run\":\"0b3c8f3e-0000-4000-8000-000000000001\",\"target\":\"t\",\"tracker\":\"t.t\"}',"
      " ";
  try {
    scenario.Exec(append + "65536), 'UTF8'))");
    ADD_FAILURE() << "it was not refused";
  } catch (const PgError& error) {
    EXPECT_EQ(error.sqlstate(), "PL002");
    EXPECT_THAT(error.what(), HasSubstr("an entry has at most 65535 bytes, and this one has 65536"));
  }
  scenario.Exec(append + "65535), 'UTF8'))");
}

}  // namespace
}  // namespace paliad::testing
