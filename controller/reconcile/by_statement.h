// One migration outside of a transaction (`-- paliad:no-transaction`): an `intent` entry is committed first,
// then the statements go one by one, then the tracker row and the `applied` entry commit together. Whoever
// dies in between leaves the intent behind, and the next run refuses until a person has looked.
#ifndef PALIAD_CONTROLLER_RECONCILE_BY_STATEMENT_H_
#define PALIAD_CONTROLLER_RECONCILE_BY_STATEMENT_H_

#include "base/clock.h"
#include "base/json_fwd.h"
#include "base/result.h"
#include "controller/postgres/session.h"
#include "controller/reconcile/migration_job.h"
#include "controller/store/run_recorder.h"
#include "migrations/sql_file.h"

namespace paliad {

// `sql` is the job's text, parsed. Effect is kApplied, kNone, kPartly, kUnknown or kConnectionLost; after
// kUnknown and kConnectionLost the intent stands and nothing has ended it. Statements that wait too long for
// a lock are tried again here, up to `max_attempts`; CONCURRENTLY ones are not, and run without time-outs:
// both would leave an invalid index behind.
[[nodiscard]] Result<JobResult> RunByStatement(pg::Session& session, store::RunRecorder& recorder,
                                               const Clock& clock, const MigrationJob& job,
                                               const SqlFile& sql, int max_attempts, Json entry_fields);

}  // namespace paliad

#endif  // PALIAD_CONTROLLER_RECONCILE_BY_STATEMENT_H_
