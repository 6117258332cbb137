// The controller as a process: commits, runs, states.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "base/sanitizers.h"
#include "tests/serve/served.h"
#include "tests/support/http_client.h"
#include "tests/support/pg_client.h"
#include "tests/support/postgres_server.h"
#include "tests/support/temp_dir.h"
#include "tests/support/webhook.h"

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
  const auto controller = served.StartWithFirst();
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
  const auto controller = served.StartWithFirst();
  served.AwaitLog("/dev/null/checkpoints");
  EXPECT_EQ(Served::Stop(*controller), 0) << served.Logs();
  EXPECT_EQ(served.Value(Served::kOutcomes), "applied");
}

TEST(Serve, ThreeCommitsAtOnceHaveThreeRunsInOrder) {
  Served served;
  const auto controller = served.StartWithFirst();
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
  const auto controller = served.StartWithFirst();
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

TEST(Serve, ASuspensionEndsTheRunBeforeItsNextMigration) {
  Served served;
  served.Exec("CREATE TABLE go ()");
  served.Commit({{"1_a.up.sql",
                  "DO $$ BEGIN WHILE NOT EXISTS (SELECT FROM public.go) LOOP PERFORM pg_sleep(0.05);"
                  " END LOOP; END $$;"},
                 {"2_b.up.sql", "CREATE TABLE b ();"}});
  served.Push();
  served.WriteConfig();
  const auto controller = served.Start();
  served.Await(
      "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'",
      "1");
  EXPECT_EQ(served.Run({"suspend", "--reason", "the shop is down"}).exit_code, 0);
  // Not before the run looks again: it does so once a second.
  served.Exec("SELECT pg_sleep(1.1); INSERT INTO go DEFAULT VALUES");
  served.AwaitLog("suspended: the shop is down");
  EXPECT_EQ(served.Value(Served::kApplied), "1");
  const std::string end = served.Value(
      "SELECT convert_from(leaf, 'UTF8') FROM paliad_ledger.entry WHERE kind ="
      " 'run_finished' ORDER BY seq DESC LIMIT 1");
  EXPECT_THAT(end, HasSubstr("\"outcome\":\"refused\""));
  EXPECT_THAT(end, HasSubstr("\"applied\":1"));
  EXPECT_THAT(end, HasSubstr("\"pending\":1"));
  EXPECT_THAT(end, HasSubstr("the shop is down"));
  EXPECT_EQ(served.Run({"resume", "--reason", "it is back"}).exit_code, 0);
  served.Await(Served::kApplied, "1 2");
  EXPECT_EQ(Served::Stop(*controller), 0);
  EXPECT_EQ(served.Value(Served::kOutcomes), "refused applied");
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

// By the command line, while the controller runs: what it makes is good at once, and what it revokes is not.
TEST(Tokens, AreMadeListedAndRevokedWhileTheControllerRuns) {
  Served served;
  const auto controller = served.StartWithFirst();
  const std::uint16_t port = served.AwaitServing(*controller);
  const auto ask = [&](std::string_view method, std::string_view path, const std::string& token,
                       std::string_view body = "") {
    return Fetch(port, method, path,
                 fmt::format("Authorization: Bearer {}\r\nContent-Type: application/json\r\n", token), body)
        .status;
  };
  const auto make = [&](const char* role) {
    const Outcome made = served.Run({"token", "new", "--role", role, "--name", fmt::format("the {}", role)});
    EXPECT_EQ(made.exit_code, 0) << made.err;
    return made.json;
  };
  const Json auditor = make("auditor");
  const Json acting = make("operator");
  constexpr char kTargets[] = "/api/v1/targets";
  constexpr char kSuspend[] = "/api/v1/targets/default/suspend";
  constexpr char kReason[] = R"({"reason":"the summer sale"})";
  EXPECT_EQ(ask("GET", kTargets, "nonsense"), 401);
  EXPECT_EQ(ask("GET", kTargets, auditor.at("token")), 200);
  EXPECT_EQ(ask("POST", kSuspend, auditor.at("token"), kReason), 403);
  EXPECT_EQ(ask("POST", kSuspend, acting.at("token"), kReason), 202);
  served.AwaitLog("suspended: the summer sale");
  EXPECT_EQ(served.Value("SELECT convert_from(leaf, 'UTF8')::jsonb ->> 'reason' FROM paliad_ledger.entry"
                         " WHERE kind = 'suspended'"),
            "the summer sale");
  const Outcome listed = served.Run({"token", "list"});
  ASSERT_EQ(listed.json.size(), 2U) << listed.out;
  EXPECT_EQ(listed.json[0]["name"], "the auditor");
  EXPECT_EQ(listed.out.find(auditor.at("token").get<std::string>()), std::string::npos);
  EXPECT_EQ(served.Run({"token", "revoke", auditor.at("id")}).exit_code, 0);
  EXPECT_EQ(ask("GET", kTargets, auditor.at("token")), 401);
  EXPECT_EQ(ask("GET", kTargets, acting.at("token")), 200);
  EXPECT_EQ(served.Run({"token", "revoke", "nobody"}).exit_code, 1);
  EXPECT_EQ(Served::Stop(*controller), 0);
  for (const Json& token : {auditor, acting}) {
    EXPECT_EQ(served.Logs().find(token.at("token").get<std::string>()), std::string::npos)
        << "a token was logged";
    EXPECT_EQ(ReadFile(served.data_dir() + "/tokens").find(token.at("token").get<std::string>()),
              std::string::npos);
  }
}

// Of /proc/PID/status: "VmRSS", "VmHWM".
std::int64_t Kib(pid_t pid, std::string_view field) {
  const std::string status = ReadFile(fmt::format("/proc/{}/status", pid));
  return std::stoll(status.substr(status.find(field) + field.size() + 1));
}

int FetchesSoFar(std::uint16_t port) {
  constexpr std::string_view kName = "paliad_git_fetch_duration_seconds_count";
  const std::string metrics = Fetch(port, "GET", "/metrics").body;
  const std::size_t at = metrics.find(kName);
  return at == std::string::npos ? 0 : std::stoi(metrics.substr(metrics.find(' ', at) + 1));
}

TEST(Webhooks, TenThousandInABurstAreFewFetchesAndNoMemory) {
  constexpr char kSecret[] = "s3cret";
  constexpr char kPush[] = R"({"ref":"refs/heads/main"})";
  constexpr int kBatches = 10;
  constexpr int kOfEach = 1'000;
  Served served;
  served.Commit({{"1_a.up.sql", "CREATE TABLE a ();"}});
  served.Push();
  served.interval = "1h";
  served.targets.front().keys =
      "[target.forge]\nkind = 'gitea'\nurl = 'https://git.example.com'\nproject = 'm/paliad'\n"
      "webhook_secret_env = 'HOOK_SECRET'";
  served.variables["HOOK_SECRET"] = kSecret;
  served.WriteConfig();
  const auto controller = served.Start();
  served.Await(Served::kApplied, "1");
  const std::uint16_t port = served.AwaitServing(*controller);
  const int fetches = FetchesSoFar(port);
  std::int64_t after_first = 0;
  for (int batch = 0; batch < kBatches; ++batch) {
    HttpConnection connection(port);
    for (int i = 0; i < kOfEach; ++i) {
      connection.Send(fmt::format("POST /hooks/default HTTP/1.1\r\nHost: a\r\nContent-Length: {}\r\n{}\r\n{}",
                                  sizeof kPush - 1,
                                  GiteaPushHeaders(kSecret, kPush, fmt::format("{}-{}", batch, i)), kPush));
      ASSERT_EQ(connection.Receive().status, 202);
    }
    after_first = batch == 0 ? Kib(controller->pid(), "VmRSS") : after_first;
  }
  const std::int64_t grown = Kib(controller->pid(), "VmRSS") - after_first;
  served.Commit({{"2_b.up.sql", "CREATE TABLE b ();"}});
  served.Push();
  Fetch(port, "POST", "/hooks/default", GiteaPushHeaders(kSecret, kPush, "last"), kPush);
  served.Await(Served::kApplied, "1 2");
  const int more = FetchesSoFar(port) - fetches;
  fmt::print("{} webhooks: {} fetches; from the {}th on, memory grew by {} KiB\n", kBatches * kOfEach, more,
             kOfEach, grown);
  // Each burst is one, but for the times that a loaded machine stood still for longer than it may pause.
  EXPECT_LE(more, 500);
#if !PALIAD_SANITIZED
  EXPECT_LT(grown, 8 * 1024);
#endif
  EXPECT_EQ(Served::Stop(*controller), 0);
}

// PALIAD_MANY_TARGETS makes them more.
TEST(ManyTargets, OneProcessServesThemAll) {
  const char* asked = std::getenv("PALIAD_MANY_TARGETS");
  const int count = asked == nullptr ? 20 : std::atoi(asked);
  Served served;
  served.Commit({{"1_a.up.sql", "CREATE TABLE a ();"}, {"2_b.up.sql", "CREATE TABLE b ();"}});
  served.Push();
  served.interval = "1h";
  for (int i = 1; i < count; ++i) {
    ServedTarget target = served.targets.front();
    target.name = fmt::format("t{}", i);
    target.database = PostgresServer::Shared().CreateDatabase();
    served.targets.push_back(std::move(target));
  }
  served.WriteConfig();
  // Ready is who has reached every database and repository.
  const auto serve_once = [&](std::string_view what) {
    const auto began = std::chrono::steady_clock::now();
    const auto controller = served.Start();
    const std::uint16_t port = served.AwaitServing(*controller);
    while (Fetch(port, "GET", "/readyz").status != 200) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    for (const ServedTarget& target : served.targets) {
      served.Await(Served::kApplied, "1 2", target.database);
    }
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
    const std::int64_t peak = Kib(controller->pid(), "VmHWM");
    EXPECT_EQ(Served::Stop(*controller), 0);
    fmt::print("{} targets, {}: {:.2f} s, peak memory {:.1f} MiB\n", count, what, took.count(),
               static_cast<double>(peak) / 1024);
  };
  serve_once("two migrations each");
  serve_once("nothing to do");
  EXPECT_EQ(served.Value(Served::kOutcomes), "applied");
}

}  // namespace
}  // namespace paliad::testing
