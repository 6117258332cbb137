#include "tests/pulls/judged.h"

#include <gtest/gtest.h>

#include <cstring>
#include <utility>

#include "controller/check/judge.h"
#include "policies/finding.h"

namespace paliad::testing {

Judged::Judged(pulls::JudgeSettings settings) : judge_(std::move(settings), clock_) {
  repo_.Write("README", "an application\n");
  CommitToMain({{"001_a.up.sql", "CREATE TABLE public.a (id bigint);\n"}});
}

void Judged::WriteAll(const Files& files) {
  for (const auto& [name, text] : files) {
    repo_.Write(name.find('/') == std::string::npos ? "migrations/" + name : name, text);
  }
}

std::string Judged::CommitToMain(const Files& files) {
  if (repo_.Git({"branch", "--list", "main"}).find("main") != std::string::npos) {
    repo_.Checkout("main");
  }
  WriteAll(files);
  return repo_.Commit("main");
}

std::int64_t Judged::Open(const Files& files) {
  forge::PullRequest pull_request;
  pull_request.number = static_cast<std::int64_t>(open_.size()) + 1;
  pull_request.title = "a change";
  pull_request.head_ref = "refs/pull/" + std::to_string(pull_request.number) + "/head";
  pull_request.base_branch = "main";
  open_.push_back(pull_request);
  repo_.Checkout("main");
  repo_.CreateBranch("pull-" + std::to_string(pull_request.number));
  WriteAll(files);
  repo_.Commit("a change");
  PushTo(pull_request.number);
  return pull_request.number;
}

void Judged::PushTo(std::int64_t number) {
  At(number).head_commit = repo_.Head();
  repo_.Git({"update-ref", "refs/pull/" + std::to_string(number) + "/head", "HEAD"});
}

void Judged::CheckOut(std::int64_t number) { repo_.Checkout("pull-" + std::to_string(number)); }

void Judged::Merge(std::int64_t number) {
  repo_.Checkout("main");
  repo_.Merge("pull-" + std::to_string(number));
  At(number).number = 0;
}

std::vector<pulls::Case> Judged::Look() {
  // A repository of its own for each look, as the controller has.
  Result<git::Repository> repository = git::Repository::Open(repo_.path());
  EXPECT_TRUE(repository.has_value()) << repository.error().Message();
  std::optional<git::Repository> before = std::exchange(repository_, *std::move(repository));
  std::vector<forge::PullRequest> open;
  for (const forge::PullRequest& pull_request : open_) {
    if (pull_request.number != 0) {
      open.push_back(pull_request);
    }
  }
  auto cases = judge_.Open(*repository_, repo_.RevParse("main"), open, applied);
  EXPECT_TRUE(cases.has_value()) << cases.error().Message();
  return cases ? *std::move(cases) : std::vector<pulls::Case>();
}

std::string Judged::KeyOf(std::int64_t number) {
  for (const pulls::Case& one : Look()) {
    if (one.pull_request.number == number) {
      return one.key;
    }
  }
  return "";
}

pulls::Verdict Judged::LookAndJudge(std::int64_t number) {
  Look();
  return Judge(number);
}

std::string Judged::Said(std::int64_t number) {
  const pulls::Verdict verdict = LookAndJudge(number);
  EXPECT_FALSE(verdict.error) << verdict.error->Message();
  std::string said;
  for (const Finding& finding : verdict.findings) {
    said += Render(ToDiagnostic(finding));
  }
  return said;
}

AppliedSet AppliedOf(const std::vector<std::string>& rows) {
  AppliedSet applied;
  for (const std::string& row : rows) {
    applied.rows.push_back(
        {.version = std::stoi(row), .name = row.substr(row.find('_') + 1), .checksum = std::nullopt});
  }
  return applied;
}

}  // namespace paliad::testing

// The program of these tests is the judge's process too, as paliadctl is.
int main(int argc, char** argv) {
  if (argc == 2 && std::strcmp(argv[1], paliad::kJudgeCommand) == 0) {
    return paliad::RunJudgeCommand();
  }
  ::testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
