// What the applied set says of the desired one.
#include <fmt/format.h>

#include "policies/rules.h"

namespace paliad {
namespace {

Finding Make(const char* rule, std::string path, Version version, std::string message, std::string hint) {
  return {.rule = rule,
          .severity = DefaultSeverity(rule),
          .path = std::move(path),
          .version = version,
          .message = std::move(message),
          .hint = std::move(hint)};
}

// The folder that the set's paths share: "migrations/".
std::string FolderOf(const MigrationSet& set) {
  if (set.migrations.empty()) {
    return "";
  }
  const std::string& path = set.migrations.front().path;
  return path.substr(0, path.rfind('/') + 1);
}

}  // namespace

std::vector<Finding> CheckHistory(const MigrationSet& set, const AppliedSet& applied, const Plan& plan) {
  std::vector<Finding> findings;
  for (const Renamed& entry : plan.renamed) {
    findings.push_back(
        Make("renamed-after-apply", entry.path, entry.version,
             fmt::format("version {} was applied as '{}'", entry.version, entry.applied_name),
             fmt::format("give the file its old name back: {}; a new migration needs a new version",
                         FormatUpFileName(entry.version, 1, entry.applied_name))));
  }
  for (const Edited& entry : plan.edited) {
    findings.push_back(Make(
        "edited-after-apply", entry.path, entry.version,
        fmt::format("its bytes are not those that were applied (sha-256 {}… now, {}… then)",
                    entry.desired_checksum.substr(0, 12), entry.applied_checksum.substr(0, 12)),
        "an applied migration never runs again: restore the file, and write the change as a new migration"));
  }
  for (const AppliedMigration& row : plan.orphaned) {
    findings.push_back(Make(
        "orphaned", FolderOf(set) + FormatUpFileName(row.version, 1, row.name), row.version,
        fmt::format("version {} ('{}') is applied, but the branch has no such file", row.version, row.name),
        "restore the file; or roll back by hand and `paliadctl resolve … --as not-applied`"));
  }
  const Version highest = applied.rows.empty() ? 0 : applied.rows.back().version;
  for (const Migration& migration : plan.pending) {
    if (migration.version < highest) {
      findings.push_back(
          Make("out-of-order", migration.path, migration.version,
               fmt::format("version {} is applied after {}", migration.version, highest),
               "ordinary where branches merge in another order than they were numbered; make sure that it "
               "does not undo what later versions did"));
    }
  }
  return findings;
}

}  // namespace paliad
