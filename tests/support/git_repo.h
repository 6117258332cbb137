// Real repositories, made with git's own command line, the same on every machine: no configuration of
// the user's or the system's, fixed authors, and one second more for each commit, so that commit ids
// are the same in every run.
#ifndef PALIAD_TESTS_SUPPORT_GIT_REPO_H_
#define PALIAD_TESTS_SUPPORT_GIT_REPO_H_

#include <string>
#include <string_view>
#include <vector>

#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace paliad::testing {

// A work tree and its repository; the branch is `main`. Every failure throws std::runtime_error.
class GitRepo {
 public:
  GitRepo();

  const std::string& path() const { return path_; }  // of the work tree
  std::string git_dir() const { return path_ + "/.git"; }
  std::string url() const { return "file://" + path_; }

  // In the work tree only; folders are made as needed.
  void Write(std::string_view file, std::string_view content);
  void Symlink(std::string_view file, std::string_view target);
  void Remove(std::string_view file);
  void Rename(std::string_view from, std::string_view to);
  void MakeExecutable(std::string_view file);

  // Everything in the work tree as a new commit, which may be empty. Returns its id, as do all below.
  std::string Commit(std::string_view message);
  std::string Head() { return RevParse("HEAD"); }
  std::string RevParse(std::string_view revision);
  // Of the tree or blob at `file`.
  std::string ObjectAt(std::string_view revision, std::string_view file);

  // At HEAD, and checks it out.
  void CreateBranch(std::string_view name);
  void Checkout(std::string_view revision);
  // A merge commit, even where a fast-forward would do; a conflict throws.
  std::string Merge(std::string_view branch, std::string_view message = "merge");
  // Points `branch`, checked out or not, elsewhere: a force-push as the receiving side sees it.
  void ForceBranch(std::string_view branch, std::string_view revision);

  // stdout of `git <arguments>` in the work tree, without the final line feed.
  std::string Git(std::vector<std::string> arguments, std::string stdin_text = "");

 private:
  TempDir dir_;
  std::string path_;
  int commits_ = 0;
};

// The hermetic environment, for tests that run git themselves. `commit_number` sets the date.
Command GitCommand(std::vector<std::string> arguments, int commit_number = 0);

}  // namespace paliad::testing

#endif  // PALIAD_TESTS_SUPPORT_GIT_REPO_H_
