#include "controller/reconcile/recovery.h"

#include <fmt/format.h>

#include "ledger/entry.h"

namespace paliad {

Result<RecordOfRun> ReadRecordOfRun(pg::Session& session, const std::string& run_id) {
  ASSIGN_OR_RETURN(
      const pg::Rows rows,
      session.Query(
          "SELECT ordinal, kind, version FROM paliad_ledger.entry WHERE run_id = $1::uuid ORDER BY ordinal",
          {run_id}, "look up what this run recorded"));
  RecordOfRun record;
  for (int row = 0; row < rows.size(); ++row) {
    record.last_ordinal = rows.Int(row, 0);
    record.finished = record.finished || rows.Text(row, 1) == KindName(ledger::Kind::kRunFinished);
    if (rows.Text(row, 1) == KindName(ledger::Kind::kApplied)) {
      record.applied.insert(static_cast<Version>(rows.Int(row, 2)));
    }
  }
  return record;
}

JobResult AfterLostConnection(JobResult result, bool durable, bool transactional) {
  if (durable) {
    result.effect = Effect::kApplied;
    return result;
  }
  result.effect = transactional ? Effect::kNone : Effect::kUnknown;
  result.retryable = transactional;
  result.failure->message =
      transactional
          ? fmt::format("the connection was lost; the migration was rolled back ({})",
                        result.failure->message)
          : fmt::format(
                "the connection was lost while statement {} ran; nobody knows whether it took effect ({})",
                result.statements_done + 1, result.failure->message);
  return result;
}

}  // namespace paliad
