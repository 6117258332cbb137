#include "policies/policy.h"

#include <cassert>

#include "policies/builtin_policies.h"
#include "policies/policy_file.h"

namespace paliad {
namespace {

// The files are part of the program; policy_file_test shows that they have no mistake.
Policy BuiltIn(std::string_view text, const std::string& path) {
  auto policy = ParsePolicy(text, path);
  assert(policy.has_value());
  return *std::move(policy);
}

}  // namespace

const RuleSetting& Policy::Of(std::string_view rule) const {
  const auto setting = rules.find(rule);
  assert(setting != rules.end());
  return setting->second;
}

const Policy& DefaultPolicy() {
  static const Policy kPolicy = BuiltIn(kDefaultPolicyText, "default.toml");
  return kPolicy;
}

const Policy& StrictPolicy() {
  static const Policy kPolicy = BuiltIn(kStrictPolicyText, "strict.toml");
  return kPolicy;
}

std::vector<Finding> Judge(const Policy& policy, std::vector<Finding> findings) {
  for (Finding& finding : findings) {
    finding.severity = policy.Of(finding.rule).severity;
  }
  std::erase_if(findings, [](const Finding& finding) { return finding.severity == Severity::kOff; });
  return findings;
}

}  // namespace paliad
