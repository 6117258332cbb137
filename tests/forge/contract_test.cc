// Every request that a client of ours sends, against the forge's own API description; and what it makes of
// answers that the description allows.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "controller/forge/forge.h"
#include "controller/forge/kind.h"
#include "controller/forge/make_forge.h"
#include "tests/forge/fake_forge.h"
#include "tests/support/git_repo.h"
#include "tests/support/http_client.h"
#include "tests/support/temp_dir.h"

namespace paliad::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr char kMarker[] = "<!-- marker -->";
constexpr char kUnknownCommit[] = "0123456789012345678901234567890123456789";

struct Kind {
  forge::ForgeKind kind;
  const char* name;
};

class Contract : public ::testing::TestWithParam<Kind> {
 protected:
  Contract() : fake_(FakeForge::Shared(GetParam().name, MakeRepository())), forge_(MakeClient()) {}
  void TearDown() override { EXPECT_EQ(fake_.Violations(), ""); }

  std::string MakeRepository() {
    std::string path = dir_.path() + "/paliad.git";
    repo_.Git({"init", "--quiet", "--bare", "--initial-branch=main", path});
    repo_.Git({"remote", "add", "origin", path});
    repo_.Commit("first");
    repo_.Git({"push", "--quiet", "origin", "main"});
    return path;
  }

  std::unique_ptr<forge::Forge> MakeClient(const std::string& token = FakeForge::kToken) {
    auto made = forge::MakeForge({.kind = GetParam().kind,
                                  .url = fake_.url(),
                                  .project = FakeForge::kProject,
                                  .token = token,
                                  .github_write_gap = std::chrono::milliseconds(0)},
                                 clock_);
    EXPECT_TRUE(made) << made.error().Message();
    return *std::move(made);
  }

  // Opens a pull request with a commit of its own; its head.
  std::string Open(const std::string& branch, const std::string& fork = "") {
    repo_.Git({"checkout", "--quiet", "-b", branch, "main"});
    repo_.Write(branch, "x");
    std::string head = repo_.Commit(branch);
    repo_.Git({"push", "--quiet", "origin",
               "HEAD:" + (fork.empty() ? "refs/heads/" : "refs/forks/" + fork + "/") + branch});
    fake_.Open(
        {.branch = branch, .author = fork.empty() ? "ada" : fork, .title = "Add " + branch, .fork = fork});
    return head;
  }

  forge::CommitStatus Status(const std::string& commit, forge::StatusState state) {
    return {.commit = commit,
            .context = "paliad/default/policy",
            .state = state,
            .description = "no findings",
            .target_url = "https://paliad.example.com/targets/default"};
  }

  bool gitlab() const { return GetParam().kind == forge::ForgeKind::kGitlab; }

  SystemClock clock_;
  TempDir dir_;
  GitRepo repo_;
  FakeForge& fake_;
  std::unique_ptr<forge::Forge> forge_;
};

TEST_P(Contract, OpenPullRequestsOfManyPages) {
  std::vector<std::string> heads;
  for (const char* branch : {"one", "two", "three"}) {
    heads.push_back(Open(branch));
  }
  heads.push_back(Open("theirs", "mallory"));
  Open("closed");
  fake_.Close(5);
  fake_.SetPageLimit(2);
  const auto open = forge_->OpenPullRequests("main");
  ASSERT_TRUE(open) << open.error().error.Message();
  ASSERT_EQ(open->size(), 4U);
  for (std::size_t i = 0; i < open->size(); ++i) {
    const forge::PullRequest& pull = (*open)[i];
    EXPECT_EQ(pull.number, static_cast<std::int64_t>(i + 1));
    EXPECT_EQ(pull.head_commit, heads[i]);
    EXPECT_EQ(pull.head_ref, fake_.head_ref(static_cast<int>(i + 1)));
    EXPECT_EQ(pull.base_branch, "main");
    EXPECT_EQ(pull.from_fork, i == 3);
  }
  EXPECT_EQ((*open)[0].author, "ada");
  EXPECT_EQ((*open)[0].title, "Add one");
  EXPECT_EQ((*open)[3].author, "mallory");
  EXPECT_THAT((*open)[0].url, HasSubstr(fake_.url() + "/m/paliad/"));
}

TEST_P(Contract, APullRequestIsFoundWhateverBecameOfIt) {
  const std::string head = Open("topic");
  fake_.Merge(1);
  const auto found = forge_->FindPullRequest(1);
  ASSERT_TRUE(found) << found.error().error.Message();
  ASSERT_TRUE(*found);
  EXPECT_EQ((*found)->head_commit, head);
  const auto none = forge_->FindPullRequest(2);
  ASSERT_TRUE(none) << none.error().error.Message();
  EXPECT_FALSE(*none);
}

TEST_P(Contract, EveryStateOfAStatusAndARepeatedOne) {
  const std::string head = Open("topic");
  const std::pair<forge::StatusState, const char*> states[] = {
      {forge::StatusState::kPending, "pending"},
      {forge::StatusState::kError, gitlab() ? "failed" : "error"},
      {forge::StatusState::kSuccess, "success"},
      {forge::StatusState::kFailure, gitlab() ? "failed" : "failure"}};
  for (const auto& [state, word] : states) {
    for (int i = 0; i < 2; ++i) {
      const auto set = forge_->SetStatus(Status(head, state));
      ASSERT_TRUE(set) << set.error().error.Message();
    }
    EXPECT_EQ(fake_.Status(head, "paliad/default/policy"), word);
  }
  const Json status = fake_.Statuses(head)["paliad/default/policy"];
  EXPECT_EQ(status["description"], "no findings");
  EXPECT_EQ(status["target_url"], "https://paliad.example.com/targets/default");
}

TEST_P(Contract, AStatusOfAForksHead) {
  const std::string head = Open("theirs", "mallory");
  const auto open = forge_->OpenPullRequests("main");
  ASSERT_TRUE(open) << open.error().error.Message();
  forge::CommitStatus status = Status(head, forge::StatusState::kFailure);
  status.status_project = open->at(0).status_project;
  const auto set = forge_->SetStatus(status);
  ASSERT_TRUE(set) << set.error().error.Message();
  EXPECT_EQ(fake_.Status(head, "paliad/default/policy"), gitlab() ? "failed" : "failure");
}

TEST_P(Contract, AStatusIsCutToWhatTheForgeTakes) {
  const std::string head = Open("topic");
  forge::CommitStatus status = Status(head, forge::StatusState::kSuccess);
  status.context = forge::StatusContext("paliad/" + std::string(300, 'x') + "/policy");
  status.description.clear();
  for (int i = 0; i < 200; ++i) {
    status.description += "\xC3\xA4\xC3\xB6";
  }
  const auto set = forge_->SetStatus(status);
  ASSERT_TRUE(set) << set.error().error.Message();
  EXPECT_NE(fake_.Status(head, status.context), "");
}

TEST_P(Contract, AStatusOfACommitThatTheForgeDoesNotHaveFails) {
  const auto set = forge_->SetStatus(Status(kUnknownCommit, forge::StatusState::kSuccess));
  ASSERT_FALSE(set);
  EXPECT_EQ(set.error().error.kind, ErrorKind::kInvalidInput);
  EXPECT_FALSE(set.error().in_doubt);
}

TEST_P(Contract, ACommentIsMadeOnceFoundAndEditedInPlace) {
  Open("topic");
  const std::string first = std::string(kMarker) + "\nfirst";
  for (int i = 0; i < 3; ++i) {
    fake_.Comment(1, "mallory", first);
  }
  fake_.SetPageLimit(2);
  const auto none = forge_->KeepComment(1, kMarker, first, 0, /*only_existing=*/true);
  ASSERT_TRUE(none) << none.error().error.Message();
  EXPECT_EQ(*none, 0);
  const auto made = forge_->KeepComment(1, kMarker, first, 0, false);
  ASSERT_TRUE(made) << made.error().error.Message();
  const std::string second = std::string(kMarker) + "\nsecond";
  EXPECT_EQ(MakeClient()->KeepComment(1, kMarker, second, 0, false).value_or(0), *made)
      << "found by its marker";
  const std::string third = std::string(kMarker) + "\nthird";
  EXPECT_EQ(forge_->KeepComment(1, kMarker, third, *made, false).value_or(0), *made) << "found by its id";
  const Json comments = fake_.Comments(1);
  ASSERT_EQ(comments.size(), 4U);
  EXPECT_EQ(comments[0]["body"], first) << "somebody else's";
  EXPECT_EQ(comments[3]["body"], third);
}

TEST_P(Contract, ACommentOfTheGreatestLengthIsTaken) {
  Open("topic");
  std::string body = kMarker;
  body.resize(forge_->CommentLimit(), 'x');
  const auto made = forge_->KeepComment(1, kMarker, body, 0, false);
  ASSERT_TRUE(made) << made.error().error.Message();
  EXPECT_EQ(fake_.Comments(1)[0]["body"].get<std::string>().size(), forge_->CommentLimit());
}

TEST_P(Contract, ACommitsPullRequestWithItsAuthorMergerAndWhoApprovedItsHead) {
  const std::string head = Open("topic");
  fake_.Grant("grace", "write");
  fake_.Grant("hedy", "read");
  fake_.Review(1, "grace", "rejected");
  fake_.Review(1, "grace");
  fake_.Review(1, "hedy");
  fake_.Review(1, "ida");
  fake_.Review(1, "ida", gitlab() ? "dismissed" : "rejected");
  fake_.Review(1, "jane", "commented");
  const std::string merge = fake_.Merge(1, "grace");
  const auto found = forge_->FindAttribution(merge);
  ASSERT_TRUE(found) << found.error().error.Message();
  ASSERT_TRUE(*found);
  const forge::Attribution& attribution = **found;
  EXPECT_EQ(attribution.number, 1);
  EXPECT_EQ(attribution.author, "ada");
  EXPECT_EQ(attribution.merger, "grace");
  EXPECT_EQ(attribution.head_commit, head);
  EXPECT_FALSE(attribution.from_fork);
  EXPECT_TRUE(attribution.merged_at);
  std::vector<std::string> approvals;
  for (const forge::Approval& approval : attribution.approvals) {
    EXPECT_EQ(approval.commit, gitlab() ? "" : head) << approval.reviewer;
    EXPECT_TRUE(approval.at);
    approvals.push_back(approval.reviewer + (approval.may_write ? " writes" : " reads"));
  }
  EXPECT_THAT(approvals, ElementsAre("grace writes", "hedy reads"));
  EXPECT_THAT(attribution.raw, HasSubstr(head));
}

TEST_P(Contract, ACommitThatNoPullRequestBroughtHasNoAttribution) {
  const std::string head = Open("topic");
  for (const std::string& commit : {repo_.RevParse("main"), head, std::string(kUnknownCommit)}) {
    const auto found = forge_->FindAttribution(commit);
    ASSERT_TRUE(found) << found.error().error.Message();
    EXPECT_FALSE(*found) << commit;
  }
}

// On the forges that make new commits of a pull request's own as they merge it. GitLab rebases the branch
// before the merge, which is then one like any other.
using RebaseContract = Contract;

TEST_P(RebaseContract, TheCommitsOfARebaseMerge) {
  Open("topic");
  repo_.Write("topic", "y");
  repo_.Commit("more");
  repo_.Git({"push", "--quiet", "origin", "topic"});
  const std::vector<std::string> commits = fake_.MergeByRebase(1);
  ASSERT_EQ(commits.size(), 2U);
  const auto first = forge_->FindAttribution(commits[0]);
  ASSERT_TRUE(first) << first.error().error.Message();
  EXPECT_EQ(first->has_value(), fake_.kind() == "github") << "Gitea knows the last one only";
  const auto last = forge_->FindAttribution(commits[1]);
  ASSERT_TRUE(last) << last.error().error.Message();
  ASSERT_TRUE(*last);
  EXPECT_EQ((*last)->number, 1);
}

TEST_P(Contract, AMergeThatTheForgeDoesNotShowYetHasNoAttribution) {
  fake_.ShowMergesLate(1);
  Open("topic");
  const std::string merge = fake_.Merge(1);
  for (const bool shown : {false, true}) {
    const auto found = forge_->FindAttribution(merge);
    ASSERT_TRUE(found) << found.error().error.Message();
    EXPECT_EQ(found->has_value(), shown);
  }
}

TEST_P(Contract, AForkThatLetsTheBotSetNoStatus) {
  const std::string head = Open("theirs", "mallory");
  fake_.CloseFork("mallory");
  const auto open = forge_->OpenPullRequests("main");
  ASSERT_TRUE(open) << open.error().error.Message();
  forge::CommitStatus status = Status(head, forge::StatusState::kFailure);
  status.status_project = open->at(0).status_project;
  const auto set = forge_->SetStatus(status);
  ASSERT_EQ(set.has_value(), !gitlab());
  if (gitlab()) {
    EXPECT_EQ(set.error().error.kind, ErrorKind::kInvalidInput);
    EXPECT_EQ(fake_.Status(head, "paliad/default/policy"), "");
  }
}

TEST_P(Contract, AWrongTokenIsTheCallersMistakeAndNeverShown) {
  const auto open = MakeClient("wr0ng-token")->OpenPullRequests("main");
  ASSERT_FALSE(open);
  EXPECT_EQ(open.error().error.kind, ErrorKind::kInvalidInput);
  EXPECT_EQ(open.error().error.Message().find("wr0ng-token"), std::string::npos);
}

// What is served and not asked for is no part of the contract: then the fake serves too much.
TEST_P(Contract, EveryOperationOfTheClientWasSeen) {
  const std::string head = Open("topic");
  const auto made = forge_->KeepComment(1, kMarker, kMarker, 0, false);
  ASSERT_TRUE(made) << made.error().error.Message();
  ASSERT_TRUE(forge_->KeepComment(1, kMarker, std::string(kMarker) + "2", *made, false));
  ASSERT_TRUE(forge_->OpenPullRequests("main"));
  ASSERT_TRUE(forge_->FindPullRequest(1));
  ASSERT_TRUE(forge_->FindPullRequest(2));
  ASSERT_TRUE(forge_->SetStatus(Status(head, forge::StatusState::kSuccess)));
  fake_.Review(1, "grace");
  ASSERT_TRUE(forge_->FindAttribution(fake_.Merge(1)));
  std::set<std::string> seen;
  const Json requests = fake_.Seen()["requests"];
  for (const Json& request : requests) {
    seen.insert(request["operation"].get<std::string>());
  }
  std::set<std::string> served;
  const Json operations = fake_.Operations();
  for (const Json& operation : operations) {
    served.insert(operation.get<std::string>());
  }
  EXPECT_EQ(seen, served);
}

// Guards the guard.
TEST_P(Contract, ARequestThatTheDescriptionForbidsIsRefused) {
  const std::string head = Open("topic");
  const std::string token =
      gitlab() ? "PRIVATE-TOKEN: t0ken\r\n"
      : fake_.kind() == "github"
          ? "Authorization: Bearer t0ken\r\nUser-Agent: x\r\nX-GitHub-Api-Version: 2022-11-28\r\n"
          : "Authorization: token t0ken\r\n";
  FakeForge other(GetParam().name, dir_.path() + "/paliad.git");
  const auto send = [&](const char* method, const std::string& path, const std::string& body) {
    const std::string headers = token + (body.empty() ? "" : "Content-Type: application/json\r\n");
    return Fetch(other.port(), method, other.api_path() + path, headers, body).status;
  };
  const std::string comments = gitlab() ? "/merge_requests/1/notes" : "/issues/1/comments";
  EXPECT_EQ(send("POST", "/statuses/" + head, R"({"state":"bogus"})"), 422);
  EXPECT_EQ(send("GET", comments + "?colour=red", ""), 422);
  EXPECT_EQ(send("POST", comments, "{}"), 422);
  EXPECT_EQ(send("POST", comments, R"({"body":"x","colour":"red"})"), 422);
  const Json refused = other.Seen()["refused"];
  EXPECT_EQ(refused.size(), 4U) << other.Violations();
}

constexpr Kind kGithub{forge::ForgeKind::kGithub, "github"};
constexpr Kind kGitea{forge::ForgeKind::kGitea, "gitea"};
constexpr Kind kForgejo{forge::ForgeKind::kForgejo, "forgejo"};
constexpr Kind kGitlab{forge::ForgeKind::kGitlab, "gitlab"};

std::string NameOf(const ::testing::TestParamInfo<Kind>& instance) { return instance.param.name; }

INSTANTIATE_TEST_SUITE_P(Kinds, Contract, ::testing::Values(kGithub, kGitea, kForgejo, kGitlab), NameOf);
INSTANTIATE_TEST_SUITE_P(Kinds, RebaseContract, ::testing::Values(kGithub, kGitea, kForgejo), NameOf);

}  // namespace
}  // namespace paliad::testing
