#include "policies/rule_advice.h"

#include <gtest/gtest.h>

#include "policies/rules.h"

namespace paliad {
namespace {

TEST(RuleAdvice, EveryRuleHasSome) {
  for (const RuleInfo& rule : AllRules()) {
    const std::string_view advice = RuleAdvice(rule.id);
    EXPECT_FALSE(advice.empty()) << rule.id;
    EXPECT_EQ(advice.find("]("), std::string_view::npos) << rule.id << " has a link that leads nowhere";
    EXPECT_EQ(advice.find("\n## "), std::string_view::npos) << rule.id;
  }
}

TEST(RuleAdvice, IsTheSectionOfTheRulesPage) {
  EXPECT_EQ(RuleAdvice("version-claimed").substr(0, 42), "Rename the file to the next free version, ");
  EXPECT_NE(RuleAdvice("drop").find("\n```sql\nSET LOCAL lock_timeout = '2s';\n"), std::string_view::npos);
  EXPECT_EQ(RuleAdvice("no-such-rule"), "");
}

}  // namespace
}  // namespace paliad
