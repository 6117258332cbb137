#include "controller/forge/gitlab.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/json.h"
#include "controller/forge/fake_http.h"

namespace paliad::forge {
namespace {

const std::string kHead(40, 'a');
const std::string kMerge(40, 'b');
const std::string kApi = "https://gitlab.example.com/api/v4";
const std::string kProject = kApi + "/projects/group%2Fsub%2Fpaliad";
const std::string kOpen =
    "GET " + kProject +
    "/merge_requests?state=opened&target_branch=main&order_by=created_at&sort=asc&per_page=100";

std::string MergeRequestJson(int number, int source = 4, const std::string& more = "") {
  return fmt::format(
      R"({{"iid":{},"title":"t","author":{{"username":"ada"}},"sha":"{}","target_branch":"main",)"
      R"("source_project_id":{},"target_project_id":4,"web_url":"https://gitlab.example.com/x"{}}})",
      number, kHead, source, more);
}

class GitlabTest : public ::testing::Test {
 protected:
  std::unique_ptr<Forge> Make() {
    return MakeGitlab({.kind = ForgeKind::kGitlab,
                       .url = "https://gitlab.example.com",
                       .project = "group/sub/paliad",
                       .token = "t0ken"},
                      std::make_unique<FakeHttp>(pages_), clock_);
  }
  Answer<void> Set(const std::string& status_project = "", StatusState state = StatusState::kPending) {
    return Make()->SetStatus(
        {.commit = kHead, .context = "c", .state = state, .status_project = status_project});
  }

  FakePages pages_;
  FakeClock clock_;
  const std::string kStatus = "POST " + kProject + "/statuses/" + kHead;
  const std::string kMerged =
      "GET " + kProject + "/repository/commits/" + kMerge + "/merge_requests?state=merged&per_page=100";
  const std::string kApprovals = "GET " + kProject + "/merge_requests/7/approvals";
};

TEST_F(GitlabTest, SendsItsToken) {
  (void)Make()->FindPullRequest(7);
  const HttpHeaders expected = {{"PRIVATE-TOKEN", "t0ken"}, {"Accept", "application/json"}};
  EXPECT_EQ(pages_.requests.at(0).headers, expected);
}

TEST_F(GitlabTest, FollowsTheHeaderToTheNextPage) {
  pages_.Add(kOpen, "[" + MergeRequestJson(8) + "]", 200, {{"x-next-page", "2"}});
  pages_.Add(kOpen + "&page=2", "[" + MergeRequestJson(3, 5) + "]", 200, {{"x-next-page", ""}});
  const auto open = Make()->OpenPullRequests("main");
  ASSERT_TRUE(open) << open.error().error.Message();
  ASSERT_EQ(open->size(), 2u);
  EXPECT_EQ(open->at(0).number, 3);
  EXPECT_EQ(open->at(0).head_ref, "refs/merge-requests/3/head");
  EXPECT_TRUE(open->at(0).from_fork);
  EXPECT_EQ(open->at(0).status_project, "5");
  EXPECT_FALSE(open->at(1).from_fork);
  EXPECT_EQ(open->at(1).status_project, "");
}

TEST_F(GitlabTest, GoesByTheSizeOfAPageWithoutThatHeader) {
  std::string full;
  for (int number = 1; number <= 100; ++number) {
    full += (number == 1 ? "[" : ",") + MergeRequestJson(number);
  }
  pages_.Add(kOpen, full + "]");
  pages_.Add(kOpen + "&page=2", "[" + MergeRequestJson(101) + "]");
  EXPECT_EQ(Make()->OpenPullRequests("main")->size(), 101u);
}

TEST_F(GitlabTest, AMergeRequestWithoutCommitsIsNotListed) {
  pages_.Add(kOpen, "[" + MergeRequestJson(1, 4, R"(,"sha":null)") + "]");
  EXPECT_TRUE(Make()->OpenPullRequests("main")->empty());
}

TEST_F(GitlabTest, ARepeatedStateIsNoFailure) {
  pages_.Add(kStatus, R"({"message":"Cannot transition status via :enqueue from :pending"})", 400);
  EXPECT_TRUE(Set());
  pages_.Add(kStatus, R"({"message":"state does not have a valid value"})", 400);
  EXPECT_EQ(Set().error().error.kind, ErrorKind::kInvalidInput);
}

TEST_F(GitlabTest, WritersAtOnceAreToTryAgain) {
  pages_.Add(kStatus, R"({"message":"409 Conflict"})", 409);
  EXPECT_EQ(Set().error().error.kind, ErrorKind::kUnavailable);
}

TEST_F(GitlabTest, AnErrorIsAFailedStatusAndALongAddressIsLeftOut) {
  pages_.Add(kStatus, "{}", 201);
  ASSERT_TRUE(Make()->SetStatus({.commit = kHead,
                                 .context = "c",
                                 .state = StatusState::kError,
                                 .description = std::string(400, 'd'),
                                 .target_url = "https://p.example.com/" + std::string(300, 'x')}));
  const Json body = *ParseJson(pages_.requests.at(0).body);
  EXPECT_EQ(body["state"], "failed");
  EXPECT_EQ(body["description"].get<std::string>().size(), 255u);
  EXPECT_FALSE(body.contains("target_url"));
}

TEST_F(GitlabTest, TheStatusOfAForkIsSetOnTheFork) {
  pages_.Add("POST " + kApi + "/projects/5/statuses/" + kHead, "{}", 201);
  EXPECT_TRUE(Set("5"));
  EXPECT_EQ(pages_.requests.size(), 1u);
}

TEST_F(GitlabTest, AForkThatDoesNotLetUsWriteGetsItsStatusOnTheProject) {
  pages_.Add("POST " + kApi + "/projects/5/statuses/" + kHead, R"({"message":"403 Forbidden"})", 403);
  pages_.Add(kStatus, "{}", 201);
  EXPECT_TRUE(Set("5"));
  EXPECT_EQ(pages_.Asked().back(), kStatus);
}

TEST_F(GitlabTest, AForgeThatIsDownIsNotAskedForAnotherProject) {
  pages_.Add("POST " + kApi + "/projects/5/statuses/" + kHead, "", 502);
  EXPECT_EQ(Set("5").error().error.kind, ErrorKind::kUnavailable);
  EXPECT_EQ(pages_.requests.size(), 1u);
}

TEST_F(GitlabTest, SaysThatItDoesNotKnowTheCommit) {
  pages_.Add(kStatus, R"({"message":"404 Commit Not Found"})", 404);
  EXPECT_EQ(Set().error().error.cause, "GitLab does not know the commit " + kHead);
  pages_.Add(kStatus, R"({"message":"404 Project Not Found"})", 404);
  EXPECT_EQ(Set().error().error.cause, "GitLab answered 404: 404 Project Not Found");
}

TEST_F(GitlabTest, ANoteIsKept) {
  const std::string notes = kProject + "/merge_requests/7/notes";
  pages_.Add("GET " + kApi + "/user", R"({"id":1,"username":"bot"})");
  pages_.Add(
      "GET " + notes + "?sort=asc&order_by=created_at&per_page=100",
      R"([{"id":3,"author":{"username":"eve"},"body":"m"},{"id":4,"author":{"username":"bot"},"body":"m"}])");
  pages_.Add("PUT " + notes + "/4", R"({"id":4})");
  EXPECT_EQ(Make()->KeepComment(7, "m", "m new", 0, false), 4);
  EXPECT_EQ(pages_.requests.back().body, R"({"body":"m new"})");
}

TEST_F(GitlabTest, SaysWhoMergedAndWhoApproved) {
  const std::string merged =
      R"(,"state":"merged","merged_at":"2026-05-20T10:00:00.123Z","merge_user":{"username":"grace"})";
  pages_.Add(
      "GET " + kProject + "/repository/commits/" + kMerge + "/merge_requests?state=merged&per_page=100",
      "[" + MergeRequestJson(5, 4, merged) + "," +
          MergeRequestJson(7, 4, merged + R"(,"merge_commit_sha":")" + kMerge + "\"") + "]");
  pages_.Add("GET " + kProject + "/merge_requests/7/approvals",
             R"({"approved_by":[{"user":{"id":11,"username":"bob"},"approved_at":"2026-05-20T09:30:00Z"},)"
             R"({"user":{"id":12,"username":"eve"},"approved_at":"2026-05-20T09:00:00Z"}]})");
  pages_.Add("GET " + kProject + "/members/all/11", R"({"id":11,"access_level":30})");
  const auto answer = Make()->FindAttribution(kMerge);
  ASSERT_TRUE(answer) << answer.error().error.Message();
  const Attribution& attribution = answer->value();
  EXPECT_EQ(attribution.number, 7);
  EXPECT_EQ(attribution.merger, "grace");
  EXPECT_EQ(FormatUtc(*attribution.merged_at), "2026-05-20T10:00:00.123000Z");
  ASSERT_EQ(attribution.approvals.size(), 2u);
  EXPECT_EQ(attribution.approvals[0].reviewer, "eve");
  EXPECT_FALSE(attribution.approvals[0].may_write);  // no member
  EXPECT_EQ(attribution.approvals[1].reviewer, "bob");
  EXPECT_TRUE(attribution.approvals[1].may_write);
  EXPECT_EQ(attribution.approvals[1].commit, "");
}

TEST_F(GitlabTest, AReporterMayNotWrite) {
  pages_.Add(
      "GET " + kProject + "/repository/commits/" + kMerge + "/merge_requests?state=merged&per_page=100",
      "[" + MergeRequestJson(7, 4, R"(,"state":"merged")") + "]");
  pages_.Add("GET " + kProject + "/merge_requests/7/approvals",
             R"({"approved_by":[{"user":{"id":11,"username":"bob"}}]})");
  pages_.Add("GET " + kProject + "/members/all/11", R"({"id":11,"access_level":20})");
  EXPECT_FALSE(Make()->FindAttribution(kMerge)->value().approvals.at(0).may_write);
}

TEST_F(GitlabTest, ACommitThatWasPushedHasNoAttribution) {
  pages_.Add("GET " + kProject, "{}");
  pages_.Add(
      "GET " + kProject + "/repository/commits/" + kMerge + "/merge_requests?state=merged&per_page=100",
      "[" + MergeRequestJson(6, 4, R"(,"state":"opened")") + "]");
  const auto answer = Make()->FindAttribution(kMerge);
  ASSERT_TRUE(answer) << answer.error().error.Message();
  EXPECT_FALSE(answer->has_value());
}

TEST_F(GitlabTest, ACommitThatWasNeverPushedThereHasNoAttributionEither) {
  pages_.Add("GET " + kProject, "{}");
  pages_.Add(kMerged, R"({"message":"404 Commit Not Found"})", 404);
  const auto answer = Make()->FindAttribution(kMerge);
  ASSERT_TRUE(answer) << answer.error().error.Message();
  EXPECT_FALSE(answer->has_value());
}

TEST_F(GitlabTest, ApprovalsThatAreNoObjectAreNoAnswer) {
  pages_.Add(kMerged, "[" + MergeRequestJson(7, 4, R"(,"state":"merged")") + "]");
  for (const char* body : {"null", "[]", R"("x")"}) {
    pages_.Add(kApprovals, body);
    const auto answer = Make()->FindAttribution(kMerge);
    ASSERT_FALSE(answer) << body;
    EXPECT_EQ(answer.error().error.kind, ErrorKind::kUnavailable) << body;
    EXPECT_EQ(answer.error().error.cause, "GitLab's answer is of no use: it is not an object") << body;
  }
}

TEST_F(GitlabTest, WithoutAListOfApproversNobodyApproved) {
  pages_.Add(kMerged, "[" + MergeRequestJson(7, 4, R"(,"state":"merged")") + "]");
  for (const char* body : {"", "{}", R"({"approved_by":null})", R"({"approved_by":{"user":1}})"}) {
    pages_.Add(kApprovals, body, *body == '\0' ? 404 : 200);
    const auto answer = Make()->FindAttribution(kMerge);
    ASSERT_TRUE(answer) << answer.error().error.Message();
    EXPECT_TRUE(answer->value().approvals.empty()) << body;
  }
}

TEST_F(GitlabTest, OnlySoManyApproversAreAskedForTheirRightsTheAuthorLast) {
  pages_.Add(kMerged, "[" + MergeRequestJson(7, 4, R"(,"state":"merged")") + "]");
  std::string approved = R"({"user":{"id":1,"username":"ADA"}})";
  for (int i = 2; i <= 30; ++i) {
    approved += fmt::format(R"(,{{"user":{{"id":{},"username":"r{}"}}}})", i, i);
    pages_.Add(fmt::format("GET {}/members/all/{}", kProject, i), R"({"access_level":30})");
  }
  pages_.Add(kApprovals, R"({"approved_by":[)" + approved + "]}");
  const auto answer = Make()->FindAttribution(kMerge);
  ASSERT_TRUE(answer) << answer.error().error.Message();
  const std::vector<Approval>& approvals = answer->value().approvals;
  ASSERT_EQ(approvals.size(), 30u);
  EXPECT_FALSE(approvals[0].may_write) << "the author";
  EXPECT_TRUE(approvals[1].may_write);
  EXPECT_TRUE(approvals[kMaxApproversAsked].may_write);
  EXPECT_FALSE(approvals[kMaxApproversAsked + 1].may_write);
  EXPECT_EQ(pages_.requests.size(), 2u + kMaxApproversAsked);
}

TEST_F(GitlabTest, LinksToALineOfAFile) {
  EXPECT_EQ(Make()->FileUrl(kHead, "migrations/1_a.up.sql", 3),
            "https://gitlab.example.com/group/sub/paliad/-/blob/" + kHead + "/migrations/1_a.up.sql#L3");
}

}  // namespace
}  // namespace paliad::forge
