// After a lost connection: what the ledger has of a run, and what that makes of the migration that was under
// way. A transaction id says nothing here: after a crash that lost an asynchronous commit it is used again.
#ifndef PALIAD_CONTROLLER_RECONCILE_RECOVERY_H_
#define PALIAD_CONTROLLER_RECONCILE_RECOVERY_H_

#include <cstdint>
#include <set>
#include <string>

#include "base/result.h"
#include "controller/postgres/session.h"
#include "controller/reconcile/migration_job.h"
#include "migrations/file_name.h"

namespace paliad {

struct RecordOfRun {
  std::set<Version> applied;
  std::int64_t last_ordinal = -1;  // -1: the ledger has nothing of it
  bool finished = false;
};

// REQUIRES: the session has the run's lock, so that the lost backend has ended.
[[nodiscard]] Result<RecordOfRun> ReadRecordOfRun(pg::Session& session, const std::string& run_id);

// Takes a result with kConnectionLost to what it came to: `durable` says that the ledger has its entry.
JobResult AfterLostConnection(JobResult result, bool durable, bool transactional);

}  // namespace paliad

#endif  // PALIAD_CONTROLLER_RECONCILE_RECOVERY_H_
