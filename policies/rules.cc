#include "policies/rules.h"

#include <algorithm>

#include "policies/sql_rules.h"

namespace paliad {

const std::vector<RuleInfo>& AllRules() {
  using enum Severity;
  using enum Latitude;
  // The ids are public: in policy files, waivers, reports and ledger entries. Never rename one.
  static const std::vector<RuleInfo> kRules = {
      {"file-name", kError, kFixed,
       "a file looks like a migration but its name is not NNN_description.up.sql"},
      {"version-range", kError, kFixed, "a version is outside 1 … 2147483647"},
      {"version-collision", kError, kFixed, "two files have one version"},
      {"version-claimed", kError, kFixed, "another open pull request claims the same version"},
      {"renamed-after-apply", kError, kFixed, "a migration was applied under another name"},
      {"edited-after-apply", kWarning, kSeverity, "a file's bytes differ from what was applied"},
      {"orphaned", kWarning, kSeverity, "a version is applied, but the branch has no such file"},
      {"shipped-changed", kError, kFixed,
       "a migration that the base already has is edited, renamed or deleted"},
      {"out-of-order", kWarning, kSeverity, "a pending version is below the highest applied one"},
      {"unreadable", kError, kFixed, "an entry is not a plain UTF-8 file that can be read as SQL"},
      {"empty", kWarning, kSeverity, "a file has no statement", CheckEmpty},
      {"waiver", kWarning, kSeverity, "a waiver is malformed, not needed or not allowed"},
      {"syntax", kError, kSeverity, "a file does not parse as SQL"},
      {"transaction-control", kError, kFixed, "a file begins, ends or divides a transaction",
       CheckTransactionControl},
      {"needs-no-transaction", kError, kFixed,
       "a statement cannot run in a transaction, and the file has no header", CheckNeedsNoTransaction},
      {"tracker-touched", kError, kFixed,
       "a file refers to what the controller keeps its records and locks in", CheckTrackerTouched},
      {"host-access", kError, kFixed, "a file reaches for the server's host, files or other servers",
       CheckHostAccess},
      {"opaque", kWarning, kFree, "a statement hides SQL that the rules cannot see", CheckOpaque},
      {"session-state", kWarning, kFree, "a setting is meant to outlast the file, and will not",
       CheckSessionState},
      {"index-not-concurrent", kWarning, kFree, "an index is made or dropped under a lock that blocks writes",
       CheckIndexNotConcurrent},
      {"constraint-validates", kWarning, kFree, "a constraint is checked against every row under a lock",
       CheckConstraintValidates},
      {"unique-builds-index", kWarning, kFree, "a unique constraint builds its index under a lock",
       CheckUniqueBuildsIndex},
      {"table-rewrite", kWarning, kFree, "a table is written anew under a lock", CheckTableRewrite},
      {"required-column", kError, kFree, "a column without a default is required of rows that exist",
       CheckRequiredColumn},
      {"explicit-lock", kWarning, kFree, "a lock is taken, or triggers are turned off, by hand",
       CheckExplicitLock},
      {"rename", kWarning, kFree, "something is renamed under running code", CheckRename},
      {"drop", kWarning, kFree, "something is dropped that running code may still use", CheckDrop},
      {"data-loss", kWarning, kFree, "rows are removed or changed without saying which", CheckDataLoss},
      {"unsafe-function", kError, kFree, "a SECURITY DEFINER function trusts its caller's search_path",
       CheckUnsafeFunction},
      {"privileges", kWarning, kFree, "rights are given to everybody, or roles are changed", CheckPrivileges},
      {"if-exists-hides", kWarning, kFree, "IF NOT EXISTS passes something else off as success",
       CheckIfExistsHides},
      {"long-identifier", kError, kFree, "a name is longer than PostgreSQL keeps", CheckLongIdentifier},
      {"unqualified", kOff, kFree, "something is created or altered without its schema", CheckUnqualified},
      {"types", kWarning, kFree, "a type is used that is regretted later", CheckTypes},
  };
  return kRules;
}

const RuleInfo* FindRule(std::string_view id) {
  const std::vector<RuleInfo>& rules = AllRules();
  const auto info =
      std::find_if(rules.begin(), rules.end(), [&](const RuleInfo& candidate) { return candidate.id == id; });
  return info == rules.end() ? nullptr : &*info;
}

}  // namespace paliad
