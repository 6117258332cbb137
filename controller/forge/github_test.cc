#include "controller/forge/github.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/json.h"
#include "base/text.h"
#include "controller/forge/fake_http.h"
#include "controller/forge/write_pace.h"

namespace paliad::forge {
namespace {

const std::string kHead(40, 'a');
const std::string kMerge(40, 'b');
const std::string kApi = "https://api.github.com";
const std::string kRepository = kApi + "/repos/m/paliad";

std::string PullRequestJson(int number, const std::string& more = "") {
  return fmt::format(
      R"({{"number":{},"title":"t","user":{{"login":"ada"}},"html_url":"https://github.com/m/paliad/pull/{}",)"
      R"("head":{{"sha":"{}","repo":{{"id":1}}}},"base":{{"ref":"main","repo":{{"id":1}}}}{}}})",
      number, number, kHead, more);
}

class GithubTest : public ::testing::Test {
 protected:
  std::unique_ptr<Forge> Make(const std::string& url = "https://github.com",
                              std::shared_ptr<WritePace> pace = nullptr) {
    return MakeGithub({.kind = ForgeKind::kGithub,
                       .url = url,
                       .project = "m/paliad",
                       .token = "t0ken",
                       .pace = std::move(pace)},
                      std::make_unique<FakeHttp>(pages_), clock_);
  }

  FakePages pages_;
  FakeClock clock_;
};

TEST_F(GithubTest, SendsItsCredentialsAndTheVersionOfTheApi) {
  pages_.Add("GET " + kRepository + "/pulls/7", PullRequestJson(7));
  ASSERT_TRUE(Make()->FindPullRequest(7));
  const HttpHeaders expected = {{"Authorization", "Bearer t0ken"},
                                {"Accept", "application/vnd.github+json"},
                                {"X-GitHub-Api-Version", "2022-11-28"}};
  EXPECT_EQ(pages_.requests.at(0).headers, expected);
}

TEST_F(GithubTest, FindsTheApiOfGithubComOfGheComAndOfAServer) {
  for (const auto& [url, api] : {std::pair("https://github.com", "https://api.github.com"),
                                 std::pair("https://acme.ghe.com", "https://api.acme.ghe.com"),
                                 std::pair("https://git.acme.com", "https://git.acme.com/api/v3"),
                                 std::pair("http://127.0.0.1:1", "http://127.0.0.1:1/api/v3")}) {
    pages_.requests.clear();
    (void)Make(url)->FindPullRequest(7);
    EXPECT_EQ(pages_.Asked().at(0), fmt::format("GET {}/repos/m/paliad/pulls/7", api));
  }
}

TEST_F(GithubTest, FollowsTheLinkToTheNextPage) {
  const std::string first = "/pulls?state=open&base=release%2F1&sort=created&direction=asc&per_page=100";
  const std::string release = R"(,"base":{"ref":"release/1","repo":{"id":1}})";
  pages_.Add("GET " + kRepository + first, "[" + PullRequestJson(9, release) + "]", 200,
             {{"link", "<" + kApi + R"(/repositories/1/pulls?after=x>; rel="next")"}});
  pages_.Add(
      "GET " + kApi + "/repositories/1/pulls?after=x",
      "[" + PullRequestJson(4, release) + "," + PullRequestJson(5) + "," + PullRequestJson(9, release) + "]");
  const auto open = Make()->OpenPullRequests("release/1");
  ASSERT_TRUE(open) << open.error().error.Message();
  ASSERT_EQ(open->size(), 2u);  // 5 is against another branch, 9 came twice
  EXPECT_EQ(open->at(0).number, 4);
  EXPECT_EQ(open->at(1).number, 9);
  EXPECT_EQ(open->at(1).head_commit, kHead);
  EXPECT_EQ(open->at(1).head_ref, "refs/pull/9/head");
  EXPECT_EQ(open->at(1).author, "ada");
  EXPECT_FALSE(open->at(1).from_fork);
}

TEST_F(GithubTest, NeverFollowsALinkToAnotherServer) {
  pages_.Add("GET " + kRepository + "/pulls?state=open&base=main&sort=created&direction=asc&per_page=100",
             "[]", 200, {{"link", R"(<https://api.github.com.evil.org/pulls?page=2>; rel="next")"}});
  const auto open = Make()->OpenPullRequests("main");
  ASSERT_FALSE(open);
  EXPECT_EQ(open.error().error.kind, ErrorKind::kUnavailable);
  EXPECT_EQ(pages_.requests.size(), 1u);
}

TEST_F(GithubTest, AListWithoutEndIsRefused) {
  const std::string page =
      kRepository + "/pulls?state=open&base=main&sort=created&direction=asc&per_page=100";
  pages_.Add("GET " + page, "[]", 200, {{"link", "<" + page + R"(>; rel="next")"}});
  const auto open = Make()->OpenPullRequests("main");
  ASSERT_FALSE(open);
  EXPECT_EQ(open.error().error.cause, "the list has more than 100 pages");
  EXPECT_EQ(pages_.requests.size(), 100u);
}

TEST_F(GithubTest, APullRequestFromAForkIsTold) {
  const std::string base = R"(,"base":{"ref":"main","repo":{"id":1}},)";
  pages_.Add("GET " + kRepository + "/pulls/1",
             PullRequestJson(1, base + R"("head":{"sha":")" + kHead + R"(","repo":{"id":2}})"));
  pages_.Add("GET " + kRepository + "/pulls/2",  // whose fork was deleted
             PullRequestJson(2, base + R"("head":{"sha":")" + kHead + R"(","repo":null})"));
  EXPECT_TRUE(Make()->FindPullRequest(1)->value().from_fork);
  EXPECT_TRUE(Make()->FindPullRequest(2)->value().from_fork);
}

TEST_F(GithubTest, ThereIsNoPullRequestOnlyIfTheProjectIsSeen) {
  const auto forge = Make();
  const auto blind = forge->FindPullRequest(7);
  ASSERT_FALSE(blind);
  EXPECT_EQ(
      blind.error().error.Message(),
      "cannot see the project (GET https://api.github.com/repos/m/paliad): GitHub answered 404: Not Found");
  EXPECT_EQ(
      blind.error().error.hint,
      "there is none, or the token may not see it: check `project`, and the token; it needs \"Pull requests: "
      "read\", or `repo` with a classic token");
  pages_.Add("GET " + kRepository, "{}");
  const auto none = forge->FindPullRequest(7);
  ASSERT_TRUE(none);
  EXPECT_FALSE(none->has_value());
}

TEST_F(GithubTest, CutsADescriptionWithinACharacterOfItsLimit) {
  pages_.Add("POST " + kRepository + "/statuses/" + kHead, "{}", 201);
  std::string umlauts = "x";
  while (umlauts.size() < 200) {
    umlauts += "ä";
  }
  ASSERT_TRUE(Make()->SetStatus({.commit = kHead,
                                 .context = std::string(300, 'c'),
                                 .state = StatusState::kError,
                                 .description = umlauts,
                                 .target_url = "https://p.example.com/runs/1"}));
  const Json body = *ParseJson(pages_.requests.at(0).body);
  EXPECT_EQ(body["state"], "error");
  EXPECT_EQ(body["context"], StatusContext(std::string(300, 'c')));
  EXPECT_EQ(body["target_url"], "https://p.example.com/runs/1");
  const auto description = body["description"].get<std::string>();
  EXPECT_LE(description.size(), 140u);
  EXPECT_GE(description.size(), 137u);
  EXPECT_TRUE(IsValidUtf8(description));
}

TEST_F(GithubTest, SaysThatItDoesNotKnowTheCommit) {
  pages_.Add("GET " + kRepository, "{}");
  pages_.Add("POST " + kRepository + "/statuses/" + kHead, R"({"message":"No commit found for SHA: aaaa"})",
             422);
  const auto set = Make()->SetStatus({.commit = kHead, .context = "c"});
  ASSERT_FALSE(set);
  EXPECT_EQ(set.error().error.kind, ErrorKind::kInvalidInput);
  EXPECT_EQ(set.error().error.cause, "GitHub does not know the commit " + kHead);
}

TEST_F(GithubTest, WaitsASecondBetweenWrites) {
  pages_.Add("POST " + kRepository + "/statuses/" + kHead, "{}", 201);
  const auto forge = Make();
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(forge->SetStatus({.commit = kHead, .context = "c"}));
  }
  EXPECT_EQ(clock_.slept(), std::chrono::seconds(2));
}

TEST_F(GithubTest, ClientsOfOnePaceKeepTheGapTogetherAndOthersDoNot) {
  pages_.Add("POST " + kRepository + "/statuses/" + kHead, "{}", 201);
  const auto write_with_two = [&](const std::shared_ptr<WritePace>& pace) {
    for (int i = 0; i < 2; ++i) {
      EXPECT_TRUE(Make("https://github.com", pace)->SetStatus({.commit = kHead, .context = "c"}));
    }
  };
  write_with_two(nullptr);
  EXPECT_EQ(clock_.slept(), std::chrono::seconds(0));
  write_with_two(std::make_shared<WritePace>());
  EXPECT_EQ(clock_.slept(), std::chrono::seconds(1));
}

// The five ways of a comment: made, kept by its id, searched where the id is gone, unchanged, not wanted.
class GithubCommentTest : public GithubTest {
 protected:
  GithubCommentTest() {
    pages_.Add("GET " + kApi + "/user", R"({"login":"bot"})");
    pages_.Add("GET " + kList, "[]");
    pages_.Add("POST " + kComments, R"({"id":50,"user":{"login":"bot"},"body":"<!-- m --> new"})", 201);
  }
  static std::string CommentJson(int id, const std::string& author, const std::string& body) {
    return fmt::format(R"({{"id":{},"user":{{"login":"{}"}},"body":"{}"}})", id, author, body);
  }
  Answer<std::int64_t> Keep(std::int64_t known, bool only_existing = false) {
    return Make()->KeepComment(7, "<!-- m -->", "<!-- m --> new", known, only_existing);
  }
  std::vector<std::string> Writes() const {
    std::vector<std::string> writes;
    for (const std::string& asked : pages_.Asked()) {
      if (!asked.starts_with("GET")) {
        writes.push_back(asked);
      }
    }
    return writes;
  }

  const std::string kComments = kRepository + "/issues/7/comments";
  const std::string kList = kComments + "?per_page=100";
  const std::string kOne = kRepository + "/issues/comments/";
};

TEST_F(GithubCommentTest, IsMadeWhereNoneIs) {
  EXPECT_EQ(Keep(0), 50);
  EXPECT_EQ(Writes(), (std::vector<std::string>{"POST " + kComments}));
  EXPECT_EQ(pages_.requests.back().body, R"({"body":"<!-- m --> new"})");
}

TEST_F(GithubCommentTest, IsNotMadeWhereOnlyAnExistingOneIsKept) {
  EXPECT_EQ(Keep(0, true), 0);
  EXPECT_TRUE(Writes().empty());
}

TEST_F(GithubCommentTest, IsEditedInPlaceByItsId) {
  pages_.Add("GET " + kOne + "40", CommentJson(40, "bot", "<!-- m --> old"));
  pages_.Add("PATCH " + kOne + "40", "{}");
  EXPECT_EQ(Keep(40), 40);
  EXPECT_EQ(Writes(), (std::vector<std::string>{"PATCH " + kOne + "40"}));
}

TEST_F(GithubCommentTest, IsNotWrittenWhereItIsAsItShouldBe) {
  pages_.Add("GET " + kOne + "40", CommentJson(40, "bot", "<!-- m --> new"));
  EXPECT_EQ(Keep(40), 40);
  EXPECT_TRUE(Writes().empty());
}

TEST_F(GithubCommentTest, IsSearchedOnAllPagesWhereItsIdIsGone) {
  pages_.Add("GET " + kList, "[" + CommentJson(41, "eve", "<!-- m --> not mine") + "]", 200,
             {{"link", "<" + kComments + R"(?page=2>; rel="next")"}});
  pages_.Add("GET " + kComments + "?page=2", "[" + CommentJson(43, "bot", "<!-- m --> second") + "," +
                                                 CommentJson(42, "bot", "<!-- m --> first") + "," +
                                                 CommentJson(30, "bot", "<!-- other --> mine") + "]");
  pages_.Add("PATCH " + kOne + "42", "{}");
  EXPECT_EQ(Keep(40), 42);
  EXPECT_EQ(Writes(), (std::vector<std::string>{"PATCH " + kOne + "42"}));
}

TEST_F(GithubCommentTest, OfSomebodyElseIsNeverEdited) {
  pages_.Add("GET " + kOne + "41", CommentJson(41, "eve", "<!-- m --> not mine"));
  pages_.Add("GET " + kList, "[" + CommentJson(41, "eve", "<!-- m --> not mine") + "]");
  EXPECT_EQ(Keep(41), 50);
  EXPECT_EQ(Writes(), (std::vector<std::string>{"POST " + kComments}));
}

TEST_F(GithubTest, SaysWhoMergedAndWhoApprovedWhatWasMerged) {
  const std::string commit = "GET " + kRepository + "/commits/" + kMerge + "/pulls?per_page=100";
  const std::string merged = R"(,"merged_at":"2026-05-20T10:00:00Z","merge_commit_sha":)";
  pages_.Add(commit, "[" + PullRequestJson(5, merged + "\"" + kHead + "\"") + "," + PullRequestJson(6) +
                         ",\n" + PullRequestJson(7, merged + "\"" + kMerge + "\"") + "]");
  pages_.Add("GET " + kRepository + "/pulls/7",
             PullRequestJson(7, R"(,"merged_at":"2026-05-20T10:00:00Z","merged_by":{"login":"grace"})"));
  pages_.Add(
      "GET " + kRepository + "/pulls/7/reviews?per_page=100",
      fmt::format(
          R"([{{"id":1,"user":{{"login":"bob"}},"state":"APPROVED","commit_id":"{0}","submitted_at":"2026-05-20T09:00:00Z"}},)"
          R"({{"id":2,"user":{{"login":"bob"}},"state":"COMMENTED","commit_id":"{0}","submitted_at":"2026-05-20T09:01:00Z"}},)"
          R"({{"id":3,"user":{{"login":"eve"}},"state":"APPROVED","commit_id":"{0}","submitted_at":"2026-05-20T08:00:00Z"}},)"
          R"({{"id":4,"user":{{"login":"dan"}},"state":"DISMISSED","commit_id":"{0}","submitted_at":"2026-05-20T09:00:00Z"}},)"
          R"({{"id":5,"user":null,"state":"APPROVED","commit_id":"{0}","submitted_at":"2026-05-20T09:00:00Z"}}])",
          kHead));
  pages_.Add("GET " + kRepository + "/collaborators/bob/permission", R"({"permission":"write"})");
  pages_.Add("GET " + kRepository + "/collaborators/eve/permission", R"({"permission":"read"})");
  const auto answer = Make()->FindAttribution(kMerge);
  ASSERT_TRUE(answer) << answer.error().error.Message();
  const Attribution& attribution = answer->value();
  EXPECT_EQ(attribution.number, 7);
  EXPECT_EQ(attribution.author, "ada");
  EXPECT_EQ(attribution.merger, "grace");
  EXPECT_EQ(attribution.base_branch, "main");
  EXPECT_EQ(attribution.head_commit, kHead);
  EXPECT_EQ(FormatUtc(*attribution.merged_at), "2026-05-20T10:00:00.000000Z");
  ASSERT_EQ(attribution.approvals.size(), 2u);
  EXPECT_EQ(attribution.approvals[0].reviewer, "eve");
  EXPECT_FALSE(attribution.approvals[0].may_write);
  EXPECT_EQ(attribution.approvals[1].reviewer, "bob");
  EXPECT_TRUE(attribution.approvals[1].may_write);
  EXPECT_EQ(std::count(attribution.raw.begin(), attribution.raw.end(), '\n'), 5);
}

TEST_F(GithubTest, ACommitThatWasPushedHasNoAttribution) {
  pages_.Add("GET " + kRepository, "{}");
  pages_.Add("GET " + kRepository + "/commits/" + kMerge + "/pulls?per_page=100",
             "[" + PullRequestJson(6) + "]");
  const auto answer = Make()->FindAttribution(kMerge);
  ASSERT_TRUE(answer) << answer.error().error.Message();
  EXPECT_FALSE(answer->has_value());
}

TEST_F(GithubTest, ACommitThatWasNeverPushedThereHasNoAttributionEither) {
  pages_.Add("GET " + kRepository, "{}");
  const std::string list = "GET " + kRepository + "/commits/" + kMerge + "/pulls?per_page=100";
  for (const auto& [status, said] : {std::pair(404, R"({"message":"Not Found"})"),
                                     std::pair(422, R"({"message":"No commit found for SHA: bbbb"})")}) {
    pages_.Add(list, said, status);
    const auto answer = Make()->FindAttribution(kMerge);
    ASSERT_TRUE(answer) << answer.error().error.Message();
    EXPECT_FALSE(answer->has_value()) << status;
  }
  pages_.Add(list, R"({"message":"Validation Failed"})", 422);
  EXPECT_EQ(Make()->FindAttribution(kMerge).error().error.kind, ErrorKind::kInvalidInput);
}

TEST_F(GithubTest, ThereIsNoAttributionOnlyIfTheProjectIsSeen) {
  const auto answer = Make()->FindAttribution(kMerge);
  ASSERT_FALSE(answer);
  EXPECT_EQ(
      answer.error().error.Message(),
      "cannot see the project (GET https://api.github.com/repos/m/paliad): GitHub answered 404: Not Found");
}

// One that was merged as kMerge and approved as `reviews` say.
class GithubRecordTest : public GithubTest {
 protected:
  Answer<std::optional<Attribution>> Find(const std::string& reviews) {
    const std::string merged = R"(,"merged_at":"2026-05-20T10:00:00Z","merge_commit_sha":")" + kMerge + "\"";
    pages_.Add("GET " + kRepository + "/commits/" + kMerge + "/pulls?per_page=100",
               "[" + PullRequestJson(7, merged) + "]");
    pages_.Add("GET " + kRepository + "/pulls/7", PullRequestJson(7, merged));
    pages_.Add("GET " + kRepository + "/pulls/7/reviews?per_page=100", reviews);
    return Make()->FindAttribution(kMerge);
  }
  // Of the head, the later the greater `id` is.
  static std::string ApprovalJson(int id, const std::string& reviewer, const std::string& more = "") {
    return fmt::format(R"({{"id":{},"user":{{"login":"{}"}},"state":"APPROVED","commit_id":"{}"{}}})", id,
                       reviewer, kHead, more);
  }
  static std::vector<std::string> LinesOf(const std::string& raw) {
    std::vector<std::string> lines;
    for (std::size_t at = 0; at < raw.size();) {
      const std::size_t end = raw.find('\n', at);
      lines.push_back(raw.substr(at, end - at));
      at = end + 1;
    }
    return lines;
  }
};

TEST_F(GithubRecordTest, AReplyThatIsTooLongIsLeftOutAndTheRecordSaysSo) {
  pages_.Add("GET " + kRepository + "/collaborators/bob/permission", R"({"permission":"write"})");
  const std::string reviews =
      "[" + ApprovalJson(1, "bob", R"(,"body":")" + std::string(kMaxRecord, 'x') + "\"") + "]";
  const auto answer = Find(reviews);
  ASSERT_TRUE(answer) << answer.error().error.Message();
  const Attribution& attribution = answer->value();
  EXPECT_TRUE(attribution.approvals.at(0).may_write) << "it is believed all the same";
  const std::vector<std::string> lines = LinesOf(attribution.raw);
  ASSERT_EQ(lines.size(), 4u);
  EXPECT_EQ(lines[2], fmt::format(R"({{"left_out_bytes":{}}})", reviews.size()));
  EXPECT_EQ(lines[3], R"({"permission":"write"})") << "what still fits is kept";
}

TEST_F(GithubRecordTest, ManyRepliesTogetherAreBoundedToo) {
  const std::string next = kRepository + "/pulls/7/reviews?page=";
  for (int page = 2; page <= 50; ++page) {
    pages_.Add(fmt::format("GET {}{}", next, page),
               "[" + ApprovalJson(page, "bob", R"(,"body":")" + std::string(100'000, 'x') + "\"") + "]", 200,
               {{"link", page < 50 ? fmt::format(R"(<{}{}>; rel="next")", next, page + 1) : ""}});
  }
  ASSERT_TRUE(Find("[]"));
  pages_.pages["GET " + kRepository + "/pulls/7/reviews?per_page=100"].headers =
      HttpHeaders{{"link", fmt::format(R"(<{}2>; rel="next")", next)}};
  const auto answer = Make()->FindAttribution(kMerge);
  ASSERT_TRUE(answer) << answer.error().error.Message();
  const std::string& raw = answer->value().raw;
  EXPECT_LE(raw.size(), kMaxRecord);
  EXPECT_GT(raw.size(), kMaxRecord - 200'000);
  // Two of the pull request, the pages of reviews; nobody says what bob may do.
  EXPECT_EQ(LinesOf(raw).size(), 2u + 50u);
}

TEST_F(GithubRecordTest, OnlySoManyApproversAreAskedForTheirRightsTheAuthorLast) {
  std::string reviews = "[" + ApprovalJson(1, "Ada");
  for (int i = 2; i <= 30; ++i) {
    const std::string reviewer = fmt::format("r{}", i);
    reviews += "," + ApprovalJson(i, reviewer);
    pages_.Add("GET " + kRepository + "/collaborators/" + reviewer + "/permission",
               R"({"permission":"write"})");
  }
  const auto answer = Find(reviews + "]");
  ASSERT_TRUE(answer) << answer.error().error.Message();
  const std::vector<Approval>& approvals = answer->value().approvals;
  ASSERT_EQ(approvals.size(), 30u);
  EXPECT_FALSE(approvals[0].may_write) << "the author";
  EXPECT_TRUE(approvals[1].may_write);
  EXPECT_TRUE(approvals[kMaxApproversAsked].may_write);
  EXPECT_FALSE(approvals[kMaxApproversAsked + 1].may_write);
  EXPECT_EQ(pages_.requests.size(), 3u + kMaxApproversAsked);
}

TEST_F(GithubTest, LinksToALineOfAFile) {
  const auto forge = Make();
  EXPECT_EQ(forge->FileUrl(kHead, "migrations/1_a b#.up.sql", 3),
            "https://github.com/m/paliad/blob/" + kHead + "/migrations/1_a%20b%23.up.sql#L3");
  EXPECT_EQ(forge->FileUrl(kHead, "x", 0), "https://github.com/m/paliad/blob/" + kHead + "/x");
}

TEST_F(GithubTest, NeitherTheTokenNorControlCharactersGetIntoAnError) {
  pages_.Add("POST " + kRepository + "/statuses/" + kHead,
             R"({"message":"Bad credentials: Bearer t0ken \u001b[31m","errors":[{"code":"x"}]})", 401);
  const auto set = Make()->SetStatus({.commit = kHead, .context = "c"});
  ASSERT_FALSE(set);
  EXPECT_EQ(set.error().error.cause,
            R"(GitHub answered 401: Bad credentials: Bearer *** \x1b[31m; [{"code":"x"}])");
  EXPECT_EQ(
      set.error().error.hint,
      "the token is not accepted: it may be wrong, revoked or expired; it needs \"Commit statuses: read and "
      "write\", or `repo:status` with a classic token");
}

}  // namespace
}  // namespace paliad::forge
