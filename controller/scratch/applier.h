// Applier: migrations over one session, by the core's own executors, as a run of it would apply them.
// Not thread-safe.
#ifndef PALIAD_CONTROLLER_SCRATCH_APPLIER_H_
#define PALIAD_CONTROLLER_SCRATCH_APPLIER_H_

#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "controller/postgres/session.h"
#include "controller/reconcile/in_transaction.h"
#include "controller/reconcile/migration_job.h"
#include "controller/reconcile/target.h"
#include "controller/store/run_recorder.h"
#include "migrations/applied_set.h"
#include "migrations/migration_set.h"
#include "migrations/source_tree.h"
#include "migrations/sql_file.h"

namespace paliad::scratch {

// A file that was read, ready to be applied.
struct ReadyMigration {
  MigrationJob job;
  bool transactional = true;
  SqlFile sql;  // the job's text, parsed; only if it is not transactional
};

class Applier {
 public:
  // All must outlive it.
  Applier(pg::Session& session, const Target& target, const Clock& clock);

  // Takes the run's lock and makes the tracker and the ledger where they are missing, as in a target. Returns
  // what the tracker says is applied.
  [[nodiscard]] Result<AppliedSet> Start();

  // kInvalidInput for what is no text: not UTF-8, or a NUL. Else as ContentSource::Read.
  [[nodiscard]] Result<ReadyMigration> Ready(const Migration& migration, ContentSource& source) const;

  // Tried again as in a run where another attempt may succeed. `inside` is for transactions. An Error is
  // `inside`'s, or a connection lost before anything was sent.
  [[nodiscard]] Result<JobResult> Apply(ReadyMigration& ready, const InsideTransaction& inside);

 private:
  Result<JobResult> ApplyOnce(const ReadyMigration& ready, const InsideTransaction& inside);

  pg::Session& session_;
  const Target& target_;
  const Clock& clock_;
  store::RunRecorder recorder_;
};

}  // namespace paliad::scratch

#endif  // PALIAD_CONTROLLER_SCRATCH_APPLIER_H_
