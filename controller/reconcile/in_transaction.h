// One migration in one transaction, with its tracker row and its ledger entries: all of it or none of it.
// Three messages: begin, the file's bytes as they are, seal and commit.
#ifndef PALIAD_CONTROLLER_RECONCILE_IN_TRANSACTION_H_
#define PALIAD_CONTROLLER_RECONCILE_IN_TRANSACTION_H_

#include "base/clock.h"
#include "base/json_fwd.h"
#include "base/result.h"
#include "controller/postgres/session.h"
#include "controller/reconcile/migration_job.h"
#include "controller/store/run_recorder.h"

namespace paliad {

// Runs the job once. `entry_fields` are the entry's own; what only the attempt knows (transaction id,
// duration, statements) is added. The entry is appended under `kind` together with everything that waits in
// `recorder`. Unless it was applied, the entry is dropped again and the transaction rolled back, except after
// kConnectionLost: then it still waits. An Error is a bug or a lost connection before anything was sent.
[[nodiscard]] Result<JobResult> RunInTransaction(pg::Session& session, store::RunRecorder& recorder,
                                                 const Clock& clock, const MigrationJob& job,
                                                 ledger::Kind kind, Json entry_fields);

}  // namespace paliad

#endif  // PALIAD_CONTROLLER_RECONCILE_IN_TRANSACTION_H_
