#include "controller/reconcile/ensure.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/json.h"
#include "base/sha256.h"
#include "controller/postgres/advisory_lock.h"
#include "controller/reconcile/in_transaction.h"
#include "controller/reconcile/run_entries.h"
#include "controller/reconcile/run_lock.h"
#include "controller/store/catalog.h"
#include "controller/store/run_recorder.h"
#include "controller/version.h"
#include "ledger/entry.h"
#include "migrations/file_name.h"
#include "migrations/schema/embedded_schema.h"

namespace paliad {
namespace {

Error WithRightsHint(Error error, const pg::Session& session) {
  if (error.cause.find("permission denied") != std::string::npos) {
    error.hint =
        fmt::format("GRANT CREATE ON DATABASE {} TO {}; or connect as the database's owner",
                    pg::QuoteIdentifier(session.facts().database), pg::QuoteIdentifier(session.facts().role));
  }
  return error;
}

Status CreateTracker(pg::Session& session, const QualifiedName& tracker) {
  ASSIGN_OR_RETURN(const pg::Rows found,
                   session.Query("SELECT FROM pg_catalog.pg_namespace WHERE nspname = $1", {tracker.schema},
                                 "look for the tracker's schema"));
  // IF NOT EXISTS needs the right to create even where the schema exists.
  const std::string create_schema =
      found.empty() ? fmt::format("CREATE SCHEMA {};", pg::QuoteIdentifier(tracker.schema)) : "";
  const pg::MessageResult message = session.Send(
      fmt::format("BEGIN; {} CREATE TABLE {} {}; COMMIT;", create_schema, tracker.Quoted(), kTrackerColumns));
  if (message.committed) {
    return {};
  }
  if (!message.connection_lost) {
    (void)session.Send("ROLLBACK");
  }
  return Fail(WithRightsHint(pg::ToError(*message.error, "create the tracker " + tracker.Text()), session));
}

Status ApplySchemaFile(pg::Session& session, store::RunRecorder& recorder, const Clock& clock,
                       const EmbeddedFile& file, std::int64_t lock_number) {
  const FileName name = ParseFileName(file.name);
  const MigrationJob job{.version = name.version,
                         .name = name.description,
                         .path = fmt::format("migrations/schema/{}", file.name),
                         .text = std::string(file.text),
                         .checksum = Sha256Hex(file.text),
                         .own_schema = true,
                         .tracker = {.schema = kLedgerSchema, .table = "applied_migrations"},
                         .lock_number = lock_number,
                         .durable = true};
  const Json fields = {{"version", job.version},       {"name", job.name},
                       {"checksum", job.checksum},     {"controller_version", kVersion},
                       {"role", session.facts().role}, {"server_version", session.facts().version}};
  ASSIGN_OR_RETURN(const JobResult result,
                   RunInTransaction(session, recorder, clock, job, ledger::Kind::kSchemaUpgraded, fields));
  if (result.effect == Effect::kApplied) {
    return {};
  }
  return Fail(WithRightsHint(
      {.kind = result.effect == Effect::kConnectionLost ? ErrorKind::kUnavailable : ErrorKind::kInvalidInput,
       .doing = "create the ledger's schema with",
       .subject = std::string(file.name),
       .cause = result.failure->message,
       .hint = result.failure->hint},
      session));
}

// Where the ledger has an owner of its own, its schema is not this role's to change.
Status RequireSingleRole(pg::Session& session, const EmbeddedFile& missing) {
  ASSIGN_OR_RETURN(const pg::Rows rows,
                   session.Query("SELECT FROM pg_catalog.pg_namespace AS n JOIN pg_catalog.pg_roles AS r"
                                 " ON r.oid = n.nspowner WHERE n.nspname = $1 AND r.rolname = $2",
                                 {kLedgerSchema, store::kOwnerRole}, "look whose the ledger is"));
  if (rows.empty()) {
    return {};
  }
  return Fail({.kind = ErrorKind::kInvalidInput,
               .doing = "use the ledger's schema",
               .subject = "",
               .cause = fmt::format(
                   "{} is missing: the ledger is older than this program, and role {} cannot upgrade it",
                   missing.name, session.facts().role),
               .hint = "the administrator upgrades it with `paliadctl ledger install --as-admin URL`"});
}

Status UpgradeLedger(pg::Session& session, const Target& target, const Clock& clock, std::int64_t lock_number,
                     const DatabaseState& state) {
  const std::map<Version, std::string>& schema = state.schema;
  store::RunRecorder recorder({.run_id = ledger::NewUuid(), .target = target.name, .tracker = kLedgerTracker},
                              clock);
  recorder.SetLedger(schema.empty() ? ledger::NewUuid() : state.ledger_id);
  if (schema.empty()) {
    RETURN_IF_ERROR(
        recorder.Add(ledger::Kind::kGenesis, DatabaseFields(session.facts().database, state.identity)));
  }
  for (const EmbeddedFile& file : EmbeddedSchema()) {
    if (!schema.contains(ParseFileName(file.name).version)) {
      RETURN_IF_ERROR(RequireSingleRole(session, file));
      RETURN_IF_ERROR(ApplySchemaFile(session, recorder, clock, file, lock_number));
    }
  }
  return {};
}

}  // namespace

Status RequireSameFiles(const std::map<Version, std::string>& schema) {
  for (const EmbeddedFile& file : EmbeddedSchema()) {
    const auto applied = schema.find(ParseFileName(file.name).version);
    if (applied != schema.end() && applied->second != Sha256Hex(file.text)) {
      return Fail({.kind = ErrorKind::kConflict,
                   .doing = "use the ledger's schema",
                   .subject = std::string(file.name),
                   .cause = "it was applied with other contents than this program has",
                   .hint = "use the program that made it, or a released version"});
    }
  }
  return {};
}

Result<bool> IsSchemaComplete(const DatabaseObjects& objects, const std::map<Version, std::string>& schema) {
  if (!objects.tracker || !objects.ledger || !objects.ledger_tracker) {
    return false;
  }
  RETURN_IF_ERROR(RequireSameFiles(schema));
  const auto& files = EmbeddedSchema();
  return std::all_of(files.begin(), files.end(), [&](const EmbeddedFile& file) {
    return schema.contains(ParseFileName(file.name).version);
  });
}

Status EnsureSchema(pg::Session& session, const Target& target, const Clock& clock,
                    std::chrono::milliseconds lock_wait) {
  const std::int64_t lock_number = pg::LockNumber(kLedgerTracker);
  ASSIGN_OR_RETURN(const auto holder,
                   WaitForLock(session, lock_number, lock_wait, clock, [](const auto&, auto) {}));
  if (holder) {
    return Fail({.kind = ErrorKind::kUnavailable,
                 .doing = "prepare the database",
                 .subject = "",
                 .cause = "another run prepares it and did not finish: " + holder->Describe(),
                 .hint = "run again"});
  }
  // Somebody else may have done it while this one waited.
  ASSIGN_OR_RETURN(const std::vector<pg::Rows> found,
                   session.Run(ObjectsSql(target), "look for the tracker"));
  const DatabaseObjects objects = ParseObjects(found.front());
  if (!objects.tracker) {
    RETURN_IF_ERROR(CreateTracker(session, target.tracker));
  }
  ASSIGN_OR_RETURN(const DatabaseState state, ReadDatabaseState(session, target, objects));
  RETURN_IF_ERROR(UpgradeLedger(session, target, clock, lock_number, state));
  return session.Run(pg::UnlockSql(lock_number), "release the lock").map([](const auto&) {});
}

}  // namespace paliad
