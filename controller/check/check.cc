#include "controller/check/check.h"

#include <fmt/format.h>

#include <iterator>
#include <set>

#include "controller/check/judge.h"
#include "controller/reconcile/assessment.h"
#include "migrations/migration_set.h"
#include "policies/file_findings.h"
#include "policies/rules.h"

namespace paliad {

namespace {

// Of one change, such as a pull request: whoever sends more keeps the judge busy for others.
constexpr std::size_t kMaxChangedFiles = 500;

// The paths whose contents may be new; a file can be edited on the way of a rename.
std::set<std::string> NewContents(const std::vector<FileChange>& changes) {
  std::set<std::string> paths;
  for (const FileChange& change : changes) {
    if (change.kind != FileChange::Kind::kDeleted && change.kind != FileChange::Kind::kConflict) {
      paths.insert(change.path);
    }
  }
  return paths;
}

Finding TooManyChanges(const std::string& folder, std::size_t number) {
  return MakeFinding("unreadable", folder,
                     fmt::format("{} files are new or changed, and at most {} are judged at a time", number,
                                 kMaxChangedFiles),
                     "split the change into several");
}

}  // namespace

Result<std::vector<Finding>> Check(const CheckInput& input, ContentSource& source, const Policy& policy,
                                   const std::string& tracker) {
  const MigrationSet set = MakeMigrationSet(input.tree, policy.ignore);
  std::vector<Finding> findings = Judge(policy, CheckSet(set));
  std::set<std::string> changed;
  if (input.changes) {
    changed = NewContents(*input.changes);
    if (changed.size() > kMaxChangedFiles) {
      findings.push_back(TooManyChanges(input.tree.path, changed.size()));
      changed.clear();
    }
    std::vector<Finding> shipped = Judge(policy, CheckShipped(*input.changes));
    findings.insert(findings.end(), shipped.begin(), shipped.end());
  }
  SqlJudge judge(policy, tracker);
  for (const Migration& migration : set.migrations) {
    if (input.changes && !changed.contains(migration.path)) {
      continue;
    }
    ASSIGN_OR_RETURN(const FileText file, ReadFileText(source, migration, findings));
    if (file.readable) {
      ASSIGN_OR_RETURN(std::vector<Finding> found, judge.Judge(migration, file.text));
      findings.insert(findings.end(), std::make_move_iterator(found.begin()),
                      std::make_move_iterator(found.end()));
    }
  }
  SortFindings(findings);
  return findings;
}

}  // namespace paliad
