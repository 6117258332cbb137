// TableWatch: what a migration does to the tables that were there before it. Looked at over a session of its
// own, which strangers' SQL cannot touch; only the counters of rows have to be asked for in the migration's.
// Not thread-safe.
#ifndef PALIAD_CONTROLLER_SCRATCH_TABLE_WATCH_H_
#define PALIAD_CONTROLLER_SCRATCH_TABLE_WATCH_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "controller/postgres/session.h"
#include "controller/reconcile/in_transaction.h"
#include "controller/reconcile/target.h"
#include "controller/scratch/dry_run.h"

namespace paliad::scratch {

using Oid = std::int64_t;
using LocksByTable = std::map<Oid, LockMode>;  // the strongest

// A backend, and the database that it is connected to.
struct Backend {
  int pid = 0;
  Oid database = 0;
};

// The one of `session`.
[[nodiscard]] Result<Backend> BackendOf(pg::Session& session);

// Adds the table locks that the backend has now. `session` may be in any database.
[[nodiscard]] Status AddLocks(pg::Session& session, const Backend& backend, LocksByTable& locks);

class TableWatch {
 public:
  // `session` is the owner's in the dry run's database; migrations run in `backend`.
  TableWatch(pg::Session& session, const Target& target, const Backend& backend);

  // Before the first migration.
  [[nodiscard]] Status Start() { return ReadTables(tables_); }

  // For RunInTransaction. Refers to this object.
  InsideTransaction Inside();

  // After a migration that was applied: fills in locks, rewritten and rows, and is ready for the next one.
  // `sampled` are locks that were seen from elsewhere, for a migration outside of a transaction.
  [[nodiscard]] Status Finish(const LocksByTable& sampled, MigrationReport& report);

 private:
  struct Table {
    std::string name;
    std::string file_node;  // "" where it has no file of its own
  };
  using Tables = std::map<Oid, Table>;
  using Counters = std::map<Oid, RowCounts>;

  Status ReadTables(Tables& tables);
  Result<Counters> ReadCounters(pg::Session& session) const;

  pg::Session& session_;
  const Target& target_;
  const Backend backend_;
  Tables tables_;      // before the migration
  LocksByTable held_;  // at its end
  Counters before_;    // of rows, in its session
  RowCounts rows_;
};

}  // namespace paliad::scratch

#endif  // PALIAD_CONTROLLER_SCRATCH_TABLE_WATCH_H_
