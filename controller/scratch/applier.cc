#include "controller/scratch/applier.h"

#include <utility>

#include "base/json.h"
#include "base/sha256.h"
#include "base/text.h"
#include "controller/postgres/advisory_lock.h"
#include "controller/reconcile/backoff.h"
#include "controller/reconcile/by_statement.h"
#include "controller/reconcile/database_state.h"
#include "controller/reconcile/ensure.h"

namespace paliad::scratch {
namespace {

constexpr int kMaxAttempts = 3;
constexpr std::chrono::seconds kLockWait{10};  // nobody else is in the database

// A file that does not parse has no statements to send one by one.
std::optional<Failure> SyntaxFailure(const ReadyMigration& ready) {
  if (ready.transactional) {
    return std::nullopt;  // the server says it
  }
  const SqlFile& sql = ready.sql;
  if (!sql.error) {
    return std::nullopt;
  }
  return UnlocatedFailure(ready.job, "42601", sql.error->message, sql.error->hint);
}

}  // namespace

Applier::Applier(pg::Session& session, const Target& target, const Clock& clock)
    : session_(session),
      target_(target),
      clock_(clock),
      recorder_({.run_id = ledger::NewUuid(), .target = target.name, .tracker = target.tracker.Text()},
                clock) {}

Result<AppliedSet> Applier::Start() {
  ASSIGN_OR_RETURN(
      const std::vector<pg::Rows> answer,
      session_.Run(pg::TryLockSql(pg::LockNumber(target_.tracker.Text())), "take the run's lock"));
  if (!answer.front().Bool(0, 0)) {
    return Fail({.kind = ErrorKind::kInternal,
                 .doing = "take the run's lock",
                 .subject = "",
                 .cause = "somebody holds it in a database that is this run's own",
                 .hint = ""});
  }
  RETURN_IF_ERROR(EnsureSchema(session_, target_, clock_, kLockWait));
  ASSIGN_OR_RETURN(const std::vector<pg::Rows> objects,
                   session_.Run(ObjectsSql(target_), "look for the tracker"));
  ASSIGN_OR_RETURN(DatabaseState state, ReadDatabaseState(session_, target_, ParseObjects(objects.front())));
  return std::move(state.applied);
}

Result<ReadyMigration> Applier::Ready(const Migration& migration, ContentSource& source) const {
  ASSIGN_OR_RETURN(std::string text, source.Read(*migration.entry));
  if (!IsValidUtf8(text) || text.find('\0') != std::string::npos) {
    return Fail({.kind = ErrorKind::kInvalidInput,
                 .doing = "apply",
                 .subject = migration.path,
                 .cause = "it is not UTF-8 text",
                 .hint = "`paliadctl check` without --base judges every file"});
  }
  ReadyMigration ready{.job = {.version = migration.version,
                               .name = migration.name,
                               .path = migration.path,
                               .text = std::move(text),
                               .tracker = target_.tracker,
                               .lock_number = pg::LockNumber(target_.tracker.Text()),
                               .lock_timeout = target_.lock_timeout,
                               .statement_timeout = target_.statement_timeout}};
  ready.job.checksum = Sha256Hex(ready.job.text);
  SqlFile sql = ParseSqlFile(ready.job.text);
  ready.transactional = !sql.no_transaction;
  ready.job.opaque = sql.error.has_value();
  for (const Statement& statement : sql.statements) {
    ready.job.statement_begins.push_back(statement.begin);
  }
  if (!ready.transactional) {
    ready.sql = std::move(sql);
  }
  return ready;
}

Result<JobResult> Applier::Apply(ReadyMigration& ready, const InsideTransaction& inside) {
  if (auto failure = SyntaxFailure(ready)) {
    return JobResult{.effect = Effect::kNone, .failure = std::move(failure)};
  }
  for (;; ++ready.job.attempt) {
    ASSIGN_OR_RETURN(JobResult result, ApplyOnce(ready, inside));
    result.attempts = ready.job.attempt;
    if (!result.retryable || ready.job.attempt >= kMaxAttempts) {
      return result;
    }
    clock_.Sleep(BackoffDelay(ready.job.attempt));
  }
}

Result<JobResult> Applier::ApplyOnce(const ReadyMigration& ready, const InsideTransaction& inside) {
  const MigrationJob& job = ready.job;
  const Json fields = {{"version", job.version}, {"name", job.name}, {"checksum", job.checksum}};
  if (ready.transactional) {
    return RunInTransaction(session_, recorder_, clock_, job, ledger::Kind::kApplied, fields, inside);
  }
  return RunByStatement(session_, recorder_, clock_, job, ready.sql, kMaxAttempts, fields);
}

}  // namespace paliad::scratch
