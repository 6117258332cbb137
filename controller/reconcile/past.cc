#include "controller/reconcile/past.h"

#include <fmt/format.h>

#include <vector>

namespace paliad {
namespace {

// OFFSET 0 keeps the conditions out of the walk back along the index, see kUnfinishedRunsSql. A run that was
// refused the lock, or refused because the target is suspended, tells nothing of the commit. A person acted
// if that was after the run began: what was asked for meanwhile is not lost.
constexpr char kLedgerSql[] = R"sql(
WITH last AS (
  SELECT seq, run_id, "commit", outcome, at, leaf
  FROM (SELECT seq, kind, run_id, "commit", outcome, at, pg_catalog.convert_from(leaf, 'UTF8')::jsonb AS leaf
        FROM paliad_ledger.entry WHERE tracker = {tracker} ORDER BY seq DESC OFFSET 0) AS backwards
  WHERE kind = 'run_finished' AND outcome <> 'interrupted'
    AND leaf ->> 'locked' IS DISTINCT FROM 'false' AND leaf ->> 'suspended' IS DISTINCT FROM 'true'
  LIMIT 1
), began AS (
  SELECT coalesce((SELECT pg_catalog.min(e.seq) FROM paliad_ledger.entry AS e JOIN last USING (run_id)), -1) AS seq
), person AS (
  SELECT e.seq, pg_catalog.convert_from(e.leaf, 'UTF8')::jsonb AS leaf
  FROM paliad_ledger.entry AS e, began
  WHERE e.tracker = {tracker} AND e.seq > began.seq AND e.kind IN ('resumed', 'resolved')
)
SELECT last.seq, last.run_id, last."commit", last.outcome, coalesce(last.leaf ->> 'reason', ''),
       pg_catalog.to_char(last.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
       coalesce(last.leaf ->> 'applied_digest', ''), last.leaf ->> 'retry' IS NOT DISTINCT FROM 'true',
       coalesce((SELECT pg_catalog.max(seq) FROM person), -1),
       EXISTS (SELECT FROM person WHERE leaf ->> 'accept_rewrite' = 'true')
FROM (SELECT) AS one LEFT JOIN last ON true;
)sql";

constexpr char kControllerSql[] = R"sql(
SELECT suspended_by, pg_catalog.to_char(suspended_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
       suspended_for, state, reason, pg_catalog.to_char(since AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
       rewritten, coalesce(seq, -1)
FROM paliad_controller.target WHERE tracker = {tracker};
SELECT (SELECT coalesce(pg_catalog.max(seq) + 1, 0) FROM paliad_ledger.entry),
       (SELECT coalesce(pg_catalog.max(size), 0) FROM paliad_ledger.checkpoint
        WHERE pg_catalog.octet_length(key_id) > 0);
)sql";

constexpr char kFindObjectsSql[] = R"sql(
SELECT coalesce(pg_catalog.bool_or(n.nspname = 'paliad_ledger' AND c.relname = 'entry'), false),
       coalesce(pg_catalog.bool_or(n.nspname = 'paliad_controller' AND c.relname = 'target'), false)
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE (n.nspname = 'paliad_ledger' AND c.relname = 'entry')
   OR (n.nspname = 'paliad_controller' AND c.relname = 'target');
)sql";

void ParseLedger(const pg::Rows& rows, Past& past) {
  past.person_seq = rows.Int(0, 8);
  past.accepts_rewrite = rows.Bool(0, 9);
  if (!rows.IsNull(0, 0)) {
    past.last = FinishedRun{.seq = rows.Int(0, 0),
                            .run_id = rows.String(0, 1),
                            .commit = rows.String(0, 2),
                            .outcome = rows.String(0, 3),
                            .reason = rows.String(0, 4),
                            .finished_at = rows.String(0, 5),
                            .applied_digest = rows.String(0, 6),
                            .retry = rows.Bool(0, 7)};
  }
}

void ParseController(const pg::Rows& rows, Past& past) {
  if (rows.empty()) {
    return;
  }
  if (!rows.IsNull(0, 0)) {
    past.suspension =
        Suspension{.by = rows.String(0, 0), .since = rows.String(0, 1), .reason = rows.String(0, 2)};
  }
  past.noted = NotedState{.state = rows.String(0, 3),
                          .reason = rows.String(0, 4),
                          .since = rows.String(0, 5),
                          .rewritten = rows.Bool(0, 6),
                          .seq = rows.Int(0, 7)};
}

}  // namespace

Result<Past> ReadPast(pg::Session& session, const Target& target, const PastObjects& objects) {
  const std::string tracker = pg::QuoteText(target.tracker.Text());
  // Of the size of the log, the planner would take it for worth compiling.
  std::string sql = "SELECT pg_catalog.set_config('jit', 'off', true);";
  if (objects.ledger) {
    sql += fmt::format(kLedgerSql, fmt::arg("tracker", tracker));
  }
  if (objects.controller) {
    sql += fmt::format(kControllerSql, fmt::arg("tracker", tracker));
  }
  ASSIGN_OR_RETURN(const std::vector<pg::Rows> answer, session.Run(sql, "read what was done before"));
  Past past;
  auto next = answer.begin() + 1;
  if (objects.ledger) {
    ParseLedger(*next++, past);
  }
  if (objects.controller) {
    ParseController(*next++, past);
    past.ledger_size = next->Int(0, 0);
    past.anchored_size = next->Int(0, 1);
  }
  return past;
}

Result<Past> ReadPast(pg::Session& session, const Target& target) {
  ASSIGN_OR_RETURN(const std::vector<pg::Rows> found, session.Run(kFindObjectsSql, "look for the ledger"));
  return ReadPast(session, target,
                  {.ledger = found.front().Bool(0, 0), .controller = found.front().Bool(0, 1)});
}

Result<std::string> ReadCommitInSync(pg::Session& session, const Target& target) {
  ASSIGN_OR_RETURN(
      const pg::Rows rows,
      session.Query("SELECT \"commit\" FROM paliad_ledger.entry WHERE tracker = $1 AND kind = 'run_finished'"
                    " AND outcome IN ('in_sync', 'applied') ORDER BY seq DESC LIMIT 1",
                    {target.tracker.Text()}, "look which commit is in the database"));
  return rows.empty() ? "" : rows.String(0, 0);
}

}  // namespace paliad
