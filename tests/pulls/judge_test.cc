// What is said of pull requests before the merge, over real repositories.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/sha256.h"
#include "tests/pulls/judged.h"

namespace paliad::testing {
namespace {

using pulls::Case;
using pulls::Verdict;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kTable[] = "CREATE TABLE public.b (id bigint);\n";

std::vector<std::string> Rules(const Verdict& verdict) {
  std::vector<std::string> rules;
  for (const Finding& finding : verdict.findings) {
    rules.push_back(finding.rule);
  }
  return rules;
}

TEST(Judge, AWellFormedMigrationPasses) {
  Judged judged;
  const auto number = judged.Open({{"002_b.up.sql", kTable}});
  const std::vector<Case> cases = judged.Look();
  ASSERT_THAT(cases, SizeIs(1));
  EXPECT_TRUE(cases[0].touches);
  EXPECT_THAT(cases[0].key, SizeIs(64));
  const Verdict verdict = judged.Judge(number);
  EXPECT_TRUE(verdict.PolicyPasses());
  EXPECT_THAT(verdict.findings, IsEmpty());
  EXPECT_EQ(verdict.base, judged.repo().RevParse("main"));
  EXPECT_FALSE(verdict.policy_changed);
  EXPECT_EQ(verdict.no_dry_run, "");
}

TEST(Judge, WhatDoesNotTouchTheFolderIsNotTalkedOf) {
  Judged judged;
  const auto number = judged.Open({{"src/main.go", "package main\n"}});
  EXPECT_FALSE(judged.Look().at(0).touches);
  EXPECT_FALSE(judged.Judge(number).touches);
}

TEST(Judge, TheSqlOfNewFilesIsJudgedAndWaiversAreKept) {
  Judged judged;
  const auto number = judged.Open({{"002_b.up.sql",
                                    "-- paliad:allow drop: unused since v3\n"
                                    "DROP TABLE public.x;\n"
                                    "COMMIT;\n"}});
  const Verdict verdict = judged.LookAndJudge(number);
  ASSERT_THAT(Rules(verdict), ElementsAre("drop", "transaction-control"));
  EXPECT_EQ(verdict.findings[0].waiver, "unused since v3");
  EXPECT_EQ(verdict.findings[1].line, 3);
  EXPECT_FALSE(verdict.PolicyPasses());
}

TEST(Judge, AnEditARenameAndADeletionOfWhatTheBranchHasAreFound) {
  Judged judged;
  judged.CommitToMain({{"002_b.up.sql", kTable}, {"003_c.up.sql", "SELECT 3;\n"}});
  const auto number = judged.Open({{"001_a.up.sql", "CREATE TABLE public.a (id int);\n"}});
  judged.repo().Rename("migrations/002_b.up.sql", "migrations/002_bb.up.sql");
  judged.repo().Remove("migrations/003_c.up.sql");
  judged.repo().Commit("more");
  judged.PushTo(number);
  EXPECT_THAT(judged.Said(number), HasSubstr("001_a.up.sql is on the base already, and this changes it"));
  EXPECT_THAT(judged.Said(number), HasSubstr("and this renames it to migrations/002_bb.up.sql"));
  EXPECT_THAT(judged.Said(number), HasSubstr("003_c.up.sql is on the base already, and this deletes it"));
}

// The race of the design: each is green alone.
TEST(Judge, OfTwoThatTakeOneVersionEachIsToldOfTheOtherAndWhoIsLeftIsToldWhenOneMerges) {
  Judged judged;
  const auto first = judged.Open({{"002_b.up.sql", kTable}});
  const std::string alone = judged.KeyOf(first);
  EXPECT_TRUE(judged.Judge(first).PolicyPasses());
  const auto second = judged.Open({{"002_c.up.sql", kTable}});
  EXPECT_NE(judged.KeyOf(first), alone);
  EXPECT_EQ(judged.Said(first),
            "migrations/002_b.up.sql:1:1: error: version 2 is also claimed by #2, which is not merged yet "
            "[version-claimed]\n"
            "  hint: all but one of them need another version; 3 is the next free version, past every open "
            "pull request: rename 002_b.up.sql to 003_b.up.sql\n");
  EXPECT_EQ(judged.Said(second),
            "migrations/002_c.up.sql:1:1: error: version 2 is also claimed by #1, which is not merged yet "
            "[version-claimed]\n"
            "  hint: all but one of them need another version; 3 is the next free version, past every open "
            "pull request: rename 002_c.up.sql to 003_c.up.sql\n");
  const std::string contested = judged.KeyOf(second);
  judged.Merge(first);
  EXPECT_NE(judged.KeyOf(second), contested);
  EXPECT_EQ(judged.Said(second),
            "migrations/002_c.up.sql:1:1: error: version 2 is that of \"002_b.up.sql\" and \"002_c.up.sql\" "
            "[version-collision]\n"
            "  hint: rename the one that no database has applied, for example 002_c.up.sql to "
            "003_c.up.sql\n");
}

// The name that sorts second was told to give way, although the branch has it.
TEST(Judge, ACollisionIsToldAtTheFileOfThePullRequestWithAVersionPastAllClaims) {
  Judged judged;
  const auto number = judged.Open({{"002_b.up.sql", kTable}});
  judged.Open({{"003_x.up.sql", kTable}});
  judged.CommitToMain({{"002_z.up.sql", kTable}});
  EXPECT_EQ(judged.Said(number),
            "migrations/002_b.up.sql:1:1: error: version 2 is that of \"002_b.up.sql\" and \"002_z.up.sql\" "
            "[version-collision]\n"
            "  hint: rename the one that no database has applied, for example 002_b.up.sql to "
            "004_b.up.sql\n");
}

TEST(Judge, AForksClaimOnlyWarnsOthers) {
  Judged judged;
  const auto own = judged.Open({{"002_b.up.sql", kTable}});
  const auto fork = judged.Open({{"002_c.up.sql", kTable}});
  judged.At(fork).from_fork = true;
  EXPECT_TRUE(judged.LookAndJudge(own).PolicyPasses());
  EXPECT_THAT(Rules(judged.Judge(own)), ElementsAre("version-claimed"));
  EXPECT_FALSE(judged.Judge(fork).PolicyPasses());
}

TEST(Judge, OnGitlabTheOthersAreNamedWithAnExclamationMark) {
  Judged judged;
  const auto first = judged.Open({{"002_b.up.sql", kTable}});
  const auto second = judged.Open({{"002_c.up.sql", kTable}});
  judged.At(second).head_ref = "refs/merge-requests/2/head";
  EXPECT_THAT(judged.Said(first), HasSubstr("is also claimed by !2,"));
}

TEST(Judge, BranchesThatAreBuiltOnEachOtherDoNotContestEachOther) {
  Judged judged;
  const auto below = judged.Open({{"002_b.up.sql", kTable}});
  const auto above = judged.Open({});
  judged.repo().Merge("pull-1");
  judged.repo().Write("migrations/003_c.up.sql", "SELECT 3;\n");
  judged.repo().Commit("on top");
  judged.PushTo(above);
  EXPECT_EQ(judged.Said(below), "");
  EXPECT_EQ(judged.Said(above), "");
}

TEST(Judge, APullRequestCannotRelaxThePolicyThatJudgesIt) {
  Judged judged;
  judged.CommitToMain({{".paliad/policy.toml", "extends = \"default\"\n[rules]\ndrop = \"error\"\n"}});
  const auto number = judged.Open(
      {{".paliad/policy.toml", "[rules]\ndrop = \"off\"\n"}, {"002_b.up.sql", "DROP TABLE public.x;\n"}});
  const Verdict verdict = judged.LookAndJudge(number);
  EXPECT_TRUE(verdict.policy_changed);
  EXPECT_THAT(Rules(verdict), ElementsAre("drop"));
  EXPECT_FALSE(verdict.PolicyPasses());
  const auto only_policy = judged.Open({{".paliad/policy.toml", "[rules]\ndrop = \"off\"\n"}});
  EXPECT_TRUE(judged.LookAndJudge(only_policy).touches);
  EXPECT_TRUE(judged.Judge(only_policy).policy_changed);
}

TEST(Judge, WhereTheBranchsPolicyHasMistakesNothingIsGreen) {
  Judged judged;
  judged.CommitToMain({{".paliad/policy.toml", "[rules]\ndorp = \"off\"\n"}});
  const auto number = judged.Open({{"002_b.up.sql", kTable}});
  const Verdict verdict = judged.LookAndJudge(number);
  ASSERT_TRUE(verdict.error);
  EXPECT_THAT(verdict.error->Message(), HasSubstr("dorp"));
  EXPECT_FALSE(verdict.PolicyPasses());
}

TEST(Judge, AConflictInTheFolderIsFoundAndOneOutsideIsNoneOfItsBusiness) {
  Judged judged;
  judged.CommitToMain({{"src/x", "1\n"}});
  const auto inside = judged.Open({{"001_a.up.sql", "SELECT 'theirs';\n"}});
  const auto outside = judged.Open({{"src/x", "theirs\n"}, {"002_b.up.sql", kTable}});
  judged.CommitToMain({{"001_a.up.sql", "SELECT 'ours';\n"}, {"src/x", "ours\n"}});
  EXPECT_THAT(judged.Said(inside),
              HasSubstr("merging this into the base conflicts in migrations/001_a.up.sql"));
  EXPECT_EQ(judged.Said(outside), "");
}

TEST(Judge, WhatTheTargetHasAppliedCounts) {
  Judged judged;
  judged.applied = AppliedOf({"1_a", "2_hotfix", "3_c"});
  judged.applied->rows[2].checksum = Sha256Hex("SELECT 3;\n");
  const auto renamed = judged.Open({{"002_b.up.sql", kTable}});
  const auto edited = judged.Open({{"003_c.up.sql", "SELECT 33;\n"}});
  const auto same = judged.Open({{"003_c.up.sql", "SELECT 3;\n"}});
  judged.At(edited).number = 0;
  EXPECT_THAT(judged.Said(renamed),
              HasSubstr("error: version 2 was applied as \"hotfix\" and is now named \"b\""));
  EXPECT_EQ(judged.Said(same), "");
  judged.At(same).number = 0;
  judged.At(edited).number = edited;
  EXPECT_THAT(judged.Said(edited), HasSubstr("the file was edited after it was applied"));
}

TEST(Judge, WhatTheBranchHasDoneItselfIsNotThePullRequestsDoing) {
  Judged judged;
  judged.CommitToMain({{"002_b.up.sql", kTable},
                       {"002_c.up.sql", kTable},
                       {"bad-name.sql", "x\n"},
                       {"003_renamed.up.sql", kTable}});
  judged.applied = AppliedOf({"1_a", "3_first_name", "9_orphan"});
  const auto number = judged.Open({{"010_d.up.sql", kTable}});
  EXPECT_EQ(judged.Said(number), "");
  const auto third = judged.Open({{"002_d.up.sql", kTable}});
  EXPECT_THAT(judged.Said(third), HasSubstr("version 2 is that of \"002_b.up.sql\", \"002_c.up.sql\" and "
                                            "\"002_d.up.sql\""));
}

TEST(Judge, AHeadWithoutTheFolderIsToldWhatItDeletes) {
  Judged judged;
  const auto number = judged.Open({{"src/other", "x\n"}});
  judged.repo().Remove("migrations");
  judged.repo().Commit("no migrations");
  judged.PushTo(number);
  EXPECT_THAT(judged.Said(number), HasSubstr("001_a.up.sql is on the base already, and this deletes it"));
}

TEST(Judge, TheFirstMigrationsOfABranchAreJudgedToo) {
  Judged judged;
  judged.repo().Remove("migrations");
  judged.repo().Commit("no migrations yet");
  const auto untouched = judged.Open({{"src/other", "x\n"}});
  const auto number = judged.Open({{"001_a.up.sql", "COMMIT;\n"}});
  EXPECT_THAT(Rules(judged.LookAndJudge(number)), ElementsAre("transaction-control"));
  EXPECT_FALSE(judged.Judge(untouched).touches);
}

TEST(Judge, AHeadThatIsNotThereIsAnErrorAndNeverGreen) {
  Judged judged;
  const auto number = judged.Open({{"002_b.up.sql", kTable}});
  judged.At(number).head_commit = std::string(40, '1');
  EXPECT_TRUE(judged.Look().at(0).touches);
  const Verdict verdict = judged.Judge(number);
  ASSERT_TRUE(verdict.error);
  EXPECT_FALSE(verdict.PolicyPasses());
  judged.CheckOut(number);
  judged.PushTo(number);
  EXPECT_FALSE(judged.LookAndJudge(number).error);
}

TEST(Judge, NamesOfAnyBytesAreFindings) {
  Judged judged;
  const auto number = judged.Open({{"002_\xff.up.sql", kTable},
                                   {"003_\u202e\n<b>.up.sql", kTable},
                                   {"4-$(x)`|.sql", "x"},
                                   {"005_@admin #1.up.sql", kTable}});
  const Verdict verdict = judged.LookAndJudge(number);
  EXPECT_FALSE(verdict.error);
  EXPECT_FALSE(verdict.PolicyPasses());
  EXPECT_THAT(pulls::DigestOf(verdict), SizeIs(64));
}

TEST(Judge, TooManyFilesAreOneFindingAndAreNotRead) {
  Judged judged;
  Judged::Files files;
  for (int i = 2; i < 603; ++i) {
    files.emplace_back(std::to_string(i) + "_x.up.sql", "COMMIT;\n");
  }
  const auto number = judged.Open(files);
  EXPECT_EQ(judged.Said(number),
            "migrations:1:1: error: 601 files are new or changed, and at most 500 are judged at a time "
            "[unreadable]\n"
            "  hint: split the change into several\n");
  EXPECT_EQ(judged.judge().work().files_read, 0U);
}

TEST(Judge, DeletingThousandsIsCutShort) {
  Judged judged;
  Judged::Files files;
  for (int i = 2; i < 1'202; ++i) {
    files.emplace_back(std::to_string(i) + "_x.up.sql", "SELECT " + std::to_string(i) + ";\n");
  }
  judged.CommitToMain(files);
  const auto number = judged.Open({});
  judged.repo().Remove("migrations");
  judged.repo().Commit("no migrations");
  judged.PushTo(number);
  const Verdict verdict = judged.LookAndJudge(number);
  EXPECT_THAT(verdict.findings, SizeIs(500));
  EXPECT_THAT(verdict.findings.back().message + verdict.findings[499].message,
              HasSubstr("(and 701 more findings of this change)"));
}

TEST(Judge, FindingsEndBeforeTheyAreMoreThanAnybodyReads) {
  Judged judged;
  Judged::Files files;
  std::string many;
  for (int i = 0; i < 200; ++i) {
    many += "DROP TABLE public.x;\nTRUNCATE public.y;\n";
  }
  for (int i = 2; i < 52; ++i) {
    files.emplace_back(std::to_string(i) + "_x.up.sql", many);
  }
  const Verdict verdict = judged.LookAndJudge(judged.Open(files));
  EXPECT_LT(verdict.findings.size(), 2'300U);
  EXPECT_FALSE(verdict.PolicyPasses());
  EXPECT_LT(judged.judge().work().files_read, 15U);
}

// What a merge makes of a file is known only to the repository that merged: a later look at the same heads
// had no such object.
TEST(Judge, AFileThatBothSidesChangedIsReadInALaterLookToo) {
  Judged judged;
  judged.CommitToMain({{"002_b.up.sql", "SELECT 1;\n-- a\n-- b\n-- c\n-- d\nSELECT 2;\n"}});
  const auto number = judged.Open({{"002_b.up.sql", "COMMIT;\n-- a\n-- b\n-- c\n-- d\nSELECT 2;\n"}});
  judged.CommitToMain({{"002_b.up.sql", "SELECT 1;\n-- a\n-- b\n-- c\n-- d\nROLLBACK;\n"}});
  judged.Look();
  const Verdict verdict = judged.LookAndJudge(number);
  EXPECT_FALSE(verdict.error);
  EXPECT_THAT(Rules(verdict), ElementsAre("shipped-changed", "transaction-control", "transaction-control"));
  EXPECT_EQ(judged.judge().work().merges, 1U);
}

class Keys : public ::testing::Test {
 protected:
  // Which of the keys are others than in the look before.
  std::set<std::int64_t> Changed() {
    std::set<std::int64_t> changed;
    std::map<std::int64_t, std::string> keys;
    for (const Case& one : judged_.Look()) {
      keys[one.pull_request.number] = one.key;
      if (before_[one.pull_request.number] != one.key) {
        changed.insert(one.pull_request.number);
      }
    }
    before_ = keys;
    return changed;
  }

  Judged judged_;
  std::map<std::int64_t, std::string> before_;
};

TEST_F(Keys, StayWhileNothingMoves) {
  judged_.Open({{"002_b.up.sql", kTable}});
  judged_.Open({{"src/x", "x\n"}});
  EXPECT_THAT(Changed(), ElementsAre(1, 2));
  EXPECT_THAT(Changed(), IsEmpty());
  judged_.CommitToMain({{"src/y", "outside of the folder\n"}});
  EXPECT_THAT(Changed(), IsEmpty());
}

TEST_F(Keys, FollowTheHeadTheBranchThePolicyAndTheAppliedRows) {
  judged_.Open({{"002_b.up.sql", kTable}});
  judged_.Open({{"src/x", "x\n"}});
  Changed();
  judged_.CheckOut(1);
  judged_.repo().Commit("nothing in it");
  judged_.PushTo(1);
  EXPECT_THAT(Changed(), ElementsAre(1));
  judged_.CommitToMain({{"003_c.up.sql", kTable}});
  EXPECT_THAT(Changed(), ElementsAre(1));
  judged_.CommitToMain({{".paliad/policy.toml", "extends = \"strict\"\n"}});
  EXPECT_THAT(Changed(), ElementsAre(1));
  judged_.applied = AppliedOf({"2_other"});
  EXPECT_THAT(Changed(), ElementsAre(1));
  judged_.applied = AppliedOf({"1_a", "2_other"});  // says nothing new of the pull request
  EXPECT_THAT(Changed(), IsEmpty());
}

TEST_F(Keys, FollowTheClaimsOfOthersOnly) {
  judged_.Open({{"002_b.up.sql", kTable}});
  judged_.Open({{"005_e.up.sql", kTable}});
  Changed();
  judged_.Open({{"002_c.up.sql", kTable}});
  EXPECT_THAT(Changed(), ElementsAre(1, 3));
  judged_.At(3).number = 0;  // closed
  EXPECT_THAT(Changed(), ElementsAre(1));
}

}  // namespace
}  // namespace paliad::testing
