// The dry run: proof that pending migrations apply, and what they would do to tables that are in use. They
// run on a scratch server, in a database of their own that is cloned from one with the base set, over a login
// that can do nothing else, by the same code as in a real run. docs/dry-run.md says what is guaranteed.
#ifndef PALIAD_CONTROLLER_SCRATCH_DRY_RUN_H_
#define PALIAD_CONTROLLER_SCRATCH_DRY_RUN_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "controller/reconcile/migration_job.h"
#include "controller/reconcile/target.h"
#include "controller/scratch/lock_mode.h"
#include "migrations/migration_set.h"
#include "migrations/source_tree.h"

namespace paliad::scratch {

// Migrations and where their contents are read.
struct MigrationFiles {
  std::vector<Migration> migrations;  // ascending by version, each version once
  ContentSource* source = nullptr;    // not owned; may be null where there is no migration
};

struct Limits {
  std::chrono::milliseconds run_time{std::chrono::minutes(5)};     // > 0; of all pending together
  std::chrono::milliseconds build_time{std::chrono::minutes(30)};  // > 0; of the base set, once
  std::int64_t temp_file_kb = std::int64_t{1} << 20;               // > 0; of one session
};

struct Options {
  std::string url;             // a role that may CREATE DATABASE and CREATE ROLE
  std::string given_template;  // a database that the user keeps; empty: the base set is built from nothing
  Target target;               // its tracker, search_path, lock_timeout and statement_timeout; never its URL
  Limits limits;
  int max_templates = 8;                         // cached ones; those unused for longest go first
  std::chrono::hours max_template_age{14 * 24};  // since it was last used
  std::stop_token stop;                          // the time is up: whatever comes of it then is of no use
};

struct TableLock {
  std::string table;  // "public.t", each part quoted where SQL needs it
  LockMode mode = LockMode::kAccessShare;
};

struct RowCounts {
  std::int64_t inserted = 0;
  std::int64_t updated = 0;
  std::int64_t deleted = 0;
};

// What one migration did. "Existing" tables are those that were there before it; neither the tracker nor the
// ledger's are among them.
struct MigrationReport {
  Version version = 0;
  std::string name;
  std::string path;
  bool transactional = true;
  std::chrono::microseconds duration{0};
  std::vector<TableLock> locks;  // the strongest on each existing table, by name. Exact in a transaction;
                                 // outside of one looked at every few milliseconds, so short ones may
                                 // be missing
  std::vector<std::string> rewritten;  // existing tables whose rows lie in a new file, by name
  std::optional<RowCounts> rows;       // in any table; none outside of a transaction
};

enum class TemplateOrigin { kBuilt, kCached, kGiven };
std::string_view TemplateOriginName(TemplateOrigin origin);  // "built", "cached", "given"

struct DryRun {
  TemplateOrigin origin = TemplateOrigin::kBuilt;
  std::size_t base = 0;                     // migrations of the base set
  std::vector<MigrationReport> migrations;  // those that were applied, in order
  std::optional<Failure> failed;            // the first that does not apply; the rest was not tried
  bool temp_files_limited = true;           // false: the role may not set temp_file_limit
  std::vector<std::string> warnings;        // what could not be cleaned up, and why

  bool ok() const { return !failed; }
};

// Runs `pending` in order after `base`. A migration that fails, or passes a limit, is in the value. An Error
// says that nothing could be proved: kUnavailable (no connection, the template stays in use), kInvalidInput
// (a standby, an old server, a role without the rights, a base set that cannot be built from nothing, a
// template that is not there). Whatever happens, the clone and its login are dropped; if this process dies,
// the next run's start does it.
// REQUIRES: policy found no error in `pending`.
[[nodiscard]] Result<DryRun> RunDry(const Options& options, const MigrationFiles& base,
                                    const MigrationFiles& pending, const Clock& clock);

}  // namespace paliad::scratch

#endif  // PALIAD_CONTROLLER_SCRATCH_DRY_RUN_H_
