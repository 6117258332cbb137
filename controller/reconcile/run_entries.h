// What a run writes into the ledger: the fields of its entries, beside those that every entry has
// (ledger/entry.h). One function a kind. Written to the ledger: never rename a field or change what it means.
#ifndef PALIAD_CONTROLLER_RECONCILE_RUN_ENTRIES_H_
#define PALIAD_CONTROLLER_RECONCILE_RUN_ENTRIES_H_

#include <string>
#include <vector>

#include "base/json.h"
#include "controller/postgres/session.h"
#include "controller/reconcile/assessment.h"
#include "controller/reconcile/migration_job.h"
#include "controller/reconcile/reconcile.h"
#include "controller/reconcile/target.h"

namespace paliad {

std::string HostName();  // this machine's

// Where it happened: the database's name, and what tells it from a copy.
Json DatabaseFields(const std::string& database, const DatabaseIdentity& identity);

Json StartedFields(const Target& target, const RunOptions& options, const Revision& revision,
                   const pg::ServerFacts& server, const DatabaseIdentity& identity);

Json FindingFields(const Finding& finding);

// A row that no entry knows.
Json DriftFields(const AppliedMigration& row, const Revision& revision);

// One for each entry that is needed: a leaf has a bound. `versions` holds ranges: [[1,4],[7,7]].
std::vector<Json> BootstrappedFields(const Target& target, const Plan& plan, const Revision& revision);

// What is known before the attempt; the executors add the rest.
Json AppliedFields(const Target& target, const Revision& revision, const PreparedMigration& prepared,
                   const MigrationJob& job, const pg::ServerFacts& server, const DatabaseIdentity& identity);

// An attempt that failed or whose outcome is unknown: the failure at its place, and from where the file was.
Json FailedFields(const Revision& revision, const PreparedMigration& prepared, const JobResult& result);

// What became of every entry in the folder. `lists` names them all, migrations in ranges of versions, and
// may be too long for a leaf.
struct FolderAccount {
  Json counts;
  Json lists;
};

// `rows`: of the tracker as the run leaves it.
FolderAccount AccountFor(const Assessment& assessment, const Run& run,
                         const std::vector<AppliedMigration>& rows);

// Longer lists go into a body.
inline constexpr std::size_t kMaxListBytes = 16'384;

// `applied_digest` is of the tracker's rows as the run leaves them. A run that did not have the lock says so:
// it tells nothing of the target.
Json FinishedFields(const Run& run, const Revision& revision, const std::string& applied_digest,
                    bool had_lock);

}  // namespace paliad

#endif  // PALIAD_CONTROLLER_RECONCILE_RUN_ENTRIES_H_
