// Policies as people meet them: the branch's file, --policy, `check` with a base, waivers in the ledger.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/core/scenario.h"
#include "tests/support/temp_dir.h"

namespace paliad::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

std::vector<std::string> Rules(const Outcome& outcome) {
  std::vector<std::string> rules;
  for (const Json& finding : outcome.json["findings"]) {
    rules.push_back(finding["rule"]);
  }
  return rules;
}

constexpr char kStrictDrop[] = "extends = 'default'\n[rules]\ndrop = 'error'\n";

TEST(Policies, TheBranchsOwnFileDecides) {
  Scenario scenario;
  scenario.Commit({{"001_a.up.sql", "CREATE TABLE a (id bigint);"}, {"002_b.up.sql", "DROP TABLE a;"}});
  EXPECT_EQ(scenario.Run({"plan"}).exit_code, 4);
  scenario.repo().Write(".paliad/policy.toml", kStrictDrop);
  scenario.Commit();
  EXPECT_EQ(scenario.Run({"plan"}).exit_code, 3);
  const Outcome run = scenario.Reconcile();
  EXPECT_EQ(run.exit_code, 3);
  EXPECT_EQ(run.json["outcome"], "rejected");
  EXPECT_EQ(scenario.Applied(), "");
}

TEST(Policies, AFileOnTheCommandLineReplacesIt) {
  Scenario scenario;
  TempDir folder;
  const std::string strict = folder.Write("strict.toml", kStrictDrop);
  scenario.Commit({{"001_a.up.sql", "DROP TABLE IF EXISTS a;"}});
  EXPECT_EQ(scenario.Run({"check"}).exit_code, 0);
  EXPECT_EQ(scenario.Run({"check", "--policy", strict}).exit_code, 3);
  EXPECT_EQ(scenario.Reconcile({"--policy", strict}).exit_code, 3);
}

TEST(Policies, AWaivedErrorRejectsNothingAndIsRecordedWithItsReason) {
  Scenario scenario;
  scenario.repo().Write(".paliad/policy.toml", kStrictDrop);
  scenario.Commit({{"001_a.up.sql", "-- paliad:allow drop: unused since v3\nDROP TABLE IF EXISTS a;"}});
  const Outcome run = scenario.Reconcile();
  EXPECT_EQ(run.exit_code, 0) << run.err;
  ASSERT_THAT(run.json["findings"], SizeIs(1));
  EXPECT_EQ(run.json["findings"][0]["waived"], true);
  EXPECT_EQ(run.json["findings"][0]["waiver"], "unused since v3");
  EXPECT_EQ(scenario.Value("SELECT convert_from(leaf, 'UTF8')::jsonb ->> 'waiver' FROM paliad_ledger.entry "
                           "WHERE kind = 'finding'"),
            "unused since v3");
}

TEST(Policies, APolicyWithMistakesIsShownWithAllOfThemAndNothingRuns) {
  Scenario scenario;
  scenario.repo().Write(".paliad/policy.toml", "extend = 1\n[rules]\ndorp = 'error'\n");
  scenario.Commit({{"001_a.up.sql", "CREATE TABLE a (id bigint);"}});
  for (const char* command : {"plan", "verify", "check", "reconcile"}) {
    const Outcome outcome = scenario.Run({command});
    EXPECT_EQ(outcome.exit_code, 2) << command << outcome.err;
    EXPECT_THAT(outcome.err, HasSubstr(".paliad/policy.toml:1:1: error: unknown key 'extend' (did you mean "
                                       "'extends'?)"));
    EXPECT_THAT(outcome.err, HasSubstr(".paliad/policy.toml:3:1: error: unknown rule 'dorp' (did you mean "
                                       "'drop'?)"));
  }
  EXPECT_EQ(scenario.Applied(), "");
  EXPECT_EQ(scenario.Value("SELECT outcome FROM paliad_ledger.entry WHERE kind = 'run_finished'"),
            "rejected");
}

TEST(Policies, ANewPolicyIsAReasonToLookAgain) {
  Scenario scenario;
  scenario.Commit({{"README.md", "hello"}, {"x.sql", "SELECT 1;"}});
  EXPECT_EQ(scenario.Reconcile().exit_code, 3);
  scenario.repo().Write(".paliad/policy.toml", "ignore = ['x.sql']\n");
  scenario.Commit();
  EXPECT_EQ(scenario.Reconcile().exit_code, 0);
  scenario.repo().Remove(".paliad/policy.toml");
  scenario.Commit();
  EXPECT_EQ(scenario.Reconcile().exit_code, 3);
}

TEST(Policies, ConfigCheckShowsEveryMistake) {
  Scenario scenario;
  TempDir folder;
  scenario.Commit({{"001_a.up.sql", "SELECT 1;"}});
  EXPECT_EQ(scenario.Run({"config", "check"}).json["policy"], nullptr);
  scenario.repo().Write(".paliad/policy.toml", "extends = 'strict'\n");
  EXPECT_EQ(scenario.Run({"config", "check"}).exit_code, 0);
  const Outcome bad = scenario.Run(
      {"config", "check", "--policy", folder.Write("p.toml", "a = 1\nb = 2\n[rules]\ndrop = 3\n")});
  EXPECT_EQ(bad.exit_code, 2);
  EXPECT_THAT(bad.json["problems"], SizeIs(3));
  EXPECT_EQ(scenario.Run({"config", "check", "--policy", "/no/such/file"}).exit_code, 2);
}

class Changes : public ::testing::Test {
 protected:
  Changes() {
    scenario_.Commit({{"001_a.up.sql", "CREATE TABLE a (id bigint);"}, {"002_b.up.sql", "DROP TABLE x;"}});
    scenario_.repo().CreateBranch("feature");
  }
  Outcome Check(std::vector<std::string> more = {}) {
    std::vector<std::string> arguments = {"check", "--base", "main", "--head", "feature"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return scenario_.Run(arguments);
  }
  Scenario scenario_;
};

TEST_F(Changes, OnlyWhatIsNewIsJudged) {
  scenario_.Commit({{"003_c.up.sql", "DROP TABLE y;"}});
  const Outcome outcome = Check();
  EXPECT_EQ(Rules(outcome), std::vector<std::string>{"drop"});
  EXPECT_EQ(outcome.json["findings"][0]["path"], "migrations/003_c.up.sql");
  EXPECT_EQ(outcome.json["base"], scenario_.repo().RevParse("main"));
  EXPECT_EQ(outcome.json["head"], scenario_.repo().RevParse("feature"));
}

TEST_F(Changes, FiveHundredFilesAreJudgedAtATimeAndNotOneMore) {
  for (int version = 3; version < 503; ++version) {
    scenario_.Add(fmt::format("{:03}_x.up.sql", version), "TRUNCATE x;");
  }
  scenario_.Commit();
  EXPECT_THAT(Rules(Check()), SizeIs(500));
  scenario_.Commit({{"503_x.up.sql", "TRUNCATE x;"}});
  const Outcome outcome = Check();
  EXPECT_EQ(outcome.exit_code, 3);
  EXPECT_EQ(Rules(outcome), std::vector<std::string>{"unreadable"});
  EXPECT_EQ(outcome.json["findings"][0]["message"],
            "501 files are new or changed, and at most 500 are judged at a time");
}

TEST_F(Changes, WhatIsShippedStays) {
  scenario_.repo().Rename("migrations/001_a.up.sql", "migrations/001_aa.up.sql");
  scenario_.repo().Remove("migrations/002_b.up.sql");
  scenario_.Commit();
  EXPECT_EQ(Rules(Check()), (std::vector<std::string>{"shipped-changed", "shipped-changed"}));
  EXPECT_EQ(Check().exit_code, 3);
}

TEST_F(Changes, TheMergeIsJudgedAndNotTheBranchAlone) {
  scenario_.Commit({{"003_c.up.sql", "SELECT 1;"}});
  EXPECT_EQ(Check().exit_code, 0);
  scenario_.repo().Checkout("main");
  scenario_.Commit({{"003_other.up.sql", "SELECT 1;"}});
  EXPECT_EQ(Rules(Check()), std::vector<std::string>{"version-collision"});
}

TEST_F(Changes, AConflictInTheFolderIsAFinding) {
  scenario_.Commit({{"003_c.up.sql", "SELECT 1;"}});
  scenario_.repo().Checkout("main");
  scenario_.Commit({{"003_c.up.sql", "SELECT 2;"}});
  const Outcome outcome = Check();
  EXPECT_EQ(Rules(outcome), std::vector<std::string>{"shipped-changed"});
  EXPECT_THAT(outcome.json["findings"][0]["message"].get<std::string>(), HasSubstr("conflicts"));
}

TEST_F(Changes, TheBasesPolicyJudgesAndItsChangeIsSaid) {
  scenario_.repo().Write(".paliad/policy.toml", "[rules]\ndrop = 'off'\n");
  scenario_.Commit({{"003_c.up.sql", "DROP TABLE y;"}});
  const Outcome outcome = Check();
  EXPECT_EQ(Rules(outcome), std::vector<std::string>{"drop"});
  EXPECT_THAT(outcome.err, HasSubstr(".paliad/policy.toml is changed here"));
}

TEST_F(Changes, FurtherFormatsAreOfCheckOnly) {
  scenario_.Commit({{"003_c.up.sql", "DROP TABLE y;"}});
  EXPECT_THAT(Check({"-o", "markdown"}).out, HasSubstr("**0 errors, 1 warning**"));
  EXPECT_EQ(Check({"-o", "sarif"}).json["version"], "2.1.0");
  EXPECT_EQ(scenario_.Run({"plan", "-o", "sarif"}).exit_code, 2);
}

// The grammar of libpg_query is PostgreSQL 15's: MERGE … RETURNING came with 17. Here: what no server knows.
TEST(Policies, WhatDoesNotParseRunsInABlockWherePolicyLetsItPass) {
  Scenario scenario;
  scenario.repo().Write(".paliad/policy.toml", "[rules]\nsyntax = 'warning'\n");
  scenario.Commit({{"001_a.up.sql", "CREATE TABLE a (id bigint);\nSELEC 'é';\nCOMMIT;\n"}});
  const Outcome run = scenario.Reconcile();
  EXPECT_EQ(run.exit_code, 1) << run.err;
  EXPECT_EQ(run.json["failed"]["sqlstate"], "42601");
  EXPECT_EQ(run.json["failed"]["line"], 2);
  EXPECT_EQ(run.json["failed"]["column"], 1);
  EXPECT_EQ(scenario.Applied(), "");
  EXPECT_EQ(scenario.Value("SELECT to_regclass('a') IS NULL"), "t");
}

TEST(Policies, WhatDoesNotParseCannotRunWithoutATransaction) {
  Scenario scenario;
  scenario.repo().Write(".paliad/policy.toml", "[rules]\nsyntax = 'warning'\n");
  scenario.Commit({{"001_a.up.sql", "-- paliad:no-transaction\nSELEC 1;\n"}});
  EXPECT_EQ(Rules(scenario.Reconcile()), (std::vector<std::string>{"needs-no-transaction", "syntax"}));
}

}  // namespace
}  // namespace paliad::testing
