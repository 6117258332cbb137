// `paliadctl pr list` and `pr check`: the real program, a forge, a database and a scratch server; no
// controller.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "base/json.h"
#include "tests/pulls/forge_scenario.h"

namespace paliad::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kTable[] = "CREATE TABLE public.t (id bigint PRIMARY KEY);\n";

class PrCommand : public ForgeScenario {
 protected:
  PrCommand() { PushMain({{"001_a.up.sql", "CREATE TABLE public.a (id bigint PRIMARY KEY);\n"}}); }

  Outcome Check(int number, const std::vector<std::string>& more = {}) {
    std::vector<std::string> arguments = {"pr", "check", std::to_string(number)};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return served_.Run(arguments);
  }

  // Writes are refused by this forge: the token may only read.
  void RefuseWrites() {
    for (const char* method : {"POST", "PATCH", "PUT"}) {
      forge_.AddFault({.count = -1, .method = method, .status = 403});
    }
  }
};

TEST_F(PrCommand, ListNamesThoseThatAreOpen) {
  const int number = Open("office", {{"002_b.up.sql", kTable}});
  Configure();
  const Outcome outcome = served_.Run({"pr", "list"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  ASSERT_THAT(outcome.json, SizeIs(1));
  EXPECT_EQ(outcome.json[0]["number"], number);
  EXPECT_EQ(outcome.json[0]["title"], "office");
  EXPECT_EQ(outcome.json[0]["author"], "ada");
  EXPECT_EQ(outcome.json[0]["head"], Head("office"));
  EXPECT_EQ(outcome.json[0]["touches"], true);
  EXPECT_EQ(outcome.json[0]["from_fork"], false);
  EXPECT_THAT(served_.Run({"pr", "list", "-o", "text"}).out, HasSubstr("migrations  office (ada)"));
}

TEST_F(PrCommand, CheckSaysWhatTheControllerWouldAndPostsNothing) {
  const int first = Open("first", {{"002_b.up.sql", kTable}});
  Open("second", {{"002_c.up.sql", "SELECT 2;\n"}});
  Configure();
  RefuseWrites();
  const Outcome outcome = Check(first);
  EXPECT_EQ(outcome.exit_code, 3) << outcome.err;
  EXPECT_EQ(outcome.json["number"], first);
  EXPECT_EQ(outcome.json["head"], Head("first"));
  EXPECT_EQ(outcome.json["base"], Head("main"));
  ASSERT_THAT(outcome.json["findings"], SizeIs(1));
  EXPECT_EQ(outcome.json["findings"][0]["rule"], "version-claimed");
  EXPECT_EQ(outcome.json["dry_run"], nullptr);
  EXPECT_EQ(outcome.json["no_dry_run"], "policy found errors");
  EXPECT_EQ(outcome.json["posted"], false);
  EXPECT_THAT(forge_.Statuses(Head("first")), IsEmpty());
  EXPECT_THAT(forge_.Comments(first), IsEmpty());
  EXPECT_THAT(Check(first, {"-o", "text"}).out,
              HasSubstr("error: version 2 is also claimed by #2, which is not merged yet"));
}

TEST_F(PrCommand, CheckLooksAtTheTargetsRowsAndTriesOnTheScratchServer) {
  Configure();
  ASSERT_EQ(served_.Run({"reconcile"}).exit_code, 0);
  served_.Exec("INSERT INTO paliad.applied_migrations (version, name) VALUES (2, 'hotfix')");
  const int renamed = Open("renamed", {{"002_b.up.sql", kTable}});
  const int fine = Open("fine", {{"003_c.up.sql", kTable}});
  const Outcome outcome = Check(renamed);
  EXPECT_EQ(outcome.exit_code, 3) << outcome.err;
  ASSERT_THAT(outcome.json["findings"], SizeIs(1)) << outcome.out;
  EXPECT_EQ(outcome.json["findings"][0]["rule"], "renamed-after-apply");
  const Outcome passing = Check(fine);
  EXPECT_EQ(passing.exit_code, 0) << passing.err;
  EXPECT_THAT(passing.json["findings"], IsEmpty());
  EXPECT_EQ(passing.json["dry_run"]["ok"], true);
  EXPECT_EQ(passing.json["dry_run"]["migrations"][0]["version"], 3);
}

TEST_F(PrCommand, PostSetsStatusesAndKeepsOneComment) {
  const int number = Open("topic", {{"002_b.up.sql", "COMMIT;\n"}});
  Configure();
  for (int i = 0; i < 2; ++i) {
    const Outcome outcome = Check(number, {"--post"});
    EXPECT_EQ(outcome.exit_code, 3) << outcome.err;
    EXPECT_EQ(outcome.json["posted"], true);
  }
  EXPECT_EQ(forge_.Status(Head("topic"), kPolicyContext), "failure");
  EXPECT_EQ(forge_.Status(Head("topic"), kDryRunContext), "error");
  ASSERT_THAT(OurComments(number), SizeIs(1));
  EXPECT_THAT(OurComments(number)[0]["body"].get<std::string>(), HasSubstr("transaction-control"));

  const std::string fixed = Change("topic", {{"002_b.up.sql", kTable}});
  EXPECT_EQ(Check(number, {"--post"}).exit_code, 0);
  EXPECT_EQ(forge_.Status(fixed, kPolicyContext), "success");
  EXPECT_EQ(forge_.Status(fixed, kDryRunContext), "success");
  ASSERT_THAT(OurComments(number), SizeIs(1));
  EXPECT_THAT(OurComments(number)[0]["body"].get<std::string>(), HasSubstr("policy passes"));
}

TEST_F(PrCommand, ACleanOneGetsNoComment) {
  const int number = Open("topic", {{"002_b.up.sql", kTable}});
  Configure();
  EXPECT_EQ(Check(number, {"--post"}).exit_code, 0);
  EXPECT_EQ(forge_.Status(Head("topic"), kPolicyContext), "success");
  EXPECT_THAT(forge_.Comments(number), IsEmpty());
}

TEST_F(PrCommand, WhereTheForgeRefusesThatIsTheAnswer) {
  const int number = Open("topic", {{"002_b.up.sql", "COMMIT;\n"}});
  Configure();
  RefuseWrites();
  const Outcome outcome = Check(number, {"--post"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_EQ(outcome.json["post_error"]["kind"], "invalid_input") << outcome.out;
  EXPECT_EQ(outcome.json["posted"], false);
  EXPECT_EQ(outcome.json["findings"][0]["rule"], "transaction-control");  // the verdict is not lost
  EXPECT_EQ(outcome.err.find(FakeForge::kToken), std::string::npos);
}

TEST_F(PrCommand, WhatIsMissingIsSaid) {
  Configure();
  const Outcome closed = Check(77);
  EXPECT_EQ(closed.exit_code, 1);
  EXPECT_THAT(closed.err, HasSubstr("there is no open one of that number against main"));
  EXPECT_EQ(served_.Run({"pr", "check", "0"}).exit_code, 2);
  served_.targets.front().keys.clear();
  served_.WriteConfig();
  const Outcome without = served_.Run({"pr", "list"});
  EXPECT_EQ(without.exit_code, 2);
  EXPECT_THAT(without.err, HasSubstr("it has no [target.forge] in the configuration"));
}

}  // namespace
}  // namespace paliad::testing
