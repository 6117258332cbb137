#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "controller/git/repository.h"
#include "tests/git/process.h"
#include "tests/git/temp_dir.h"
#include "tests/git/work_tree.h"

namespace paliad::git {
namespace {

using paliad::testing::TempDir;
using paliad::testing::WorkTree;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class MergeTest : public ::testing::Test {
 protected:
  MergeTest() {
    work_.Write("migrations/001_a.up.sql", "CREATE TABLE a (id int);\n-- and more\n-- and more\n");
    work_.Write("migrations/002_b.up.sql", "CREATE TABLE b (id bigint, t text);\n");
    work_.Commit("base");
    work_.Git({"checkout", "--quiet", "-b", "feature"});
  }

  MergePreview Preview(const std::string& base = "main", const std::string& head = "feature") {
    Result<Repository> repository = Repository::Open(work_.path());
    EXPECT_TRUE(repository.has_value());
    Result<MergePreview> preview =
        repository->PreviewMerge(repository->Resolve(base).value(), repository->Resolve(head).value(),
                                 "migrations/", ".paliad/policy.toml");
    EXPECT_TRUE(preview.has_value()) << preview.error().Message();
    contents_.clear();
    for (const SourceEntry& entry : preview->tree.entries) {
      contents_.push_back(entry.name + ": " + repository->Read(entry).value());
    }
    return *std::move(preview);
  }

  static std::vector<std::string> Words(const MergePreview& preview) {
    const std::vector<std::string> names = {"added", "edited", "renamed", "deleted", "conflict"};
    std::vector<std::string> words;
    for (const FileChange& change : preview.changes) {
      words.push_back(names[static_cast<std::size_t>(change.kind)] + " " + change.old_path + " " +
                      change.path);
    }
    return words;
  }

  std::string Objects() { return work_.Git({"count-objects", "-v"}); }

  TempDir temp_;
  WorkTree work_{temp_ / "work"};
  std::vector<std::string> contents_;
};

TEST_F(MergeTest, EditsRenamesAndDeletionsAreToldApart) {
  work_.Write("migrations/001_a.up.sql", "CREATE TABLE a (id bigint);\n-- and more\n-- and more\n");
  work_.Git({"mv", "migrations/002_b.up.sql", "migrations/003_c.up.sql"});
  work_.Write("migrations/004_d.up.sql", "SELECT 4;\n");
  work_.Write("other/file", "not in the folder\n");
  work_.Commit("changes");
  EXPECT_THAT(Words(Preview()), ElementsAre("edited migrations/001_a.up.sql migrations/001_a.up.sql",
                                            "renamed migrations/002_b.up.sql migrations/003_c.up.sql",
                                            "added  migrations/004_d.up.sql"));
  work_.Git({"rm", "--quiet", "migrations/003_c.up.sql"});
  work_.Commit("gone");
  EXPECT_THAT(Words(Preview()),
              ::testing::Contains("deleted migrations/002_b.up.sql migrations/002_b.up.sql"));
}

TEST_F(MergeTest, AMoveOutOfTheFolderIsARename) {
  work_.Write("archive/x", "");
  work_.Git({"mv", "migrations/002_b.up.sql", "archive/002_b.up.sql"});
  work_.Commit("archive");
  EXPECT_THAT(Words(Preview()), ElementsAre("renamed migrations/002_b.up.sql archive/002_b.up.sql"));
}

// A draft with the name of a migration counted as one that the base has, and must not rename.
TEST_F(MergeTest, AMoveIntoTheFolderIsAnAddition) {
  work_.Git({"checkout", "--quiet", "main"});
  work_.Write("drafts/003_c.up.sql", "CREATE TABLE c (id bigint, t text);\n");
  work_.Commit("a draft");
  work_.Git({"checkout", "--quiet", "-B", "feature"});
  work_.Git({"mv", "drafts/003_c.up.sql", "migrations/003_c.up.sql"});
  work_.Commit("not a draft any more");
  EXPECT_THAT(Words(Preview()), ElementsAre("added  migrations/003_c.up.sql"));
}

TEST_F(MergeTest, WhatTheBaseDidMeanwhileIsNotTheHeadsDoing) {
  work_.Write("migrations/003_c.up.sql", "SELECT 3;\n");
  work_.Commit("feature");
  work_.Git({"checkout", "--quiet", "main"});
  work_.Write("migrations/004_d.up.sql", "SELECT 4;\n");
  work_.Commit("main goes on");
  EXPECT_THAT(Words(Preview()), ElementsAre("added  migrations/003_c.up.sql"));
  EXPECT_EQ(contents_.size(), 4U);
}

TEST_F(MergeTest, AConflictLeavesWhatTheBaseHas) {
  work_.Write("migrations/003_c.up.sql", "SELECT 'feature';\n");
  work_.Write("migrations/002_b.up.sql", "CREATE TABLE b (id bigint, t text, feature int);\n");
  work_.Commit("feature");
  work_.Git({"checkout", "--quiet", "main"});
  work_.Write("migrations/003_c.up.sql", "SELECT 'main';\n");
  work_.Git({"rm", "--quiet", "migrations/002_b.up.sql"});
  work_.Commit("main");
  EXPECT_THAT(Words(Preview()), ElementsAre("conflict migrations/002_b.up.sql migrations/002_b.up.sql",
                                            "conflict migrations/003_c.up.sql migrations/003_c.up.sql"));
  EXPECT_EQ(contents_.back(), "003_c.up.sql: SELECT 'main';\n");
  EXPECT_EQ(contents_.size(), 2U);
}

// Both sides changed one file in different places: the merged file exists nowhere but in the merge.
TEST_F(MergeTest, AMergedFileCanBeReadAndNothingIsWritten) {
  const std::string middle = "-- 1\n-- 2\n-- 3\n-- 4\n-- 5\n";
  work_.Write("migrations/005_e.up.sql", "SELECT 1;\n" + middle + "SELECT 2;\n");
  work_.Commit("both");
  work_.Git({"branch", "--force", "main", "feature"});
  work_.Write("migrations/005_e.up.sql", "SELECT 1;\n" + middle + "SELECT 'feature';\n");
  work_.Commit("feature");
  work_.Git({"checkout", "--quiet", "main"});
  work_.Write("migrations/005_e.up.sql", "SELECT 'main';\n" + middle + "SELECT 2;\n");
  work_.Commit("main");
  const std::string before = Objects();
  Preview();
  EXPECT_EQ(contents_.back(), "005_e.up.sql: SELECT 'main';\n" + middle + "SELECT 'feature';\n");
  EXPECT_EQ(Objects(), before);
}

TEST_F(MergeTest, AHeadThatIsTheBaseChangesNothing) {
  EXPECT_THAT(Words(Preview("main", "main")), IsEmpty());
}

TEST_F(MergeTest, HistoriesWithoutACommonCommitAreMergedAllTheSame) {
  work_.Git({"checkout", "--quiet", "--orphan", "other"});
  work_.Write("migrations/006_f.up.sql", "SELECT 6;\n");
  work_.Commit("other");
  EXPECT_THAT(Words(Preview("main", "other")), ElementsAre("added  migrations/006_f.up.sql"));
}

TEST_F(MergeTest, AHeadWithoutTheFolderDeletesWhatIsInIt) {
  work_.Git({"rm", "--quiet", "-r", "migrations"});
  work_.Write("README", "x");
  work_.Commit("no migrations");
  const MergePreview preview = Preview();
  EXPECT_EQ(preview.tree.tree_id, "");
  EXPECT_EQ(preview.tree.path, "migrations");
  EXPECT_THAT(preview.tree.entries, IsEmpty());
  EXPECT_THAT(Words(preview), ElementsAre("deleted migrations/001_a.up.sql migrations/001_a.up.sql",
                                          "deleted migrations/002_b.up.sql migrations/002_b.up.sql"));
}

TEST_F(MergeTest, TheWatchedFileIsComparedWithTheMergeResult) {
  work_.Write("migrations/003_c.up.sql", "");
  work_.Commit("feature");
  work_.Git({"checkout", "--quiet", "main"});
  work_.Write(".paliad/policy.toml", "extends = \"strict\"\n");
  work_.Commit("the base's policy");
  EXPECT_FALSE(Preview().changes_watched);  // the head has none, and does not take it away
  work_.Git({"checkout", "--quiet", "feature"});
  work_.Write(".paliad/policy.toml", "extends = \"default\"\n");
  work_.Commit("another, in conflict");
  EXPECT_TRUE(Preview().changes_watched);
  work_.Git({"reset", "--quiet", "--hard", "main"});
  work_.Write(".paliad/policy.toml", "extends = \"default\"\n");
  work_.Commit("relaxed");
  EXPECT_TRUE(Preview().changes_watched);
}

TEST_F(MergeTest, AFileIsReadByItsPath) {
  work_.Write(".paliad/policy.toml", "extends = 'strict'\n");
  const std::string commit = work_.Commit("policy");
  const Repository repository = Repository::Open(work_.path()).value();
  EXPECT_EQ(repository.ReadFile(commit, ".paliad/policy.toml", 100).value(), "extends = 'strict'\n");
  EXPECT_EQ(repository.ReadFile(commit, ".paliad/other.toml", 100).value(), std::nullopt);
  EXPECT_EQ(repository.ReadFile(commit, ".paliad", 100).value(), std::nullopt);
  EXPECT_FALSE(repository.ReadFile(commit, ".paliad/policy.toml", 10).has_value());
}

}  // namespace
}  // namespace paliad::git
