#include "controller/forge/reviews.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace paliad::forge {
namespace {

WallTime At(int minute) { return WallTime(std::chrono::minutes(minute)); }

std::vector<std::string> Approvers(std::vector<Review> reviews) {
  std::vector<std::string> names;
  for (const Approval& approval : ApprovalsOf(std::move(reviews), "head")) {
    names.push_back(approval.reviewer);
  }
  return names;
}

TEST(Reviews, TheNewestWordOfEachReviewerCounts) {
  EXPECT_EQ(Approvers({{1, "ada", At(1), "head", true},
                       {2, "bob", At(2), "head", false},
                       {3, "ada", At(3), "head", false},
                       {4, "bob", At(4), "head", true}}),
            (std::vector<std::string>{"bob"}));
}

TEST(Reviews, AnApprovalOfAnOlderHeadIsNone) {
  EXPECT_TRUE(Approvers({{1, "ada", At(1), "older", true}}).empty());
  EXPECT_TRUE(Approvers({{1, "ada", At(1), "", true}}).empty());
}

TEST(Reviews, ComeInTheOrderOfTimeWhateverTheForgesOrderIs) {
  EXPECT_EQ(Approvers({{4, "bob", At(4), "head", true},
                       {3, "ada", At(3), "head", true},
                       {2, "bob", At(2), "head", false}}),
            (std::vector<std::string>{"ada", "bob"}));
}

TEST(Reviews, OfTwoInOneMomentTheLaterIdIsTheNewer) {
  EXPECT_TRUE(Approvers({{2, "ada", At(1), "head", false}, {1, "ada", At(1), "head", true}}).empty());
}

// Who is asked of these, in this order; everybody may write.
std::vector<std::string> Asked(Attribution& attribution) {
  std::vector<std::string> asked;
  const auto done = AskForRights(attribution, [&](const std::string& login) -> Answer<bool> {
    asked.push_back(login);
    return true;
  });
  EXPECT_TRUE(done);
  return asked;
}

TEST(Rights, AreAskedFirstOfThoseWhoseWordMayCount) {
  Attribution attribution{.author = "ada",
                          .head_commit = "head",
                          .approvals = {{.reviewer = "ADA", .commit = "head"},
                                        {.reviewer = "bob", .commit = "older"},
                                        {.reviewer = "carl"},
                                        {.reviewer = "dan", .commit = "head"}}};
  EXPECT_EQ(Asked(attribution), (std::vector<std::string>{"carl", "dan", "ADA", "bob"}));
  for (const Approval& approval : attribution.approvals) {
    EXPECT_TRUE(approval.may_write) << approval.reviewer;
  }
}

TEST(Rights, AreAskedOnceOfEachAndOfNoMoreThanSoMany) {
  Attribution attribution{.author = "ada", .head_commit = "head"};
  for (std::size_t i = 0; i < 2 * (kMaxApproversAsked + 5); ++i) {
    attribution.approvals.push_back({.reviewer = fmt::format("r{}", i / 2), .commit = "head"});
  }
  EXPECT_EQ(Asked(attribution).size(), kMaxApproversAsked);
  for (std::size_t i = 0; i < attribution.approvals.size(); ++i) {
    EXPECT_EQ(attribution.approvals[i].may_write, i / 2 < kMaxApproversAsked) << i;
  }
}

TEST(Rights, AreNotSetWhereTheForgeIsDown) {
  Attribution attribution{.approvals = {{.reviewer = "bob"}}};
  const auto done = AskForRights(attribution, [](const std::string& /*login*/) -> Answer<bool> {
    return tl::unexpected<Failure>(Failure{.error = {.kind = ErrorKind::kUnavailable}});
  });
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().error.kind, ErrorKind::kUnavailable);
}

}  // namespace
}  // namespace paliad::forge
