// The rules: plain functions from values to findings, and the one table of them with default severities.
// Pure. To add a rule: a row in the table (rules.cc), a function in its family's file, a test.
#ifndef PALIAD_POLICIES_RULES_H_
#define PALIAD_POLICIES_RULES_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "migrations/plan.h"
#include "migrations/sql_file.h"
#include "policies/finding.h"

namespace paliad {

struct RuleInfo {
  std::string_view id;
  Severity default_severity;
  std::string_view summary;  // one line for people
};

// Every rule there is, in the order of the documentation.
const std::vector<RuleInfo>& AllRules();

// REQUIRES: the table has the rule.
Severity DefaultSeverity(std::string_view rule);

// The tables that migrations must not touch. `tracker` is "schema.table".
struct ProtectedObjects {
  std::string tracker = "paliad.applied_migrations";
};

// What the set itself says: file-name, version-range, version-collision, unreadable. Needs no database.
std::vector<Finding> CheckSet(const MigrationSet& set);

// What the applied set says: renamed-after-apply, edited-after-apply, orphaned, out-of-order.
std::vector<Finding> CheckHistory(const MigrationSet& set, const AppliedSet& applied, const Plan& plan);

// A file over kMaxFileBytes, whose contents are not read: unreadable.
std::vector<Finding> CheckOversized(const Migration& migration, std::uint64_t size);

// The bytes of one file: unreadable (NUL byte, not UTF-8, byte-order mark, Git LFS pointer).
// With any finding of it the contents must not be parsed or sent.
std::vector<Finding> CheckContents(const Migration& migration, std::string_view text);

// One file's SQL: syntax, empty, transaction-control, needs-no-transaction, tracker-touched.
// REQUIRES: CheckContents found nothing.
std::vector<Finding> CheckSql(const Migration& migration, std::string_view text, const SqlFile& sql,
                              const ProtectedObjects& protect);

}  // namespace paliad

#endif  // PALIAD_POLICIES_RULES_H_
