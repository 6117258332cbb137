// What to write instead of what a rule finds: from the rule's page.
#ifndef PALIAD_POLICIES_RULE_ADVICE_H_
#define PALIAD_POLICIES_RULE_ADVICE_H_

#include <string_view>

namespace paliad {

// The section "Instead" of docs/rules/<rule>.md, as Markdown without links; "" for what is no rule.
std::string_view RuleAdvice(std::string_view rule);

}  // namespace paliad

#endif  // PALIAD_POLICIES_RULE_ADVICE_H_
