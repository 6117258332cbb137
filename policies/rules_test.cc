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
    EXPECT_EQ(FindRule(rule.id), &rule);
    EXPECT_TRUE(rule.latitude == Latitude::kFree || rule.default_severity != Severity::kOff) << rule.id;
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
            "version-claimed error\n"
            "renamed-after-apply error\n"
            "edited-after-apply warning\n"
            "orphaned warning\n"
            "shipped-changed error\n"
            "out-of-order warning\n"
            "unreadable error\n"
            "empty warning\n"
            "waiver warning\n"
            "syntax error\n"
            "transaction-control error\n"
            "needs-no-transaction error\n"
            "tracker-touched error\n"
            "host-access error\n"
            "opaque warning\n"
            "session-state warning\n"
            "index-not-concurrent warning\n"
            "constraint-validates warning\n"
            "unique-builds-index warning\n"
            "table-rewrite warning\n"
            "required-column error\n"
            "explicit-lock warning\n"
            "rename warning\n"
            "drop warning\n"
            "data-loss warning\n"
            "unsafe-function error\n"
            "privileges warning\n"
            "if-exists-hides warning\n"
            "long-identifier error\n"
            "unqualified off\n"
            "types warning\n");
}

}  // namespace
}  // namespace paliad
