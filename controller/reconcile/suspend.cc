#include "controller/reconcile/suspend.h"

#include <fmt/format.h>

#include "base/json.h"
#include "controller/reconcile/record.h"

namespace paliad {

Status Suspend(const Target& target, const PersonsRequest& request, const Clock& clock) {
  ASSIGN_OR_RETURN(pg::Session session, OpenToRecord(target, clock));
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
  ASSIGN_OR_RETURN(pg::Session session, OpenToRecord(target, clock));
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
