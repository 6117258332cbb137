#include <gtest/gtest.h>

#include <limits>

#include "policies/rendered.h"
#include "policies/rules.h"

namespace paliad {
namespace {

VersionClaim Claim(std::int64_t number, const std::string& file, bool from_fork = false) {
  return {.pull_request = number,
          .label = "#" + std::to_string(number),
          .from_fork = from_fork,
          .version = ParseFileName(file).version,
          .path = "migrations/" + file,
          .blob_id = std::to_string(number)};
}

// What is said of `own` where all of `claims` are open and the branch ends at `highest`.
std::vector<Finding> Check(const VersionClaim& own, const std::vector<VersionClaim>& claims,
                           Version highest = 106) {
  ClaimsByVersion by_version;
  std::set<Version> claimed;
  for (const VersionClaim& claim : claims) {
    by_version[claim.version].push_back(claim);
    claimed.insert(claim.version);
  }
  FreeVersions free(highest, claimed);
  return CheckClaims({own}, by_version, free);
}

TEST(ClaimRules, EachOfTwoIsToldOfTheOtherAndOfTheNextFreeVersion) {
  const VersionClaim seven = Claim(7, "107_a.up.sql");
  const VersionClaim nine = Claim(9, "0107_b.up.sql");
  EXPECT_EQ(Rendered(Check(seven, {seven, nine})),
            "migrations/107_a.up.sql:1:1: error: version 107 is also claimed by #9, which is not merged yet "
            "[version-claimed]\n"
            "  hint: all but one of them need another version; 108 is the next free version, past every open "
            "pull request: rename 107_a.up.sql to 108_a.up.sql\n");
  const std::vector<Finding> other = Check(nine, {seven, nine});
  EXPECT_EQ(Rendered(other),
            "migrations/0107_b.up.sql:1:1: error: version 107 is also claimed by #7, which is not merged yet "
            "[version-claimed]\n"
            "  hint: all but one of them need another version; 108 is the next free version, past every open "
            "pull request: rename 0107_b.up.sql to 0108_b.up.sql\n");
  ASSERT_EQ(other.size(), 1U);
  EXPECT_EQ(other[0].version, 107);
}

TEST(ClaimRules, AVersionThatNobodyElseClaimsIsFine) {
  const VersionClaim own = Claim(7, "107_a.up.sql");
  EXPECT_EQ(Rendered(Check(own, {own, Claim(7, "107_b.up.sql"), Claim(8, "108_c.up.sql")})), "");
}

TEST(ClaimRules, TheFreeVersionIsPastAllClaims) {
  const VersionClaim own = Claim(7, "107_a.up.sql");
  const std::vector<Finding> findings =
      Check(own, {own, Claim(8, "107_b.up.sql"), Claim(8, "108_c.up.sql"), Claim(9, "110_d.up.sql")});
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].hint,
            "all but one of them need another version; 109 is the next free version, past every open pull "
            "request: rename 107_a.up.sql to 109_a.up.sql");
}

TEST(ClaimRules, SeveralOfOnePullRequestAreGivenDifferentVersions) {
  const std::vector<VersionClaim> own = {Claim(7, "107_a.up.sql"), Claim(7, "108_b.up.sql")};
  const ClaimsByVersion claims = {{107, {Claim(8, "107_x.up.sql")}}, {108, {Claim(9, "108_y.up.sql")}}};
  FreeVersions free(106, {107, 108});
  EXPECT_EQ(Rendered(CheckClaims(own, claims, free)),
            "migrations/107_a.up.sql:1:1: error: version 107 is also claimed by #8, which is not merged yet "
            "[version-claimed]\n"
            "  hint: all but one of them need another version; 109 is the next free version, past every open "
            "pull request: rename 107_a.up.sql to 109_a.up.sql\n"
            "migrations/108_b.up.sql:1:1: error: version 108 is also claimed by #9, which is not merged yet "
            "[version-claimed]\n"
            "  hint: all but one of them need another version; 110 is the next free version, past every open "
            "pull request: rename 108_b.up.sql to 110_b.up.sql\n");
}

TEST(ClaimRules, AForkOnlyWarnsOthersAndIsStoppedItself) {
  const VersionClaim own = Claim(7, "107_a.up.sql");
  const VersionClaim fork = Claim(3, "107_b.up.sql", /*from_fork=*/true);
  EXPECT_EQ(Rendered(Check(own, {own, fork})),
            "migrations/107_a.up.sql:1:1: warning: version 107 is also claimed by #3 (from a fork), which is "
            "not merged yet [version-claimed]\n"
            "  hint: a fork does not keep others from their versions; if it is merged first, 108 is the next "
            "free version, past every open pull request: rename 107_a.up.sql to 108_a.up.sql\n");
  ASSERT_EQ(Check(fork, {own, fork}).size(), 1U);
  EXPECT_EQ(Check(fork, {own, fork})[0].severity, Severity::kError);
}

TEST(ClaimRules, OfTwoForksTheLaterOneIsStopped) {
  const VersionClaim first = Claim(3, "107_a.up.sql", /*from_fork=*/true);
  const VersionClaim second = Claim(4, "107_b.up.sql", /*from_fork=*/true);
  ASSERT_EQ(Check(first, {first, second}).size(), 1U);
  EXPECT_EQ(Check(first, {first, second})[0].severity, Severity::kWarning);
  ASSERT_EQ(Check(second, {first, second}).size(), 1U);
  EXPECT_EQ(Check(second, {first, second})[0].severity, Severity::kError);
}

TEST(ClaimRules, BranchesThatCarryOneFileDoNotContestItsVersion) {
  const VersionClaim below = Claim(7, "107_a.up.sql");
  VersionClaim above = Claim(8, "107_a.up.sql");
  above.blob_id = below.blob_id;
  EXPECT_EQ(Rendered(Check(above, {below, above})), "");
  above.blob_id = "edited";
  EXPECT_EQ(Check(above, {below, above}).size(), 1U);
}

TEST(ClaimRules, OfManyRivalsAFewAreNamed) {
  const VersionClaim own = Claim(1, "107_a.up.sql");
  std::vector<VersionClaim> claims = {own};
  for (int number = 20; number > 12; --number) {
    claims.push_back(Claim(number, "107_x.up.sql"));
  }
  const std::vector<Finding> findings = Check(own, claims);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].message,
            "version 107 is also claimed by #13, #14, #15, #16, #17 and 3 more, which are not merged yet");
}

TEST(ClaimRules, WithoutAFreeVersionNoneIsNamed) {
  constexpr Version kLast = std::numeric_limits<Version>::max();
  const VersionClaim own = Claim(7, "2147483647_a.up.sql");
  const std::vector<Finding> findings = Check(own, {own, Claim(8, "2147483647_b.up.sql")}, kLast - 1);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].hint,
            "all but one of them need another version; the last version, 2147483647, is taken");
}

TEST(ClaimRules, ACollisionIsToldAtTheFileThatIsAdded) {
  const MigrationSet set = SetOf({"106_x.up.sql", "107_a.up.sql", "107_z.up.sql"});
  FreeVersions free(107, {107, 108});
  EXPECT_EQ(Rendered(CheckSet(set, free, {"migrations/107_a.up.sql"})),
            "migrations/107_a.up.sql:1:1: error: version 107 is that of \"107_a.up.sql\" and "
            "\"107_z.up.sql\" [version-collision]\n"
            "  hint: rename the one that no database has applied, for example 107_a.up.sql to "
            "109_a.up.sql\n");
}

}  // namespace
}  // namespace paliad
