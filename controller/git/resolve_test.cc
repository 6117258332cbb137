#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "controller/git/repository.h"
#include "tests/git/process.h"
#include "tests/git/temp_dir.h"
#include "tests/git/work_tree.h"

namespace paliad::git {
namespace {

using paliad::testing::MustRun;
using paliad::testing::TempDir;
using paliad::testing::WorkTree;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class ResolveTest : public ::testing::Test {
 protected:
  Repository Open() { return Repository::Open(work_.path()).value(); }

  TempDir temp_;
  WorkTree work_{temp_ / "work"};
  std::string first_ = work_.CommitFile("a", "1");
  std::string second_ = work_.CommitFile("a", "2");
};

TEST_F(ResolveTest, FindsBranchesTagsIdsAndExpressions) {
  work_.Git({"tag", "light", first_});
  work_.Git({"tag", "--annotate", "--message", "release", "v1", first_});
  work_.Git({"tag", "--annotate", "--message", "again", "v1-again", "v1"});
  work_.Git({"branch", "feature/x", first_});
  const struct {
    std::string revision;
    std::string commit;
  } cases[] = {
      {"main", second_},
      {"feature/x", first_},
      {"refs/heads/feature/x", first_},
      {"HEAD", second_},
      {"light", first_},
      {"v1", first_},
      {"v1-again", first_},
      {"refs/tags/v1", first_},
      {first_, first_},
      {first_.substr(0, 10), first_},
      {"main~1", first_},
      {"main^", first_},
      {"heads/main", second_},
      {"tags/v1", first_},
      {"v1-1-g" + second_.substr(0, 9), second_},
      {"@", second_},
      {"v1^{commit}", first_},
      {work_.Git({"rev-parse", "v1"}), first_},
  };
  const Repository repository = Open();
  for (const auto& c : cases) {
    const Result<std::string> commit = repository.Resolve(c.revision);
    ASSERT_TRUE(commit) << c.revision << ": " << commit.error().Message();
    EXPECT_EQ(*commit, c.commit) << c.revision;
  }
}

TEST_F(ResolveTest, ABranchWinsOverATagAndAnAbbreviatedId) {
  const std::string abbreviated = second_.substr(0, 8);
  work_.Git({"branch", abbreviated, first_});
  work_.Git({"branch", "same", first_});
  work_.Git({"tag", "same", second_});

  EXPECT_EQ(Open().Resolve(abbreviated).value(), first_);
  EXPECT_EQ(Open().Resolve("same").value(), first_);
}

TEST_F(ResolveTest, AFullIdWinsOverABranchOfThatName) {
  work_.Git({"update-ref", "refs/heads/" + second_, first_});

  EXPECT_EQ(Open().Resolve(second_).value(), second_);
}

TEST_F(ResolveTest, ALocalBranchWinsOverTheRemotesAndTheRemotesIsFoundWithoutOne) {
  work_.Git({"branch", "feature", first_});
  MustRun({"git", "clone", "--quiet", work_.path(), temp_ / "clone"});
  MustRun({"git", "-C", temp_ / "clone", "reset", "--quiet", "--hard", first_});
  const Repository clone = Repository::Open(temp_ / "clone").value();

  EXPECT_EQ(clone.Resolve("main").value(), first_) << "local, behind origin/main";
  EXPECT_EQ(clone.Resolve("origin/main").value(), second_);
  EXPECT_EQ(clone.Resolve("feature").value(), first_) << "only origin has it";
}

TEST_F(ResolveTest, AMissingBranchNamesTheOnesThatThereAre) {
  work_.Git({"branch", "feature"});

  const Result<std::string> commit = Open().Resolve("mian");

  ASSERT_FALSE(commit);
  EXPECT_EQ(commit.error().kind, ErrorKind::kInvalidInput);
  EXPECT_EQ(commit.error().Message(),
            "cannot find the revision mian: " + work_.path() + " has no branch, tag or commit of that name");
  EXPECT_EQ(commit.error().hint, "its branches: feature, main");
}

TEST_F(ResolveTest, ALongListOfBranchesIsCutShort) {
  for (int i = 10; i < 22; ++i) {
    work_.Git({"branch", "b" + std::to_string(i)});
  }
  EXPECT_EQ(Open().Resolve("x").error().hint,
            "its branches: b10, b11, b12, b13, b14, b15, b16, b17, b18, b19 and 3 more");
}

TEST_F(ResolveTest, WhatNamesNoCommitIsRefusedWithItsReason) {
  const struct {
    std::string revision;
    std::string cause;
  } cases[] = {
      {"", "it is empty"},
      {"main:a", "it names a file or a folder, not a commit"},
      {"main^{tree}", "it names a file or a folder, not a commit"},
      {work_.Git({"rev-parse", "main:a"}), "it names a file or a folder, not a commit"},
      {std::string("ma\0in", 5), "it is not a git revision"},
      {"main~99", "no branch, tag or commit of that name"},
      {"main^{nonsense}", "it is not a git revision"},
      {"a..b", "it is not a git revision"},
      {"--help", "no branch, tag or commit of that name"},
      {std::string(40, 'a'), "no branch, tag or commit of that name"},
  };
  const Repository repository = Open();
  for (const auto& c : cases) {
    const Result<std::string> commit = repository.Resolve(c.revision);
    ASSERT_FALSE(commit) << c.revision;
    EXPECT_EQ(commit.error().kind, ErrorKind::kInvalidInput) << c.revision;
    EXPECT_THAT(commit.error().cause, HasSubstr(c.cause)) << c.revision;
  }
}

TEST_F(ResolveTest, AnAbbreviationOfSeveralIdsIsRefused) {
  // Among 2,000 objects, two share their first four digits.
  std::string blobs;
  for (int i = 0; i < 2000; ++i) {
    blobs += "blob\ndata 4\n" + std::to_string(1000 + i) + "\n";
  }
  work_.Git({"fast-import", "--quiet"}, blobs);
  std::istringstream ids(work_.Git({"cat-file", "--batch-all-objects", "--batch-check=%(objectname)"}));
  std::string shared;
  for (std::string id, last; shared.empty() && ids >> id; last = id) {  // sorted
    shared = id.substr(0, 4) == last.substr(0, 4) ? id.substr(0, 4) : "";
  }
  ASSERT_FALSE(shared.empty());

  const Result<std::string> commit = Open().Resolve(shared);

  ASSERT_FALSE(commit);
  EXPECT_EQ(commit.error().kind, ErrorKind::kInvalidInput);
  EXPECT_EQ(commit.error().hint, "give more digits of the id");
}

TEST_F(ResolveTest, ListsBranchesAndPullRequestHeadsWithTheirCommits) {
  work_.Git({"branch", "feature", first_});
  work_.Git({"tag", "v1"});
  work_.Git({"update-ref", "refs/pull/7/head", first_});
  work_.Git({"update-ref", "refs/pull/7/merge", second_});
  work_.Git({"update-ref", "refs/merge-requests/8/head", second_});
  work_.Git({"update-ref", "refs/remotes/origin/main", first_});
  work_.Git({"symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main"});

  std::vector<std::string> lines;
  const std::vector<Repository::Ref> refs = Open().Refs().value();
  for (const Repository::Ref& ref : refs) {
    lines.push_back(ref.name + " " + ref.commit);
  }
  EXPECT_THAT(lines, ElementsAre("refs/heads/feature " + first_, "refs/heads/main " + second_,
                                 "refs/merge-requests/8/head " + second_, "refs/pull/7/head " + first_,
                                 "refs/remotes/origin/main " + first_));
}

TEST_F(ResolveTest, ADamagedBranchIsNotTakenForAMissingOne) {
  work_.Git({"branch", "broken"});
  paliad::testing::WriteFile(work_.path() + "/.git/refs/heads/broken", "not an id\n");

  const Result<std::string> commit = Open().Resolve("broken");

  ASSERT_FALSE(commit);
  EXPECT_EQ(commit.error().kind, ErrorKind::kUnavailable);
  EXPECT_THAT(commit.error().hint, HasSubstr("fsck"));
}

}  // namespace
}  // namespace paliad::git
