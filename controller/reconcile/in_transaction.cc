#include "controller/reconcile/in_transaction.h"

#include <fmt/format.h>

#include <string>
#include <utility>

#include "base/json.h"
#include "controller/postgres/advisory_lock.h"

namespace paliad {
namespace {

// What PL001 reports, see Seal.
constexpr std::string_view kTransactionChanged = "transaction changed";
constexpr std::string_view kLockLost = "lock lost";
constexpr std::string_view kTrackerTouched = "tracker touched";
constexpr std::string_view kLedgerTouched = "ledger touched";
constexpr std::string_view kRowNotOurs = "tracker row changed";

// The tracker as the transaction found it. The counters are of this session's writes that are not yet
// reported, so only their growth within the transaction means something.
struct Before {
  std::string xid;
  std::string tracker_oid;  // "0": not there yet (the ledger's own first migration makes it)
  std::string file_node;    // changes with TRUNCATE, which the counters do not see
  std::int64_t inserted = 0;
  std::int64_t updated = 0;
  std::int64_t deleted = 0;
  std::string
      ledger;  // the ledger's facts in one text; only the seal writes to it, so nothing in it may change
};

// By name each time, since a migration may have put another table in its place. No look at pg_class: planning
// that join twice a migration costs more than all else here.
std::string TrackerFactsSql(const MigrationJob& job) {
  return fmt::format(
      "SELECT coalesce(oid, 0) AS oid, coalesce(pg_catalog.pg_relation_filenode(oid), 0) AS file_node,"
      " pg_catalog.pg_stat_get_xact_tuples_inserted(oid) AS inserted,"
      " pg_catalog.pg_stat_get_xact_tuples_updated(oid) AS updated,"
      " pg_catalog.pg_stat_get_xact_tuples_deleted(oid) AS deleted"
      " FROM (SELECT pg_catalog.to_regclass({})::pg_catalog.oid AS oid OFFSET 0) AS tracker",
      pg::QuoteText(job.tracker.Quoted()));
}

constexpr char kLedgerFactsSql[] =
    "(SELECT pg_catalog.concat_ws(':', oid, pg_catalog.pg_relation_filenode(oid),"
    " pg_catalog.pg_stat_get_xact_tuples_inserted(oid), pg_catalog.pg_stat_get_xact_tuples_updated(oid),"
    " pg_catalog.pg_stat_get_xact_tuples_deleted(oid),"
    " NULLIF(coalesce(pg_catalog.pg_stat_get_xact_tuples_inserted(blob), 0)"
    " + coalesce(pg_catalog.pg_stat_get_xact_tuples_inserted(checkpoint), 0), 0))"
    " FROM (SELECT pg_catalog.to_regclass('paliad_ledger.entry')::pg_catalog.oid AS oid,"
    " pg_catalog.to_regclass('paliad_ledger.blob')::pg_catalog.oid AS blob,"
    " pg_catalog.to_regclass('paliad_ledger.checkpoint')::pg_catalog.oid AS checkpoint OFFSET 0) AS ledger)";

std::string BeginSql(const MigrationJob& job) {
  return fmt::format(
      "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; SET LOCAL lock_timeout = {}; SET LOCAL "
      "statement_timeout = {};"
      "{}"
      " SELECT pg_catalog.pg_current_xact_id(), {}, t.oid, t.file_node, t.inserted, t.updated, t.deleted, {}"
      " FROM ({}) AS t",
      job.lock_timeout.count(), job.statement_timeout.count(),
      job.durable ? "" : " SET LOCAL synchronous_commit = off;", pg::HoldsLockSql(job.lock_number),
      kLedgerFactsSql, TrackerFactsSql(job));
}

// Deferred constraints and triggers run here and not at COMMIT: first as the migration left its session,
// then, for what they did to the tracker, once more after our row is in.
constexpr char kSettleSql[] =
    "SET CONSTRAINTS ALL IMMEDIATE; RESET SESSION AUTHORIZATION; RESET ROLE;"
    " SET LOCAL search_path = pg_catalog, pg_temp; SET LOCAL statement_timeout = 0; SET LOCAL "
    "lock_timeout = 0;"
    " CLOSE ALL;";

std::string SealSql(const MigrationJob& job, const Before& before, const std::string& append_sql) {
  const std::string unchanged =
      before.tracker_oid == "0"
          ? "true"
          : fmt::format(
                "(SELECT t.oid = {} AND t.file_node = {} AND t.inserted = {} AND t.updated = {} AND "
                "t.deleted = {} FROM ({}) AS t)",
                before.tracker_oid, before.file_node, before.inserted + 1, before.updated, before.deleted,
                TrackerFactsSql(job));
  const std::string same_ledger =
      before.ledger.empty() ? "true" : fmt::format("{} = '{}'", kLedgerFactsSql, before.ledger);
  const std::string row_is_ours = fmt::format(
      "(SELECT pg_catalog.count(*) = 1 FROM {} WHERE version = {} AND name = {} AND checksum = '{}')",
      job.tracker.Quoted(), job.version, pg::QuoteText(job.name), job.checksum);
  return InsertRowSql(job) + "SET CONSTRAINTS ALL IMMEDIATE; CLOSE ALL;" +
         RequireSql(fmt::format("pg_catalog.pg_current_xact_id() = '{}'::pg_catalog.xid8", before.xid),
                    kTransactionChanged) +
         RequireSql(pg::HoldsLockSql(job.lock_number), kLockLost) + RequireSql(unchanged, kTrackerTouched) +
         RequireSql(row_is_ours, kRowNotOurs) + RequireSql(same_ledger, kLedgerTouched) + append_sql +
         "COMMIT;";
}

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
  const std::string what = error.message == kLedgerTouched ? "the ledger" : job.tracker.Text();
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
    if (auto ended = Begin()) {
      return std::move(*ended);
    }
    RETURN_IF_ERROR(LookInside(inside_.begun));
    if (auto ended = SendBody()) {
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
    RETURN_IF_ERROR(recorder_.Add(kind, std::move(fields)));
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
    const pg::MessageResult message = session_.Send("ROLLBACK;" + CleanUpSql(session_));
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

  std::optional<JobResult> Begin() {
    const pg::MessageResult message = session_.Send(BeginSql(job_));
    if (message.connection_lost) {
      return Lost(*message.error);
    }
    if (message.error) {
      return RolledBack(
          UnlocatedFailure(job_, message.error->sqlstate, message.error->message, message.error->hint),
          pg::IsRetryable(*message.error));
    }
    const pg::Rows& row = message.results.back();
    before_ = {.xid = row.String(0, 0),
               .tracker_oid = row.String(0, 2),
               .file_node = row.String(0, 3),
               .inserted = row.Int(0, 4),
               .updated = row.Int(0, 5),
               .deleted = row.Int(0, 6),
               .ledger = row.String(0, 7)};
    if (!row.Bool(0, 1)) {
      return RolledBack(
          UnlocatedFailure(job_, "", "the run's advisory lock is gone: somebody released it", "run again"),
          false);
    }
    return std::nullopt;
  }

  std::optional<JobResult> SendBody() {
    const pg::MessageResult message = session_.SendBody(job_.opaque ? InDoBlock(job_.text) : job_.text);
    statements_ = static_cast<std::int64_t>(message.results.size());
    if (message.connection_lost) {
      return Lost(*message.error);
    }
    if (session_.idle()) {
      return Unknown({.sqlstate = std::string(kRequireFailed), .message = std::string(kTransactionChanged)});
    }
    if (message.error) {
      return RolledBack(
          LocateFailure(job_, *message.error, session_.facts().encoding == "SQL_ASCII", statements_),
          pg::IsRetryable(*message.error));
    }
    return std::nullopt;
  }

  // `settle` is empty where it was sent before.
  JobResult Seal(const std::string& settle) {
    if (auto ended = SendSeal(settle + SealSql(job_, before_, recorder_.AppendSql()) + CleanUpSql(session_),
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
