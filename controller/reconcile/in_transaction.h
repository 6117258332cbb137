// One migration in one transaction, with its tracker row and its ledger entries: all of it or none of it.
// Two messages: begin and the file's bytes as they are, then seal and commit.
#ifndef PALIAD_CONTROLLER_RECONCILE_IN_TRANSACTION_H_
#define PALIAD_CONTROLLER_RECONCILE_IN_TRANSACTION_H_

#include <functional>

#include "base/clock.h"
#include "base/json_fwd.h"
#include "base/result.h"
#include "controller/postgres/session.h"
#include "controller/reconcile/migration_job.h"
#include "controller/store/run_recorder.h"

namespace paliad {

// What looks into a migration's transaction while it is open: a dry run does, a run does not. Both are called
// on the migration's own session, which they must leave in its transaction; an Error rolls it back.
struct InsideTransaction {
  std::function<Status(pg::Session&)> begun;  // before the file's first byte was sent
  // After the file, its deferred triggers and constraints, and before the tracker's row; role and search path
  // are the login's again. The locks that it needs are all held.
  std::function<Status(pg::Session&)> ended;
};

// Runs the job once. `entry_fields` are the entry's own; what only the attempt knows (transaction id,
// duration, statements) is added. The entry is appended under `kind` together with everything that waits in
// `recorder`. Unless it was applied, the entry is dropped again and the transaction rolled back, except after
// kConnectionLost: then it still waits. An Error is a bug, a lost connection before anything was sent, or
// `inside`'s. The time that `inside` takes is not counted.
[[nodiscard]] Result<JobResult> RunInTransaction(pg::Session& session, store::RunRecorder& recorder,
                                                 const Clock& clock, const MigrationJob& job,
                                                 ledger::Kind kind, Json entry_fields,
                                                 const InsideTransaction& inside = {});

}  // namespace paliad

#endif  // PALIAD_CONTROLLER_RECONCILE_IN_TRANSACTION_H_
