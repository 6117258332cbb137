// The controller as a process: commits, runs, states.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "tests/serve/served.h"
#include "tests/support/pg_client.h"
#include "tests/support/postgres_server.h"

namespace paliad::testing {
namespace {

using ::testing::HasSubstr;

constexpr char kTriggers[] =
    "SELECT string_agg(convert_from(leaf, 'UTF8')::jsonb ->> 'trigger', ' ' ORDER BY seq) FROM "
    "paliad_ledger.entry WHERE kind = 'run_started'";
constexpr char kSkipped[] =
    "SELECT sum((convert_from(leaf, 'UTF8')::jsonb ->> 'commits_skipped')::int) FROM paliad_ledger.entry"
    " WHERE kind = 'run_started'";
constexpr char kState[] = "SELECT state FROM paliad_controller.target";

TEST(Serve, APushIsAppliedWithinTheInterval) {
  Served served;
  served.Commit({{"1_a.up.sql", "CREATE TABLE a ();"}});
  served.Push();
  served.WriteConfig();
  const auto controller = served.Start();
  served.Await(Served::kApplied, "1");
  served.Commit({{"2_b.up.sql", "CREATE TABLE b ();"}});
  served.Push();
  served.Await(Served::kApplied, "1 2");
  EXPECT_EQ(Served::Stop(*controller), 0) << served.Logs();
  EXPECT_EQ(served.Value(Served::kOutcomes), "applied applied");
  EXPECT_EQ(served.Value(kTriggers), "commit commit");
  EXPECT_EQ(served.Inconsistency(), "");
}

// The run is done and recorded; that nothing outside vouches for it yet is for the log to say.
TEST(Serve, APlaceOfPublicationThatFailsIsLoggedAndDelaysNothing) {
  Served served;
  served.targets.front().keys = "[target.ledger]\npublish = [\"file:/dev/null/checkpoints\"]";
  served.Commit({{"1_a.up.sql", "CREATE TABLE a ();"}});
  served.Push();
  served.WriteConfig();
  const auto controller = served.Start();
  served.Await(Served::kApplied, "1");
  served.AwaitLog("/dev/null/checkpoints");
  EXPECT_EQ(Served::Stop(*controller), 0) << served.Logs();
  EXPECT_EQ(served.Value(Served::kOutcomes), "applied");
}

TEST(Serve, ThreeCommitsAtOnceHaveThreeRunsInOrder) {
  Served served;
  served.Commit({{"1_a.up.sql", "CREATE TABLE a ();"}});
  served.Push();
  served.WriteConfig();
  const auto controller = served.Start();
  served.Await(Served::kApplied, "1");
  served.Commit({{"2_b.up.sql", "CREATE TABLE b ();"}});
  served.Commit({{"3_c.up.sql", "ALTER TABLE nowhere ADD COLUMN c int;"}}, "broken");
  served.Commit({{"3_c.up.sql", "CREATE TABLE c ();"}}, "fixed");
  served.Push();
  served.Await(Served::kApplied, "1 2 3");
  EXPECT_EQ(Served::Stop(*controller), 0);
  EXPECT_EQ(served.Value(Served::kOutcomes), "applied applied failed applied");
  EXPECT_EQ(served.Inconsistency(), "");
}

TEST(Serve, OnlyCommitsThatTouchTheTargetHaveRuns) {
  Served served;
  served.Commit({{"1_a.up.sql", "CREATE TABLE a ();"}});
  served.Push();
  served.WriteConfig();
  const auto controller = served.Start();
  served.Await(Served::kApplied, "1");
  std::string history;
  for (int i = 1; i <= 200; ++i) {
    const std::string path = i % 40 == 0 ? fmt::format("migrations/{}_m.up.sql", i) : "README";
    const std::string text = i % 40 == 0 ? fmt::format("CREATE TABLE t{} ();", i) : std::to_string(i);
    history += fmt::format(
        "commit refs/heads/main\ncommitter A <a@example.com> {} +0000\ndata 1\nx\n{}M 100644 inline {}\ndata "
        "{}\n{}\n",
        1'800'000'000 + i, i == 1 ? "from refs/heads/main^0\n" : "", path, text.size(), text);
  }
  served.repo().Git({"fast-import", "--quiet"}, history);
  served.Push();
  served.Await(Served::kApplied, "1 40 80 120 160 200");
  EXPECT_EQ(Served::Stop(*controller), 0);
  EXPECT_EQ(served.Value(Served::kOutcomes), "applied applied applied applied applied applied");
  EXPECT_EQ(served.Value(kSkipped), "195");
}

TEST(Serve, ALookThatFindsNothingToDoRecordsNothing) {
  Served served;
  served.Commit({{"1_a.up.sql", "CREATE TABLE a ();"}});
  served.Push();
  served.WriteConfig();
  const auto controller = served.Start();
  served.Await(Served::kOutcomes, "applied");
  const std::string entries = served.Value("SELECT count(*) FROM paliad_ledger.entry");
  served.repo().Write("README", "x");
  served.repo().Commit("nothing of ours");
  served.Push();
  // A commit that changes nothing here, and after it one that does: what comes of the second is all.
  served.Commit({{"2_b.up.sql", "CREATE TABLE b ();"}});
  served.Push();
  served.Await(Served::kApplied, "1 2");
  EXPECT_EQ(Served::Stop(*controller), 0);
  EXPECT_EQ(served.Value(Served::kOutcomes), "applied applied");
  EXPECT_EQ(served.Value(kSkipped), "1");
  EXPECT_EQ(served.Value("SELECT count(*) FROM paliad_ledger.entry WHERE seq >= " + entries +
                         " AND run_id <> (SELECT run_id FROM paliad_ledger.entry ORDER BY seq DESC LIMIT 1)"),
            "0");
}

TEST(Serve, AForcePushStallsUntilAPersonAcceptsIt) {
  Served served;
  served.Commit({{"1_a.up.sql", "CREATE TABLE a ();"}});
  served.Commit({{"2_b.up.sql", "CREATE TABLE b ();"}});
  served.Push();
  served.WriteConfig();
  auto controller = served.Start();
  served.Await(Served::kApplied, "1 2");
  served.repo().Git({"reset", "--quiet", "--hard", "HEAD^"});
  served.Commit({{"2_b.up.sql", "CREATE TABLE b ();"}, {"3_c.up.sql", "CREATE TABLE c ();"}}, "again");
  served.Push({"--force"});
  served.Await(kState, "stalled");
  const Outcome status = served.Run({"status"});
  EXPECT_EQ(status.json[0]["state"], "stalled") << status.out;
  EXPECT_THAT(status.json[0]["reason"].dump(), HasSubstr("was rewritten"));
  const Outcome refused = served.Run({"resume", "--reason", "go on"});
  EXPECT_EQ(refused.exit_code, 5) << refused.out;
  EXPECT_THAT(refused.err, HasSubstr("--accept-rewrite"));
  EXPECT_EQ(served.Value(Served::kApplied), "1 2");
  EXPECT_EQ(served.Run({"resume", "--accept-rewrite", "--reason", "ada rebased it"}).exit_code, 0);
  served.Await(Served::kApplied, "1 2 3");
  EXPECT_EQ(Served::Stop(*controller), 0);
  EXPECT_EQ(served.Value(kTriggers), "commit resume");
  EXPECT_EQ(served.Inconsistency(), "");
}

TEST(Serve, SuspensionHoldsAcrossARestart) {
  Served served;
  served.Commit({{"1_a.up.sql", "CREATE TABLE a ();"}});
  served.Push();
  served.WriteConfig();
  auto controller = served.Start();
  served.Await(Served::kApplied, "1");
  EXPECT_EQ(served.Run({"suspend", "--reason", "the summer sale"}).exit_code, 0);
  served.Commit({{"2_b.up.sql", "CREATE TABLE b ();"}});
  served.Push();
  served.AwaitLog("suspended: the summer sale");
  EXPECT_EQ(Served::Stop(*controller), 0);
  controller = served.Start();
  served.AwaitLog("suspended: the summer sale", 2);
  const Outcome status = served.Run({"status"});
  EXPECT_EQ(status.json[0]["state"], "suspended") << status.out << status.err;
  EXPECT_THAT(status.json[0]["reason"].dump(), HasSubstr("the summer sale"));
  const Outcome by_hand = served.Run({"reconcile"});
  EXPECT_EQ(by_hand.exit_code, 5) << by_hand.out;
  EXPECT_EQ(by_hand.json["outcome"], "refused");
  EXPECT_EQ(served.Value(Served::kApplied), "1");
  EXPECT_EQ(served.Run({"resume", "--reason", "it is over"}).exit_code, 0);
  served.Await(Served::kApplied, "1 2");
  EXPECT_EQ(Served::Stop(*controller), 0);
  EXPECT_EQ(served.Value("SELECT string_agg(kind, ' ' ORDER BY seq) FROM paliad_ledger.entry"
                         " WHERE kind IN ('suspended', 'resumed')"),
            "suspended resumed");
  EXPECT_EQ(served.Value(Served::kOutcomes), "applied refused applied");
  EXPECT_EQ(served.Inconsistency(), "");
}

TEST(Serve, AStalledTargetGoesOnWithANewCommitOrAPerson) {
  Served served;
  served.Commit({{"1_a.up.sql", "ALTER TABLE later ADD COLUMN a int;"}});
  served.Push();
  served.WriteConfig();
  const auto controller = served.Start();
  served.Await(kState, "stalled");
  EXPECT_EQ(served.Value(Served::kOutcomes), "failed");
  served.Exec("CREATE TABLE later ()");
  EXPECT_EQ(served.Run({"resume", "--reason", "the table is there now"}).exit_code, 0);
  served.Await(Served::kApplied, "1");
  served.Await(kState, "ready");
  EXPECT_EQ(Served::Stop(*controller), 0);
  EXPECT_EQ(served.Value(kTriggers), "commit resume");
}

TEST(Serve, ADatabaseThatSomebodyChangedIsNoticed) {
  Served served;
  served.Commit({{"1_a.up.sql", "CREATE TABLE a ();"}});
  served.Push();
  served.WriteConfig();
  const auto controller = served.Start();
  served.Await(Served::kOutcomes, "applied");
  served.Exec("DELETE FROM paliad.applied_migrations");
  served.Await(Served::kOutcomes, "applied refused");
  served.Await(kState, "stalled");
  EXPECT_EQ(served.Run({"resolve", "1", "--as", "applied", "--reason", "deleted by mistake"}).exit_code, 0);
  served.Await(kState, "ready");
  EXPECT_EQ(Served::Stop(*controller), 0);
  EXPECT_EQ(served.Value(kTriggers), "commit interval resume");
}

TEST(Serve, OneBrokenTargetHarmsNoOther) {
  Served served;
  served.targets.push_back(
      {.name = "nowhere", .database = "postgresql:///x?host=/nowhere", .repository = "", .keys = ""});
  served.targets.push_back({.name = "gone",
                            .database = PostgresServer::Shared().CreateDatabase(),
                            .repository = "file:///nowhere/x.git",
                            .keys = ""});
  served.targets.push_back({.name = "second",
                            .database = PostgresServer::Shared().CreateDatabase(),
                            .repository = "",
                            .keys = ""});
  served.Commit({{"1_a.up.sql", "CREATE TABLE a ();"}});
  served.Push();
  served.controller_keys = "concurrency = 2";
  served.WriteConfig();
  const auto controller = served.Start();
  served.Await(Served::kApplied, "1");
  served.Await(Served::kApplied, "1", served.targets[3].database);
  served.AwaitLog("retrying");
  const Outcome status = served.Run({"status"});
  EXPECT_EQ(status.exit_code, 1);
  ASSERT_EQ(status.json.size(), 4U) << status.out << status.err;
  EXPECT_EQ(status.json[0]["state"], "ready");
  EXPECT_EQ(status.json[1]["target"], "nowhere");
  EXPECT_EQ(status.json[1]["state"], "unknown");
  EXPECT_EQ(status.json[3]["state"], "ready");
  EXPECT_EQ(served.Run({"plan"}).exit_code, 2) << "which of them?";
  EXPECT_EQ(served.Run({"plan", "--target", "second"}).exit_code, 0);
  EXPECT_EQ(Served::Stop(*controller), 0);
  int clones = 0;
  for (const auto& entry : std::filesystem::directory_iterator(served.data_dir() + "/git")) {
    // What was begun when the controller stopped has an extension, and goes with the next fetch.
    clones += std::filesystem::exists(entry.path() / "HEAD") && !entry.path().has_extension() ? 1 : 0;
  }
  EXPECT_EQ(clones, 1) << "one clone for all targets on one repository";
}

}  // namespace
}  // namespace paliad::testing
