// Whose repository it is. Not in the sandbox, where root cannot give files away.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "controller/git/repository.h"
#include "tests/git/process.h"
#include "tests/git/temp_dir.h"
#include "tests/git/work_tree.h"

namespace paliad::git {
namespace {

using paliad::testing::MustRun;
using paliad::testing::TempDir;
using paliad::testing::WorkTree;
using ::testing::HasSubstr;

TEST(Owner, RefusesARepositoryOfAnotherUserUntilItIsTrusted) {
  if (::geteuid() != 0) {
    GTEST_SKIP() << "only root can give files away";
  }
  const TempDir temp;
  const WorkTree work(temp / "work");
  const std::string commit = work.CommitFile("a", "1");
  MustRun({"chown", "-R", "65534:65534", work.path()});

  const Result<Repository> refused = Repository::Open(work.path());

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::kUnavailable);
  EXPECT_EQ(refused.error().cause, "it belongs to another user");
  const std::string command = "git config --global --add safe.directory " + work.path();
  EXPECT_THAT(refused.error().hint, HasSubstr(command));

  // What the hint says, done: it must help.
  const std::string config = std::string(std::getenv("HOME")) + "/.gitconfig";
  MustRun({"env", "GIT_CONFIG_GLOBAL=" + config, "sh", "-c", command});
  const Result<Repository> trusted = Repository::Open(work.path());
  std::filesystem::remove(config);
  ASSERT_TRUE(trusted) << trusted.error().Message();
  EXPECT_EQ(trusted->Resolve("main").value(), commit);
}

}  // namespace
}  // namespace paliad::git
