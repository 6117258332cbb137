#include "tests/support/git_repo.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

namespace paliad::testing {
namespace {

using ::testing::MatchesRegex;

TEST(GitRepo, CommitsAreTheSameEverywhere) {
  std::string ids[2];
  for (std::string& id : ids) {
    GitRepo repo;
    repo.Write("migrations/001_a.up.sql", "SELECT 1;\n");
    id = repo.Commit("first");
  }
  EXPECT_THAT(ids[0], MatchesRegex("[0-9a-f]{40}"));
  EXPECT_EQ(ids[0], ids[1]);
}

TEST(GitRepo, RecordsWritesRenamesRemovalsAndLinks) {
  GitRepo repo;
  repo.Write("migrations/001_a.up.sql", "SELECT 1;\n");
  repo.Write("migrations/002_b.up.sql", "SELECT 2;\n");
  const std::string first = repo.Commit("first");
  repo.Remove("migrations/001_a.up.sql");
  repo.Rename("migrations/002_b.up.sql", "migrations/002_c.up.sql");
  repo.Symlink("migrations/003_d.up.sql", "002_c.up.sql");
  repo.Write("run.sh", "#!/bin/sh\n");
  repo.MakeExecutable("run.sh");
  const std::string second = repo.Commit("second");
  EXPECT_EQ(repo.Head(), second);
  EXPECT_EQ(repo.Git({"show", "--no-renames", "--format=%an %ae %ct", "--summary", second}),
            "Ada Author ada@example.com 1779271201\n\n"
            " delete mode 100644 migrations/001_a.up.sql\n"
            " delete mode 100644 migrations/002_b.up.sql\n"
            " create mode 100644 migrations/002_c.up.sql\n"
            " create mode 120000 migrations/003_d.up.sql\n"
            " create mode 100755 run.sh");
  EXPECT_EQ(repo.ObjectAt(first, "migrations/002_b.up.sql"),
            repo.ObjectAt(second, "migrations/002_c.up.sql"));
}

TEST(GitRepo, BranchesMergeAndConflict) {
  GitRepo repo;
  repo.Write("a", "1\n");
  const std::string base = repo.Commit("base");
  repo.CreateBranch("feature");
  repo.Write("b", "2\n");
  const std::string feature = repo.Commit("feature");
  repo.Checkout("main");
  const std::string merged = repo.Merge("feature");
  EXPECT_EQ(repo.Git({"rev-list", "--parents", "-1", merged}), merged + " " + base + " " + feature);

  repo.Checkout("feature");
  repo.Write("a", "feature\n");
  repo.Commit("one side");
  repo.Checkout("main");
  repo.Write("a", "main\n");
  repo.Commit("other side");
  EXPECT_THROW(repo.Merge("feature"), std::runtime_error);
}

TEST(GitRepo, ForcedBranchesMoveInAndOutOfTheWorkTree) {
  GitRepo repo;
  const std::string first = repo.Commit("first");
  const std::string second = repo.Commit("second");
  repo.ForceBranch("main", first);
  EXPECT_EQ(repo.RevParse("main"), first);
  repo.ForceBranch("other", second);
  EXPECT_EQ(repo.RevParse("refs/heads/other"), second);
  EXPECT_THROW(repo.RevParse("nowhere"), std::runtime_error);
}

TEST(GitRepo, HasAUrlThatCanBeCloned) {
  GitRepo repo;
  const std::string head = repo.Commit("first");
  const TempDir dir;
  RunOrThrow(GitCommand({"clone", "--quiet", "--bare", repo.url(), dir.path() + "/clone"}));
  EXPECT_EQ(RunOrThrow(GitCommand({"-C", dir.path() + "/clone", "rev-parse", "main"})), head + "\n");
}

}  // namespace
}  // namespace paliad::testing
