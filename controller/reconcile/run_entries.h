// What a run writes into the ledger: the fields of its entries, beside those that every entry has
// (ledger/entry.h). One function a kind. Written to the ledger: never rename a field or change what it means.
#ifndef PALIAD_CONTROLLER_RECONCILE_RUN_ENTRIES_H_
#define PALIAD_CONTROLLER_RECONCILE_RUN_ENTRIES_H_

#include <string>
#include <vector>

#include "base/json_fwd.h"
#include "controller/postgres/session.h"
#include "controller/reconcile/assessment.h"
#include "controller/reconcile/migration_job.h"
#include "controller/reconcile/reconcile.h"
#include "controller/reconcile/target.h"

namespace paliad {

Json StartedFields(const Target& target, const RunOptions& options, const Revision& revision,
                   const pg::ServerFacts& server);

Json FindingFields(const Finding& finding);

// A row that no entry knows.
Json DriftFields(const AppliedMigration& row);

// One for each entry that is needed: a leaf has a bound. `versions` holds ranges: [[1,4],[7,7]].
std::vector<Json> BootstrappedFields(const Target& target, const Plan& plan);

// What is known before the attempt; the executors add the rest.
Json AppliedFields(const Target& target, const Revision& revision, const PreparedMigration& prepared,
                   const MigrationJob& job, const pg::ServerFacts& server);

// `applied_digest` is of the tracker's rows as the run leaves them. A run that did not have the lock says so:
// it tells nothing of the target.
Json FinishedFields(const Run& run, const Revision& revision, const std::string& applied_digest,
                    bool had_lock);

}  // namespace paliad

#endif  // PALIAD_CONTROLLER_RECONCILE_RUN_ENTRIES_H_
