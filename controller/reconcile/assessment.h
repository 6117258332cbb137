// Assessment: what a commit and a database mean for each other. `plan`, `verify` and a run read it the same
// way; only a run acts on it.
#ifndef PALIAD_CONTROLLER_RECONCILE_ASSESSMENT_H_
#define PALIAD_CONTROLLER_RECONCILE_ASSESSMENT_H_

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "controller/git/repository.h"
#include "controller/reconcile/database_state.h"
#include "controller/reconcile/target.h"
#include "migrations/migration_set.h"
#include "migrations/plan.h"
#include "migrations/sql_file.h"
#include "policies/finding.h"
#include "policies/policy.h"

namespace paliad {

// A commit of the target's branch and the folder's tree in it. Costs one look-up, no listing.
struct Revision {
  CommitInfo commit;
  git::CommitRecord record;  // of the commit
  std::string tree_id;
  // The error has all mistakes of the policy's file; what to do about a commit that has them is the caller's.
  Result<Policy> policy = DefaultPolicy();
};

// What holds for this commit: the target's own policy, the file on the branch, or the default. An Error
// within the value: the file has mistakes.
[[nodiscard]] Result<Result<Policy>> ReadPolicyAt(git::Repository& repository, const Target& target,
                                                  const std::string& commit_id);

// `revision` empty: the branch's head. Errors as git::Repository::Resolve and TreeId.
[[nodiscard]] Result<Revision> ReadRevision(git::Repository& repository, const Target& target,
                                            const std::string& revision);

// A pending migration that was read, hashed and judged.
struct PreparedMigration {
  Migration migration;
  std::string checksum;  // SHA-256 hex of the file's bytes
  bool transactional = true;
  // It did not parse, and policy lets that pass: to be run inside of a DO block, where no COMMIT can end the
  // transaction.
  bool opaque = false;
  std::vector<std::size_t> statement_begins;  // byte offsets, see Statement
  std::shared_ptr<const SqlFile> sql;         // only if it is not transactional
};

struct Assessment {
  MigrationSet desired;
  Plan plan;
  std::vector<PreparedMigration> pending;  // plan.pending, in order
  std::vector<Finding> findings;           // sorted
};

// Lists the folder, makes the plan, reads what is pending or unknown, and judges it. Contents are held one at
// a time. REQUIRES: the revision's policy has no mistake.
[[nodiscard]] Result<Assessment> Assess(git::Repository& repository, const Target& target,
                                        const Revision& revision, const AppliedSet& applied,
                                        const std::optional<LegacyState>& legacy);

// A file's bytes. Where they cannot be judged, that is among the findings; a file that is too large is not
// read.
struct FileText {
  std::string text;
  bool readable = false;
};

// Adds to `findings`, judged.
[[nodiscard]] Result<FileText> ReadFileText(ContentSource& source, const Migration& migration,
                                            std::vector<Finding>& findings);

// Contents and SQL of one file: what `check` and a run say of it. Adds to `findings`, judged.
[[nodiscard]] Result<PreparedMigration> Prepare(ContentSource& source, const Migration& migration,
                                                const Policy& policy, const std::string& tracker,
                                                std::vector<Finding>& findings);

// Why a run would do nothing whatever the policies say; none if it would go on.
std::optional<Error> ReasonToRefuse(const Plan& plan, const Target& target);

}  // namespace paliad

#endif  // PALIAD_CONTROLLER_RECONCILE_ASSESSMENT_H_
