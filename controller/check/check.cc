#include "controller/check/check.h"

#include "controller/reconcile/assessment.h"
#include "migrations/migration_set.h"
#include "policies/rules.h"

namespace paliad {

Result<std::vector<Finding>> CheckTree(const SourceTree& tree, ContentSource& source, const Policy& policy,
                                       const std::string& tracker) {
  const MigrationSet set = MakeMigrationSet(tree, policy.ignore);
  std::vector<Finding> findings = Judge(policy, CheckSet(set));
  for (const Migration& migration : set.migrations) {
    const auto prepared = Prepare(source, migration, policy, tracker, findings);
    if (!prepared) {
      return Fail(prepared.error());
    }
  }
  SortFindings(findings);
  return findings;
}

}  // namespace paliad
