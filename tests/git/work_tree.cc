#include "tests/git/work_tree.h"

#include <cstdlib>

#include "tests/git/process.h"
#include "tests/git/temp_dir.h"

namespace paliad::testing {

void PrepareGitEnvironment() {
  static const TempDir home;
  const auto set = [](const char* name, const std::string& value) { ::setenv(name, value.c_str(), 1); };
  set("HOME", home.path());
  set("GIT_CONFIG_GLOBAL", "/dev/null");
  set("GIT_CONFIG_NOSYSTEM", "1");
  set("GIT_AUTHOR_NAME", "Ada Author");
  set("GIT_AUTHOR_EMAIL", "ada@example.com");
  set("GIT_COMMITTER_NAME", "Carl Committer");
  set("GIT_COMMITTER_EMAIL", "carl@example.com");
  set("GIT_AUTHOR_DATE", "1779273480 +0200");
  set("GIT_COMMITTER_DATE", "1779273480 +0200");
  for (const char* name :
       {"XDG_CONFIG_HOME", "XDG_CACHE_HOME", "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "SSH_AUTH_SOCK",
        "SUDO_UID", "http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY",
        "PALIAD_GIT_USERNAME", "PALIAD_GIT_PASSWORD", "PALIAD_GIT_SSH_KEY_FILE",
        "PALIAD_GIT_KNOWN_HOSTS_FILE", "PALIAD_GIT_CA_FILE"}) {
    ::unsetenv(name);
  }
}

WorkTree::WorkTree(std::string folder) : folder_(std::move(folder)) {
  MustRun({"git", "init", "--quiet", "--initial-branch=main", folder_});
}

std::string WorkTree::Git(const std::vector<std::string>& arguments,
                          const std::string& standard_input) const {
  std::vector<std::string> command = {"git"};
  command.insert(command.end(), arguments.begin(), arguments.end());
  return MustRun(command, folder_, standard_input);
}

void WorkTree::Write(const std::string& path, const std::string& bytes, bool executable) const {
  WriteFile(folder_ + "/" + path, bytes, executable);
}

std::string WorkTree::Commit(const std::string& message) const {
  Git({"add", "--all"});
  Git({"commit", "--quiet", "--allow-empty", "--message", message});
  return Git({"rev-parse", "HEAD"});
}

std::string WorkTree::CommitFile(const std::string& path, const std::string& bytes) const {
  Write(path, bytes);
  return Commit("Add " + path);
}

}  // namespace paliad::testing
