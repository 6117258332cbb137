// A git repository made with git's own command line.
#ifndef PALIAD_TESTS_GIT_WORK_TREE_H_
#define PALIAD_TESTS_GIT_WORK_TREE_H_

#include <string>
#include <vector>

namespace paliad::testing {

// Makes git in this process and its children independent of the machine: an empty HOME, no configuration,
// a fixed author and date, no proxies. Call it first in main(), before libgit2 starts.
void PrepareGitEnvironment();

class WorkTree {
 public:
  // `git init` with the branch "main" in a folder that does not exist yet.
  explicit WorkTree(std::string folder);

  // Runs git there; aborts the test program if it fails. Returns what it printed.
  std::string Git(const std::vector<std::string>& arguments, const std::string& standard_input = "") const;

  void Write(const std::string& path, const std::string& bytes, bool executable = false) const;

  // Commits everything in the folder and returns the commit's id.
  std::string Commit(const std::string& message) const;

  // Write and Commit.
  std::string CommitFile(const std::string& path, const std::string& bytes) const;

  const std::string& path() const { return folder_; }

 private:
  std::string folder_;
};

}  // namespace paliad::testing

#endif  // PALIAD_TESTS_GIT_WORK_TREE_H_
