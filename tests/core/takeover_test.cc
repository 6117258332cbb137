// A database that golang-migrate ran before, and the lock that it shares with the Go runner.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/core/scenario.h"

namespace paliad::testing {
namespace {

using ::testing::HasSubstr;

// FNV-1a-64 of "paliad.applied_migrations": the number that the Go runner locks.
constexpr char kGoRunnersLock[] = "6041125926171106229";

void AddFour(Scenario& scenario) {
  scenario.Commit({{"001_a.up.sql", "CREATE TABLE a (id int);"},
                   {"002_b.up.sql", "CREATE TABLE b (id int);"},
                   {"003_c.up.sql", "CREATE TABLE c (id int);"},
                   {"004_d.up.sql", "CREATE TABLE d (id int);"}});
}

void MakeLegacyTracker(Scenario& scenario, const std::string& rows) {
  scenario.Exec(
      "CREATE SCHEMA paliad; CREATE TABLE paliad.paliad_schema_migrations (version bigint NOT NULL PRIMARY "
      "KEY,"
      " dirty boolean NOT NULL);" +
      rows);
}

TEST(Takeover, ACleanCounterIsBackfilledAndNothingRunsAgain) {
  Scenario scenario;
  AddFour(scenario);
  scenario.Exec("CREATE TABLE a (id int); CREATE TABLE b (id int); CREATE TABLE c (id int);");
  MakeLegacyTracker(scenario, "INSERT INTO paliad.paliad_schema_migrations VALUES (3, false);");

  const Outcome plan = scenario.Run({"plan"});
  EXPECT_EQ(plan.exit_code, 4);
  EXPECT_EQ(plan.json["bootstrap"], 3);
  ASSERT_EQ(plan.json["pending"].size(), 1U);
  EXPECT_EQ(plan.json["pending"][0]["version"], 4);

  const Outcome run = scenario.Reconcile();
  ASSERT_EQ(run.exit_code, 0) << run.err;
  EXPECT_EQ(run.json["bootstrapped"], 3);
  EXPECT_EQ(run.json["applied"].size(), 1U);
  EXPECT_EQ(scenario.Applied(), "1:a 2:b 3:c 4:d");
  EXPECT_EQ(scenario.Value("SELECT string_agg(version::text, ',' ORDER BY version) FROM "
                           "paliad.applied_migrations WHERE checksum IS NULL"),
            "1,2,3");
  EXPECT_EQ(scenario.Entries("bootstrapped"), 1);
  EXPECT_EQ(scenario.Value("SELECT version || ' ' || dirty FROM paliad.paliad_schema_migrations"), "3 false");

  const Outcome again = scenario.Reconcile();
  EXPECT_EQ(again.exit_code, 0);
  EXPECT_EQ(again.json["outcome"], "in_sync");
  EXPECT_EQ(again.json["bootstrapped"], 0);
  EXPECT_EQ(scenario.Run({"verify"}).exit_code, 0);
  EXPECT_EQ(scenario.Inconsistency(), "");
}

TEST(Takeover, ADirtyCounterStopsWithNothingChanged) {
  Scenario scenario;
  AddFour(scenario);
  MakeLegacyTracker(scenario, "INSERT INTO paliad.paliad_schema_migrations VALUES (2, true);");
  const Outcome plan = scenario.Run({"plan"});
  EXPECT_EQ(plan.exit_code, 5);
  const Outcome run = scenario.Reconcile();
  EXPECT_EQ(run.exit_code, 5);
  EXPECT_EQ(run.json["outcome"], "refused");
  EXPECT_THAT(run.err, HasSubstr("legacy tracker is dirty at version 2"));
  EXPECT_EQ(scenario.Applied(), "");
  EXPECT_EQ(scenario.Value("SELECT to_regclass('public.a') IS NULL"), "t");
  EXPECT_EQ(scenario.Value("SELECT version || ' ' || dirty FROM paliad.paliad_schema_migrations"), "2 true");
  EXPECT_EQ(scenario.Inconsistency(), "");
}

TEST(Takeover, AnEmptyCounterIsAVirginDatabase) {
  Scenario scenario;
  AddFour(scenario);
  MakeLegacyTracker(scenario, "");
  const Outcome run = scenario.Reconcile();
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_EQ(run.json["applied"].size(), 4U);
  EXPECT_EQ(run.json["bootstrapped"], 0);
}

TEST(Takeover, WithoutACounterEverythingIsApplied) {
  Scenario scenario;
  AddFour(scenario);
  const Outcome run = scenario.Reconcile();
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_EQ(run.json["outcome"], "applied");
  EXPECT_EQ(scenario.Applied(), "1:a 2:b 3:c 4:d");
  EXPECT_EQ(scenario.Kinds(),
            "genesis schema_upgraded schema_upgraded schema_upgraded schema_upgraded schema_upgraded "
            "schema_upgraded schema_upgraded run_started applied applied "
            "applied applied run_finished");
}

TEST(Takeover, TheStaleCopyInPublicIsNotRead) {
  Scenario scenario;
  AddFour(scenario);
  scenario.Exec(
      "CREATE TABLE public.paliad_schema_migrations (version bigint, dirty boolean);"
      "INSERT INTO public.paliad_schema_migrations VALUES (99, true)");
  EXPECT_EQ(scenario.Reconcile().json["applied"].size(), 4U);
}

TEST(Takeover, ALowerVersionThatLandsLateIsApplied) {
  Scenario scenario;
  scenario.Commit(
      {{"102_a.up.sql", "CREATE TABLE a (id int);"}, {"104_d.up.sql", "CREATE TABLE d (id int);"}});
  ASSERT_EQ(scenario.Reconcile().exit_code, 0);
  scenario.Commit({{"103_c.up.sql", "CREATE TABLE c (id int);"}});
  const Outcome run = scenario.Reconcile();
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_EQ(scenario.Applied(), "102:a 103:c 104:d");
  ASSERT_EQ(run.json["findings"].size(), 1U);
  EXPECT_EQ(run.json["findings"][0]["rule"], "out-of-order");
}

TEST(Takeover, ASessionWithTheGoRunnersLockMakesReconcileWaitAndThenRefuse) {
  Scenario scenario;
  AddFour(scenario);
  PgConnection go_runner(scenario.url() + "&application_name=paliad-go");
  go_runner.Exec(std::string("SELECT pg_advisory_lock(") + kGoRunnersLock + ")");
  const Outcome run = scenario.Reconcile({"--lock-wait", "2s"});
  EXPECT_EQ(run.exit_code, 5);
  EXPECT_EQ(run.json["outcome"], "refused");
  EXPECT_THAT(run.err, HasSubstr("pid " + std::to_string(go_runner.backend_pid())));
  EXPECT_THAT(run.err, HasSubstr("paliad-go"));
  EXPECT_EQ(scenario.Value("SELECT to_regclass('public.a') IS NULL"), "t");
}

TEST(Takeover, ARefusalForTheLockIsRecordedOnceThereIsALedger) {
  Scenario scenario;
  AddFour(scenario);
  ASSERT_EQ(scenario.Reconcile().exit_code, 0);
  PgConnection go_runner(scenario.url());
  go_runner.Exec(std::string("SELECT pg_advisory_lock(") + kGoRunnersLock + ")");
  const Outcome refused = scenario.Reconcile({"--lock-wait", "0"});
  EXPECT_EQ(refused.exit_code, 5);
  EXPECT_EQ(scenario.Value("SELECT outcome FROM paliad_ledger.entry ORDER BY seq DESC LIMIT 1"), "refused");
  go_runner.Exec(std::string("SELECT pg_advisory_unlock(") + kGoRunnersLock + ")");
  EXPECT_EQ(scenario.Reconcile().json["outcome"], "in_sync");
  EXPECT_EQ(scenario.Inconsistency(), "");
}

TEST(Takeover, TheRunGoesOnWhenTheHolderLetsGo) {
  Scenario scenario;
  AddFour(scenario);
  PgConnection go_runner(scenario.url());
  go_runner.Exec(std::string("SELECT pg_advisory_lock(") + kGoRunnersLock + ")");
  const auto waiting = scenario.Start({"reconcile"});
  waiting->ReadStderrUntil("waiting for another run");
  go_runner.Exec(std::string("SELECT pg_advisory_unlock(") + kGoRunnersLock + ")");
  EXPECT_EQ(waiting->Wait().exit_code, 0);
  EXPECT_EQ(scenario.Applied(), "1:a 2:b 3:c 4:d");
}

TEST(Takeover, AVersionThatTheGoRunnerAppliedIsNoticedAndRecordedOnce) {
  Scenario scenario;
  AddFour(scenario);
  ASSERT_EQ(scenario.Reconcile().exit_code, 0);
  scenario.Commit({{"005_e.up.sql", "CREATE TABLE e (id int);"}});
  scenario.Exec(
      "CREATE TABLE e (id int); INSERT INTO paliad.applied_migrations (version, name) VALUES (5, 'e')");
  EXPECT_EQ(scenario.Run({"verify"}).json["unrecorded"][0]["version"], 5);
  EXPECT_EQ(scenario.Reconcile().json["outcome"], "in_sync");
  EXPECT_EQ(scenario.Reconcile().json["outcome"], "in_sync");
  EXPECT_EQ(scenario.Entries("drift", 5), 1);
  const Outcome verify = scenario.Run({"verify"});
  EXPECT_EQ(verify.exit_code, 0);
  EXPECT_EQ(verify.json["unrecorded"].size(), 0U);
}

TEST(Takeover, ALostRowIsRefusedUntilSomebodySaysWhatItIs) {
  Scenario scenario;
  AddFour(scenario);
  ASSERT_EQ(scenario.Reconcile().exit_code, 0);
  scenario.Exec("DROP TABLE d; DELETE FROM paliad.applied_migrations WHERE version = 4");
  const Outcome refused = scenario.Reconcile();
  EXPECT_EQ(refused.exit_code, 5);
  EXPECT_EQ(refused.json["outcome"], "refused");
  EXPECT_EQ(scenario.Run({"plan"}).exit_code, 5);
  const Outcome verify = scenario.Run({"verify"});
  EXPECT_EQ(verify.exit_code, 4);
  EXPECT_EQ(verify.json["lost"][0]["version"], 4);
  EXPECT_EQ(scenario.Value("SELECT to_regclass('public.d') IS NULL"), "t")
      << "it was applied again by itself";

  const Outcome resolved =
      scenario.Run({"resolve", "4", "--as", "not-applied", "--reason", "rolled back by hand"});
  ASSERT_EQ(resolved.exit_code, 0) << resolved.err;
  EXPECT_EQ(resolved.json["was"], "lost");
  const Outcome run = scenario.Reconcile();
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_EQ(run.json["applied"][0]["version"], 4);
  EXPECT_EQ(scenario.Value("SELECT to_regclass('public.d') IS NULL"), "f");
}

TEST(Takeover, ALostRowThatIsResolvedAsAppliedComesBackWithItsChecksum) {
  Scenario scenario;
  AddFour(scenario);
  ASSERT_EQ(scenario.Reconcile().exit_code, 0);
  const std::string checksum =
      scenario.Value("SELECT checksum FROM paliad.applied_migrations WHERE version = 4");
  scenario.Exec("DELETE FROM paliad.applied_migrations WHERE version = 4");
  ASSERT_EQ(scenario.Run({"resolve", "4", "--as", "applied", "--reason", "the row was deleted by mistake"})
                .exit_code,
            0);
  EXPECT_EQ(scenario.Value("SELECT checksum FROM paliad.applied_migrations WHERE version = 4"), checksum);
  EXPECT_EQ(scenario.Reconcile().json["outcome"], "in_sync");
}

TEST(Resolve, AManualRollbackTakesTheRowOutAndTheVersionIsPendingAgain) {
  Scenario scenario;
  AddFour(scenario);
  ASSERT_EQ(scenario.Reconcile().exit_code, 0);
  scenario.Exec("DROP TABLE d");
  ASSERT_EQ(scenario.Run({"resolve", "4", "--as", "not-applied", "--reason", "ran the .down.sql"}).exit_code,
            0);
  EXPECT_EQ(scenario.Applied(), "1:a 2:b 3:c");
  EXPECT_EQ(scenario.Run({"plan"}).json["pending"][0]["version"], 4);
  EXPECT_EQ(scenario.Reconcile().exit_code, 0);
}

TEST(Resolve, AMigrationAppliedByHandIsRecordedWithTheFilesChecksum) {
  Scenario scenario;
  AddFour(scenario);
  scenario.Exec("CREATE TABLE a (id int)");
  ASSERT_EQ(scenario.Run({"resolve", "1", "--as", "applied", "--reason", "hot fix of Friday"}).exit_code, 0);
  EXPECT_EQ(scenario.Reconcile().json["applied"].size(), 3U);
  EXPECT_EQ(scenario.Value("SELECT length(checksum) FROM paliad.applied_migrations WHERE version = 1"), "64");
  EXPECT_EQ(scenario.Value("SELECT convert_from(leaf, 'UTF8')::jsonb ->> 'reason' FROM paliad_ledger.entry "
                           "WHERE kind = 'resolved'"),
            "hot fix of Friday");
}

TEST(Resolve, WhatNeedsNoResolvingIsAUsageErrorAndChangesNothing) {
  Scenario scenario;
  AddFour(scenario);
  ASSERT_EQ(scenario.Reconcile().exit_code, 0);
  const std::string kinds = scenario.Kinds();
  EXPECT_EQ(scenario.Run({"resolve", "1", "--as", "applied", "--reason", "x"}).exit_code, 2);
  EXPECT_EQ(scenario.Run({"resolve", "77", "--as", "applied", "--reason", "x"}).exit_code, 2);
  EXPECT_EQ(scenario.Run({"resolve", "1", "--as", "applied", "--reason", " "}).exit_code, 2);
  EXPECT_EQ(scenario.Run({"resolve", "1", "--as", "maybe", "--reason", "x"}).exit_code, 2);
  EXPECT_EQ(scenario.Run({"resolve", "0", "--as", "applied", "--reason", "x"}).exit_code, 2);
  EXPECT_EQ(scenario.Kinds(), kinds);
}

}  // namespace
}  // namespace paliad::testing
