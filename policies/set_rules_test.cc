#include <gtest/gtest.h>

#include "policies/rendered.h"
#include "policies/rules.h"

namespace paliad {
namespace {

TEST(SetRules, AWellFormedSetHasNoFinding) {
  EXPECT_EQ(
      Rendered(CheckSet(SetOf({"1_a.up.sql", "1_a.down.sql", "002_b.up.sql", "README.md", ".gitkeep"}))), "");
  EXPECT_EQ(Rendered(CheckSet({})), "");
}

TEST(SetRules, RejectedEntriesAreFindingsWithTheirReason) {
  SourceTree tree;
  tree.path = "migrations";
  const auto add = [&](const char* name, EntryKind kind) {
    tree.entries.push_back({.name = name, .kind = kind, .blob_id = "", .nested_sql = {}});
  };
  add("12-add.sql", EntryKind::kFile);
  add("1_a.up.sql", EntryKind::kSymlink);
  add("20170412214116_x.up.sql", EntryKind::kFile);
  const std::vector<Finding> findings = CheckSet(MakeMigrationSet(tree));
  EXPECT_EQ(
      Rendered(findings),
      "migrations/12-add.sql:1:1: error: the version must be followed by \"_\" and a description: write "
      "\"12_add.up.sql\" [file-name]\n"
      "  hint: a migration is named NNN_description.up.sql, its reverse NNN_description.down.sql, directly "
      "in "
      "the folder; add what is no migration to the policy's `ignore`\n"
      "migrations/1_a.up.sql:1:1: error: it is a symbolic link: put the file itself here [unreadable]\n"
      "  hint: links are not followed: they may lead out of the folder\n"
      "migrations/20170412214116_x.up.sql:1:1: error: the version 20170412214116 is larger than 2147483647, "
      "the "
      "largest int of PostgreSQL: use the next number of the sequence, not a timestamp [version-range]\n"
      "  hint: `paliadctl new DESCRIPTION` makes a file with the next free version\n");
  EXPECT_FALSE(findings[0].version);
}

TEST(SetRules, ACollisionNamesBothFilesAtTheSecond) {
  const std::vector<Finding> findings = CheckSet(SetOf({"007_a.up.sql", "7_b.up.sql", "012_c.up.sql"}));
  EXPECT_EQ(Rendered(findings),
            "migrations/7_b.up.sql:1:1: error: version 7 is that of \"007_a.up.sql\" and \"7_b.up.sql\" "
            "[version-collision]\n"
            "  hint: rename the one that no database has applied, for example 7_b.up.sql to 13_b.up.sql\n");
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].version, 7);
}

TEST(SetRules, HintsForSeveralCollisionsNameDifferentVersions) {
  EXPECT_EQ(
      Rendered(
          CheckSet(SetOf({"007_a.up.sql", "007_b.up.sql", "008_c.up.sql", "008_d.up.sql", "8_e.up.sql"}))),
      "migrations/007_b.up.sql:1:1: error: version 7 is that of \"007_a.up.sql\" and \"007_b.up.sql\" "
      "[version-collision]\n"
      "  hint: rename the one that no database has applied, for example 007_b.up.sql to 009_b.up.sql\n"
      "migrations/008_d.up.sql:1:1: error: version 8 is that of \"008_c.up.sql\", \"008_d.up.sql\" and "
      "\"8_e.up.sql\" [version-collision]\n"
      "  hint: rename the one that no database has applied, for example 008_d.up.sql to 010_d.up.sql\n");
}

TEST(SetRules, ThereIsNoNextVersionAfterTheLast) {
  EXPECT_EQ(
      Rendered(CheckSet(SetOf({"2147483647_a.up.sql", "2147483647_b.up.sql"}))),
      "migrations/2147483647_b.up.sql:1:1: error: version 2147483647 is that of \"2147483647_a.up.sql\" and "
      "\"2147483647_b.up.sql\" [version-collision]\n"
      "  hint: rename the one that no database has applied\n");
}

}  // namespace
}  // namespace paliad
