// A repository with a branch and pull requests against it, and their judge.
#ifndef PALIAD_TESTS_PULLS_JUDGED_H_
#define PALIAD_TESTS_PULLS_JUDGED_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "controller/forge/forge.h"
#include "controller/git/repository.h"
#include "controller/pulls/judge.h"
#include "migrations/applied_set.h"
#include "tests/support/git_repo.h"

namespace paliad::testing {

class Judged {
 public:
  using Files = std::vector<std::pair<std::string, std::string>>;  // "001_a.up.sql" and its text

  // The branch main, with 1_a.
  explicit Judged(pulls::JudgeSettings settings = {});

  // On main, one commit. Files are in migrations/ unless they have a folder.
  std::string CommitToMain(const Files& files);

  // Opens a pull request that adds or changes these, from main as it is, and returns its number; from 1 on.
  std::int64_t Open(const Files& files);
  // Its newest commit is what is checked out.
  forge::PullRequest& At(std::int64_t number) { return open_.at(static_cast<std::size_t>(number - 1)); }
  // Makes the commit at HEAD its head.
  void PushTo(std::int64_t number);
  // Checks its branch out.
  void CheckOut(std::int64_t number);
  // Merges it into main; it is not open any more.
  void Merge(std::int64_t number);

  // Judge::Open on the repository as it is now.
  std::vector<pulls::Case> Look();
  std::string KeyOf(std::int64_t number);                                     // by a new look
  pulls::Verdict Judge(std::int64_t number) { return judge_.Judge(number); }  // by the last look
  pulls::Verdict LookAndJudge(std::int64_t number);

  // The findings as diagnostics, after a new look.
  std::string Said(std::int64_t number);

  // What the target has applied; none: it is not known.
  std::optional<AppliedSet> applied;

  GitRepo& repo() { return repo_; }
  pulls::PullRequestJudge& judge() { return judge_; }

 private:
  void WriteAll(const Files& files);

  SystemClock clock_;
  GitRepo repo_;
  std::vector<forge::PullRequest> open_;  // number 0: closed
  std::optional<git::Repository> repository_;
  pulls::PullRequestJudge judge_;
};

// A tracker's rows, each "version_name": "7_x".
AppliedSet AppliedOf(const std::vector<std::string>& rows);

}  // namespace paliad::testing

#endif  // PALIAD_TESTS_PULLS_JUDGED_H_
