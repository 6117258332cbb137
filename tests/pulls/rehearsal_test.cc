// The dry runs of pull requests, on a real scratch server.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/core/scratch_fixture.h"
#include "tests/pulls/judged.h"

namespace paliad::testing {
namespace {

using pulls::Verdict;

constexpr char kTable[] = "CREATE TABLE public.b (id bigint);\n";

class Rehearsal : public ScratchFixture {
 protected:
  static pulls::JudgeSettings Settings() {
    pulls::JudgeSettings settings;
    settings.scratch_url = Url();
    return settings;
  }
};

TEST_F(Rehearsal, WhatPolicyPassesIsTriedOnTheBranchsMigrations) {
  Judged judged(Settings());
  const auto number = judged.Open({{"002_b.up.sql", "ALTER TABLE public.a ADD COLUMN b text;\n"}});
  const Verdict verdict = judged.LookAndJudge(number);
  ASSERT_TRUE(verdict.dry_run) << verdict.dry_run_error->Message();
  EXPECT_TRUE(verdict.DryRunPasses());
  EXPECT_EQ(verdict.dry_run->base, 1U);
  ASSERT_EQ(verdict.dry_run->migrations.size(), 1U);
  EXPECT_EQ(verdict.dry_run->migrations[0].version, 2);
  ASSERT_EQ(verdict.dry_run->migrations[0].locks.size(), 1U);
  EXPECT_EQ(verdict.dry_run->migrations[0].locks[0].table, "public.a");
}

TEST_F(Rehearsal, AMigrationThatFailsIsInTheVerdict) {
  Judged judged(Settings());
  const auto number = judged.Open({{"002_b.up.sql", "SELECT 1;\nSELECT 1/0;\n"}});
  const Verdict verdict = judged.LookAndJudge(number);
  EXPECT_TRUE(verdict.PolicyPasses());
  EXPECT_FALSE(verdict.DryRunPasses());
  ASSERT_TRUE(verdict.dry_run && verdict.dry_run->failed);
  EXPECT_EQ(verdict.dry_run->failed->message, "division by zero");
  EXPECT_EQ(verdict.dry_run->failed->line, 2);
}

TEST_F(Rehearsal, IsRememberedUntilTheBranchOrThePullRequestMoves) {
  Judged judged(Settings());
  const auto number = judged.Open({{"002_b.up.sql", kTable}});
  judged.LookAndJudge(number);
  EXPECT_TRUE(judged.LookAndJudge(number).dry_run);
  EXPECT_EQ(judged.judge().work().dry_runs, 1U);
  judged.CheckOut(number);
  judged.repo().Commit("the same files");
  judged.PushTo(number);
  EXPECT_TRUE(judged.LookAndJudge(number).dry_run);
  EXPECT_EQ(judged.judge().work().dry_runs, 1U);
  judged.CommitToMain({{"003_c.up.sql", "CREATE TABLE public.c (id bigint);\n"}});
  EXPECT_TRUE(judged.LookAndJudge(number).dry_run);
  EXPECT_EQ(judged.judge().work().dry_runs, 2U);
  judged.CheckOut(number);
  judged.repo().Write("migrations/002_b.up.sql", "SELECT 2;\n");
  judged.repo().Commit("others");
  judged.PushTo(number);
  EXPECT_TRUE(judged.LookAndJudge(number).dry_run);
  EXPECT_EQ(judged.judge().work().dry_runs, 3U);
}

TEST_F(Rehearsal, IsNotMadeWherePolicyFoundErrorsOrThereIsNothingToTry) {
  Judged judged(Settings());
  const auto wrong = judged.Open({{"002_b.up.sql", "COMMIT;\n"}});
  const auto nothing = judged.Open({{"src/README.md", "x\n"}});
  EXPECT_EQ(judged.LookAndJudge(wrong).no_dry_run, pulls::kPolicyErrors);
  EXPECT_EQ(judged.Judge(nothing).no_dry_run, "");  // outside of the folder
  const auto readme = judged.Open({{"migrations/README.md", "x\n"}});
  EXPECT_EQ(judged.LookAndJudge(readme).no_dry_run, pulls::kNothingToTry);
  EXPECT_EQ(judged.judge().work().dry_runs, 0U);
}

TEST_F(Rehearsal, IsNotMadeWhereTheBranchItselfHasErrors) {
  Judged judged(Settings());
  judged.CommitToMain({{"002_b.up.sql", kTable}, {"002_c.up.sql", kTable}});
  const auto number = judged.Open({{"003_d.up.sql", "SELECT 3;\n"}});
  EXPECT_EQ(judged.LookAndJudge(number).no_dry_run, pulls::kBranchErrors);
}

TEST_F(Rehearsal, AForkGetsNoneUnlessItIsAllowed) {
  Judged judged(Settings());
  judged.At(judged.Open({{"002_b.up.sql", kTable}})).from_fork = true;
  EXPECT_EQ(judged.LookAndJudge(1).no_dry_run, pulls::kFromFork);
  EXPECT_EQ(judged.judge().work().dry_runs, 0U);

  pulls::JudgeSettings settings = Settings();
  settings.dry_run_forks = true;
  Judged allowed(settings);
  allowed.At(allowed.Open({{"002_b.up.sql", kTable}})).from_fork = true;
  EXPECT_TRUE(allowed.LookAndJudge(1).dry_run);
}

TEST_F(Rehearsal, ABaseThatCannotBePreparedIsTriedOnceForAll) {
  Judged judged(Settings());
  judged.CommitToMain({{"002_b.up.sql", "SELECT 1/0;\n"}});
  const auto first = judged.Open({{"003_c.up.sql", "SELECT 3;\n"}});
  const auto second = judged.Open({{"004_d.up.sql", "SELECT 4;\n"}});
  judged.Look();
  ASSERT_TRUE(judged.Judge(first).dry_run_error);
  ASSERT_TRUE(judged.Judge(second).dry_run_error);
  EXPECT_FALSE(judged.Judge(first).DryRunPasses());
  EXPECT_EQ(judged.judge().work().dry_runs, 1U);
}

TEST_F(Rehearsal, AServerThatIsNotThereIsAnErrorAndNeverGreen) {
  pulls::JudgeSettings settings;
  settings.scratch_url = "postgresql://nobody@/postgres?host=/nonexistent";
  Judged judged(settings);
  const Verdict verdict = judged.LookAndJudge(judged.Open({{"002_b.up.sql", kTable}}));
  ASSERT_TRUE(verdict.dry_run_error);
  EXPECT_EQ(verdict.dry_run_error->kind, ErrorKind::kUnavailable);
  EXPECT_FALSE(verdict.DryRunPasses());
}

}  // namespace
}  // namespace paliad::testing
