#include "controller/reconcile/forge_side.h"

#include <gtest/gtest.h>

#include <string>

#include "base/json.h"

namespace paliad {
namespace {

const std::string kHead(40, 'b');

forge::Attribution Merged(std::vector<forge::Approval> approvals) {
  return {.number = 7,
          .url = "https://git.example.com/m/paliad/pulls/7",
          .author = "ada",
          .base_branch = "main",
          .merger = "grace",
          .merged_at = WallTime(),
          .head_commit = kHead,
          .approvals = std::move(approvals),
          .raw = "{}"};
}

forge::Approval By(const std::string& reviewer, bool may_write = true, const std::string& commit = kHead) {
  return {.reviewer = reviewer, .at = WallTime(), .commit = commit, .may_write = may_write};
}

std::string Why(const std::optional<Attributed>& attributed) { return WhyNotApproved(attributed, "main"); }

TEST(Approval, OneByAWriterWhoIsNotTheAuthorIsEnough) {
  EXPECT_EQ(Why(Attributed(Merged({By("grace")}))), "");
  EXPECT_EQ(Why(Attributed(Merged({By("ada"), By("eve", false), By("grace")}))), "");
}

TEST(Approval, WhatIsNotKnownIsNoApproval) {
  EXPECT_EQ(Why(std::nullopt),
            "the forge has not said yet which pull request it came from and who approved it");
  EXPECT_EQ(Why(Attributed()), "the forge knows of no pull request that it came from");
  EXPECT_EQ(Why(Attributed(Merged({}))), "pull request 7: nobody approved it");
  EXPECT_EQ(Why(Attributed(Merged({By("grace", true, "")}))),
            "pull request 7: the forge does not say which commit grace approved");
  forge::Attribution nobodys = Merged({By("grace")});
  nobodys.author.clear();
  EXPECT_NE(Why(Attributed(nobodys)), "");
  forge::Attribution headless = Merged({By("grace", true, "")});
  headless.head_commit.clear();
  EXPECT_NE(Why(Attributed(headless)), "");
}

TEST(Approval, TheAuthorsOwnDoesNotCountHoweverItIsWritten) {
  EXPECT_EQ(Why(Attributed(Merged({By("ADA")}))), "pull request 7: only ADA, its author, approved it");
}

TEST(Approval, ThatOfAnEarlierHeadDoesNotCount) {
  EXPECT_EQ(Why(Attributed(Merged({By("grace", true, std::string(40, 'a'))}))),
            "pull request 7: grace approved aaaaaaaaaaaa, and what was merged is bbbbbbbbbbbb");
}

TEST(Approval, ThatOfAMergeIntoAnotherBranchDoesNotCount) {
  EXPECT_EQ(WhyNotApproved(Attributed(Merged({By("grace")})), "release"),
            "pull request 7 was merged into main, and not into release");
}

TEST(Approval, ThatOfAReaderDoesNotCount) {
  EXPECT_EQ(Why(Attributed(Merged({By("eve", false)}))),
            "pull request 7: eve, who approved it, may not write to the project");
}

TEST(Attributed, TheEntrySaysWhoWroteMergedAndApproved) {
  const Attributed attributed = Merged({By("grace")});
  const auto reply = ReplyOf(attributed);
  const Json fields = AttributedFields("run", "commit", attributed, reply.get());
  EXPECT_EQ(fields.at("reply"), reply->digest);
  const Json& pull_request = fields.at("pull_request");
  EXPECT_EQ(
      pull_request.dump(),
      R"({"approvals":[{"at":"1970-01-01T00:00:00.000000Z","commit":")" + kHead +
          R"(","may_write":true,"reviewer":"grace"}],"approvers":["grace"],"author":"ada","branch":"main",)"
          R"("from_fork":false,"head":")" +
          kHead +
          R"(","merged_at":"1970-01-01T00:00:00.000000Z","merger":"grace","number":7,)"
          R"("url":"https://git.example.com/m/paliad/pulls/7"})");
}

TEST(Attributed, ACommitWithoutAPullRequestSaysSo) {
  EXPECT_EQ(AttributedFields("run", "commit", Attributed(), nullptr).dump(),
            R"({"commit":"commit","of_run":"run","pull_request":null,"reply":null})");
}

}  // namespace
}  // namespace paliad
