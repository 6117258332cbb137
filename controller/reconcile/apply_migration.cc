#include "controller/reconcile/apply_migration.h"

#include <memory>
#include <string>
#include <utility>

#include "base/json.h"
#include "base/sha256.h"
#include "controller/reconcile/backoff.h"
#include "controller/reconcile/by_statement.h"
#include "controller/reconcile/in_transaction.h"
#include "controller/reconcile/run_entries.h"
#include "controller/store/queries.h"

namespace paliad {

using ledger::Kind;

Result<JobResult> MigrationApplier::Apply(const PreparedMigration& prepared) {
  ASSIGN_OR_RETURN(MigrationJob job, MakeJob(prepared));
  if (!prepared.transactional) {
    ASSIGN_OR_RETURN(JobResult result,
                     RunByStatement(*run_.session, run_.recorder, run_.clock, job, *prepared.sql,
                                    run_.options.max_attempts, FieldsOf(prepared, job)));
    result.sql = job.sql;
    return result;
  }
  for (;; ++job.attempt) {
    ASSIGN_OR_RETURN(JobResult result, RunInTransaction(*run_.session, run_.recorder, run_.clock, job,
                                                        Kind::kApplied, FieldsOf(prepared, job)));
    result.attempts = job.attempt;
    result.sql = job.sql;
    if (!result.retryable || job.attempt >= run_.options.max_attempts || run_.options.stop.stop_requested()) {
      return result;
    }
    RETURN_IF_ERROR(RecordFailure(Kind::kFailed, prepared, result, /*will_retry=*/true));
    const std::chrono::milliseconds delay = BackoffDelay(job.attempt);
    run_.observer.OnRetry(*result.failure, job.attempt, delay);
    run_.clock.Sleep(delay);
  }
}

// A file that failed before has its SQL in the ledger: who tries again and again does not store it each time.
Status MigrationApplier::RecordFailure(Kind kind, const PreparedMigration& prepared, const JobResult& result,
                                       bool will_retry) {
  Json fields = FailedFields(run_.revision, prepared, result);
  if (will_retry) {
    fields["will_retry"] = true;
  }
  std::shared_ptr<const ledger::SaltedBody> body = result.sql;
  const auto stored = store::FindStoredSql(*run_.session, run_.target.tracker.Text(),
                                           prepared.migration.version, prepared.checksum);
  if (stored && *stored) {
    fields["sql"] = **stored;
    body = nullptr;
  }
  return run_.recorder.Add(kind, std::move(fields), std::move(body));
}

Json MigrationApplier::FieldsOf(const PreparedMigration& prepared, const MigrationJob& job) const {
  Json fields =
      AppliedFields(run_.target, run_.revision, prepared, job, run_.session->facts(), run_.identity);
  run_.forge.AddPullRequest(fields);
  return fields;
}

Result<MigrationJob> MigrationApplier::MakeJob(const PreparedMigration& prepared) const {
  const Migration& migration = prepared.migration;
  ASSIGN_OR_RETURN(std::string text, run_.repository.Read(*migration.entry));
  if (Sha256Hex(text) != prepared.checksum) {
    return Fail({.kind = ErrorKind::kCorruption,
                 .doing = "apply",
                 .subject = migration.path,
                 .cause = "its bytes changed since they were judged",
                 .hint = "check the repository with `git fsck`"});
  }
  auto sql = std::make_shared<const ledger::SaltedBody>(ledger::SaltBody(text));
  return MigrationJob{.version = migration.version,
                      .name = migration.name,
                      .path = migration.path,
                      .text = std::move(text),
                      .checksum = prepared.checksum,
                      .statement_begins = prepared.statement_begins,
                      .opaque = prepared.opaque,
                      .tracker = run_.target.tracker,
                      .lock_number = run_.session.lock_number(),
                      .lock_timeout = run_.target.lock_timeout,
                      .statement_timeout = run_.target.statement_timeout,
                      .sql = std::move(sql)};
}

}  // namespace paliad
