#include "tests/support/git_repo.h"

#include <filesystem>
#include <utility>

namespace paliad::testing {
namespace fs = std::filesystem;

namespace {
constexpr long kFirstCommit = 1'779'271'200;  // 2026-05-20T10:00:00Z
}  // namespace

Command GitCommand(std::vector<std::string> arguments, int commit_number) {
  const std::string date = std::to_string(kFirstCommit + commit_number) + " +0000";
  Command command;
  command.argv = {"git"};
  command.argv.insert(command.argv.end(), arguments.begin(), arguments.end());
  command.clear_env = true;
  command.env = {
      {"PATH", "/usr/local/bin:/usr/bin:/bin"},
      {"HOME", "/nonexistent"},
      {"LC_ALL", "C.UTF-8"},
      {"GIT_CONFIG_GLOBAL", "/dev/null"},
      {"GIT_CONFIG_NOSYSTEM", "1"},
      {"GIT_TERMINAL_PROMPT", "0"},
      {"GIT_AUTHOR_NAME", "Ada Author"},
      {"GIT_AUTHOR_EMAIL", "ada@example.com"},
      {"GIT_AUTHOR_DATE", date},
      {"GIT_COMMITTER_NAME", "Carl Committer"},
      {"GIT_COMMITTER_EMAIL", "carl@example.com"},
      {"GIT_COMMITTER_DATE", date},
  };
  return command;
}

GitRepo::GitRepo() : path_(dir_.path() + "/repo") {
  fs::create_directory(path_);
  Git({"init", "--quiet", "--initial-branch=main"});
}

void GitRepo::Write(std::string_view file, std::string_view content) {
  WriteFile(path_ + "/" + std::string(file), content);
}

void GitRepo::Symlink(std::string_view file, std::string_view target) {
  const fs::path link = fs::path(path_) / file;
  fs::create_directories(link.parent_path());
  fs::create_symlink(target, link);
}

void GitRepo::Remove(std::string_view file) { Git({"rm", "-r", "--quiet", "--", std::string(file)}); }

void GitRepo::Rename(std::string_view from, std::string_view to) {
  fs::create_directories((fs::path(path_) / to).parent_path());
  Git({"mv", "--", std::string(from), std::string(to)});
}

void GitRepo::MakeExecutable(std::string_view file) {
  fs::permissions(fs::path(path_) / file, fs::perms::owner_exec, fs::perm_options::add);
}

std::string GitRepo::Commit(std::string_view message) {
  Git({"add", "--all", "--force"});
  Git({"commit", "--quiet", "--allow-empty", "--message", std::string(message)});
  ++commits_;
  return Head();
}

std::string GitRepo::RevParse(std::string_view revision) {
  return Git({"rev-parse", "--verify", "--quiet", "--end-of-options", std::string(revision)});
}

std::string GitRepo::ObjectAt(std::string_view revision, std::string_view file) {
  return RevParse(std::string(revision) + ":" + std::string(file));
}

void GitRepo::CreateBranch(std::string_view name) { Git({"checkout", "--quiet", "-b", std::string(name)}); }

void GitRepo::Checkout(std::string_view revision) { Git({"checkout", "--quiet", std::string(revision)}); }

std::string GitRepo::Merge(std::string_view branch, std::string_view message) {
  Git({"merge", "--quiet", "--no-ff", "-m", std::string(message), std::string(branch)});
  ++commits_;
  return Head();
}

void GitRepo::ForceBranch(std::string_view branch, std::string_view revision) {
  if (Git({"rev-parse", "--abbrev-ref", "HEAD"}) == branch) {
    Git({"reset", "--quiet", "--hard", std::string(revision)});
  } else {
    Git({"branch", "--quiet", "--force", std::string(branch), std::string(revision)});
  }
}

std::string GitRepo::Git(std::vector<std::string> arguments, std::string stdin_text) {
  Command command = GitCommand(std::move(arguments), commits_);
  command.cwd = path_;
  command.stdin_text = std::move(stdin_text);
  std::string out = RunOrThrow(std::move(command));
  if (!out.empty() && out.back() == '\n') {
    out.pop_back();
  }
  return out;
}

}  // namespace paliad::testing
