// A forge that is down, slow or contradicts itself: feedback is late and never lost, nothing is said twice,
// and applying waits for none of it.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <iterator>
#include <sstream>
#include <string>
#include <vector>

#include "base/json.h"
#include "tests/pulls/forge_scenario.h"
#include "tests/support/git_repo.h"

namespace paliad::testing {
namespace {

class ForgeFaults : public ForgeScenario {
 protected:
  void Begin() {
    PushMain({{"001_a.up.sql", "CREATE TABLE public.a (id bigint PRIMARY KEY);\n"}});
    Serve();
    served_.Await(Served::kApplied, "1");
  }

  // So many migrations, from 002, each in a commit of its own; pushed at once.
  std::vector<std::string> PushCommits(int count) {
    std::string history;
    for (int i = 2; i < 2 + count; ++i) {
      const std::string sql = fmt::format("CREATE TABLE public.t{} ();", i);
      history += fmt::format(
          "commit refs/heads/main\ncommitter A <a@example.com> {} +0000\ndata 1\nx\n{}M 100644 inline "
          "migrations/{:03}_m.up.sql\ndata {}\n{}\n",
          1'800'000'000 + i, i == 2 ? "from refs/heads/main^0\n" : "", i, sql.size(), sql);
    }
    GitRepo& repo = served_.repo();
    repo.Git({"fast-import", "--quiet"}, history);
    repo.Git({"reset", "--quiet", "--hard"});
    served_.Push();
    std::istringstream lines(repo.Git({"rev-list", fmt::format("--max-count={}", count), "main"}));
    return {std::istream_iterator<std::string>(lines), std::istream_iterator<std::string>()};
  }
};

TEST_F(ForgeFaults, AForgeThatIsDownForAHundredEventsDelaysFeedbackAndLosesNone) {
  constexpr int kCommits = 100;
  Begin();
  const int number = Open("topic", {{"500_t.up.sql", "SELECT 1 / count(*) FROM public.a;\n"}});
  AwaitStatus(Head("topic"), kDryRunContext, "failure");
  const Json before = AwaitComment(number, "division by zero");
  AwaitAllTold();

  forge_.AddFault({.how = "close", .count = -1});
  const std::size_t asked = forge_.Seen()["requests"].size();
  const std::vector<std::string> commits = PushCommits(kCommits);
  const std::string mended =
      Change("topic", {{"500_t.up.sql", "CREATE TABLE public.t500 (id bigint PRIMARY KEY);\n"}});
  served_.Await("SELECT count(*) FROM paliad.applied_migrations", std::to_string(1 + kCommits));
  // After a second, two, four, …: a minute has seven of them, for each of those who ask.
  EXPECT_LT(forge_.Seen()["requests"].size() - asked, 30U) << "no busy loop";

  forge_.Heal();
  AwaitStatus(mended, kPolicyContext, "success");
  AwaitStatus(mended, kDryRunContext, "success");
  AwaitAllTold();
  for (const std::string& commit : commits) {
    ASSERT_EQ(forge_.Status(commit, kApplyContext), "success") << commit;
  }
  ASSERT_EQ(OurComments(number).size(), 1U);
  EXPECT_EQ(OurComments(number)[0]["id"], before["id"]);
}

TEST_F(ForgeFaults, AnyFailureOfAWriteIsTriedAgainAndSaysNothingTwice) {
  const std::vector<ForgeFault> faults = {
      {.status = 500},     {.status = 429, .header = "Retry-After: 1"},
      {.status = 409},     {.status = 422},
      {.how = "truncate"}, {.how = "lose"},
      {.how = "close"},
  };
  Begin();
  for (std::size_t i = 0; i < faults.size(); ++i) {
    SCOPED_TRACE(fmt::format("{} {}", faults[i].how, faults[i].status));
    for (const char* path : {"/statuses/", "/comments"}) {
      ForgeFault fault = faults[i];
      fault.method = "POST";
      fault.path = path;
      forge_.AddFault(fault);
    }
    const std::string branch = fmt::format("topic{}", i);
    const int number =
        Open(branch,
             {{fmt::format("{:03}_t.up.sql", 10 + i), "ALTER TABLE public.a ADD COLUMN x int NOT NULL;\n"}});
    AwaitStatus(Head(branch), kPolicyContext, "failure");
    AwaitComment(number, "required-column");
    AwaitAllTold();
    EXPECT_EQ(OurComments(number).size(), 1U);
    forge_.Heal();
  }
}

TEST_F(ForgeFaults, AForgeIsLeftAloneForAsLongAsItAsks) {
  Begin();
  AwaitAllTold();
  forge_.AddFault({.count = 1, .status = 429, .header = "Retry-After: 4"});
  AwaitTrue("it was told to wait", [&] { return forge_.Seen()["requests"].back()["status"] == 429; });
  const double told = forge_.Seen()["requests"].back()["at"];
  const int number = Open("topic", {{"002_t.up.sql", "COMMIT;\n"}});
  AwaitComment(number, "transaction-control");
  const Json seen = forge_.Seen();
  int early = 0;  // one may have been on its way
  for (const Json& request : seen["requests"]) {
    const double at = request["at"];
    early += at > told && at < told + 3.9 ? 1 : 0;
  }
  EXPECT_LE(early, 1);
}

TEST_F(ForgeFaults, AnUnreadableListIsAskedForAgain) {
  Begin();
  forge_.AddFault({.how = "truncate", .count = 2, .method = "GET", .path = "/pulls"});
  const int number = Open("topic", {{"002_t.up.sql", "COMMIT;\n"}});
  AwaitComment(number, "transaction-control");
}

TEST_F(ForgeFaults, ACommentThatSomebodyDeletedIsMadeAnewAndTheirOwnIsLeftAlone) {
  Begin();
  const int number = Open("topic", {{"002_t.up.sql", "COMMIT;\n"}});
  const Json first = AwaitComment(number, "transaction-control");
  AwaitAllTold();
  forge_.ForgetComment(first["id"]);
  const std::int64_t copy = forge_.Comment(number, "mallory", first["body"].get<std::string>());
  Change("topic", {{"002_t.up.sql", "ALTER TABLE public.a ADD COLUMN x int NOT NULL;\n"}});
  const Json second = AwaitComment(number, "required-column");
  EXPECT_NE(second["id"], copy);
  for (const Json& comment : forge_.Comments(number)) {
    if (comment["id"] == copy) {
      EXPECT_EQ(comment["body"], first["body"]);
    }
  }
}

TEST_F(ForgeFaults, AnotherControllerAfterAKillSaysNothingTwice) {
  Begin();
  const int number = Open("topic", {{"002_t.up.sql", "COMMIT;\n"}});
  forge_.AddFault({.how = "lose", .count = -1, .method = "POST", .path = "/comments"});
  AwaitTrue("the comment was made", [&] { return !OurComments(number).empty(); });
  controller_->Kill(SIGKILL);
  controller_->Wait();
  forge_.Heal();
  controller_ = served_.Start();
  AwaitAllTold();
  EXPECT_EQ(OurComments(number).size(), 1U);
}

TEST_F(ForgeFaults, AWrongTokenIsSaidInTheLogAndStopsNoMigration) {
  PushMain({{"001_a.up.sql", "CREATE TABLE public.a (id bigint PRIMARY KEY);\n"}});
  forge_.AddFault({.count = -1, .status = 401});
  Serve();
  served_.Await(Served::kApplied, "1");
  served_.AwaitLog("401");
  PushMain({{"002_b.up.sql", "CREATE TABLE public.b (id bigint PRIMARY KEY);\n"}});
  served_.Await(Served::kApplied, "1 2");
  EXPECT_LT(forge_.Seen()["requests"].size(), 20U);
}

}  // namespace
}  // namespace paliad::testing
