// The rules: plain functions from values to findings, and the one table of them with default severities.
// Pure. To add a rule: a row in the table (rules.cc), a function in its family's file, cases in
// tests/testdata/rules/<rule>, a page docs/rules/<rule>.md, a line in default.toml and strict.toml.
//
// CheckSet, CheckShipped, CheckHistory, CheckOversized and CheckContents give the default severities: see
// Judge.
#ifndef PALIAD_POLICIES_RULES_H_
#define PALIAD_POLICIES_RULES_H_

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "migrations/plan.h"
#include "migrations/sql_file.h"
#include "policies/finding.h"
#include "policies/free_versions.h"
#include "policies/policy.h"
#include "policies/sql_context.h"

namespace paliad {

// What a policy file may do to a rule.
enum class Latitude {
  kFree,      // any severity, off too; files may waive it unless the policy says otherwise
  kSeverity,  // "warning" or "error"; never off, never waived
  kFixed,     // nothing: the core's safety and the ledger's meaning rest on it
};

struct RuleInfo {
  std::string_view id;
  Severity default_severity;
  Latitude latitude;
  std::string_view summary;  // one line for people
  SqlRule check = nullptr;   // of a file's SQL; nullptr where the rule is about the set or its history
};

// Every rule there is, in the order of the documentation.
const std::vector<RuleInfo>& AllRules();

// nullptr: there is none.
const RuleInfo* FindRule(std::string_view id);

// What the set itself says: file-name, version-range, version-collision, unreadable. Needs no database.
std::vector<Finding> CheckSet(const MigrationSet& set);

// The same of a change: of two files with one version, a path in `added` is the one to be renamed, to a
// version of `free`.
std::vector<Finding> CheckSet(const MigrationSet& set, FreeVersions& free,
                              const std::set<std::string>& added);

// A version that a pull request would add to the branch.
struct VersionClaim {
  std::int64_t pull_request = 0;
  std::string label;  // "#12", "!12": how the forge's people name it
  bool from_fork = false;
  Version version = 0;
  std::string path;
  std::string blob_id;  // 40 hex digits
};
using ClaimsByVersion = std::map<Version, std::vector<VersionClaim>>;

// What the other open pull requests say of the versions that one adds: version-claimed, in its final
// severity, which is not for Judge to set. `claims`: everybody's, `own` included or not.
std::vector<Finding> CheckClaims(const std::vector<VersionClaim>& own, const ClaimsByVersion& claims,
                                 FreeVersions& free);

// What the applied set says: renamed-after-apply, edited-after-apply, orphaned, out-of-order.
std::vector<Finding> CheckHistory(const MigrationSet& set, const AppliedSet& applied, const Plan& plan);

// What a change, such as a pull request, does to migrations that its base has: shipped-changed. The changes
// are of files in the migrations' folder, before or after.
std::vector<Finding> CheckShipped(const std::vector<FileChange>& changes);

// A file over kMaxFileBytes, whose contents are not read: unreadable.
std::vector<Finding> CheckOversized(const Migration& migration, std::uint64_t size);

// The bytes of one file: unreadable (NUL byte, not UTF-8, byte-order mark, Git LFS pointer).
// With any finding of it the contents must not be parsed or sent.
std::vector<Finding> CheckContents(const Migration& migration, std::string_view text);

// One file's SQL: every rule with a `check`, `syntax`, and the waivers in the file. Judged by the policy.
// REQUIRES: CheckContents found nothing.
std::vector<Finding> CheckSql(const Migration& migration, std::string_view text, const SqlFile& sql,
                              const Policy& policy, const ProtectedObjects& protect);

}  // namespace paliad

#endif  // PALIAD_POLICIES_RULES_H_
