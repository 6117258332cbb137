#include <gtest/gtest.h>

#include "policies/rendered.h"
#include "policies/rules.h"

namespace paliad {
namespace {

std::string History(const MigrationSet& set, const AppliedSet& applied,
                    const std::map<Version, std::string>& checksums = {}) {
  return Rendered(CheckHistory(set, applied, MakePlan(set, applied, checksums, std::nullopt)));
}

AppliedSet Applied(std::vector<AppliedMigration> rows) { return {.rows = std::move(rows), .recorded = {}}; }

TEST(HistoryRules, SetsThatAgreeHaveNoFinding) {
  EXPECT_EQ(History(SetOf({"1_a.up.sql", "2_b.up.sql", "3_c.up.sql"}), Applied({{1, "a", {}}, {2, "b", {}}})),
            "");
}

TEST(HistoryRules, RenamedAfterApply) {
  EXPECT_EQ(History(SetOf({"002_bb.up.sql"}), Applied({{2, "b", {}}})),
            "migrations/002_bb.up.sql:1:1: error: version 2 was applied as \"b\" and is now named \"bb\" "
            "[renamed-after-apply]\n"
            "  hint: name it 002_b.up.sql again; if it is another migration, give it a version of its own\n");
}

TEST(HistoryRules, EditedAfterApply) {
  const std::string old_sum(64, 'a');
  const std::string new_sum(64, 'b');
  EXPECT_EQ(
      History(SetOf({"002_b.up.sql"}), Applied({{2, "b", old_sum}}), {{2, new_sum}}),
      "migrations/002_b.up.sql:1:1: warning: the file was edited after it was applied: its SHA-256 is "
      "bbbbbbbbbbbb…, applied was aaaaaaaaaaaa… [edited-after-apply]\n"
      "  hint: it will not run again: restore the file (`git log -p -- migrations/002_b.up.sql` shows what "
      "changed; line endings count), and put the change into a new migration\n");
}

TEST(HistoryRules, Orphaned) {
  EXPECT_EQ(
      History(SetOf({"0001_a.up.sql"}), Applied({{1, "a", {}}, {2, "b", {}}})),
      "migrations/0002_b.up.sql:1:1: warning: version 2 (\"b\") is applied, but the branch has no such file "
      "[orphaned]\n"
      "  hint: restore the file; if the migration was rolled back by hand, say so with `paliadctl resolve 2 "
      "--as not-applied --reason TEXT`\n");
}

TEST(HistoryRules, TheGuessedPathOfAnOrphanIsBesideWhatThereIs) {
  const AppliedSet applied = Applied({{2, "b", {}}});
  const auto path = [&](const MigrationSet& set) {
    return CheckHistory(set, applied, MakePlan(set, applied, {}, std::nullopt)).at(0).path;
  };
  EXPECT_EQ(path(SetOf({"README.md"})), "migrations/002_b.up.sql");
  EXPECT_EQ(path(SetOf({"1_a.down.sql"})), "migrations/002_b.up.sql");
  EXPECT_EQ(path(SetOf({"12-x.sql"})), "migrations/002_b.up.sql");
  EXPECT_EQ(path({}), "002_b.up.sql");
}

TEST(HistoryRules, OutOfOrder) {
  EXPECT_EQ(
      History(SetOf({"102_a.up.sql", "103_b.up.sql", "104_c.up.sql", "105_d.up.sql"}),
              Applied({{102, "a", {}}, {104, "c", {}}})),
      "migrations/103_b.up.sql:1:1: warning: version 103 is pending although 104 is applied already "
      "[out-of-order]\n"
      "  hint: ordinary where branches were merged in another order than they were numbered: it will be "
      "applied; make sure that it does not rely on running before the higher ones\n");
}

}  // namespace
}  // namespace paliad
