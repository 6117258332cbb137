#include "migrations/migration_set.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace paliad {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

SourceEntry Entry(std::string name, EntryKind kind = EntryKind::kFile,
                  std::vector<std::string> nested_sql = {}) {
  return {.name = std::move(name), .kind = kind, .blob_id = "", .nested_sql = std::move(nested_sql)};
}

SourceTree Tree(std::vector<SourceEntry> entries) {
  SourceTree tree;
  tree.path = "migrations";
  tree.entries = std::move(entries);
  std::sort(tree.entries.begin(), tree.entries.end(),
            [](const SourceEntry& a, const SourceEntry& b) { return a.name < b.name; });
  return tree;
}

std::vector<std::string> Describe(const MigrationSet& set) {
  std::vector<std::string> lines;
  for (const Migration& m : set.migrations) {
    lines.push_back(std::to_string(m.version) + " " + m.name + " " + m.path);
  }
  return lines;
}

TEST(MigrationSet, MigrationsAreOrderedByVersionNotByName) {
  const MigrationSet set =
      MakeMigrationSet(Tree({Entry("10_b.up.sql"), Entry("9_a.up.sql"), Entry("0008_c.up.sql")}));
  EXPECT_THAT(Describe(set), ElementsAre("8 c migrations/0008_c.up.sql", "9 a migrations/9_a.up.sql",
                                         "10 b migrations/10_b.up.sql"));
  ASSERT_NE(set.Find(9), nullptr);
  EXPECT_EQ(set.Find(9)->name, "a");
  EXPECT_EQ(set.Find(9)->entry->name, "9_a.up.sql");
  EXPECT_EQ(set.Find(7), nullptr);
  EXPECT_EQ(set.Find(11), nullptr);
}

TEST(MigrationSet, PathsAtTheRootHaveNoSlash) {
  SourceTree tree = Tree({Entry("1_a.up.sql")});
  tree.path = "";
  EXPECT_EQ(MakeMigrationSet(tree).migrations.at(0).path, "1_a.up.sql");
}

TEST(MigrationSet, EqualVersionsCollideAndNeitherIsInTheSet) {
  const MigrationSet set = MakeMigrationSet(
      Tree({Entry("007_a.up.sql"), Entry("7_b.up.sql"), Entry("07_c.up.sql"), Entry("8_d.up.sql")}));
  EXPECT_THAT(Describe(set), ElementsAre("8 d migrations/8_d.up.sql"));
  ASSERT_EQ(set.collisions.size(), 1U);
  EXPECT_EQ(set.collisions[0].version, 7);
  EXPECT_THAT(set.collisions[0].paths,
              ElementsAre("migrations/007_a.up.sql", "migrations/07_c.up.sql", "migrations/7_b.up.sql"));
  EXPECT_EQ(set.Find(7), nullptr);
}

TEST(MigrationSet, DownFilesAreKeptForReferenceAndNeverCollide) {
  const MigrationSet set = MakeMigrationSet(
      Tree({Entry("7_a.up.sql"), Entry("7_a.down.sql"), Entry("07_b.down.sql"), Entry("9_alone.down.sql")}));
  EXPECT_THAT(Describe(set), ElementsAre("7 a migrations/7_a.up.sql"));
  EXPECT_THAT(set.collisions, IsEmpty());
  EXPECT_THAT(set.down_files, ElementsAre("migrations/07_b.down.sql", "migrations/7_a.down.sql",
                                          "migrations/9_alone.down.sql"));
}

TEST(MigrationSet, IgnoredEntriesSayWhy) {
  const MigrationSet set = MakeMigrationSet(
      Tree({Entry("README.md"), Entry(".gitkeep"), Entry(".git", EntryKind::kDirectory, {"refs/heads/x.sql"}),
            Entry("docs", EntryKind::kDirectory), Entry("latest", EntryKind::kSymlink),
            Entry("vendor", EntryKind::kSubmodule), Entry("socket", EntryKind::kOther)}));
  std::vector<std::string> lines;
  for (const IgnoredEntry& entry : set.ignored) {
    lines.push_back(entry.path + ": " + entry.reason);
  }
  EXPECT_THAT(lines, ElementsAre("migrations/.git: hidden folder", "migrations/.gitkeep: hidden file",
                                 "migrations/README.md: not a migration file name",
                                 "migrations/docs: a folder", "migrations/latest: a symbolic link",
                                 "migrations/socket: not a regular file", "migrations/vendor: a submodule"));
  EXPECT_THAT(set.rejected, IsEmpty());
}

TEST(MigrationSet, RejectedEntriesSayWhy) {
  const MigrationSet set = MakeMigrationSet(
      Tree({Entry("12-add.sql"), Entry("20170412214116_x.up.sql"), Entry("1_a.up.sql", EntryKind::kSymlink),
            Entry("2_b.down.sql", EntryKind::kSubmodule), Entry("3_c.up.sql", EntryKind::kDirectory),
            Entry("4_d.up.sql", EntryKind::kOther),
            Entry("archive", EntryKind::kDirectory, {"2019/1_a.up.sql", "2_b.up.sql"})}));
  std::vector<std::string> lines;
  for (const RejectedEntry& entry : set.rejected) {
    const std::string kind = entry.kind == RejectionKind::kFileName       ? "file-name"
                             : entry.kind == RejectionKind::kVersionRange ? "version-range"
                                                                          : "unreadable";
    lines.push_back(kind + " " + entry.path + ": " + entry.reason);
  }
  EXPECT_THAT(
      lines,
      ElementsAre(
          "file-name migrations/12-add.sql: the version must be followed by \"_\" and a description: write "
          "\"12_add.up.sql\"",
          "unreadable migrations/1_a.up.sql: it is a symbolic link: put the file itself here",
          "version-range migrations/20170412214116_x.up.sql: the version 20170412214116 is larger than "
          "2147483647, the largest int of PostgreSQL: use the next number of the sequence, not a timestamp",
          "unreadable migrations/2_b.down.sql: it is a submodule: put the file itself here",
          "unreadable migrations/3_c.up.sql: it is a folder: put the file itself here",
          "unreadable migrations/4_d.up.sql: it is not a regular file: put the file itself here",
          "file-name migrations/archive: migrations are read from the folder itself, not from folders below "
          "it: move \"2019/1_a.up.sql\" up, or add \"archive/\" to the policy's `ignore`"));
  EXPECT_THAT(set.ignored, IsEmpty());
}

TEST(MigrationSet, TheGlobsOfThePolicyWinOverEverything) {
  const std::vector<SourceEntry> entries = {
      Entry("1_a.up.sql"), Entry("12-add.sql"), Entry("archive", EntryKind::kDirectory, {"x.sql"}),
      Entry("old", EntryKind::kDirectory, {"y.sql"}), Entry("archived.sql")};
  const MigrationSet set = MakeMigrationSet(Tree(entries), {"12-*", "archive*/", "old"});
  std::vector<std::string> lines;
  for (const IgnoredEntry& entry : set.ignored) {
    lines.push_back(entry.path + ": " + entry.reason);
  }
  EXPECT_THAT(lines, ElementsAre("migrations/12-add.sql: ignored by the policy: 12-*",
                                 "migrations/archive: ignored by the policy: archive*/",
                                 "migrations/old: ignored by the policy: old"));
  EXPECT_THAT(Describe(set), ElementsAre("1 a migrations/1_a.up.sql"));
  ASSERT_EQ(set.rejected.size(), 1U) << "a glob for folders must leave files alone";
  EXPECT_EQ(set.rejected[0].path, "migrations/archived.sql");
}

// Version, description and suffix, each mostly right.
std::string RandomName(std::mt19937& random) {
  const auto pick = [&](const std::vector<std::string>& parts) { return parts[random() % parts.size()]; };
  return pick({"1", "07", "7", "12", "012", "345", "0", "", "+1", "99999999999", "."}) +
         pick({"_", "_", "_", "-", ""}) + pick({"a", "b", "", "é", "\xFF", "\t", "up", "b_c"}) +
         pick({".up.sql", ".up.sql", ".down.sql", ".sql", ".UP.SQL", ".md", ""});
}

TEST(MigrationSet, EveryEntryLandsInExactlyOneList) {
  std::mt19937 random(20260520);  // NOLINT: the same cases each time
  int seen_in[5] = {};
  for (int round = 0; round < 300; ++round) {
    std::set<std::string> names;
    while (names.size() < 40) {
      names.insert(RandomName(random));
    }
    std::vector<SourceEntry> entries;
    std::multiset<std::string> expected;
    for (const std::string& name : names) {
      const auto kind = random() % 4 != 0 ? EntryKind::kFile : static_cast<EntryKind>(random() % 5);
      const bool nested = kind == EntryKind::kDirectory && random() % 2 == 0;
      entries.push_back(
          Entry(name, kind, nested ? std::vector<std::string>{"x.sql"} : std::vector<std::string>{}));
      expected.insert("migrations/" + name);
    }
    const MigrationSet set = MakeMigrationSet(Tree(entries), {"*-*", "b*/"});
    std::multiset<std::string> got;
    std::set<Version> versions;
    for (const Migration& m : set.migrations) {
      got.insert(m.path);
      EXPECT_TRUE(versions.insert(m.version).second) << m.path;
      ++seen_in[0];
    }
    for (const std::string& path : set.down_files) got.insert(path), ++seen_in[1];
    for (const IgnoredEntry& entry : set.ignored) {
      EXPECT_NE(entry.reason, "") << entry.path;
      got.insert(entry.path), ++seen_in[2];
    }
    for (const RejectedEntry& entry : set.rejected) {
      EXPECT_NE(entry.reason, "") << entry.path;
      got.insert(entry.path), ++seen_in[3];
    }
    for (const Collision& collision : set.collisions) {
      EXPECT_GE(collision.paths.size(), 2U);
      EXPECT_TRUE(versions.insert(collision.version).second) << collision.version;
      got.insert(collision.paths.begin(), collision.paths.end()), ++seen_in[4];
    }
    ASSERT_EQ(got, expected) << "round " << round;
  }
  for (int list = 0; list < 5; ++list) {
    EXPECT_GT(seen_in[list], 0) << "the generator never reached list " << list;
  }
}

}  // namespace
}  // namespace paliad
