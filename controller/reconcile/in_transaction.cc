#include "controller/reconcile/in_transaction.h"

#include <fmt/format.h>

#include <string>
#include <utility>

#include "base/json.h"
#include "controller/reconcile/guard.h"

namespace paliad {
namespace {

// The statements of BeginSql, of which the last returns the row for ParseLook.
int BeginStatements(const MigrationJob& job) { return job.durable ? 4 : 5; }

std::string BeginSql(const MigrationJob& job) {
  return fmt::format(
      "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; SET LOCAL lock_timeout = {}; SET LOCAL "
      "statement_timeout = {}; {}{}",
      job.lock_timeout.count(), job.statement_timeout.count(),
      job.durable ? "" : "SET LOCAL synchronous_commit = off; ", LookSql(job));
}

// Deferred constraints and triggers run here and not at COMMIT: first as the migration left its session,
// then, for what they did to the tracker, once more after our row is in.
constexpr char kSettleSql[] =
    "SET CONSTRAINTS ALL IMMEDIATE; RESET SESSION AUTHORIZATION; RESET ROLE;"
    " SET LOCAL search_path = pg_catalog, pg_temp; SET LOCAL statement_timeout = 0; SET LOCAL "
    "lock_timeout = 0;"
    " CLOSE ALL;";

// EXECUTE refuses every form of COMMIT and ROLLBACK.
std::string InDoBlock(const std::string& text) {
  const std::string body = pg::DollarQuote(text);
  return "DO LANGUAGE plpgsql " + pg::DollarQuote("BEGIN EXECUTE " + body + "; END");
}

Failure SealFailure(const MigrationJob& job, const pg::ServerError& error) {
  if (error.sqlstate != kRequireFailed) {
    // A deferred constraint, or the server itself: nothing in the file is to blame.
    Failure failure = UnlocatedFailure(job, error.sqlstate, error.message, error.hint);
    failure.detail = error.detail;
    return failure;
  }
  if (error.message == kLockLost) {
    return UnlocatedFailure(job, "", "the migration released the run's advisory lock; it was rolled back",
                            "remove the call of pg_advisory_unlock, pg_advisory_unlock_all or DISCARD ALL");
  }
  if (error.message == kTransactionChanged) {
    return UnlocatedFailure(
        job, "", "the migration ended its own transaction: parts of it may be committed",
        fmt::format("look at the schema, then `paliadctl resolve {} --as applied|not-applied --reason …`",
                    job.version));
  }
  const std::string what = error.message == kLedgerTouched
                               ? "the ledger or what the controller keeps beside it"
                               : job.tracker.Text();
  return UnlocatedFailure(job, "", fmt::format("the migration changed {}; it was rolled back", what),
                          "leave the tracker to paliadctl; `paliadctl resolve` corrects it and records why");
}

class Attempt {
 public:
  Attempt(pg::Session& session, store::RunRecorder& recorder, const Clock& clock, const MigrationJob& job,
          const InsideTransaction& inside)
      : session_(session),
        recorder_(recorder),
        clock_(clock),
        job_(job),
        inside_(inside),
        started_(clock.Steady()) {}

  Result<JobResult> Run(ledger::Kind kind, Json fields) {
    std::string begin = BeginSql(job_);
    if (inside_.begun || job_.own_schema) {
      if (auto ended = Begin(std::exchange(begin, ""))) {
        return std::move(*ended);
      }
      RETURN_IF_ERROR(LookInside(inside_.begun));
    }
    if (auto ended = SendBody(begin)) {
      return std::move(*ended);
    }
    std::string settle = kSettleSql;
    if (inside_.ended) {
      if (auto ended = SendSeal(std::exchange(settle, ""), /*commits=*/false)) {
        return std::move(*ended);
      }
      RETURN_IF_ERROR(LookInside(inside_.ended));
    }
    fields["xid"] = before_.xid;
    fields["statements"] = statements_;
    fields["duration_us"] = Elapsed().count();
    RETURN_IF_ERROR(recorder_.Add(kind, std::move(fields), job_.sql));
    return Seal(settle);
  }

 private:
  std::chrono::microseconds Elapsed() const {
    return std::chrono::duration_cast<std::chrono::microseconds>(clock_.Steady() - started_);
  }

  Status LookInside(const std::function<Status(pg::Session&)>& look) {
    if (!look) {
      return {};
    }
    const SteadyTime began = clock_.Steady();
    Status status = look(session_);
    started_ += clock_.Steady() - began;
    if (!status) {
      (void)session_.Send("ROLLBACK;" + CleanUpSql(session_));
    }
    return status;
  }

  JobResult Lost(const pg::ServerError& error) const {
    return {.effect = Effect::kConnectionLost,
            .failure = UnlocatedFailure(job_, error.sqlstate, error.message, ""),
            .statements_done = statements_,
            .duration = Elapsed()};
  }

  // Rolls back; what is left of the migration in the session goes too.
  JobResult RolledBack(Failure failure, bool retryable) {
    const pg::MessageResult message =
        session_.Send((session_.idle() ? "" : "ROLLBACK;") + CleanUpSql(session_));
    return {.effect = message.connection_lost ? Effect::kConnectionLost : Effect::kNone,
            .retryable = retryable && message.ok(),
            .failure = std::move(failure),
            .statements_done = statements_,
            .duration = Elapsed()};
  }

  JobResult Unknown(const pg::ServerError& error) {
    JobResult result = RolledBack(SealFailure(job_, error), /*retryable=*/false);
    result.effect = Effect::kUnknown;
    return result;
  }

  JobResult NotBegun(const pg::ServerError& error) {
    if (error.sqlstate == kRequireFailed) {
      return LockIsGone();
    }
    return RolledBack(UnlocatedFailure(job_, error.sqlstate, error.message, error.hint),
                      pg::IsRetryable(error));
  }

  JobResult LockIsGone() {
    return RolledBack(
        UnlocatedFailure(job_, "", "the run's advisory lock is gone: somebody released it", "run again"),
        false);
  }

  std::optional<JobResult> Begin(const std::string& begin) {
    const pg::MessageResult message = session_.Send(begin);
    if (message.connection_lost) {
      return Lost(*message.error);
    }
    if (message.error) {
      return NotBegun(*message.error);
    }
    before_ = ParseLook(message.results.back());
    return before_.xid.empty() ? std::optional(LockIsGone()) : std::nullopt;
  }

  // `begin` is empty where it was sent before; else it travels in the same message, which saves a round trip.
  // The session's settings are our own here, so the file is read as it would be in a message of its own.
  std::optional<JobResult> SendBody(const std::string& begin) {
    const std::size_t ours = begin.empty() ? 0 : static_cast<std::size_t>(BeginStatements(job_));
    const pg::MessageResult message =
        session_.SendBody(job_.opaque ? InDoBlock(job_.text) : job_.text, begin, ours);
    const std::size_t completed = message.results.size();
    if (completed >= ours) {
      statements_ = static_cast<std::int64_t>(completed - ours);
    }
    if (message.connection_lost) {
      return Lost(*message.error);
    }
    if (message.error && ours > 0 && completed == 0) {
      return BodyFailed(*message.error);  // the server does not understand it: nothing was begun
    }
    if (completed < ours) {
      return NotBegun(*message.error);
    }
    if (ours > 0) {
      before_ = ParseLook(message.results[ours - 1]);
    }
    if (session_.idle()) {
      return Unknown({.sqlstate = std::string(kRequireFailed), .message = std::string(kTransactionChanged)});
    }
    return message.error ? std::optional(BodyFailed(*message.error)) : std::nullopt;
  }

  JobResult BodyFailed(const pg::ServerError& error) {
    return RolledBack(LocateFailure(job_, error, session_.facts().encoding == "SQL_ASCII", statements_),
                      pg::IsRetryable(error));
  }

  // `settle` is empty where it was sent before.
  JobResult Seal(const std::string& settle) {
    if (auto ended = SendSeal(settle + SealSql(job_, before_, recorder_) + "COMMIT;" + CleanUpSql(session_),
                              /*commits=*/true)) {
      return std::move(*ended);
    }
    recorder_.Appended();
    return {.effect = Effect::kApplied, .statements_done = statements_, .duration = Elapsed()};
  }

  // The whole seal, or a first part of it that does not commit. Nothing is returned where it went well.
  std::optional<JobResult> SendSeal(const std::string& sql, bool commits) {
    const pg::MessageResult message = session_.Send(sql);
    if (message.committed || (message.ok() && !commits)) {
      return std::nullopt;
    }
    if (message.connection_lost) {
      return Lost(*message.error);  // the entry waits: Recover finds out whether it was appended
    }
    recorder_.DropEffects();
    if (message.error->sqlstate == kRequireFailed && message.error->message == kTransactionChanged) {
      return Unknown(*message.error);
    }
    return RolledBack(SealFailure(job_, *message.error), pg::IsRetryable(*message.error));
  }

  pg::Session& session_;
  store::RunRecorder& recorder_;
  const Clock& clock_;
  const MigrationJob& job_;
  const InsideTransaction& inside_;
  SteadyTime started_;  // moved on by the time that inside_ takes
  Before before_;
  std::int64_t statements_ = 0;
};

}  // namespace

Result<JobResult> RunInTransaction(pg::Session& session, store::RunRecorder& recorder, const Clock& clock,
                                   const MigrationJob& job, ledger::Kind kind, Json entry_fields,
                                   const InsideTransaction& inside) {
  return Attempt(session, recorder, clock, job, inside).Run(kind, std::move(entry_fields));
}

}  // namespace paliad
