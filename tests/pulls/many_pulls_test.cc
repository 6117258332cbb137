// Hundreds of open pull requests: a move of the branch is judged anew with work for what changed only.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tests/pulls/judged.h"

namespace paliad::testing {
namespace {

constexpr int kPulls = 300;
constexpr int kShipped = 1'000;

// As `git fast-import` reads it: thousands of calls of git would take minutes.
class Stream {
 public:
  void Commit(const std::string& ref, const std::string& from, const std::string& files) {
    text_ += fmt::format("commit {}\ncommitter C <c@example.com> 1779271200 +0000\ndata 1\nx\n{}{}\n", ref,
                         from.empty() ? "" : "from " + from + "\n", files);
  }
  static std::string File(const std::string& path, const std::string& text) {
    return fmt::format("M 100644 inline {}\ndata {}\n{}\n", path, text.size(), text);
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

std::string Migration(int version) {
  return Stream::File(
      fmt::format("migrations/{:04}_x.up.sql", version),
      fmt::format("CREATE TABLE public.t{} (id bigint);\nDROP TABLE public.old{};\n", version, version));
}

class Crowd {
 public:
  Crowd() {
    Stream stream;
    std::string shipped;
    for (int version = 1; version <= kShipped; ++version) {
      shipped += Migration(version);
    }
    stream.Commit("refs/heads/main", "", shipped);
    for (int number = 1; number <= kPulls; ++number) {
      stream.Commit(fmt::format("refs/pull/{}/head", number), "refs/heads/main",
                    Migration(kShipped + number));
    }
    repo_.Git({"fast-import", "--quiet"}, stream.text());
  }

  void MoveMain() {
    Stream stream;
    stream.Commit("refs/heads/main", "refs/heads/main^0", Migration(5'000 + moves_++));
    repo_.Git({"fast-import", "--quiet"}, stream.text());
  }

  // Judges those whose keys are others than before; returns how many.
  int Look() {
    repository_.emplace(git::Repository::Open(repo_.path()).value());
    std::vector<forge::PullRequest> open;
    for (int number = 1; number <= kPulls; ++number) {
      const std::string ref = fmt::format("refs/pull/{}/head", number);
      open.push_back({.number = number, .head_commit = heads_[number], .head_ref = ref});
    }
    int judged = 0;
    const auto cases = judge_.Open(*repository_, repo_.RevParse("main"), open, AppliedSet());
    for (const pulls::Case& one : cases.value()) {
      std::string& known = keys_[one.pull_request.number];
      if (known != one.key) {
        known = one.key;
        ++judged;
        const pulls::Verdict verdict = judge_.Judge(one.pull_request.number);
        EXPECT_FALSE(verdict.error) << verdict.error->Message();
        EXPECT_EQ(verdict.findings.size(), 1U);
        EXPECT_EQ(verdict.findings.at(0).rule, "drop");
      }
    }
    return judged;
  }

  void ReadHeads() {
    const std::string refs = repo_.Git({"for-each-ref", "--format=%(objectname) %(refname)", "refs/pull/"});
    for (std::size_t at = 0; at < refs.size(); at = std::min(refs.find('\n', at), refs.size()) + 1) {
      heads_[std::stoi(refs.substr(refs.find("pull/", at) + 5))] = refs.substr(at, 40);
    }
  }

  pulls::Work work() const { return judge_.work(); }

 private:
  SystemClock clock_;
  GitRepo repo_;
  std::optional<git::Repository> repository_;
  pulls::PullRequestJudge judge_{{}, clock_};
  std::map<int, std::string> heads_;
  std::map<std::int64_t, std::string> keys_;
  int moves_ = 0;
};

TEST(ManyPulls, AMoveOfTheBranchJudgesAllAndReadsNoFileAgain) {
  Crowd crowd;
  crowd.ReadHeads();
  EXPECT_EQ(crowd.Look(), kPulls);
  EXPECT_EQ(crowd.work().files_read, static_cast<std::size_t>(kPulls));
  EXPECT_EQ(crowd.Look(), 0);
  EXPECT_EQ(crowd.work().merges, static_cast<std::size_t>(kPulls));

  crowd.MoveMain();
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(crowd.Look(), kPulls);
  const auto took = std::chrono::steady_clock::now() - begin;
  EXPECT_EQ(crowd.work().files_read, static_cast<std::size_t>(kPulls));
  EXPECT_EQ(crowd.work().merges, static_cast<std::size_t>(2 * kPulls));
  std::printf("%d pull requests against %d migrations judged again in %lld ms\n", kPulls, kShipped,
              static_cast<long long>(std::chrono::duration_cast<std::chrono::milliseconds>(took).count()));
}

}  // namespace
}  // namespace paliad::testing
