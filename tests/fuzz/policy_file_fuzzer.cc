// Policy files: any bytes are a policy with every rule, or mistakes with places in the text.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "policies/policy_file.h"
#include "policies/rules.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto policy = paliad::ParsePolicy(text, "policy.toml");
  if (!policy) {
    const auto lines = std::count(text.begin(), text.end(), '\n') + 1;
    for (const paliad::Diagnostic& problem : policy.error()) {
      if (problem.line < 0 || problem.line > lines || problem.message.empty()) {
        std::abort();
      }
    }
    return policy.error().empty() ? (std::abort(), 0) : 0;
  }
  for (const paliad::RuleInfo& rule : paliad::AllRules()) {
    const paliad::RuleSetting& setting = policy->Of(rule.id);
    const bool lowered = setting.severity != rule.default_severity || setting.waivable;
    if ((rule.latitude == paliad::Latitude::kFixed && lowered) ||
        (rule.latitude == paliad::Latitude::kSeverity && setting.severity == paliad::Severity::kOff)) {
      std::abort();
    }
  }
  return 0;
}
