#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include "base/sha256.h"
#include "controller/git/repository.h"
#include "tests/git/temp_dir.h"
#include "tests/git/work_tree.h"

namespace paliad::git {
namespace {

using paliad::testing::TempDir;
using paliad::testing::WorkTree;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const SourceEntry* Find(const SourceTree& tree, const std::string& name) {
  for (const SourceEntry& entry : tree.entries) {
    if (entry.name == name) {
      return &entry;
    }
  }
  return nullptr;
}

class TreeTest : public ::testing::Test {
 protected:
  Repository Open() { return Repository::Open(work_.path()).value(); }

  // The tree that `git mktree` makes of `lines`, each "MODE TYPE ID\tNAME\n".
  std::string MakeTree(const std::string& lines) { return work_.Git({"mktree", "--missing"}, lines); }
  std::string CommitTree(const std::string& tree) { return work_.Git({"commit-tree", tree, "-m", "made"}); }

  TempDir temp_;
  WorkTree work_{temp_ / "work"};
};

TEST_F(TreeTest, ClassifiesEveryEntryAndLeavesNoneOut) {
  work_.Write("migrations/001_a.up.sql", "SELECT 1;");
  work_.Write("migrations/002_b.up.sql", "SELECT 2;", /*executable=*/true);
  work_.Write("migrations/README.md", "");
  work_.Write("migrations/old/deep/003_c.up.sql", "SELECT 3;");
  work_.Write("migrations/old/notes.txt", "");
  work_.Git({"add", "--all"});
  const std::string target = work_.Git({"hash-object", "-w", "--stdin"}, "001_a.up.sql");
  work_.Git({"update-index", "--add", "--cacheinfo", "120000," + target + ",migrations/link.up.sql"});
  work_.Git({"update-index", "--add", "--cacheinfo", "160000," + std::string(40, 'b') + ",migrations/sub"});
  work_.Git({"commit", "--quiet", "--message", "all kinds"});
  const std::string commit = work_.Git({"rev-parse", "HEAD"});

  const SourceTree tree = Open().ReadTree(commit, "migrations").value();

  EXPECT_EQ(tree.path, "migrations");
  EXPECT_EQ(tree.commit->id, commit);
  EXPECT_EQ(tree.tree_id, work_.Git({"rev-parse", "HEAD:migrations"}));
  ASSERT_THAT(tree.entries, SizeIs(6));
  EXPECT_EQ(Find(tree, "001_a.up.sql")->kind, EntryKind::kFile);
  EXPECT_EQ(Find(tree, "001_a.up.sql")->blob_id, work_.Git({"rev-parse", "HEAD:migrations/001_a.up.sql"}));
  EXPECT_EQ(Find(tree, "002_b.up.sql")->kind, EntryKind::kFile);
  EXPECT_EQ(Find(tree, "README.md")->kind, EntryKind::kFile);
  EXPECT_EQ(Find(tree, "link.up.sql")->kind, EntryKind::kSymlink);
  EXPECT_EQ(Find(tree, "sub")->kind, EntryKind::kSubmodule);
  EXPECT_EQ(Find(tree, "sub")->blob_id, "");
  EXPECT_EQ(Find(tree, "old")->kind, EntryKind::kDirectory);
  EXPECT_EQ(Find(tree, "old")->blob_id, "");
  EXPECT_THAT(Find(tree, "old")->nested_sql, ElementsAre("deep/003_c.up.sql"));
}

TEST_F(TreeTest, EntriesAreInTheOrderOfTheirNamesBytes) {
  for (const char* name : {"a.sql", "a0", "B", "ä", "_"}) {
    work_.Write(name, "");
  }
  work_.Write("a/x", "");  // git itself sorts it as "a/", after "a.sql"

  std::vector<std::string> names;
  const SourceTree tree = Open().ReadTree(work_.Commit("x"), "").value();
  for (const SourceEntry& entry : tree.entries) {
    names.push_back(entry.name);
  }
  EXPECT_THAT(names, ElementsAre("B", "_", "a", "a.sql", "a0", "ä"));
}

TEST_F(TreeTest, KeepsNamesThatAreNotUtf8) {
  const std::string name =
      "001_gr\xFC\xDF"
      "e.up.sql";
  work_.Write("migrations/" + name, "SELECT 1;");

  Repository repository = Open();
  const SourceTree tree = repository.ReadTree(work_.Commit("x"), "migrations").value();

  ASSERT_THAT(tree.entries, SizeIs(1));
  EXPECT_EQ(tree.entries[0].name, name);
  EXPECT_EQ(repository.Read(tree.entries[0]).value(), "SELECT 1;");
}

TEST_F(TreeTest, ThePathMayBeWrittenInSeveralWays) {
  work_.Write("db/migrations/1_a.up.sql", "");
  const std::string commit = work_.Commit("x");
  const Repository repository = Open();
  const std::string root = work_.Git({"rev-parse", "HEAD^{tree}"});
  const std::string folder = work_.Git({"rev-parse", "HEAD:db/migrations"});
  const struct {
    std::string path;
    std::string normal;
    std::string id;
  } cases[] = {
      {"", "", root},
      {".", "", root},
      {"./", "", root},
      {"db/migrations", "db/migrations", folder},
      {"db/migrations/", "db/migrations", folder},
      {"./db//./migrations", "db/migrations", folder},
  };
  for (const auto& c : cases) {
    const Result<SourceTree> tree = repository.ReadTree(commit, c.path);
    ASSERT_TRUE(tree) << c.path << ": " << tree.error().Message();
    EXPECT_EQ(tree->path, c.normal) << c.path;
    EXPECT_EQ(tree->tree_id, c.id) << c.path;
    EXPECT_EQ(repository.TreeId(commit, c.path).value(), c.id) << c.path;
  }
}

TEST_F(TreeTest, APathThatIsNoFolderIsRefusedAndTheHintNamesTheFoldersThatExist) {
  work_.Write("db/migrations/1_a.up.sql", "");
  work_.Write("docs/x", "");
  work_.Write("README", "");
  const std::string commit = work_.Commit("x");
  const struct {
    std::string path;
    std::string cause;
    std::string hint;
  } cases[] = {
      {"migrations", "there is no migrations in commit " + commit.substr(0, 12),
       "the folders at its root: db, docs"},
      {"db/sql/x", "there is no db/sql in commit " + commit.substr(0, 12),
       "the folders at its root: db, docs"},
      {"README", "README is a file in commit " + commit.substr(0, 12), "the folders at its root: db, docs"},
      {"db/migrations/1_a.up.sql/x", "db/migrations/1_a.up.sql is a file in commit " + commit.substr(0, 12),
       "the folders at its root: db, docs"},
      {"/db", "it is an absolute path", "name the folder from the repository's root, such as \"migrations\""},
      {"db/../db", "it contains \"..\"",
       "name the folder from the repository's root, such as \"migrations\""},
  };
  const Repository repository = Open();
  for (const auto& c : cases) {
    const Result<std::string> id = repository.TreeId(commit, c.path);
    const Result<SourceTree> tree = repository.ReadTree(commit, c.path);
    ASSERT_FALSE(id) << c.path;
    ASSERT_FALSE(tree) << c.path;
    EXPECT_EQ(tree.error().kind, ErrorKind::kInvalidInput) << c.path;
    EXPECT_EQ(tree.error().cause, c.cause) << c.path;
    EXPECT_EQ(tree.error().hint, c.hint) << c.path;
    EXPECT_EQ(id.error().Message(), tree.error().Message()) << c.path;
  }
}

TEST_F(TreeTest, TheListOfNestedFilesIsBounded) {
  for (int i = 0; i < 150; ++i) {
    work_.Write(fmt::format("old/{:03}.sql", i), "");
  }
  const SourceTree tree = Open().ReadTree(work_.Commit("x"), "").value();

  ASSERT_THAT(tree.entries, SizeIs(1));
  EXPECT_THAT(tree.entries[0].nested_sql, SizeIs(100));
}

TEST_F(TreeTest, ATreeThatNamesOneFolderManyTimesOverIsReadQuickly) {
  // 10 entries a level, 30 levels: 10^30 paths, none with SQL.
  std::string tree = MakeTree("100644 blob " + work_.Git({"hash-object", "-w", "--stdin"}) + "\tx\n");
  for (int level = 0; level < 30; ++level) {
    std::string lines;
    for (int i = 0; i < 10; ++i) {
      lines += fmt::format("040000 tree {}\td{}\n", tree, i);
    }
    tree = MakeTree(lines);
  }
  const SourceTree source = Open().ReadTree(CommitTree(tree), "").value();

  EXPECT_THAT(source.entries, SizeIs(10));
  EXPECT_THAT(source.entries[0].nested_sql, IsEmpty());
}

TEST_F(TreeTest, FoldersNestedTooDeepAreAnErrorAndNotACrash) {
  // Made with fast-import: 1,200 runs of mktree would take seconds.
  std::string path;
  for (int i = 0; i < 1200; ++i) {
    path += "d/";
  }
  work_.Git({"fast-import", "--quiet"},
            "commit refs/heads/deep\ncommitter C <c@example.com> 1 +0000\ndata 1\nx\nM 644 inline " + path +
                "f.sql\ndata 1\nx\n");

  const Result<SourceTree> tree = Open().ReadTree(work_.Git({"rev-parse", "deep"}), "");

  ASSERT_FALSE(tree);
  EXPECT_EQ(tree.error().kind, ErrorKind::kInvalidInput);
  EXPECT_EQ(tree.error().cause, "folders are nested more than 1000 deep");
}

TEST_F(TreeTest, ReadsBytesAsTheyAreStored) {
  const std::string bytes("\xEF\xBB\xBFSELECT 1;\r\n\0\xFF", 16);
  work_.Write(".gitattributes", "*.sql text eol=crlf ident\n");
  work_.Git({"add", ".gitattributes"});
  const std::string blob = work_.Git({"hash-object", "-w", "--stdin"}, bytes);
  work_.Git({"update-index", "--add", "--cacheinfo", "100644," + blob + ",m/1_a.up.sql"});
  work_.Git({"commit", "--quiet", "--message", "x"});
  Repository repository = Open();
  const SourceTree tree = repository.ReadTree(work_.Git({"rev-parse", "HEAD"}), "m").value();

  EXPECT_EQ(repository.Read(tree.entries.at(0)).value(), bytes);
  EXPECT_EQ(repository.Size(tree.entries.at(0)).value(), bytes.size());
}

TEST_F(TreeTest, RefusesAFileThatIsTooLargeAndStillTellsItsSize) {
  work_.Write("m/large.sql", std::string(kMaxFileBytes + 1, ' '));
  work_.Write("m/most.sql", std::string(kMaxFileBytes, ' '));
  Repository repository = Open();
  const SourceTree tree = repository.ReadTree(work_.Commit("x"), "m").value();
  const SourceEntry& large = tree.entries.at(0);

  EXPECT_EQ(repository.Size(large).value(), kMaxFileBytes + 1);
  const Result<std::string> bytes = repository.Read(large);
  ASSERT_FALSE(bytes);
  EXPECT_EQ(bytes.error().kind, ErrorKind::kInvalidInput);
  EXPECT_THAT(bytes.error().cause, HasSubstr("33554433 bytes"));
  EXPECT_EQ(repository.Read(tree.entries.at(1))->size(), kMaxFileBytes);
}

TEST_F(TreeTest, AnObjectThatIsMissingOrDamagedIsUnavailable) {
  work_.Write("m/1_a.up.sql", "SELECT 1;");
  const std::string commit = work_.Commit("x");
  const std::string blob = work_.Git({"rev-parse", "HEAD:m/1_a.up.sql"});
  const std::string file = work_.path() + "/.git/objects/" + blob.substr(0, 2) + "/" + blob.substr(2);
  Repository repository = Open();
  const SourceTree tree = repository.ReadTree(commit, "m").value();

  work_.Git({"cat-file", "-e", blob});
  paliad::testing::WriteFile(temp_ / "copy", paliad::testing::ReadFile(file));
  std::remove(file.c_str());
  paliad::testing::WriteFile(file, "not a zlib stream");

  const Result<std::string> damaged = repository.Read(tree.entries.at(0));
  ASSERT_FALSE(damaged);
  EXPECT_EQ(damaged.error().kind, ErrorKind::kUnavailable);
  EXPECT_THAT(damaged.error().hint, HasSubstr("fsck"));

  std::remove(file.c_str());
  const Result<std::string> missing = repository.Read(tree.entries.at(0));
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().kind, ErrorKind::kUnavailable);
}

TEST_F(TreeTest, TenThousandFilesAreListedWithoutReadingOne) {
  // No blob exists: whoever read one would fail. They come as `--missing` ids.
  std::string lines;
  for (int i = 0; i < 10000; ++i) {
    lines += fmt::format("100644 blob {}\t{:05}_m.up.sql\n", Sha256Hex(std::to_string(i)).substr(0, 40), i);
  }
  const std::string commit =
      CommitTree(MakeTree(fmt::format("040000 tree {}\tmigrations\n", MakeTree(lines))));
  const Repository repository = Open();

  const auto start = std::chrono::steady_clock::now();
  const SourceTree tree = repository.ReadTree(commit, "migrations").value();
  const auto elapsed = std::chrono::steady_clock::now() - start;

  ASSERT_THAT(tree.entries, SizeIs(10000));
  EXPECT_EQ(tree.entries.back().name, "09999_m.up.sql");
  EXPECT_LT(elapsed, std::chrono::seconds(30)) << "about 5 ms on a machine of 2024";
}

}  // namespace
}  // namespace paliad::git
