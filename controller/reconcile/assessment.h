// Assessment: what a commit and a database mean for each other. `plan`, `verify` and a run read it the same
// way; only a run acts on it.
#ifndef PALIAD_CONTROLLER_RECONCILE_ASSESSMENT_H_
#define PALIAD_CONTROLLER_RECONCILE_ASSESSMENT_H_

#include <string>
#include <vector>

#include "base/result.h"
#include "controller/git/repository.h"
#include "controller/reconcile/database_state.h"
#include "controller/reconcile/target.h"
#include "migrations/migration_set.h"
#include "migrations/plan.h"
#include "policies/finding.h"
#include "policies/policy.h"

namespace paliad {

// A commit of the target's branch and the folder's tree in it. Costs one look-up, no listing.
struct Revision {
  CommitInfo commit;
  std::string tree_id;
};

// `revision` empty: the branch's head. Errors as git::Repository::Resolve and TreeId.
[[nodiscard]] Result<Revision> ReadRevision(git::Repository& repository, const Target& target,
                                            const std::string& revision);

// A pending migration that was read, hashed and judged.
struct PreparedMigration {
  Migration migration;
  std::string checksum;  // SHA-256 hex of the file's bytes
  bool transactional = true;
};

struct Assessment {
  MigrationSet desired;
  Plan plan;
  std::vector<PreparedMigration> pending;  // plan.pending, in order
  std::vector<Finding> findings;           // sorted
};

// Lists the folder, makes the plan, reads what is pending or unknown, and judges it. Contents are held one at
// a time.
[[nodiscard]] Result<Assessment> Assess(git::Repository& repository, const Target& target,
                                        const Revision& revision, const AppliedSet& applied,
                                        const std::optional<LegacyState>& legacy, const Policy& policy);

// Contents and SQL of one file: what `check` and a run say of it. Adds to `findings`, judged.
[[nodiscard]] Result<PreparedMigration> Prepare(ContentSource& source, const Migration& migration,
                                                const Policy& policy, const std::string& tracker,
                                                std::vector<Finding>& findings);

// Why a run would do nothing whatever the policies say; none if it would go on.
std::optional<Error> ReasonToRefuse(const Plan& plan, const Target& target);

}  // namespace paliad

#endif  // PALIAD_CONTROLLER_RECONCILE_ASSESSMENT_H_
