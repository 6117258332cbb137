// The fake itself: it does what a forge does, and lets no caller do what a forge would not take.
#include "tests/forge/fake_forge.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "base/json.h"
#include "tests/support/git_repo.h"
#include "tests/support/http_client.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace paliad::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kUnknownCommit[] = "0123456789012345678901234567890123456789";

// A bare repository with main and topic, and a forge over it.
class FakeForgeTest : public ::testing::TestWithParam<const char*> {
 protected:
  FakeForgeTest() : forge_(FakeForge::Shared(GetParam(), MakeRepository())) {}

  std::string MakeRepository() {
    repo_.Git({"init", "--quiet", "--bare", "--initial-branch=main", dir_.path() + "/paliad.git"});
    repo_.Git({"remote", "add", "origin", dir_.path() + "/paliad.git"});
    Push("main", "README", "hello");
    repo_.CreateBranch("topic");
    Push("topic", "TOPIC", "1");
    return dir_.path() + "/paliad.git";
  }

  std::string Push(const std::string& to, std::string_view file, std::string_view text) {
    repo_.Write(file, text);
    std::string commit = repo_.Commit("change");
    repo_.Git({"push", "--quiet", "origin", "HEAD:" + (to.starts_with("refs/") ? to : "refs/heads/" + to)});
    return commit;
  }

  bool gitlab() const { return forge_.kind() == "gitlab"; }
  bool github() const { return forge_.kind() == "github"; }

  // `path` is the whole one.
  HttpReply SendTo(std::string_view method, const std::string& path, const Json& body = nullptr,
                   std::string_view token = FakeForge::kToken) const {
    std::string headers = gitlab()   ? fmt::format("PRIVATE-TOKEN: {}\r\n", token)
                          : github() ? fmt::format(
                                           "Authorization: Bearer {}\r\nX-GitHub-Api-Version: "
                                           "2022-11-28\r\nUser-Agent: test\r\n",
                                           token)
                                     : fmt::format("Authorization: token {}\r\n", token);
    if (!body.is_null()) {
      headers += "Content-Type: application/json\r\n";
    }
    return Fetch(forge_.port(), method, path, headers, body.is_null() ? "" : body.dump());
  }

  HttpReply Send(std::string_view method, const std::string& path, const Json& body = nullptr,
                 std::string_view token = FakeForge::kToken) const {
    return SendTo(method, forge_.api_path() + path, body, token);
  }

  // Whether the look-up of a commit's pull request finds one.
  bool Finds(const std::string& commit) const {
    const HttpReply reply = Send("GET", gitlab() ? "/repository/commits/" + commit + "/merge_requests"
                                                 : "/commits/" + commit + (github() ? "/pulls" : "/pull"));
    return reply.status == 200 && reply.body != "[]";
  }

  std::string pulls_path() const { return gitlab() ? "/merge_requests" : "/pulls"; }
  std::string comments_path(int number) const {
    return gitlab() ? fmt::format("/merge_requests/{}/notes", number)
                    : fmt::format("/issues/{}/comments", number);
  }
  Json StatusBody(std::string_view state) const {
    return {{"state", state}, {gitlab() ? "name" : "context", "paliad/x"}};
  }
  std::string failure() const { return gitlab() ? "failed" : "failure"; }

  std::string RemoteRefs() { return repo_.Git({"ls-remote", forge_.repository_url()}); }

  TempDir dir_;
  GitRepo repo_;
  FakeForge& forge_;
};

// What is the same for every kind.
class AnyFakeForge : public FakeForgeTest {};

class GitlabFakeForge : public FakeForgeTest {};

class RebasingFakeForge : public FakeForgeTest {};

TEST_P(FakeForgeTest, TheHeadOfAPullRequestFollowsItsBranchAndIsServedOverHttp) {
  const int number = forge_.Open({.branch = "topic"});
  EXPECT_EQ(number, 1);
  EXPECT_THAT(RemoteRefs(), HasSubstr(repo_.Head() + "\t" + forge_.head_ref(1)));
  const std::string pushed = Push("topic", "TOPIC", "2");
  EXPECT_THAT(RemoteRefs(), HasSubstr(pushed + "\t" + forge_.head_ref(1)));
  const HttpReply list = Send("GET", pulls_path());
  EXPECT_EQ(list.status, 200) << list.body;
  EXPECT_THAT(list.body, HasSubstr(pushed));
  EXPECT_EQ(forge_.Violations(), "");
}

TEST_P(AnyFakeForge, AForksBranchIsNotServedButItsHeadIs) {
  const std::string head = Push("refs/forks/mallory/evil", "EVIL", "1");
  forge_.Open({.branch = "evil", .author = "mallory", .fork = "mallory"});
  EXPECT_THAT(RemoteRefs(), HasSubstr(head + "\t" + forge_.head_ref(1)));
  EXPECT_THAT(RemoteRefs(), Not(HasSubstr("refs/forks")));
}

TEST_P(FakeForgeTest, AMergeIsACommitWithTwoParentsAndEndsThePullRequest) {
  const std::string base = repo_.RevParse("main");
  const std::string head = repo_.RevParse("topic");
  forge_.Open({.branch = "topic"});
  const std::string merge = forge_.Merge(1);
  repo_.Git({"fetch", "--quiet", forge_.repository_url(), "main"});
  EXPECT_EQ(repo_.Git({"rev-list", "--parents", "-n", "1", "FETCH_HEAD"}), merge + " " + base + " " + head);
  EXPECT_THAT(Send("GET", pulls_path() + (gitlab() ? "?state=opened" : "?state=open")).body, "[]");
  EXPECT_THROW(forge_.Merge(1), std::runtime_error);
  EXPECT_EQ(forge_.Violations(), "");
}

TEST_P(FakeForgeTest, AWrongTokenIsRefused) {
  EXPECT_EQ(Send("GET", pulls_path(), nullptr, "wrong").status, 401);
  EXPECT_EQ(Send("GET", pulls_path()).status, 200);
}

TEST_P(FakeForgeTest, WhatTheDescriptionForbidsIsRefusedAndRemembered) {
  const std::string path = "/statuses/" + repo_.RevParse("topic");
  EXPECT_EQ(Send("POST", path, StatusBody("bogus")).status, 422);
  EXPECT_EQ(Send("GET", pulls_path() + "?colour=red").status, 422);
  EXPECT_EQ(Send("GET", pulls_path() + "?page=first").status, 422);
  forge_.Open({.branch = "topic"});
  EXPECT_EQ(Send("POST", comments_path(1), Json::object()).status, 422) << "without its body";
  EXPECT_EQ(Send("POST", comments_path(1), {{"body", "x"}, {"colour", "red"}}).status, 422);
  EXPECT_EQ(Send("POST", comments_path(1), {{"body", 1}}).status, 422);
  EXPECT_EQ(Send("GET", "/nothing").status, 404);
  EXPECT_EQ(Send("DELETE", comments_path(1)).status, 405);
  EXPECT_EQ(forge_.Seen()["refused"].size(), 8U) << forge_.Violations();
  EXPECT_EQ(forge_.Comments(1).size(), 0U);
  EXPECT_EQ(forge_.Statuses(repo_.RevParse("topic")).size(), 0U);
}

TEST_P(FakeForgeTest, AStatusIsForACommitThatThereIs) {
  const std::string head = repo_.RevParse("topic");
  EXPECT_EQ(Send("POST", std::string("/statuses/") + kUnknownCommit, StatusBody("success")).status,
            github() ? 422 : 404);
  EXPECT_EQ(Send("POST", "/statuses/" + head, StatusBody("pending")).status, 201);
  EXPECT_EQ(Send("POST", "/statuses/" + head, StatusBody(failure())).status, 201);
  EXPECT_EQ(forge_.Status(head, "paliad/x"), failure());
  const HttpReply repeated = Send("POST", "/statuses/" + head, StatusBody(failure()));
  EXPECT_EQ(repeated.status, gitlab() ? 400 : 201);
  EXPECT_EQ(gitlab(), repeated.body.find("Cannot transition status") != std::string::npos);
  EXPECT_EQ(forge_.Violations(), "");
}

TEST_P(FakeForgeTest, CommentsKeepTheirIdsAndAuthors) {
  forge_.Open({.branch = "topic"});
  const std::int64_t theirs = forge_.Comment(1, "mallory", "first");
  EXPECT_EQ(Send("POST", comments_path(1), {{"body", "second"}}).status, 201);
  const Json comments = forge_.Comments(1);
  ASSERT_EQ(comments.size(), 2U);
  EXPECT_EQ(comments[0]["id"], theirs);
  EXPECT_EQ(comments[0]["author"], "mallory");
  EXPECT_EQ(comments[1]["author"], FakeForge::kBot);
  const std::string id = std::to_string(comments[1]["id"].get<std::int64_t>());
  const std::string path = gitlab() ? comments_path(1) + "/" + id : "/issues/comments/" + id;
  EXPECT_EQ(Send(gitlab() ? "PUT" : "PATCH", path, {{"body", "edited"}}).status, 200);
  EXPECT_EQ(forge_.Comments(1)[1]["body"], "edited");
  EXPECT_EQ(forge_.Violations(), "");
}

TEST_P(FakeForgeTest, ManyPullRequestsComeInPages) {
  for (int i = 0; i < 3; ++i) {
    forge_.Open({.branch = "topic"});
  }
  forge_.SetPageLimit(2);
  const HttpReply first = Send("GET", pulls_path() + (gitlab() || github() ? "?per_page=100" : "?limit=50"));
  EXPECT_EQ(Json::parse(first.body).size(), 2U) << "no more than it gives at once";
  EXPECT_THAT(first.headers.at("link"), HasSubstr("rel=\"next\""));
  const HttpReply second = Send("GET", pulls_path() + "?page=2");
  EXPECT_EQ(Json::parse(second.body).size(), 1U);
  EXPECT_EQ(second.headers.count("link"), 0U);
}

TEST_P(AnyFakeForge, FaultsComeAsOftenAsAskedForAndTakeEffectOrNot) {
  forge_.Open({.branch = "topic"});
  forge_.AddFault({.count = 2, .status = 429, .header = "Retry-After: 7"});
  for (int i = 0; i < 2; ++i) {
    const HttpReply limited = Send("POST", comments_path(1), {{"body", "x"}});
    EXPECT_EQ(limited.status, 429);
    EXPECT_EQ(limited.headers.at("retry-after"), "7");
  }
  EXPECT_EQ(forge_.Comments(1).size(), 0U);
  forge_.AddFault({.how = "close", .count = -1, .method = "POST"});
  EXPECT_THROW(Send("POST", comments_path(1), {{"body", "x"}}), std::runtime_error);
  EXPECT_EQ(Send("GET", comments_path(1)).status, 200);
  forge_.Heal();
  EXPECT_EQ(forge_.Comments(1).size(), 0U);
  for (const char* how : {"lose", "truncate"}) {
    forge_.AddFault({.how = how, .path = "comments|notes"});
    EXPECT_THROW(Send("POST", comments_path(1), {{"body", how}}), std::runtime_error);
  }
  EXPECT_EQ(forge_.Comments(1).size(), 2U) << "they took effect";
  EXPECT_EQ(Send("GET", comments_path(1)).status, 200);
}

TEST_P(FakeForgeTest, AWebhookTellsWhatHappened) {
  FakeForge receiver(GetParam(), dir_.path() + "/paliad.git");
  forge_.SetWebhook(receiver.url() + receiver.api_path() + "/hook", "s3cret");
  forge_.Open({.branch = "topic"});
  Push("topic", "TOPIC", "3");
  forge_.Pushed("topic");
  forge_.Review(1, "grace");
  forge_.Merge(1);
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  while (forge_.Seen()["deliveries"].size() < 6 && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  std::string events;
  const Json seen = forge_.Seen();
  for (const Json& delivery : seen["deliveries"]) {
    events += delivery[0].get<std::string>() + " ";
    EXPECT_EQ(delivery[1], 401) << "another forge knows no such token";
  }
  EXPECT_EQ(events, "pull pull push review pull push ");
}

TEST_P(FakeForgeTest, NoPullRequestIsFoundOfACommitThatThereIsNot) {
  EXPECT_FALSE(Finds(kUnknownCommit));
  EXPECT_EQ(forge_.Violations(), "");
}

TEST_P(FakeForgeTest, AMergeIsSeenAsLateAsAskedFor) {
  forge_.ShowMergesLate(2);
  forge_.Open({.branch = "topic"});
  const std::string first = forge_.Merge(1);
  EXPECT_FALSE(Finds(first));
  EXPECT_FALSE(Finds(first));
  EXPECT_TRUE(Finds(first));
  forge_.ShowMergesLate(-1);
  EXPECT_TRUE(Finds(first)) << "only those that are merged from now on";
  Push("topic", "TOPIC", "2");
  forge_.Open({.branch = "topic"});
  const std::string second = forge_.Merge(2);
  for (int i = 0; i < 3; ++i) {
    EXPECT_FALSE(Finds(second));
  }
  forge_.ShowMergesLate(0);
  EXPECT_TRUE(Finds(second));
  EXPECT_EQ(forge_.Violations(), "");
}

TEST_P(GitlabFakeForge, AClosedForkTakesNoStatusNorDoesTheProjectBeforeTheCommitIsThere) {
  const std::string evil = Push("refs/forks/mallory/evil", "EVIL", "1");
  forge_.Open({.branch = "evil", .author = "mallory", .fork = "mallory"});
  repo_.Checkout("main");
  const std::string good = Push("refs/forks/grace/good", "GOOD", "1");
  const auto on_fork = [&](const std::string& commit, std::string_view state) {
    return SendTo("POST", "/api/v4/projects/43/statuses/" + commit, StatusBody(state));
  };
  const auto on_project = [&] { return Send("POST", "/statuses/" + evil, StatusBody("success")); };
  EXPECT_EQ(on_fork(evil, "pending").status, 201);
  forge_.CloseFork("mallory");
  EXPECT_EQ(on_fork(evil, "failed").status, 403);
  EXPECT_EQ(on_fork(good, "failed").status, 201) << "another's fork";
  EXPECT_EQ(on_project().status, 404);
  EXPECT_THAT(on_project().body, HasSubstr("404 References for commit Not Found"));
  EXPECT_EQ(forge_.Status(evil, "paliad/x"), "pending");
  forge_.Merge(1);
  EXPECT_EQ(on_project().status, 201);
  forge_.CloseFork("mallory", false);
  EXPECT_EQ(on_fork(evil, "failed").status, 201);
  EXPECT_EQ(forge_.Violations(), "");
}

TEST_P(GitlabFakeForge, ThereIsNoRebaseMerge) {
  forge_.Open({.branch = "topic"});
  EXPECT_THROW(forge_.MergeByRebase(1), std::runtime_error);
}

TEST_P(RebasingFakeForge, ARebaseMergeIsALineOfNewCommits) {
  const std::string old_first = repo_.RevParse("topic");
  const std::string old_second = Push("topic", "TOPIC", "2");
  repo_.Checkout("main");
  const std::string base = Push("main", "README", "hello again");
  forge_.Open({.branch = "topic"});
  const std::vector<std::string> commits = forge_.MergeByRebase(1);
  ASSERT_EQ(commits.size(), 2U);
  EXPECT_NE(commits[0], old_first);
  EXPECT_NE(commits[1], old_second);
  repo_.Git({"fetch", "--quiet", forge_.repository_url(), "main"});
  EXPECT_EQ(repo_.Git({"rev-list", "--parents", "-n", "2", "FETCH_HEAD"}),
            commits[1] + " " + commits[0] + "\n" + commits[0] + " " + base);
  EXPECT_EQ(repo_.Git({"show", commits[0] + ":TOPIC"}), "1");
  EXPECT_EQ(repo_.Git({"show", commits[1] + ":TOPIC"}), "2");
  EXPECT_EQ(repo_.Git({"show", commits[1] + ":README"}), "hello again");
  EXPECT_EQ(Finds(commits[0]), github()) << "Gitea knows the last one only";
  EXPECT_TRUE(Finds(commits[1]));
  EXPECT_FALSE(Finds(base));
  EXPECT_THROW(forge_.Merge(1), std::runtime_error);
  EXPECT_EQ(forge_.Violations(), "");
}

TEST_P(RebasingFakeForge, AReviewIsOfWhatWasPushedLastWhoeverAskedForItBefore) {
  forge_.Open({.branch = "topic"});
  const std::string pushed = Push("topic", "TOPIC", "2");
  forge_.Review(1, "grace");
  const Json reviews = Json::parse(Send("GET", "/pulls/1/reviews").body);
  EXPECT_EQ(reviews.at(0).at("commit_id"), pushed);
}

TEST_P(RebasingFakeForge, ARebaseMergeIsNewEvenWhereTheBaseStoodStill) {
  const std::string old = repo_.RevParse("topic");
  forge_.Open({.branch = "topic"});
  EXPECT_NE(forge_.MergeByRebase(1).at(0), old);
  forge_.Open({.branch = "topic"});
  EXPECT_EQ(forge_.MergeByRebase(2).size(), 1U) << "an empty one, since the base has it by another id";
}

INSTANTIATE_TEST_SUITE_P(Gitlab, GitlabFakeForge, ::testing::Values("gitlab"));

INSTANTIATE_TEST_SUITE_P(Kinds, RebasingFakeForge, ::testing::Values("github", "gitea"));

INSTANTIATE_TEST_SUITE_P(Gitea, AnyFakeForge, ::testing::Values("gitea"));

INSTANTIATE_TEST_SUITE_P(Kinds, FakeForgeTest, ::testing::Values("github", "gitea", "forgejo", "gitlab"),
                         [](const auto& instance) { return std::string(instance.param); });

}  // namespace
}  // namespace paliad::testing
