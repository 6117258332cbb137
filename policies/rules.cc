#include "policies/rules.h"

#include <cassert>

namespace paliad {

const std::vector<RuleInfo>& AllRules() {
  static const std::vector<RuleInfo> rules = {
      {"file-name", Severity::kError, "a file that looks like a migration and is not named like one"},
      {"version-range", Severity::kError, "a version outside 1 to 2147483647"},
      {"version-collision", Severity::kError, "two files with one version"},
      {"renamed-after-apply", Severity::kError, "applied under another name"},
      {"edited-after-apply", Severity::kWarning, "its bytes are not those that were applied"},
      {"orphaned", Severity::kWarning, "applied, but the branch has no such file"},
      {"out-of-order", Severity::kWarning, "pending below the highest applied version"},
      {"unreadable", Severity::kError, "not a plain UTF-8 text file"},
      {"syntax", Severity::kError, "does not parse"},
      {"empty", Severity::kWarning, "no statement in the file"},
      {"transaction-control", Severity::kError, "begins or ends a transaction of its own"},
      {"needs-no-transaction", Severity::kError, "cannot run in a transaction"},
      {"tracker-touched", Severity::kError, "reaches for the controller's own tables or locks"},
  };
  return rules;
}

Severity DefaultSeverity(std::string_view rule) {
  for (const RuleInfo& info : AllRules()) {
    if (info.id == rule) {
      return info.default_severity;
    }
  }
  assert(false && "a rule that is not in the table");
  return Severity::kError;
}

}  // namespace paliad
