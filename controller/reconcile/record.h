// Entries that belong to no run of migrations: what a person asked for, what was said of a pull request. Each
// stands in a run of its own, written with the change that it tells of.
#ifndef PALIAD_CONTROLLER_RECONCILE_RECORD_H_
#define PALIAD_CONTROLLER_RECONCILE_RECORD_H_

#include <memory>
#include <string>

#include "base/clock.h"
#include "base/json_fwd.h"
#include "base/result.h"
#include "controller/postgres/session.h"
#include "controller/reconcile/target.h"
#include "ledger/body.h"
#include "ledger/entry.h"

namespace paliad {

// Connected, with all of the controller's own tables: those that are missing are made, as by a run. Errors as
// pg::Session::Connect, RequireExclusiveBackend and EnsureSchema.
[[nodiscard]] Result<pg::Session> OpenToRecord(const Target& target, const Clock& clock);

// One transaction: `change`, which is SQL and may be empty, and the entry. `body` as RunRecorder::Add. On an
// error nothing was done, unless the connection was lost (kUnavailable).
[[nodiscard]] Status Record(pg::Session& session, const Target& target, ledger::Kind kind, Json fields,
                            const std::string& change, const Clock& clock,
                            std::shared_ptr<const ledger::SaltedBody> body = nullptr);

}  // namespace paliad

#endif  // PALIAD_CONTROLLER_RECONCILE_RECORD_H_
