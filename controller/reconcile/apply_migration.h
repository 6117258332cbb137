// MigrationApplier: one migration of a run, from its blob to what came of it, with the retries in between.
#ifndef PALIAD_CONTROLLER_RECONCILE_APPLY_MIGRATION_H_
#define PALIAD_CONTROLLER_RECONCILE_APPLY_MIGRATION_H_

#include "base/clock.h"
#include "base/json_fwd.h"
#include "base/result.h"
#include "controller/git/repository.h"
#include "controller/reconcile/assessment.h"
#include "controller/reconcile/database_state.h"
#include "controller/reconcile/migration_job.h"
#include "controller/reconcile/reconcile.h"
#include "controller/reconcile/run_forge.h"
#include "controller/reconcile/run_session.h"
#include "controller/reconcile/target.h"
#include "controller/store/run_recorder.h"

namespace paliad {

// The parts of a run that applying needs; all outlive the applier.
struct RunParts {
  const Target& target;
  git::Repository& repository;
  const RunOptions& options;
  const Clock& clock;
  RunObserver& observer;
  const Revision& revision;
  const DatabaseIdentity& identity;
  const RunForge& forge;
  RunSession& session;
  store::RunRecorder& recorder;
};

// Not thread-safe.
class MigrationApplier {
 public:
  explicit MigrationApplier(const RunParts& parts) : run_(parts) {}

  // Attempts that may be tried again are recorded as failed and tried again, RunOptions::max_attempts in all.
  // The last failure is left for the caller to record: its effect may have to be found out first.
  [[nodiscard]] Result<JobResult> Apply(const PreparedMigration& prepared);

  // An entry of an attempt that failed, or whose outcome is unknown.
  [[nodiscard]] Status RecordFailure(ledger::Kind kind, const PreparedMigration& prepared,
                                     const JobResult& result, bool will_retry);

 private:
  Result<MigrationJob> MakeJob(const PreparedMigration& prepared) const;
  Json FieldsOf(const PreparedMigration& prepared, const MigrationJob& job) const;

  const RunParts run_;
};

}  // namespace paliad

#endif  // PALIAD_CONTROLLER_RECONCILE_APPLY_MIGRATION_H_
