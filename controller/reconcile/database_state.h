// What the database says at one moment: the tracker, the old counter, and what the ledger remembers.
#ifndef PALIAD_CONTROLLER_RECONCILE_DATABASE_STATE_H_
#define PALIAD_CONTROLLER_RECONCILE_DATABASE_STATE_H_

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/json_fwd.h"
#include "base/result.h"
#include "controller/postgres/session.h"
#include "controller/reconcile/target.h"
#include "migrations/plan.h"

namespace paliad {

// Which of the tables that a run needs are there.
struct DatabaseObjects {
  bool tracker = false;
  bool legacy = false;
  bool ledger = false;          // paliad_ledger.entry
  bool ledger_tracker = false;  // paliad_ledger.applied_migrations
  bool control_data = false;    // this role may read which cluster the server is
  bool controller = false;      // paliad_controller.target
};

std::string ObjectsSql(const Target& target);
DatabaseObjects ParseObjects(const pg::Rows& rows);

// Which database this is, whatever it is called: a copy of it has another system identifier or oid.
struct DatabaseIdentity {
  std::string oid;
  std::string system_identifier;  // of the cluster, decimal; empty: this role may not read it
};

struct UnfinishedRun {
  std::string run_id;
  std::string target;
  std::string commit;
  std::int64_t last_ordinal = 0;
  std::int64_t applied = 0;  // migrations that it applied before it ended
};

struct DatabaseState {
  AppliedSet applied;  // `recorded` is filled by ReadRecorded
  std::optional<LegacyState> legacy;
  std::map<Version, std::string> schema;  // applied versions of migrations/schema with their checksums
  std::vector<UnfinishedRun> unfinished;
  std::string newest_kind;             // of the tracker's newest entry; "" if there is none
  std::shared_ptr<const Json> newest;  // its leaf; null if there is none
  std::string genesis_hash;            // hex; "" without a ledger
  std::string ledger_id;               // the genesis' UUID; "" without a ledger
  DatabaseIdentity identity;
};

// One message, whatever there is of `objects`. Errors as the server has them: kInvalidInput for missing
// rights.
[[nodiscard]] Result<DatabaseState> ReadDatabaseState(pg::Session& session, const Target& target,
                                                      const DatabaseObjects& objects);

// AppliedSet::Digest of the tracker as it is; "" if there is no tracker. For a look that costs little.
[[nodiscard]] Result<std::string> ReadAppliedDigest(pg::Session& session, const Target& target);

// What the ledger says of each version, ascending: grows with the applied set and not with the number of
// runs. REQUIRES: objects.ledger.
[[nodiscard]] Result<std::vector<RecordedMigration>> ReadRecorded(pg::Session& session, const Target& target);

}  // namespace paliad

#endif  // PALIAD_CONTROLLER_RECONCILE_DATABASE_STATE_H_
