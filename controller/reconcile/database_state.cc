#include "controller/reconcile/database_state.h"

#include <fmt/format.h>

#include <utility>

#include "base/json.h"
#include "controller/reconcile/database_state_sql.h"

namespace paliad {
namespace {

using fmt::arg;

std::vector<AppliedMigration> ParseTrackerRows(const pg::Rows& rows) {
  std::vector<AppliedMigration> applied;
  applied.reserve(rows.size());
  for (int row = 0; row < rows.size(); ++row) {
    applied.push_back({.version = static_cast<Version>(rows.Int(row, 0)),
                       .name = rows.String(row, 1),
                       .checksum = rows.Optional(row, 2)});
  }
  return applied;
}

std::vector<UnfinishedRun> ParseUnfinished(const pg::Rows& rows) {
  std::vector<UnfinishedRun> runs;
  for (int row = 0; row < rows.size(); ++row) {
    runs.push_back({.run_id = rows.String(row, 0),
                    .target = rows.String(row, 1),
                    .commit = rows.String(row, 4),
                    .last_ordinal = rows.Int(row, 2),
                    .applied = rows.Int(row, 3)});
  }
  return runs;
}

RecordedMigration ParseRecorded(const pg::Rows& rows, int row) {
  const std::string_view kind = rows.Text(row, 1);
  const bool resolved_as_applied = kind == "resolved" && rows.Text(row, 2) == "applied";
  const bool failed = kind == "failed";  // its bytes were not applied
  return {.version = static_cast<Version>(rows.Int(row, 0)),
          .applied = kind == "applied" || kind == "drift" || kind == "bootstrapped" || resolved_as_applied,
          .in_doubt = kind == "intent" || kind == "outcome_unknown",
          .blob_id = failed ? "" : rows.String(row, 3),
          .checksum = failed ? std::nullopt : rows.Optional(row, 4)};
}

}  // namespace

std::string ObjectsSql(const Target& target) {
  return fmt::format(kObjectsSql, arg("tracker_schema", pg::QuoteText(target.tracker.schema)),
                     arg("tracker_table", pg::QuoteText(target.tracker.table)),
                     arg("legacy_schema", pg::QuoteText(target.legacy_tracker.schema)),
                     arg("legacy_table", pg::QuoteText(target.legacy_tracker.table)));
}

DatabaseObjects ParseObjects(const pg::Rows& rows) {
  return {.tracker = rows.Bool(0, 0),
          .legacy = rows.Bool(0, 1),
          .ledger = rows.Bool(0, 2),
          .ledger_tracker = rows.Bool(0, 3),
          .control_data = rows.Bool(0, 4),
          .controller = rows.Bool(0, 5)};
}

Result<DatabaseState> ReadDatabaseState(pg::Session& session, const Target& target,
                                        const DatabaseObjects& objects) {
  const std::string tracker_name = pg::QuoteText(target.tracker.Text());
  std::string sql = kNoJitSql;
  sql += fmt::format(kIdentitySql, arg("system_identifier",
                                       objects.control_data ? kSystemIdentifierSql : kNoSystemIdentifierSql));
  if (objects.tracker) {
    sql += fmt::format(kTrackerRowsSql, arg("tracker", target.tracker.Quoted()));
  }
  if (objects.legacy) {
    sql += fmt::format(kLegacySql, arg("legacy", target.legacy_tracker.Quoted()));
  }
  if (objects.ledger_tracker) {
    sql += kSchemaRowsSql;
  }
  if (objects.ledger) {
    sql += kGenesisSql;
    sql += fmt::format(kNewestEntrySql, arg("tracker_name", tracker_name));
    sql += fmt::format(kUnfinishedRunsSql, arg("tracker_name", tracker_name));
  }
  ASSIGN_OR_RETURN(const std::vector<pg::Rows> answer,
                   session.Run(sql, "read the applied migrations and the ledger"));

  DatabaseState state;
  auto next = answer.begin() + 1;
  state.identity = {.oid = next->String(0, 0), .system_identifier = next->String(0, 1)};
  ++next;
  if (objects.tracker) {
    state.applied.rows = ParseTrackerRows(*next++);
  }
  if (objects.legacy) {
    if (const pg::Rows& rows = *next++; !rows.empty()) {
      state.legacy = LegacyState{.version = rows.Int(0, 0), .dirty = rows.Bool(0, 1)};
    }
  }
  if (objects.ledger_tracker) {
    const pg::Rows& rows = *next++;
    for (int row = 0; row < rows.size(); ++row) {
      state.schema.emplace(static_cast<Version>(rows.Int(row, 0)), rows.String(row, 1));
    }
  }
  if (objects.ledger) {
    if (const pg::Rows& rows = *next++; !rows.empty()) {
      state.genesis_hash = rows.String(0, 0);
      state.ledger_id = rows.String(0, 1);
    }
    if (const pg::Rows& rows = *next++; !rows.empty()) {
      state.newest_kind = rows.String(0, 0);
      ASSIGN_OR_RETURN(Json leaf, ParseJson(rows.Text(0, 1)));
      state.newest = std::make_shared<const Json>(std::move(leaf));
    }
    state.unfinished = ParseUnfinished(*next++);
  }
  return state;
}

Result<std::string> ReadAppliedDigest(pg::Session& session, const Target& target) {
  const auto answer = session.Run(fmt::format(kTrackerRowsSql, arg("tracker", target.tracker.Quoted())),
                                  "read the applied migrations");
  if (!answer) {
    const bool gone = !session.broken() && answer.error().kind == ErrorKind::kInvalidInput;
    return gone ? Result<std::string>("") : Fail(answer.error());
  }
  return AppliedSet{.rows = ParseTrackerRows(answer->front()), .recorded = {}}.Digest();
}

Result<std::vector<RecordedMigration>> ReadRecorded(pg::Session& session, const Target& target) {
  const std::string sql =
      kNoJitSql + fmt::format(kRecordedSql, arg("tracker_name", pg::QuoteText(target.tracker.Text())));
  ASSIGN_OR_RETURN(const std::vector<pg::Rows> answer,
                   session.Run(sql, "read what the ledger says of each version"));
  const pg::Rows& rows = answer.back();
  std::vector<RecordedMigration> recorded;
  recorded.reserve(rows.size());
  for (int row = 0; row < rows.size(); ++row) {
    recorded.push_back(ParseRecorded(rows, row));
  }
  return recorded;
}

}  // namespace paliad
