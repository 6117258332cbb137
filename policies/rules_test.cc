#include "policies/rules.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace paliad {
namespace {

TEST(Rules, TheTableHasEachRuleOnceWithASummary) {
  std::set<std::string_view> ids;
  for (const RuleInfo& rule : AllRules()) {
    EXPECT_TRUE(ids.insert(rule.id).second) << rule.id;
    EXPECT_NE(rule.summary, "") << rule.id;
    EXPECT_NE(rule.default_severity, Severity::kOff) << rule.id;
  }
}

// A policy file, a waiver and a ledger entry name rules by these words.
TEST(Rules, IdsAndDefaultSeveritiesAreThePublishedOnes) {
  std::string table;
  for (const RuleInfo& rule : AllRules()) {
    table += std::string(rule.id) + " " + std::string(SeverityName(rule.default_severity)) + "\n";
  }
  EXPECT_EQ(table,
            "file-name error\n"
            "version-range error\n"
            "version-collision error\n"
            "renamed-after-apply error\n"
            "edited-after-apply warning\n"
            "orphaned warning\n"
            "out-of-order warning\n"
            "unreadable error\n"
            "empty warning\n"
            "syntax error\n"
            "transaction-control error\n"
            "needs-no-transaction error\n"
            "tracker-touched error\n");
}

}  // namespace
}  // namespace paliad
