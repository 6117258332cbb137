// Makes what a run needs in the database where it is missing: the tracker, and the controller's own schema,
// whose migrations go through the same executor as everybody's.
#ifndef PALIAD_CONTROLLER_RECONCILE_ENSURE_H_
#define PALIAD_CONTROLLER_RECONCILE_ENSURE_H_

#include <chrono>
#include <map>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "controller/postgres/session.h"
#include "controller/reconcile/database_state.h"
#include "controller/reconcile/target.h"

namespace paliad {

// Of every tracker.
inline constexpr char kTrackerColumns[] =
    "(version int NOT NULL PRIMARY KEY, name text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now(),"
    " checksum text NULL)";

// kConflict if a schema migration was applied with other bytes than this program's.
[[nodiscard]] Status RequireSameFiles(const std::map<Version, std::string>& schema);

// True if nothing is missing. kConflict if a schema migration was applied with other bytes than this
// program's.
[[nodiscard]] Result<bool> IsSchemaComplete(const DatabaseObjects& objects,
                                            const std::map<Version, std::string>& schema);

// Creates what is missing, under a lock of its own, since several targets may share a database. Entries
// `genesis` and `schema_upgraded` are appended with it. kInvalidInput if the role lacks the right to, or
// where the ledger was installed for an owner of its own: then its schema is the administrator's to upgrade,
// and nothing is changed.
[[nodiscard]] Status EnsureSchema(pg::Session& session, const Target& target, const Clock& clock,
                                  std::chrono::milliseconds lock_wait);

}  // namespace paliad

#endif  // PALIAD_CONTROLLER_RECONCILE_ENSURE_H_
