#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policies/rendered.h"
#include "policies/rules.h"

namespace paliad {
namespace {

using Kind = FileChange::Kind;

TEST(ShippedRules, EditsRenamesAndDeletionsAreToldApart) {
  EXPECT_EQ(
      Rendered(CheckShipped({{Kind::kEdited, "m/001_a.up.sql", "m/001_a.up.sql"},
                             {Kind::kRenamed, "m/003_b.up.sql", "m/002_b.up.sql"},
                             {Kind::kDeleted, "m/004_d.up.sql", "m/004_d.up.sql"},
                             {Kind::kConflict, "m/005_e.up.sql", "m/005_e.up.sql"}})),
      "m/001_a.up.sql:1:1: error: m/001_a.up.sql is on the base already, and this changes it "
      "[shipped-changed]\n"
      "  hint: leave it as it is and write a new migration: databases that have applied this one do not "
      "run it again\n"
      "m/003_b.up.sql:1:1: error: m/002_b.up.sql is on the base already, and this renames it to "
      "m/003_b.up.sql [shipped-changed]\n"
      "  hint: keep its name: databases that have applied it know it by that\n"
      "m/004_d.up.sql:1:1: error: m/004_d.up.sql is on the base already, and this deletes it "
      "[shipped-changed]\n"
      "  hint: keep it: a database that is made anew needs it; undo what it did in a new migration\n"
      "m/005_e.up.sql:1:1: error: merging this into the base conflicts in m/005_e.up.sql "
      "[shipped-changed]\n"
      "  hint: merge the base into the branch and settle the conflict; what the base has stays as it "
      "is\n");
}

TEST(ShippedRules, TheVersionIsTheOneThatTheBaseHas) {
  const auto findings = CheckShipped({{Kind::kRenamed, "archive/x.sql", "m/002_b.up.sql"}});
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].version, 2);
}

TEST(ShippedRules, WhatIsNewOrNeverRunMayChange) {
  EXPECT_THAT(CheckShipped({{Kind::kAdded, "m/001_a.up.sql", ""},
                            {Kind::kEdited, "m/001_a.down.sql", "m/001_a.down.sql"},
                            {Kind::kDeleted, "m/README.md", "m/README.md"},
                            {Kind::kRenamed, "m/002_b.up.sql", "m/draft.sql"}}),
              ::testing::IsEmpty());
}

}  // namespace
}  // namespace paliad
