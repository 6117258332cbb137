// The controller's end, by whatever signal, and what the next one makes of it.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <random>
#include <string>
#include <thread>

#include "tests/serve/served.h"
#include "tests/support/temp_dir.h"

namespace paliad::testing {
namespace {

using ::testing::HasSubstr;

constexpr char kSleeping[] =
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'";

TEST(Stop, TheMigrationUnderWayIsFinishedAndNoOtherBegun) {
  Served served;
  // Waits for the test, not for time.
  served.Exec("CREATE TABLE go ()");
  served.Commit({{"1_a.up.sql",
                  "CREATE TABLE a (); DO $$ BEGIN WHILE NOT EXISTS (SELECT FROM public.go) LOOP PERFORM "
                  "pg_sleep(0.05); END LOOP; END $$;"},
                 {"2_b.up.sql", "CREATE TABLE b ();"}});
  served.Push();
  served.WriteConfig();
  auto controller = served.Start();
  served.Await(kSleeping, "1");
  controller->Kill(SIGTERM);
  served.AwaitLog("stopping:");
  served.Exec("INSERT INTO go DEFAULT VALUES");
  EXPECT_EQ(controller->Wait().exit_code, 0) << served.Logs();
  EXPECT_EQ(served.Value(Served::kApplied), "1");
  EXPECT_EQ(served.Value("SELECT outcome FROM paliad_ledger.entry ORDER BY seq DESC LIMIT 1"), "interrupted");
  EXPECT_EQ(served.Value("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database ="
                         " (SELECT oid FROM pg_database WHERE datname = current_database())"),
            "0");
  controller = served.Start();
  served.Await(Served::kApplied, "1 2");
  EXPECT_EQ(Served::Stop(*controller), 0);
  EXPECT_EQ(served.Value(Served::kOutcomes), "applied");
  EXPECT_EQ(served.Inconsistency(), "");
}

TEST(Stop, TheSecondSignalCancelsTheStatementInTheServer) {
  Served served;
  served.Commit({{"1_a.up.sql", "CREATE TABLE a (); SELECT pg_sleep(3600);"}});
  served.Push();
  served.WriteConfig();
  const auto controller = served.Start();
  served.Await(kSleeping, "1");
  controller->Kill(SIGTERM);
  served.AwaitLog("stopping:");
  controller->Kill(SIGTERM);
  EXPECT_EQ(controller->Wait().exit_code, 0) << served.Logs();
  EXPECT_EQ(served.Value(Served::kApplied), "");
  EXPECT_EQ(served.Value(kSleeping), "0");
  EXPECT_EQ(served.Value("SELECT to_regclass('public.a') IS NULL"), "t");
  EXPECT_EQ(served.Value("SELECT outcome FROM paliad_ledger.entry ORDER BY seq DESC LIMIT 1"), "interrupted");
  EXPECT_EQ(served.Inconsistency(), "");
}

TEST(Stop, WhenTheGraceIsOverTheStatementIsCancelledToo) {
  Served served;
  served.controller_keys = "shutdown_grace = '100ms'";
  served.Commit({{"1_a.up.sql", "SELECT pg_sleep(3600);"}});
  served.Push();
  served.WriteConfig();
  const auto controller = served.Start();
  served.Await(kSleeping, "1");
  EXPECT_EQ(Served::Stop(*controller), 0) << served.Logs();
  EXPECT_THAT(served.Logs(), HasSubstr("the grace of 100ms is over"));
  EXPECT_EQ(served.Value(kSleeping), "0");
}

TEST(Reload, ABadFileIsReportedAndTheOldConfigurationStays) {
  Served served;
  const auto controller = served.StartWithFirst();
  WriteFile(served.config_file(), "brnach = 1\n");
  controller->Kill(SIGHUP);
  served.AwaitLog("the configuration stays as it was");
  served.Commit({{"2_b.up.sql", "CREATE TABLE b ();"}});
  served.Push();
  served.Await(Served::kApplied, "1 2");
  served.targets.front().keys = "path = 'other'";
  served.repo().Write("other/3_c.up.sql", "CREATE TABLE c ();");
  served.repo().Write("other/1_a.up.sql", "CREATE TABLE a ();");
  served.repo().Write("other/2_b.up.sql", "CREATE TABLE b ();");
  served.repo().Commit("moved");
  served.Push();
  served.WriteConfig();
  controller->Kill(SIGHUP);
  served.Await(Served::kApplied, "1 2 3");
  EXPECT_EQ(Served::Stop(*controller), 0);
  EXPECT_EQ(served.Inconsistency(), "");
}

// PALIAD_SOAK_PUSHES makes it long.
TEST(Soak, TwoControllersKilledAtAnyMomentApplyEverythingOnceWithOneRunACommit) {
  const char* asked = std::getenv("PALIAD_SOAK_PUSHES");
  const int pushes = asked == nullptr ? 12 : std::atoi(asked);
  Served served;
  served.Commit({{"1_m.up.sql", "CREATE TABLE t1 ();"}});
  served.Push();
  served.WriteConfig();
  std::unique_ptr<BackgroundProcess> controllers[] = {served.Start(), served.Start()};
  // A target that is new has one run for what it finds, however many commits that is.
  served.Await(Served::kApplied, "1");
  std::minstd_rand random(20'260'520);
  std::string expected = "1";
  for (int i = 2; i <= pushes; ++i) {
    served.Commit({{fmt::format("{}_m.up.sql", i), fmt::format("CREATE TABLE t{} ();", i)}});
    served.Push();
    expected += fmt::format(" {}", i);
    // The moment is the point: anything else would always hit the same one.
    std::this_thread::sleep_for(std::chrono::milliseconds(random() % 200));
    auto& victim = controllers[random() % 2];
    victim->Kill(random() % 2 == 0 ? SIGTERM : SIGKILL);
    victim->Wait();
    victim = served.Start();
  }
  served.Await(Served::kApplied, expected);
  const std::string runs = std::to_string(pushes);
  // The newest commit may have two answers on its way; the end of its run is the last thing that comes.
  served.Await(
      "SELECT count(*) FROM (SELECT DISTINCT \"commit\" FROM paliad_ledger.entry WHERE kind = "
      "'run_finished' AND outcome <> 'interrupted') AS c",
      runs);
  for (auto& controller : controllers) {
    served.AwaitServing(*controller);
    EXPECT_EQ(Served::Stop(*controller), 0);
  }
  EXPECT_EQ(served.Value("SELECT count(*) FROM paliad_ledger.entry WHERE kind = 'run_finished' AND outcome "
                         "<> 'interrupted'"),
            runs)
      << "one run a commit";
  EXPECT_EQ(served.Value("SELECT count(*) FROM paliad_ledger.entry WHERE kind = 'applied'"), runs);
  // What was killed between its run's start and the next controller's has an end by now, or is the last.
  EXPECT_EQ(served.Inconsistency(), "");
}

}  // namespace
}  // namespace paliad::testing
