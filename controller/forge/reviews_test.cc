#include "controller/forge/reviews.h"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace paliad::forge
