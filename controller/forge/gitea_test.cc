#include "controller/forge/gitea.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "controller/forge/fake_http.h"

namespace paliad::forge {
namespace {

const std::string kHead(40, 'a');
const std::string kMerge(40, 'b');
const std::string kApi = "https://git.example.com/api/v1";
const std::string kRepository = kApi + "/repos/m/paliad";
const std::string kOpen = "GET " + kRepository + "/pulls?state=open&sort=oldest&limit=50";

std::string PullRequestJson(int number, const std::string& more = "") {
  return fmt::format(
      R"({{"number":{},"title":"t","user":{{"login":"ada"}},"merged_by":null,"merged_at":null,)"
      R"("head":{{"sha":"{}","repo":{{"id":1}}}},"base":{{"ref":"main","repo":{{"id":1}}}}{}}})",
      number, kHead, more);
}

class GiteaTest : public ::testing::Test {
 protected:
  std::unique_ptr<Forge> Make(ForgeKind kind = ForgeKind::kGitea) {
    return MakeGitea(
        {.kind = kind, .url = "https://git.example.com", .project = "m/paliad", .token = "t0ken"},
        std::make_unique<FakeHttp>(pages_), clock_);
  }

  FakePages pages_;
  FakeClock clock_;
};

TEST_F(GiteaTest, SendsItsToken) {
  (void)Make()->FindPullRequest(7);
  const HttpHeaders expected = {{"Authorization", "token t0ken"}, {"Accept", "application/json"}};
  EXPECT_EQ(pages_.requests.at(0).headers, expected);
}

TEST_F(GiteaTest, GoesOnUntilAnEmptyPageSinceTheServersLimitMayBeSmaller) {
  pages_.Add(kOpen, "[" + PullRequestJson(1) + "," + PullRequestJson(2) + "]");
  pages_.Add(kOpen + "&page=2", "[" + PullRequestJson(3) + "]");
  pages_.Add(kOpen + "&page=3", "null");
  const auto open = Make()->OpenPullRequests("main");
  ASSERT_TRUE(open) << open.error().error.Message();
  EXPECT_EQ(open->size(), 3u);
  EXPECT_EQ(pages_.requests.size(), 3u);
}

TEST_F(GiteaTest, StopsWhereTheTotalIsReached) {
  pages_.Add(kOpen, "[" + PullRequestJson(1) + "]", 200, {{"x-total-count", "2"}});
  pages_.Add(kOpen + "&page=2", "[" + PullRequestJson(2) + "]", 200, {{"x-total-count", "2"}});
  ASSERT_EQ(Make()->OpenPullRequests("main")->size(), 2u);
  EXPECT_EQ(pages_.requests.size(), 2u);
}

TEST_F(GiteaTest, APullRequestWithoutAHeadIsNotListed) {
  pages_.Add(kOpen, "[" + PullRequestJson(1, R"(,"head":{"sha":""})") + ",null," + PullRequestJson(2) + "]",
             200, {{"x-total-count", "3"}});
  const auto open = Make()->OpenPullRequests("main");
  ASSERT_EQ(open->size(), 1u);
  EXPECT_EQ(open->at(0).number, 2);
}

TEST_F(GiteaTest, AListThatIsNoneIsNoAnswer) {
  for (const char* body : {R"({"number":1})", R"([{"title":"x"}])", "[1]", "<html>", "", R"([{"number":1)"}) {
    pages_.Add(kOpen, body);
    const auto open = Make()->OpenPullRequests("main");
    ASSERT_FALSE(open) << body;
    EXPECT_EQ(open.error().error.kind, ErrorKind::kUnavailable) << body;
  }
}

TEST_F(GiteaTest, ListsAllCommentsAtOnce) {
  pages_.Add("GET " + kApi + "/user", R"({"login":"bot"})");
  pages_.Add(
      "GET " + kRepository + "/issues/7/comments",
      R"([{"id":1,"user":{"login":"eve"},"body":"m"},{"id":2,"user":{"login":"bot"},"body":"m old"}])");
  pages_.Add("PATCH " + kRepository + "/issues/comments/2", "", 204);
  EXPECT_EQ(Make()->KeepComment(7, "m", "m new", 0, false), 2);
  EXPECT_EQ(pages_.requests.size(), 3u);
}

TEST_F(GiteaTest, ACommentThatIsNoLongerThereIsSearched) {
  pages_.Add("GET " + kApi + "/user", R"({"login":"bot"})");
  pages_.Add("GET " + kRepository + "/issues/comments/9", "", 204);
  pages_.Add("GET " + kRepository + "/issues/7/comments", "[]");
  pages_.Add("POST " + kRepository + "/issues/7/comments", R"({"id":10,"user":{"login":"bot"},"body":"m"})",
             201);
  EXPECT_EQ(Make()->KeepComment(7, "m", "m", 9, false), 10);
}

TEST_F(GiteaTest, AnUnknownCommitIsToldInEachOfItsWays) {
  pages_.Add("GET " + kRepository, "{}");
  const std::string status = "POST " + kRepository + "/statuses/" + kHead;
  for (const auto& [code, body] :
       {std::pair(404, R"({"message":"object does not exist [id: aaaa, rel_path: ]"})"),
        std::pair(500, R"({"message":"object does not exist [id: aaaa, rel_path: ]"})")}) {
    pages_.Add(status, body, code);
    const auto set = Make()->SetStatus({.commit = kHead, .context = "c"});
    ASSERT_FALSE(set);
    EXPECT_EQ(set.error().error.kind, ErrorKind::kInvalidInput);
    EXPECT_EQ(set.error().error.cause, "Gitea does not know the commit " + kHead);
  }
}

TEST_F(GiteaTest, AnApprovalThatWasDismissedIsNone) {
  pages_.Add("GET " + kRepository + "/commits/" + kMerge + "/pull",
             PullRequestJson(7, R"(,"merged":true,"merged_by":{"login":"grace"})"));
  const std::string review =
      R"({{"id":{},"user":{{"login":"{}"}},"state":"{}","dismissed":{},"commit_id":"{}","submitted_at":"2026-05-20T09:00:00+02:00"}})";
  pages_.Add("GET " + kRepository + "/pulls/7/reviews?limit=50",
             "[" + fmt::format(fmt::runtime(review), 1, "bob", "APPROVED", true, kHead) + "," +
                 fmt::format(fmt::runtime(review), 2, "carl", "APPROVED", false, kHead) + "," +
                 fmt::format(fmt::runtime(review), 3, "eve", "APPROVED", false, kMerge) +
                 R"(,{"id":4,"user":null,"team":{"id":1},"state":"REQUEST_REVIEW"}])",
             200, {{"x-total-count", "4"}});
  pages_.Add("GET " + kRepository + "/collaborators/carl/permission", R"({"message":"Only admins"})", 403);
  const auto answer = Make()->FindAttribution(kMerge);
  ASSERT_TRUE(answer) << answer.error().error.Message();
  ASSERT_EQ(answer->value().approvals.size(), 1u);
  EXPECT_EQ(answer->value().approvals[0].reviewer, "carl");
  EXPECT_FALSE(answer->value().approvals[0].may_write);  // it may not be asked
  EXPECT_EQ(answer->value().merger, "grace");
}

TEST_F(GiteaTest, AnAttributionWaitsForAForgeThatIsDown) {
  pages_.Add("GET " + kRepository + "/commits/" + kMerge + "/pull", PullRequestJson(7, R"(,"merged":true)"));
  pages_.Add(
      "GET " + kRepository + "/pulls/7/reviews?limit=50",
      fmt::format(R"([{{"id":1,"user":{{"login":"bob"}},"state":"APPROVED","commit_id":"{}"}}])", kHead), 200,
      {{"x-total-count", "1"}});
  pages_.Add("GET " + kRepository + "/collaborators/bob/permission", "", 502);
  const auto answer = Make()->FindAttribution(kMerge);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().error.kind, ErrorKind::kUnavailable);
}

TEST_F(GiteaTest, APullRequestThatIsNotMergedBroughtNothing) {
  pages_.Add("GET " + kRepository, "{}");
  pages_.Add("GET " + kRepository + "/commits/" + kMerge + "/pull", PullRequestJson(7, R"(,"merged":false)"));
  EXPECT_FALSE(Make()->FindAttribution(kMerge)->has_value());
}

TEST_F(GiteaTest, ACommitThatWasNeverPushedThereHasNoAttribution) {
  pages_.Add("GET " + kRepository, "{}");
  const auto answer = Make()->FindAttribution(kMerge);  // 404
  ASSERT_TRUE(answer) << answer.error().error.Message();
  EXPECT_FALSE(answer->has_value());
}

TEST_F(GiteaTest, LinksToALineOfAFile) {
  EXPECT_EQ(Make()->FileUrl(kHead, "migrations/1_ä.up.sql", 12),
            "https://git.example.com/m/paliad/src/commit/" + kHead + "/migrations/1_%C3%A4.up.sql#L12");
}

TEST_F(GiteaTest, ForgejoIsCalledByItsName) {
  const auto answer = Make(ForgeKind::kForgejo)->FindPullRequest(7);
  EXPECT_EQ(
      answer.error().error.Message(),
      "cannot see the project (GET https://git.example.com/api/v1/repos/m/paliad): Forgejo answered 404: Not "
      "Found");
}

}  // namespace
}  // namespace paliad::forge
