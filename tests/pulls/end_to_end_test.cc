// Pull requests from their opening to what became of their merge, as their authors see it.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "base/json.h"
#include "tests/pulls/forge_scenario.h"

namespace paliad::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string Body(const Json& comment) { return Rendered(comment.at("body").get<std::string>()); }

class EndToEnd : public ForgeScenario {
 protected:
  // A database with one table, which the main branch has.
  void Begin(const std::string& more = "") {
    PushMain({{"001_a.up.sql", "CREATE TABLE public.a (id bigint PRIMARY KEY);\n"}});
    Serve(more);
    served_.Await(Served::kApplied, "1");
  }
};

TEST_F(EndToEnd, EachOfFiveMistakesIsToldInStatusesAndOneComment) {
  Begin();
  const int collision = Open("collision", {{"001_other.up.sql", "CREATE TABLE public.b (id bigint);\n"}});
  const int renamed =
      Open("renamed",
           {{"001_a.up.sql", ""}, {"001_better.up.sql", "CREATE TABLE public.a (id bigint PRIMARY KEY);\n"}});
  const int edited = Open("edited", {{"001_a.up.sql", "CREATE TABLE public.a (id uuid PRIMARY KEY);\n"}});
  const int dangerous = Open("dangerous", {{"002_d.up.sql", "COPY public.a TO PROGRAM 'cat';\n"}});
  const int failing = Open("failing", {{"003_f.up.sql", "SELECT 1 / count(*) FROM public.a;\n"}});

  AwaitStatus(Head("collision"), kPolicyContext, "failure");
  EXPECT_THAT(Body(AwaitComment(collision, "version-collision")), HasSubstr("001"));
  AwaitStatus(Head("renamed"), kPolicyContext, "failure");
  AwaitComment(renamed, "shipped-changed");
  AwaitStatus(Head("edited"), kPolicyContext, "failure");
  AwaitComment(edited, "shipped-changed");
  AwaitStatus(Head("dangerous"), kPolicyContext, "failure");
  AwaitComment(dangerous, "host-access");
  AwaitStatus(Head("failing"), kPolicyContext, "success");
  AwaitStatus(Head("failing"), kDryRunContext, "failure");
  AwaitComment(failing, "division by zero");
  AwaitAllTold();
  for (const int number : {collision, renamed, edited, dangerous, failing}) {
    EXPECT_EQ(OurComments(number).size(), 1U) << number;
  }
  EXPECT_EQ(forge_.Status(Head("dangerous"), kDryRunContext), "error") << "never green unless it was tried";
  EXPECT_EQ(served_.Value(Served::kApplied), "1");
}

TEST_F(EndToEnd, AMigrationThatIsMendedTurnsGreenWhereItWasToldAndIsAppliedOnceMerged) {
  Begin();
  const int number = Open("topic", {{"002_f.up.sql", "SELECT 1 / count(*) FROM public.a;\n"}});
  const std::string broken = Head("topic");
  AwaitStatus(broken, kDryRunContext, "failure");
  const Json before = AwaitComment(number, "division by zero");

  const std::string mended =
      Change("topic", {{"002_f.up.sql", "CREATE TABLE public.f (id bigint PRIMARY KEY);\n"}});
  AwaitStatus(mended, kPolicyContext, "success");
  AwaitStatus(mended, kDryRunContext, "success");
  AwaitAllTold();
  ASSERT_EQ(OurComments(number).size(), 1U);
  const Json after = OurComments(number)[0];
  EXPECT_EQ(after.at("id"), before.at("id")) << "it changes in place";
  EXPECT_THAT(Body(after), Not(HasSubstr("division by zero")));
  EXPECT_EQ(forge_.Status(broken, kDryRunContext), "failure") << "what was is not rewritten";

  const std::string merge = forge_.Merge(number);
  AwaitStatus(merge, kApplyContext, "success");
  EXPECT_EQ(served_.Value(Served::kApplied), "1 2");
  EXPECT_EQ(served_.Value("SELECT count(*) FROM public.f"), "0");
}

TEST_F(EndToEnd, ACleanPullRequestGetsNoCommentAndIsNotJudgedAgain) {
  Begin();
  const int number = Open("topic", {{"002_b.up.sql", "CREATE TABLE public.b (id bigint PRIMARY KEY);\n"}});
  AwaitStatus(Head("topic"), kDryRunContext, "success");
  AwaitAllTold();
  const int lists = forge_.Requests("GET /api/v1/repos/{owner}/{repo}/pulls");
  const int writes = forge_.Requests("POST");
  AwaitTrue("it is listed five times more",
            [&] { return forge_.Requests("GET /api/v1/repos/{owner}/{repo}/pulls") >= lists + 5; });
  EXPECT_EQ(OurComments(number).size(), 0U);
  EXPECT_EQ(forge_.Requests("POST"), writes);
}

TEST_F(EndToEnd, APullRequestThatTouchesNoMigrationIsNotSpokenTo) {
  Begin();
  served_.repo().CreateBranch("docs");
  const std::string head = ChangePaths("docs", {{"README", "hello\n"}});
  const int number = forge_.Open({.branch = "docs"});
  const int other = Open("topic", {{"002_b.up.sql", "SELECT;\nCOMMIT;\n"}});
  AwaitComment(other, "transaction-control");
  AwaitAllTold();
  EXPECT_EQ(forge_.Statuses(head).size(), 0U);
  EXPECT_EQ(OurComments(number).size(), 0U);
}

// Else a branch that requires the statuses would keep it out for ever.
TEST_F(EndToEnd, WhereTheBranchRequiresStatusesOneThatTouchesNoMigrationIsGreen) {
  Begin("report_all = true\n");
  served_.repo().CreateBranch("docs");
  const std::string head = ChangePaths("docs", {{"README", "hello\n"}});
  const int number = forge_.Open({.branch = "docs"});
  AwaitStatus(head, kPolicyContext, "success");
  AwaitStatus(head, kDryRunContext, "success");
  AwaitAllTold();
  EXPECT_EQ(OurComments(number).size(), 0U);
}

// The race that no check of one pull request alone can see.
TEST_F(EndToEnd, OfTwoThatTakeOneVersionEachHearsOfTheOtherAndTheLoserHearsOfTheMerge) {
  PushMain({{"106_a.up.sql", "CREATE TABLE public.a (id bigint PRIMARY KEY);\n"}});
  Serve();
  served_.Await(Served::kApplied, "106");
  const int first = Open("first", {{"107_first.up.sql", "CREATE TABLE public.f (id bigint PRIMARY KEY);\n"}});
  const std::string head = Head("first");
  AwaitStatus(head, kPolicyContext, "success");  // alone it is green
  const int second =
      Open("second", {{"107_second.up.sql", "CREATE TABLE public.s (id bigint PRIMARY KEY);\n"}});
  AwaitStatus(Head("second"), kPolicyContext, "failure");
  AwaitStatus(head, kPolicyContext, "failure");  // nobody pushed to it
  const std::string of_first = Body(AwaitComment(first, "version-claimed"));
  const std::string of_second = Body(AwaitComment(second, "version-claimed"));
  EXPECT_THAT(of_first, HasSubstr(fmt::format("#{}", second)));
  EXPECT_THAT(of_first, HasSubstr("108"));
  EXPECT_THAT(of_second, HasSubstr(fmt::format("#{}", first)));
  EXPECT_THAT(of_second, HasSubstr("108"));

  const std::string merge = forge_.Merge(first);
  const std::string told = Body(AwaitComment(second, "version-collision"));
  EXPECT_THAT(told, HasSubstr("107"));
  EXPECT_THAT(told, HasSubstr("108"));
  EXPECT_THAT(told, Not(HasSubstr("version-claimed")));
  EXPECT_EQ(forge_.Status(Head("second"), kPolicyContext), "failure");
  AwaitStatus(merge, kApplyContext, "success");
  EXPECT_EQ(served_.Value(Served::kApplied), "106 107");

  const std::string moved = Change(
      "second",
      {{"107_second.up.sql", ""}, {"108_second.up.sql", "CREATE TABLE public.s (id bigint PRIMARY KEY);\n"}});
  AwaitStatus(moved, kPolicyContext, "success");
  AwaitStatus(moved, kDryRunContext, "success");
  forge_.Merge(second);
  served_.Await(Served::kApplied, "106 107 108");
}

TEST_F(EndToEnd, AMergeThatFailsIsToldOnItsCommit) {
  Begin();
  served_.Exec("INSERT INTO public.a VALUES (1)");  // which the scratch server knows nothing of
  const int number = Open("topic", {{"002_f.up.sql", "SELECT 1 / (1 - count(*)) FROM public.a;\n"}});
  AwaitStatus(Head("topic"), kDryRunContext, "success");
  const std::string merge = forge_.Merge(number);
  AwaitStatus(merge, kApplyContext, "failure");
  EXPECT_THAT(forge_.Statuses(merge)[kApplyContext]["description"].get<std::string>(),
              HasSubstr("division by zero"));
}

TEST_F(EndToEnd, WhoWroteMergedAndApprovedIsRecordedWithTheRun) {
  Begin();
  const int number = Open("topic", {{"002_b.up.sql", "CREATE TABLE public.b (id bigint PRIMARY KEY);\n"}});
  forge_.Grant("grace", "write");
  forge_.Review(number, "grace");
  const std::string merge = forge_.Merge(number, "hedy");
  AwaitStatus(merge, kApplyContext, "success");
  served_.Await(
      "SELECT e #>> '{pull_request,number}' || ' ' || (e #>> '{pull_request,author}') || ' '"
      " || (e #>> '{pull_request,merger}') || ' ' || (e #>> '{pull_request,approvers,0}')"
      " FROM (SELECT convert_from(leaf, 'UTF8')::jsonb AS e FROM paliad_ledger.entry WHERE kind = "
      "'attributed') AS x"
      " WHERE e ->> 'commit' = '" +
          merge + "'",
      fmt::format("{} ada hedy grace", number));
}

TEST_F(EndToEnd, AnApprovalThatTheForgeTellsLateIsRecordedAllTheSame) {
  Begin();
  const int number = Open("topic", {{"002_b.up.sql", "CREATE TABLE public.b (id bigint PRIMARY KEY);\n"}});
  AwaitStatus(Head("topic"), kDryRunContext, "success");
  forge_.Grant("grace", "write");
  forge_.Review(number, "grace");
  forge_.AddFault({.how = "close", .count = -1, .path = "/commits/"});
  forge_.Merge(number);
  served_.Await(Served::kApplied, "1 2");
  EXPECT_EQ(served_.Value(
                "SELECT count(*) FROM paliad_ledger.entry WHERE kind = 'attributed' AND convert_from(leaf, "
                "'UTF8')::jsonb #>> '{pull_request,number}' IS NOT NULL"),
            "0");
  forge_.Heal();
  served_.Await(
      "SELECT convert_from(leaf, 'UTF8')::jsonb #>> '{pull_request,approvers,0}' FROM paliad_ledger.entry"
      " WHERE kind = 'attributed' AND convert_from(leaf, 'UTF8')::jsonb #>> '{pull_request,number}' = '" +
          std::to_string(number) + "'",
      "grace");
}

// A webhook of the push may come before the forge itself has noted the merge.
TEST_F(EndToEnd, AMergeThatTheForgeKnowsLateIsAttributedAllTheSame) {
  Begin();
  const int number = Open("topic", {{"002_b.up.sql", "CREATE TABLE public.b (id bigint PRIMARY KEY);\n"}});
  AwaitStatus(Head("topic"), kDryRunContext, "success");
  forge_.Grant("grace", "write");
  forge_.Review(number, "grace");
  forge_.ShowMergesLate(2);
  forge_.Merge(number);
  served_.Await(Served::kApplied, "1 2");
  served_.Await(
      "SELECT string_agg(convert_from(leaf, 'UTF8')::jsonb #>> '{pull_request,approvers,0}', ' ')"
      " FROM paliad_ledger.entry WHERE kind = 'attributed' AND convert_from(leaf, 'UTF8')::jsonb"
      " #>> '{pull_request,number}' = '" +
          std::to_string(number) + "'",
      "grace");
  EXPECT_EQ(served_.Value("SELECT count(*) FROM paliad_ledger.entry WHERE kind = 'attributed' AND"
                          " convert_from(leaf, 'UTF8')::jsonb ->> 'commit' ="
                          " (SELECT convert_from(leaf, 'UTF8')::jsonb ->> 'commit' FROM paliad_ledger.entry"
                          " WHERE kind = 'applied' AND version = 2)"),
            "1")
      << "that there was none yet is not recorded";
}

class RequiredApproval : public ForgeScenario {
 protected:
  explicit RequiredApproval(std::string_view kind = "gitea") : ForgeScenario(kind) {}

  // The policy that requires it was itself approved.
  void Begin() {
    PushMain({{"001_a.up.sql", "CREATE TABLE public.a (id bigint PRIMARY KEY);\n"}});
    ServeWithWebhooks();
    served_.Await(Served::kApplied, "1");
    served_.repo().CreateBranch("policy");
    ChangePaths("policy", {{".paliad/policy.toml", "require_approval = true\n"}});
    const int number = forge_.Open({.branch = "policy"});
    forge_.Grant("grace", "write");
    forge_.Review(number, "grace");
    AwaitStatus(forge_.Merge(number), kApplyContext, "success");
  }

  // Waits until the target does.
  void AwaitWaiting(std::string_view because) {
    served_.AwaitLog(because);
    served_.Await("SELECT state FROM paliad_controller.target", "retrying");
    EXPECT_EQ(served_.Value(Served::kApplied), "1");
  }
};

TEST_F(RequiredApproval, AMergeWaitsForOneByAWriterOtherThanItsAuthor) {
  Begin();
  const int number = Open("topic", {{"002_b.up.sql", "CREATE TABLE public.b (id bigint PRIMARY KEY);\n"}});
  forge_.Grant("ada", "write");
  forge_.Review(number, "ada");
  forge_.Review(number, "stranger");
  forge_.Merge(number);
  AwaitWaiting("policy requires an approval");
  forge_.Review(number, "grace");
  served_.Await(Served::kApplied, "1 2");
  EXPECT_EQ(served_.Value("SELECT convert_from(leaf, 'UTF8')::jsonb #>> '{pull_request,number}'"
                          " FROM paliad_ledger.entry WHERE kind = 'applied' AND version = 2"),
            std::to_string(number));
}

TEST_F(RequiredApproval, WhatWasPushedAfterTheApprovalIsNotApproved) {
  Begin();
  const int number = Open("topic", {{"002_b.up.sql", "CREATE TABLE public.b (id bigint PRIMARY KEY);\n"}});
  forge_.Review(number, "grace");
  Change("topic", {{"002_b.up.sql", "CREATE TABLE public.b (id uuid PRIMARY KEY);\n"}});
  forge_.Merge(number);
  AwaitWaiting("policy requires an approval");
  forge_.Review(number, "grace");
  served_.Await(Served::kApplied, "1 2");
}

TEST_F(RequiredApproval, APushThatNoPullRequestBroughtWaits) {
  Begin();
  PullMain();
  PushMain({{"002_b.up.sql", "CREATE TABLE public.b (id bigint PRIMARY KEY);\n"}});
  AwaitWaiting("policy requires an approval");
}

class RequiredApprovalOnGithub : public RequiredApproval {
 protected:
  RequiredApprovalOnGithub() : RequiredApproval("github") {}
};

// GitHub knows every commit of a rebased pull request as its own.
TEST_F(RequiredApprovalOnGithub, ARebasedPullRequestIsApprovedCommitByCommit) {
  Begin();
  PullMain();
  const int number = Open("topic", {{"002_b.up.sql", "CREATE TABLE public.b (id bigint PRIMARY KEY);\n"}});
  Change("topic", {{"003_c.up.sql", "CREATE TABLE public.c (id bigint PRIMARY KEY);\n"}});
  forge_.Review(number, "grace");
  PullMain();
  ChangePaths("main", {{"notes.txt", "the branch moves, so that the commits get new ids\n"}});
  forge_.MergeByRebase(number);
  served_.Await(Served::kApplied, "1 2 3");
  EXPECT_EQ(served_.Value("SELECT count(*) FROM paliad_ledger.entry WHERE kind = 'applied' AND"
                          " convert_from(leaf, 'UTF8')::jsonb #>> '{pull_request,approvers,0}' = 'grace'"),
            "2");
}

}  // namespace
}  // namespace paliad::testing
