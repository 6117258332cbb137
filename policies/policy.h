// Policy: what becomes of each rule's findings, and which entries of the folder are none of the product's
// business. An immutable value; safe to share.
#ifndef PALIAD_POLICIES_POLICY_H_
#define PALIAD_POLICIES_POLICY_H_

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "policies/finding.h"

namespace paliad {

// Where a repository keeps its policy, from its root.
inline constexpr char kPolicyPath[] = ".paliad/policy.toml";

struct RuleSetting {
  Severity severity = Severity::kError;
  bool waivable = true;
  friend bool operator==(const RuleSetting&, const RuleSetting&) = default;
};

struct Policy {
  std::map<std::string, RuleSetting, std::less<>> rules;  // every rule of AllRules()
  std::vector<std::string> ignore;  // globs, see MakeMigrationSet; in the order of the files that add them
  // A commit waits until its pull request is known to have been approved, see docs/pull-requests.md.
  bool require_approval = false;
  std::string digest;  // SHA-256 hex of what it was read from, what it extends included

  // REQUIRES: the rule is in AllRules().
  const RuleSetting& Of(std::string_view rule) const;
};

// The two that come with the program: policies/default.toml and policies/strict.toml.
const Policy& DefaultPolicy();
const Policy& StrictPolicy();

// Gives each finding the severity that the policy says, and leaves out those of rules that are off.
std::vector<Finding> Judge(const Policy& policy, std::vector<Finding> findings);

}  // namespace paliad

#endif  // PALIAD_POLICIES_POLICY_H_
