#include "policies/rules.h"

#include <algorithm>
#include <cassert>

#include "policies/file_findings.h"

namespace paliad {

const std::vector<RuleInfo>& AllRules() {
  using enum Severity;
  // The ids are public: in policy files, waivers, reports and ledger entries. Never rename one.
  static const std::vector<RuleInfo> kRules = {
      {"file-name", kError, "a file looks like a migration but its name is not NNN_description.up.sql"},
      {"version-range", kError, "a version is outside 1 … 2147483647"},
      {"version-collision", kError, "two files have one version"},
      {"renamed-after-apply", kError, "a migration was applied under another name"},
      {"edited-after-apply", kWarning, "a file's bytes differ from what was applied"},
      {"orphaned", kWarning, "a version is applied, but the branch has no such file"},
      {"out-of-order", kWarning, "a pending version is below the highest applied one"},
      {"unreadable", kError, "an entry is not a plain UTF-8 file that can be read as SQL"},
      {"empty", kWarning, "a file has no statement"},
      {"syntax", kError, "a file does not parse as SQL"},
      {"transaction-control", kError, "a file begins, ends or divides a transaction"},
      {"needs-no-transaction", kError, "a statement cannot run in a transaction, and the file has no header"},
      {"tracker-touched", kError, "a file refers to what the controller keeps its records and locks in"},
  };
  return kRules;
}

Severity DefaultSeverity(std::string_view rule) {
  const std::vector<RuleInfo>& rules = AllRules();
  const auto info = std::find_if(rules.begin(), rules.end(),
                                 [&](const RuleInfo& candidate) { return candidate.id == rule; });
  assert(info != rules.end());
  return info->default_severity;
}

Finding MakeFinding(std::string_view rule, std::string path, std::string message, std::string hint) {
  Finding finding;
  finding.rule = rule;
  finding.severity = DefaultSeverity(rule);
  finding.path = std::move(path);
  finding.message = std::move(message);
  finding.hint = std::move(hint);
  return finding;
}

}  // namespace paliad
