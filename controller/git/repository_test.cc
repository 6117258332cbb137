#include "controller/git/repository.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <thread>

#include "base/text.h"
#include "tests/git/process.h"
#include "tests/git/temp_dir.h"
#include "tests/git/work_tree.h"

namespace paliad::git {
namespace {

using paliad::testing::MustRun;
using paliad::testing::TempDir;
using paliad::testing::WorkTree;
using ::testing::HasSubstr;

class RepositoryTest : public ::testing::Test {
 protected:
  static Repository OpenOrDie(const std::string& path) {
    Result<Repository> repository = Repository::Open(path);
    if (!repository) {
      ADD_FAILURE() << repository.error().Message() << "\n" << repository.error().hint;
      std::abort();
    }
    return std::move(repository).value();
  }

  TempDir temp_;
  WorkTree work_{temp_ / "work"};
};

TEST_F(RepositoryTest, OpensTheWorkTreeItsGitFolderAndABareClone) {
  const std::string commit = work_.CommitFile("a", "1");
  MustRun({"git", "clone", "--quiet", "--bare", work_.path(), temp_ / "bare.git"});

  EXPECT_EQ(OpenOrDie(work_.path()).Resolve("main").value(), commit);
  EXPECT_EQ(OpenOrDie(work_.path() + "/.git").Resolve("main").value(), commit);
  EXPECT_EQ(OpenOrDie(temp_ / "bare.git").Resolve("main").value(), commit);
  EXPECT_EQ(OpenOrDie(work_.path()).WorkTree(), work_.path());
  EXPECT_EQ(OpenOrDie(temp_ / "bare.git").WorkTree(), "");
}

TEST_F(RepositoryTest, OpensALinkedWorkTreeWhoseDotGitIsAFile) {
  work_.CommitFile("a", "1");
  work_.Git({"worktree", "add", "--quiet", "-b", "feature", temp_ / "linked"});
  const std::string commit = WorkTree(work_).Git({"rev-parse", "feature"});

  const Repository repository = OpenOrDie(temp_ / "linked");

  EXPECT_EQ(repository.Resolve("feature").value(), commit);
  EXPECT_EQ(repository.Resolve("HEAD").value(), commit);
  EXPECT_EQ(repository.WorkTree(), temp_ / "linked");
}

TEST_F(RepositoryTest, OpensARepositoryWithPerWorkTreeConfiguration) {
  const std::string commit = work_.CommitFile("a", "1");
  work_.Git({"config", "core.repositoryFormatVersion", "1"});
  work_.Git({"config", "extensions.worktreeConfig", "true"});
  work_.Git({"config", "extensions.partialClone", "origin"});

  EXPECT_EQ(OpenOrDie(work_.path()).Resolve("main").value(), commit);
}

TEST_F(RepositoryTest, DoesNotSearchTheParentsOfAFolder) {
  work_.CommitFile("migrations/1_a.up.sql", "SELECT 1;");

  const Result<Repository> repository = Repository::Open(work_.path() + "/migrations");

  ASSERT_FALSE(repository);
  EXPECT_EQ(repository.error().kind, ErrorKind::kUnavailable);
  EXPECT_EQ(repository.error().Message(),
            "cannot open the git repository " + work_.path() + "/migrations: there is no git repository");
  EXPECT_THAT(repository.error().hint, HasSubstr(".git"));
}

TEST_F(RepositoryTest, SaysThatAFolderIsMissing) {
  const Result<Repository> repository = Repository::Open(temp_ / "nowhere");

  ASSERT_FALSE(repository);
  EXPECT_THAT(repository.error().Message(), HasSubstr("there is no git repository"));
}

TEST_F(RepositoryTest, SaysThatSha256ObjectNamesAreNotRead) {
  MustRun({"git", "init", "--quiet", "--object-format=sha256", temp_ / "sha256"});

  const Result<Repository> repository = Repository::Open(temp_ / "sha256");

  ASSERT_FALSE(repository);
  EXPECT_THAT(repository.error().hint, HasSubstr("SHA-256"));
}

TEST_F(RepositoryTest, SaysThatARepositoryWithoutCommitsIsEmpty) {
  const Result<std::string> commit = OpenOrDie(work_.path()).Resolve("main");

  ASSERT_FALSE(commit);
  EXPECT_EQ(commit.error().kind, ErrorKind::kInvalidInput);
  EXPECT_EQ(commit.error().Message(),
            "cannot find the revision main: " + work_.path() + " has no branch yet: it is empty");
}

TEST_F(RepositoryTest, ReadsWhoMadeACommit) {
  const std::string id = work_.CommitFile("a", "1");

  const CommitInfo info = OpenOrDie(work_.path()).ReadCommit(id).value();

  EXPECT_EQ(info.id, id);
  EXPECT_EQ(info.author.name, "Ada Author");
  EXPECT_EQ(info.author.email, "ada@example.com");
  EXPECT_EQ(info.committer.name, "Carl Committer");
  EXPECT_EQ(info.committer.email, "carl@example.com");
  EXPECT_EQ(info.summary, "Add a");
}

TEST_F(RepositoryTest, MakesTheTextOfACommitValidUtf8AndKeepsItsFirstLine) {
  const std::string tree = work_.Git({"mktree"});
  const std::string raw = "tree " + tree +
                          "\nauthor J\xF6rg <j\xF6rg@example.com> 1779273480 +0200\n"
                          "committer J\xF6rg <j@example.com> 1779273480 +0200\n\nGr\xFC\xDF"
                          "e\nmore\n\nbody\n";
  const std::string id = work_.Git({"hash-object", "-t", "commit", "-w", "--stdin"}, raw);

  const CommitInfo info = OpenOrDie(work_.path()).ReadCommit(id).value();

  EXPECT_EQ(info.author.name, "J\uFFFDrg");
  EXPECT_EQ(info.author.email, "j\uFFFDrg@example.com");
  EXPECT_EQ(info.summary, "Gr\uFFFD\uFFFDe");
}

TEST_F(RepositoryTest, SaysThatACommitIsNotHere) {
  work_.CommitFile("a", "1");
  const Repository repository = OpenOrDie(work_.path());

  const Result<CommitInfo> missing = repository.ReadCommit(std::string(40, 'a'));
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().kind, ErrorKind::kUnavailable);
  EXPECT_THAT(missing.error().cause, HasSubstr("does not have it"));

  const Result<CommitInfo> malformed = repository.ReadCommit("main");
  ASSERT_FALSE(malformed);
  EXPECT_EQ(malformed.error().kind, ErrorKind::kInvalidInput);
}

TEST_F(RepositoryTest, CountsTheCommitsBetweenAnAncestorAndTheHeadOverMerges) {
  const std::string first = work_.CommitFile("a", "1");
  work_.Git({"switch", "--quiet", "--create", "feature"});
  const std::string side = work_.CommitFile("b", "1");
  work_.Git({"switch", "--quiet", "main"});
  const std::string second = work_.CommitFile("c", "1");
  work_.Git({"merge", "--quiet", "--no-ff", "feature", "--message", "Merge"});
  const std::string head = work_.Git({"rev-parse", "HEAD"});
  const Repository repository = OpenOrDie(work_.path());

  EXPECT_EQ(repository.CommitsBehind(head, head).value(), 0);
  EXPECT_EQ(repository.CommitsBehind(first, head).value(), 3);
  EXPECT_EQ(repository.CommitsBehind(second, head).value(), 2);
  EXPECT_EQ(repository.CommitsBehind(second, side).value(), -1) << "siblings";
  EXPECT_EQ(repository.CommitsBehind(head, first).value(), -1) << "the wrong way round";
  EXPECT_EQ(repository.CommitsBehind(std::string(40, 'a'), head).value(), -1) << "not known here";
  EXPECT_FALSE(repository.CommitsBehind(first, std::string(40, 'a')));
}

TEST_F(RepositoryTest, CountsCommitsWhoseClocksWereWrong) {
  const std::string first = work_.CommitFile("a", "1");
  ::setenv("GIT_COMMITTER_DATE", "1000000000 +0000", 1);  // years before its parent
  work_.CommitFile("b", "1");
  ::setenv("GIT_COMMITTER_DATE", "1779273480 +0200", 1);
  const std::string head = work_.CommitFile("c", "1");

  EXPECT_EQ(OpenOrDie(work_.path()).CommitsBehind(first, head).value(), 2);
}

TEST_F(RepositoryTest, CommitsAfterARewriteAreNotAncestors) {
  work_.CommitFile("a", "1");
  const std::string old_head = work_.CommitFile("b", "1");
  work_.Git({"commit", "--quiet", "--amend", "--message", "Rewritten"});

  EXPECT_EQ(OpenOrDie(work_.path()).CommitsBehind(old_head, work_.Git({"rev-parse", "HEAD"})).value(), -1);
}

TEST_F(RepositoryTest, SeesWhatGitDoesWhileItIsOpen) {
  work_.CommitFile("a", "1");
  const Repository repository = OpenOrDie(work_.path());
  repository.Resolve("main").value();

  const std::string later = work_.CommitFile("b", "2");
  work_.Git({"gc", "--quiet", "--prune=now"});

  EXPECT_EQ(repository.Resolve("main").value(), later);
  EXPECT_EQ(repository.ReadCommit(later)->summary, "Add b");
}

TEST_F(RepositoryTest, ThreadsReadWithOneHandleEach) {
  const std::string id = work_.CommitFile("migrations/1_a.up.sql", "SELECT 1;");
  std::vector<std::thread> threads;
  std::vector<std::string> contents(4);
  for (std::string& content : contents) {
    threads.emplace_back([&] {
      Repository repository = OpenOrDie(work_.path());
      for (int i = 0; i < 50; ++i) {
        content = repository.Read(repository.ReadTree(id, "migrations")->entries.at(0)).value();
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  EXPECT_THAT(contents, ::testing::Each("SELECT 1;"));
}

}  // namespace
}  // namespace paliad::git
