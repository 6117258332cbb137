#include "controller/reconcile/inspect.h"

#include <fmt/format.h>

#include <utility>

#include "controller/postgres/advisory_lock.h"
#include "controller/postgres/session.h"
#include "controller/reconcile/database_state.h"
#include "controller/reconcile/past.h"

namespace paliad {
namespace {

constexpr char kBeginReadOnlySql[] = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;";

// $1: the tracker. The newest run that had the lock, and the commit of the newest one that ended in sync.
constexpr char kStatusSql[] = R"sql(
SELECT started.run_id, coalesce(ended.outcome, ''), started."commit",
       pg_catalog.to_char(coalesce(ended.at, started.at) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
       coalesce(pg_catalog.convert_from(ended.leaf, 'UTF8')::jsonb ->> 'reason', ''),
       coalesce((SELECT good."commit" FROM paliad_ledger.entry AS good
                 WHERE good.tracker = $1 AND good.kind = 'run_finished' AND good.outcome IN ('in_sync', 'applied')
                 ORDER BY good.seq DESC LIMIT 1), '')
FROM paliad_ledger.entry AS started
LEFT JOIN paliad_ledger.entry AS ended ON ended.run_id = started.run_id AND ended.kind = 'run_finished'
WHERE started.tracker = $1 AND started.kind = 'run_started'
  AND coalesce(pg_catalog.convert_from(ended.leaf, 'UTF8')::jsonb ->> 'locked', '') <> 'false'
ORDER BY started.seq DESC LIMIT 1
)sql";

struct ReadOnlyView {
  pg::Session session;
  DatabaseObjects objects;
};

Result<ReadOnlyView> OpenView(const Target& target) {
  ASSIGN_OR_RETURN(pg::Session session, pg::Session::Connect({.url = target.database_url}));
  ASSIGN_OR_RETURN(const std::vector<pg::Rows> answer,
                   session.Run(kBeginReadOnlySql + ObjectsSql(target), "look for the tracker"));
  return ReadOnlyView{.session = std::move(session), .objects = ParseObjects(answer.back())};
}

// With what the ledger remembers.
Result<DatabaseState> ReadState(const Target& target) {
  ASSIGN_OR_RETURN(ReadOnlyView view, OpenView(target));
  ASSIGN_OR_RETURN(DatabaseState state, ReadDatabaseState(view.session, target, view.objects));
  if (view.objects.ledger) {
    ASSIGN_OR_RETURN(state.applied.recorded, ReadRecorded(view.session, target));
  }
  return state;
}

}  // namespace

Result<AppliedSet> ReadApplied(const Target& target) {
  ASSIGN_OR_RETURN(DatabaseState state, ReadState(target));
  return std::move(state.applied);
}

Result<Inspection> Inspect(const Target& target, git::Repository& repository, Revision revision) {
  Inspection inspection;
  inspection.revision = std::move(revision);
  ASSIGN_OR_RETURN(DatabaseState state, ReadState(target));
  ASSIGN_OR_RETURN(inspection.assessment,
                   Assess(repository, target, inspection.revision, state.applied, state.legacy));
  inspection.refusal = ReasonToRefuse(inspection.assessment.plan, target);
  inspection.applied = std::move(state.applied);
  return inspection;
}

Result<TargetStatus> ReadStatus(const Target& target, git::Repository& repository) {
  ASSIGN_OR_RETURN(const std::string head, repository.Resolve(target.branch));
  ASSIGN_OR_RETURN(ReadOnlyView view, OpenView(target));
  TargetStatus status;
  status.state = "ready";
  if (view.objects.ledger) {
    ASSIGN_OR_RETURN(const pg::Rows rows,
                     view.session.Query(kStatusSql, {target.tracker.Text()}, "read the last run"));
    if (!rows.empty()) {
      status.last_run = {
          .run_id = rows.String(0, 0), .outcome = rows.String(0, 1), .commit = rows.String(0, 2)};
      status.since = rows.String(0, 3);
      status.reason = rows.String(0, 4);
      status.commit = rows.String(0, 5);
    }
  }
  if (!status.commit.empty()) {
    ASSIGN_OR_RETURN(const int behind, repository.CommitsBehind(status.commit, head));
    status.commits_behind = behind < 0 ? std::nullopt : std::optional(behind);
  }
  Past past;
  if (view.objects.ledger) {
    ASSIGN_OR_RETURN(past,
                     ReadPast(view.session, target, {.ledger = true, .controller = view.objects.controller}));
  }
  ASSIGN_OR_RETURN(const pg::LockHolder holder,
                   pg::FindLockHolder(view.session, pg::LockNumber(target.tracker.Text())));
  const bool noted = past.noted && past.noted->seq == past.seq() && past.noted->state != "ready";
  if (past.suspension) {
    status.state = "suspended";
    status.reason = fmt::format("by {}: {}", past.suspension->by, past.suspension->reason);
    status.since = past.suspension->since;
  } else if (holder.pid != 0) {
    status.state = "reconciling";
    status.reason = "the lock is held by " + holder.Describe();
  } else if (noted && !past.person_acted()) {
    status.state = past.noted->state;
    status.reason = past.noted->reason;
    status.since = past.noted->since;
  } else if (!status.last_run) {
    status.reason = "no run yet";
  } else if (status.last_run->outcome.empty()) {
    status.state = "stalled";
    status.reason = "the last run was interrupted; the next one settles it";
  } else if (status.last_run->outcome != "in_sync" && status.last_run->outcome != "applied") {
    status.state = "stalled";
  }
  return status;
}

}  // namespace paliad
