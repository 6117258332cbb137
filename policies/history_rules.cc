// renamed-after-apply, edited-after-apply, orphaned, out-of-order: what the applied set says of the files.
#include <fmt/format.h>

#include <algorithm>

#include "policies/file_findings.h"
#include "policies/rules.h"

namespace paliad {
namespace {

Finding VersionFinding(std::string_view rule, Version version, std::string path, std::string message,
                       std::string hint) {
  Finding finding = MakeFinding(rule, std::move(path), std::move(message), std::move(hint));
  finding.version = version;
  return finding;
}

// Enough to tell two apart, and to find one in the tracker.
std::string_view Shown(std::string_view checksum) { return checksum.substr(0, 12); }

// The path of any entry, or "" where the folder is empty.
std::string SomePath(const MigrationSet& set) {
  if (!set.migrations.empty()) return set.migrations.front().path;
  if (!set.down_files.empty()) return set.down_files.front();
  if (!set.collisions.empty()) return set.collisions.front().paths.front();
  if (!set.rejected.empty()) return set.rejected.front().path;
  return set.ignored.empty() ? "" : set.ignored.front().path;
}

// Where the file of an applied version would be: the folder of its neighbours, with as many digits as they
// have.
std::string GuessPath(const MigrationSet& set, const AppliedMigration& row) {
  const std::string some = SomePath(set);
  const std::size_t slash = some.rfind('/');
  const std::string folder = slash == std::string::npos ? "" : some.substr(0, slash);
  int width = 3;
  if (!set.migrations.empty()) {
    width = static_cast<int>(set.migrations.front().entry->name.find('_'));
  }
  return JoinPath(folder, FormatUpFileName(row.version, width, row.name));
}

Finding RenamedFinding(const Renamed& renamed) {
  const std::string_view digits = std::string_view(renamed.path).substr(renamed.path.rfind('/') + 1);
  return VersionFinding(
      "renamed-after-apply", renamed.version, renamed.path,
      fmt::format("version {} was applied as \"{}\" and is now named \"{}\"", renamed.version,
                  renamed.applied_name, renamed.desired_name),
      fmt::format(
          "name it {} again; if it is another migration, give it a version of its own",
          FormatUpFileName(renamed.version, static_cast<int>(digits.find('_')), renamed.applied_name)));
}

Finding EditedFinding(const Edited& edited) {
  return VersionFinding(
      "edited-after-apply", edited.version, edited.path,
      fmt::format("the file was edited after it was applied: its SHA-256 is {}…, applied was {}…",
                  Shown(edited.desired_checksum), Shown(edited.applied_checksum)),
      fmt::format("it will not run again: restore the file (`git log -p -- {}` shows what changed; line "
                  "endings count), "
                  "and put the change into a new migration",
                  edited.path));
}

Finding OrphanedFinding(const MigrationSet& set, const AppliedMigration& row) {
  return VersionFinding(
      "orphaned", row.version, GuessPath(set, row),
      fmt::format("version {} (\"{}\") is applied, but the branch has no such file", row.version, row.name),
      fmt::format("restore the file; if the migration was rolled back by hand, say so with `paliadctl "
                  "resolve {} --as "
                  "not-applied --reason TEXT`",
                  row.version));
}

}  // namespace

std::vector<Finding> CheckHistory(const MigrationSet& set, const AppliedSet& applied, const Plan& plan) {
  std::vector<Finding> findings;
  for (const Renamed& renamed : plan.renamed) {
    findings.push_back(RenamedFinding(renamed));
  }
  for (const Edited& edited : plan.edited) {
    findings.push_back(EditedFinding(edited));
  }
  for (const AppliedMigration& row : plan.orphaned) {
    findings.push_back(OrphanedFinding(set, row));
  }
  const Version highest = applied.rows.empty() ? 0 : applied.rows.back().version;
  for (const Migration& migration : plan.pending) {
    if (migration.version < highest) {
      findings.push_back(VersionFinding(
          "out-of-order", migration.version, migration.path,
          fmt::format("version {} is pending although {} is applied already", migration.version, highest),
          "ordinary where branches were merged in another order than they were numbered: it will be applied; "
          "make "
          "sure that it does not rely on running before the higher ones"));
    }
  }
  SortFindings(findings);
  return findings;
}

}  // namespace paliad
