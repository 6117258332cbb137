#include "controller/reconcile/record.h"

#include <chrono>
#include <utility>
#include <vector>

#include "base/json.h"
#include "controller/reconcile/database_state.h"
#include "controller/reconcile/ensure.h"
#include "controller/reconcile/signing_key.h"
#include "controller/store/queries.h"
#include "controller/store/run_recorder.h"
#include "controller/version.h"

namespace paliad {
namespace {

constexpr std::chrono::seconds kSchemaWait{60};

}  // namespace

Result<pg::Session> OpenToRecord(const Target& target, const Clock& clock) {
  ASSIGN_OR_RETURN(pg::Session session, pg::Session::Connect({.url = target.database_url}));
  RETURN_IF_ERROR(session.RequireExclusiveBackend());
  ASSIGN_OR_RETURN(const std::vector<pg::Rows> answer,
                   session.Run(session.settings_sql() + ObjectsSql(target), "look for the tracker"));
  const DatabaseObjects objects = ParseObjects(answer.back());
  ASSIGN_OR_RETURN(const DatabaseState state, ReadDatabaseState(session, target, objects));
  ASSIGN_OR_RETURN(const bool complete, IsSchemaComplete(objects, state.schema));
  if (!complete) {
    RETURN_IF_ERROR(EnsureSchema(session, target, clock, kSchemaWait));
  }
  return session;
}

Status Record(pg::Session& session, const Target& target, ledger::Kind kind, Json fields,
              const std::string& change, const Clock& clock, std::shared_ptr<const ledger::SaltedBody> body) {
  ASSIGN_OR_RETURN(const auto secret, ReadMacSecret(target));
  ASSIGN_OR_RETURN(std::string ledger_id, store::ReadLedgerId(session));
  store::RunRecorder recorder({.run_id = ledger::NewUuid(),
                               .target = target.name,
                               .tracker = target.tracker.Text(),
                               .ledger = std::move(ledger_id)},
                              clock, /*first_ordinal=*/0, secret);
  fields["role"] = session.facts().role;
  fields["controller_version"] = kVersion;
  RETURN_IF_ERROR(recorder.Add(kind, std::move(fields), std::move(body)));
  return CommitWaiting(session, recorder, change);
}

}  // namespace paliad
