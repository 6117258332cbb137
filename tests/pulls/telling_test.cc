// What is told, once and to the right one: while the branch moves, the forge refuses, and heads are shared.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>

#include "base/json.h"
#include "tests/pulls/forge_scenario.h"
#include "tests/support/postgres_server.h"

namespace paliad::testing {
namespace {

using ::testing::HasSubstr;

constexpr char kBad[] = "ALTER TABLE public.a ADD COLUMN x int NOT NULL;\n";
constexpr char kKeys[] =
    "SELECT coalesce(string_agg(key, ' ' ORDER BY number), '') FROM paliad_controller.pull_request";

std::string TableSql(std::string_view name) {
  return fmt::format("CREATE TABLE public.{} (id bigint PRIMARY KEY);\n", name);
}

class Telling : public ForgeScenario {
 protected:
  explicit Telling(std::string_view kind = "gitea") : ForgeScenario(kind) {}

  void Begin() {
    PushMain({{"001_a.up.sql", TableSql("a")}});
    Serve();
    served_.Await(Served::kApplied, "1");
  }

  // Waits until the controller has judged so many, each of them since `keys`.
  void AwaitJudgedAgain(const std::string& keys) {
    AwaitTrue("all are judged again", [&] {
      const std::string now = served_.Value(kKeys);
      if (now.size() != keys.size()) {
        return false;
      }
      for (std::size_t at = 0; at < keys.size(); at += 65) {
        if (now.substr(at, 64) == keys.substr(at, 64)) {
          return false;
        }
      }
      return true;
    });
  }

  void AwaitKnown(int count) {
    served_.Await("SELECT count(*) FROM paliad_controller.pull_request WHERE key <> ''",
                  std::to_string(count));
  }

  // Requests that change something, of those whose path holds `text`.
  int Writes(std::string_view text) {
    int writes = 0;
    const Json seen = forge_.Seen();
    for (const Json& request : seen["requests"]) {
      const bool reads = request["method"] == "GET";
      writes += !reads && request["path"].get<std::string>().find(text) != std::string::npos ? 1 : 0;
    }
    return writes;
  }
};

TEST_F(Telling, ABranchThatMovesHasNothingSaidAgain) {
  Begin();
  const int bad = Open("bad", {{"010_t.up.sql", kBad}});
  Open("good", {{"011_t.up.sql", TableSql("good")}});
  AwaitComment(bad, "required-column");
  AwaitStatus(Head("good"), kDryRunContext, "success");
  AwaitKnown(2);
  AwaitAllTold();
  const std::string keys = served_.Value(kKeys);
  const int comments = Writes("/comments");
  const int statuses = Writes(Head("bad")) + Writes(Head("good"));
  EXPECT_GT(comments, 0);
  EXPECT_GT(statuses, 0);

  PushMain({{"002_m.up.sql", TableSql("m")}});
  served_.Await(Served::kApplied, "1 2");
  AwaitJudgedAgain(keys);
  AwaitAllTold();
  EXPECT_EQ(Writes("/comments"), comments);
  EXPECT_EQ(Writes(Head("bad")) + Writes(Head("good")), statuses);

  // A new head has statuses of its own, though nothing else of its verdict changed.
  const std::string moved = ChangePaths("bad", {{"docs.md", "more\n"}});
  AwaitStatus(moved, kPolicyContext, "failure");
}

TEST_F(Telling, OneThatTheForgeRefusesHoldsUpNothingElse) {
  Begin();
  const std::string refused = Branch("refused", {{"010_t.up.sql", kBad}});
  forge_.AddFault({.count = -1, .method = "POST", .path = "/statuses/" + refused, .status = 422});
  const int number = forge_.Open({.branch = "refused"});
  AwaitComment(number, "required-column");
  const int other = Open("other", {{"011_t.up.sql", kBad}});
  AwaitStatus(Head("other"), kPolicyContext, "failure");
  AwaitComment(other, "required-column");
  EXPECT_EQ(forge_.Status(refused, kPolicyContext), "");
  forge_.Heal();
  AwaitStatus(refused, kPolicyContext, "failure");
}

TEST_F(Telling, ATargetWithARevokedTokenDoesNotSilenceTheOthers) {
  PushMain({{"001_a.up.sql", TableSql("a")}});
  Configure();
  // Before the good one in every list.
  ServedTarget revoked = served_.targets.front();
  revoked.name = "another";
  revoked.database = PostgresServer::Shared().CreateDatabase();
  revoked.keys.replace(revoked.keys.find("FORGE_TOKEN"), std::string("FORGE_TOKEN").size(), "OLD_TOKEN");
  served_.variables["OLD_TOKEN"] = "revoked";
  served_.targets.push_back(revoked);
  std::swap(served_.targets.front(), served_.targets.back());
  served_.WriteConfig();
  controller_ = served_.Start();
  const std::string& good = served_.targets.back().database;
  served_.Await(Served::kApplied, "1");
  served_.Await(Served::kApplied, "1", good);
  const std::string commit = PushMain({{"002_b.up.sql", TableSql("b")}});
  served_.Await(Served::kApplied, "1 2");
  AwaitStatus(commit, kApplyContext, "success");
  const int number = Open("bad", {{"010_t.up.sql", kBad}});
  AwaitStatus(Head("bad"), kPolicyContext, "failure");
  AwaitComment(number, "required-column");
  EXPECT_EQ(forge_.Status(commit, "paliad/another/apply"), "");
  EXPECT_THAT(served_.Logs(), HasSubstr("401"));
  // Being refused is no violation of the API.
  EXPECT_EQ(served_.Value("SELECT count(*) > 0 FROM paliad_controller.feedback WHERE refused"), "t");
}

TEST_F(Telling, AForkCannotPutItsVerdictOnACommitOfTheProject) {
  Begin();
  // Older, and claims what ours claims: it stops later ones from forks, and only warns ours.
  Branch("theirs", {{"010_theirs.up.sql", TableSql("theirs")}});
  served_.repo().Git({"push", "--quiet", "origin", "theirs:refs/forks/mallory/theirs", ":refs/heads/theirs"});
  forge_.Open({.branch = "theirs", .author = "mallory", .fork = "mallory"});
  AwaitStatus(Head("theirs"), kPolicyContext, "success");
  Open("ours", {{"010_ours.up.sql", TableSql("ours")}});
  AwaitStatus(Head("ours"), kPolicyContext, "success");
  served_.repo().Git({"push", "--quiet", "origin", "ours:refs/forks/mallory/ours"});
  const int copy = forge_.Open({.branch = "ours", .author = "mallory", .fork = "mallory"});
  AwaitComment(copy, "rejected by policy");
  AwaitAllTold();
  EXPECT_EQ(forge_.Status(Head("ours"), kPolicyContext), "success");
}

TEST_F(Telling, ARedStatusGoesWhenThePullRequestTouchesNothingAnyMore) {
  Begin();
  const int number = Open("topic", {{"010_t.up.sql", kBad}});
  AwaitStatus(Head("topic"), kPolicyContext, "failure");
  AwaitComment(number, "required-column");
  const std::string entries = served_.Run({"ledger", "entries", "-o", "text"}).out;
  EXPECT_THAT(entries, HasSubstr(fmt::format("pull request {} by ada: does not pass", number)));
  EXPECT_THAT(entries, HasSubstr("error required-column: migrations/010_t.up.sql:1:"));
  // The branch gets the same by another way, so that the merge changes nothing.
  PushMain({{"010_t.up.sql", kBad}});
  AwaitStatus(Head("topic"), kPolicyContext, "success");
  AwaitComment(number, "none is changed here");
}

class TellingGithub : public Telling {
 protected:
  TellingGithub() : Telling("github") {}
};

// `paliadctl reconcile` applies commits that were never pushed; the forge knows nothing of them.
TEST_F(TellingGithub, ACommitThatTheForgeDoesNotKnowStopsNoJudging) {
  Begin();
  AwaitAllTold();
  served_.Exec(
      "SELECT paliad_controller.await_attribution(tracker, forge, 'ca2db82d-0000-4000-8000-000000000001', "
      "repeat('d', 40)) FROM paliad_controller.feedback LIMIT 1");
  const int number = Open("topic", {{"010_t.up.sql", kBad}});
  AwaitComment(number, "required-column");
  AwaitStatus(Head("topic"), kPolicyContext, "failure");
}

class TellingGitlab : public Telling {
 protected:
  TellingGitlab() : Telling("gitlab") {}
};

// A stranger's fork does not let us set a status, and the project does not have the commit.
TEST_F(TellingGitlab, WhereNoStatusCanBeSetTheNoteIsWrittenAllTheSame) {
  Begin();
  forge_.CloseFork("mallory");
  Branch("theirs", {{"010_t.up.sql", kBad}});
  served_.repo().Git({"push", "--quiet", "origin", "theirs:refs/forks/mallory/theirs", ":refs/heads/theirs"});
  const int number = forge_.Open({.branch = "theirs", .author = "mallory", .fork = "mallory"});
  AwaitComment(number, "required-column");
  EXPECT_EQ(forge_.Status(Head("theirs"), kPolicyContext), "");
}

}  // namespace
}  // namespace paliad::testing
