#include "policies/rendered.h"

#include <gtest/gtest.h>

namespace paliad {

std::string Rendered(const std::vector<Finding>& findings) {
  std::string out;
  for (const Finding& finding : findings) {
    out += Render(ToDiagnostic(finding));
  }
  return out;
}

std::vector<Finding> CheckText(std::string_view text, const std::string& tracker) {
  Policy core = DefaultPolicy();
  for (const RuleInfo& rule : AllRules()) {
    if (rule.latitude == Latitude::kFree) {
      core.rules[std::string(rule.id)].severity = Severity::kOff;
    }
  }
  return CheckTextBy(core, text, tracker);
}

std::vector<Finding> CheckTextBy(const Policy& policy, std::string_view text, const std::string& tracker) {
  const Migration migration = MigrationNamed("007_x.up.sql");
  EXPECT_EQ(Rendered(CheckContents(migration, text)), "");
  return CheckSql(migration, text, ParseSqlFile(text), policy, {.tracker = tracker});
}

std::vector<std::string> Places(std::string_view text, const std::string& tracker) {
  std::vector<std::string> places;
  for (const Finding& finding : CheckText(text, tracker)) {
    places.push_back(std::to_string(finding.line) + ":" + std::to_string(finding.column) + " " +
                     finding.rule);
  }
  return places;
}

Migration MigrationNamed(const std::string& file_name) { return SetOf({file_name}).migrations.at(0); }

MigrationSet SetOf(const std::vector<std::string>& file_names) {
  SourceTree tree;
  tree.path = "migrations";
  for (const std::string& name : file_names) {
    tree.entries.push_back({.name = name, .kind = EntryKind::kFile, .blob_id = "", .nested_sql = {}});
  }
  return MakeMigrationSet(tree);
}

}  // namespace paliad
