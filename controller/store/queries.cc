#include "controller/store/queries.h"

#include "controller/store/queries_sql.h"

namespace paliad::store {

Result<bool> HasLedger(pg::Session& session) {
  ASSIGN_OR_RETURN(const pg::Rows rows, session.Query(kHasLedgerSql, {}, "look for the ledger"));
  return !rows.empty();
}

Result<std::vector<RunRow>> ReadRuns(pg::Session& session, const RunFilter& filter) {
  ASSIGN_OR_RETURN(
      const pg::Rows rows,
      session.Query(kRunsSql, {filter.target, filter.outcome, filter.run_id, std::to_string(filter.limit)},
                    "read the ledger's runs"));
  std::vector<RunRow> runs;
  for (int row = 0; row < rows.size(); ++row) {
    runs.push_back({.run_id = rows.String(row, 0),
                    .target = rows.String(row, 1),
                    .trigger = rows.String(row, 2),
                    .commit = rows.String(row, 3),
                    .outcome = rows.Optional(row, 4),
                    .started_at = rows.String(row, 5),
                    .finished_at = rows.Optional(row, 6),
                    .applied = rows.Int(row, 7),
                    .actor = rows.String(row, 8),
                    .reason = rows.String(row, 9)});
  }
  return runs;
}

Result<std::vector<EntryRow>> ReadEntries(pg::Session& session, const EntryFilter& filter) {
  const auto version = filter.version ? std::optional(std::to_string(*filter.version)) : std::nullopt;
  ASSIGN_OR_RETURN(
      const pg::Rows rows,
      session.Query(kEntriesSql, {filter.run_id, version, filter.kind, std::to_string(filter.limit)},
                    "read the ledger's entries"));
  std::vector<EntryRow> entries;
  for (int row = 0; row < rows.size(); ++row) {
    entries.push_back(
        {.seq = rows.Int(row, 0), .leaf_hash = rows.String(row, 1), .leaf = rows.String(row, 2)});
  }
  return entries;
}

}  // namespace paliad::store
