#include "policies/file_findings.h"

#include <gtest/gtest.h>

#include <string>

#include "policies/rendered.h"

namespace paliad {
namespace {

TEST(FileFindings, PlacesAreLinesAndColumnsOfTheText) {
  const Migration migration = MigrationNamed("007_x.up.sql");
  const std::string text = "-- é\r\nSELECT 'ü', x;\r\n";
  FileFindings findings(migration, text, DefaultPolicy());
  findings.Add("syntax", text.find("x;"), "message", "hint");
  const std::vector<Finding> all = std::move(findings).Take();
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].version, 7);
  EXPECT_EQ(Rendered(all),
            "migrations/007_x.up.sql:2:13: error: message [syntax]\n"
            "  SELECT 'ü', x;\n"
            "              ^\n"
            "  hint: hint\n");
}

TEST(FileFindings, ManyOfOneRuleAreCountedNotKept) {
  const Migration migration = MigrationNamed("007_x.up.sql");
  FileFindings findings(migration, "x", DefaultPolicy());
  for (int i = 0; i < FileFindings::kMaxPerRule + 5; ++i) {
    findings.Add("syntax", 0, "message", "");
  }
  findings.Add("empty", 0, "other", "");
  const std::vector<Finding> all = std::move(findings).Take();
  ASSERT_EQ(all.size(), 101U);
  EXPECT_EQ(all[98].message, "message");
  EXPECT_EQ(all[99].message, "message (and 5 more like it in this file)");
  EXPECT_EQ(all[100].message, "other");
}

TEST(FileFindings, AVeryLongLineIsNotCopied) {
  const Migration migration = MigrationNamed("007_x.up.sql");
  const std::string text(100000, 'x');
  FileFindings findings(migration, text, DefaultPolicy());
  findings.Add("syntax", 99999, "message", "");
  const std::vector<Finding> all = std::move(findings).Take();
  EXPECT_EQ(all.at(0).source_line, "");
  EXPECT_EQ(all.at(0).column, 100000);
}

}  // namespace
}  // namespace paliad
