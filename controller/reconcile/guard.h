// The second line of defence, as SQL: what is asked of a migration's transaction before its own SQL and after
// it. The first line is the rules, which judge the text; this one sees what dynamic SQL did.
#ifndef PALIAD_CONTROLLER_RECONCILE_GUARD_H_
#define PALIAD_CONTROLLER_RECONCILE_GUARD_H_

#include <string>
#include <string_view>

#include "controller/postgres/rows.h"
#include "controller/reconcile/migration_job.h"
#include "controller/store/run_recorder.h"

namespace paliad {

// What a failed check reports, with the SQLSTATE kRequireFailed. Also in migrations/schema.
inline constexpr std::string_view kTransactionChanged = "transaction changed";
inline constexpr std::string_view kLockLost = "lock lost";
inline constexpr std::string_view kTrackerTouched = "tracker touched";
inline constexpr std::string_view kLedgerTouched = "ledger touched";
inline constexpr std::string_view kRowNotOurs = "tracker row changed";

// The transaction as the migration finds it.
struct Before {
  std::string xid;      // empty: the lock is gone
  std::string tracker;  // paliad_ledger.look's facts; empty for the ledger's own files
  std::string ledger;
};

// One statement, which returns one row for ParseLook. Raises kLockLost, or returns a row that says so.
std::string LookSql(const MigrationJob& job);
Before ParseLook(const pg::Rows& rows);

// After the file: the job's row in the tracker, what may still be deferred, the checks, each of which raises,
// and the entries that wait. What is sent after it must write nothing.
std::string SealSql(const MigrationJob& job, const Before& before, const store::RunRecorder& recorder);

}  // namespace paliad

#endif  // PALIAD_CONTROLLER_RECONCILE_GUARD_H_
