// What is to be done with one migration, and what came of it: the values that the two executors
// (in_transaction.h, by_statement.h) share.
#ifndef PALIAD_CONTROLLER_RECONCILE_MIGRATION_JOB_H_
#define PALIAD_CONTROLLER_RECONCILE_MIGRATION_JOB_H_

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/json_fwd.h"
#include "controller/postgres/session.h"
#include "controller/reconcile/target.h"
#include "ledger/body.h"
#include "ledger/entry.h"
#include "migrations/file_name.h"

namespace paliad {

struct MigrationJob {
  Version version = 0;
  std::string name;
  std::string path;
  std::string text;                           // the file's bytes, checked: UTF-8 without NUL
  std::string checksum;                       // of them
  std::vector<std::size_t> statement_begins;  // byte offsets of its statements; empty: not known
  bool own_schema = false;  // a file of migrations/schema, which makes what guards every other one
  bool opaque = false;      // runs inside of a DO block, see PreparedMigration
  QualifiedName tracker;
  std::int64_t lock_number = 0;
  std::chrono::milliseconds lock_timeout{0};       // 0: none
  std::chrono::milliseconds statement_timeout{0};  // 0: none
  std::shared_ptr<const ledger::SaltedBody> sql =
      nullptr;  // the text as the ledger keeps it; null: it does not
  int attempt = 1;
  bool durable =
      false;  // the commit waits for the disk; else it is ordered before every later one, and that is all
};

// Why a migration was not applied, at its place in the file.
struct Failure {
  Version version = 0;
  std::string name;
  std::string path;
  std::optional<int> line;  // from 1; none: nothing in the file is to blame
  std::optional<int> column;
  std::string sqlstate;
  std::string message;
  std::string detail;
  std::string hint;
  std::string source_line;  // the line itself
};

enum class Effect {
  kApplied,         // committed with its tracker row and its entry
  kNone,            // nothing of it took effect
  kPartly,          // some statements took effect (no-transaction only); said in the failure
  kUnknown,         // effects may be committed: a person must say
  kConnectionLost,  // whether the COMMIT arrived can be looked up, see Reconciliation::Recover
};

struct JobResult {
  Effect effect = Effect::kNone;
  bool retryable = false;  // with kNone: another attempt may succeed
  std::optional<Failure> failure;
  std::int64_t statements_done = 0;
  int attempts = 1;
  std::shared_ptr<const ledger::SaltedBody> sql = nullptr;  // the job's
  std::chrono::microseconds duration{0};
};

// A failure with the place that the server's error names, or else the start of the statement after the first
// `statements_done` ones. `offset` is where in the job's text the text that was sent begins.
Failure LocateFailure(const MigrationJob& job, const pg::ServerError& error, bool position_in_bytes,
                      std::optional<std::int64_t> statements_done, std::size_t offset = 0);

// A failure without a place.
Failure UnlocatedFailure(const MigrationJob& job, std::string sqlstate, std::string message,
                         std::string hint);

// The fields of a `failed` or `outcome_unknown` entry.
Json FailureFields(const Failure& failure, int attempt);

// SQL that ends one migration's world: role, settings, temporary objects, cursors, prepared statements; then
// our own settings again. Never DISCARD ALL, which drops the lock.
std::string CleanUpSql(const pg::Session& session);

// SQL: the row that says that the job's version is applied.
std::string InsertRowSql(const MigrationJob& job);

// SQL that raises unless `condition` holds; `what` comes back as the error's message.
std::string RequireSql(const std::string& condition, std::string_view what);
inline constexpr std::string_view kRequireFailed = "PL001";  // the SQLSTATE it raises

}  // namespace paliad

#endif  // PALIAD_CONTROLLER_RECONCILE_MIGRATION_JOB_H_
