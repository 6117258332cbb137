#include "controller/reconcile/suspend.h"

#include <fmt/format.h>

#include <utility>

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

// Connected, with all tables that the requests need.
Result<pg::Session> OpenForRequest(const Target& target, const Clock& clock) {
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
              const std::string& change, const Clock& clock) {
  ASSIGN_OR_RETURN(const auto secret, ReadMacSecret(target));
  ASSIGN_OR_RETURN(std::string ledger_id, store::ReadLedgerId(session));
  store::RunRecorder recorder({.run_id = ledger::NewUuid(),
                               .target = target.name,
                               .tracker = target.tracker.Text(),
                               .ledger = std::move(ledger_id)},
                              clock, /*first_ordinal=*/0, secret);
  fields["role"] = session.facts().role;
  fields["controller_version"] = kVersion;
  RETURN_IF_ERROR(recorder.Add(kind, std::move(fields)));
  return CommitWaiting(session, recorder, change);
}

}  // namespace

Status Suspend(const Target& target, const PersonsRequest& request, const Clock& clock) {
  ASSIGN_OR_RETURN(pg::Session session, OpenForRequest(target, clock));
  ASSIGN_OR_RETURN(const Past past, ReadPast(session, target));
  if (past.suspension) {
    return {};
  }
  return Record(
      session, target, ledger::Kind::kSuspended, {{"actor", request.actor}, {"reason", request.reason}},
      fmt::format("SELECT paliad_controller.suspend({}, {}, {}, {});", pg::QuoteText(target.tracker.Text()),
                  pg::QuoteText(target.name), pg::QuoteText(request.actor), pg::QuoteText(request.reason)),
      clock);
}

Status Resume(const Target& target, const PersonsRequest& request, bool accept_rewrite, const Clock& clock) {
  ASSIGN_OR_RETURN(pg::Session session, OpenForRequest(target, clock));
  ASSIGN_OR_RETURN(const Past past, ReadPast(session, target));
  if (past.noted && past.noted->rewritten && past.noted->seq == past.seq() && !accept_rewrite) {
    return Fail({.kind = ErrorKind::kConflict,
                 .doing = "resume",
                 .subject = target.name,
                 .cause = past.noted->reason,
                 .hint =
                     "look at what the new history has; `paliadctl resume --accept-rewrite --reason TEXT` "
                     "goes on from its newest commit"});
  }
  return Record(session, target, ledger::Kind::kResumed,
                {{"actor", request.actor},
                 {"reason", request.reason},
                 {"accept_rewrite", accept_rewrite},
                 {"was", past.suspension ? "suspended"
                         : past.noted    ? past.noted->state
                                         : "ready"}},
                fmt::format("SELECT paliad_controller.resume({});", pg::QuoteText(target.tracker.Text())),
                clock);
}

Error SuspendedError(const Suspension& suspension) {
  return {.kind = ErrorKind::kConflict,
          .doing = "reconcile",
          .subject = "",
          .cause = fmt::format("the target is suspended by {} since {}: {}", suspension.by, suspension.since,
                               suspension.reason),
          .hint = "`paliadctl resume --reason TEXT` lets runs begin again"};
}

}  // namespace paliad
