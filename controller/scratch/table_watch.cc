#include "controller/scratch/table_watch.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "controller/scratch/table_watch_sql.h"

namespace paliad::scratch {
namespace {

// `sql` with its {own} filled in.
std::string ForOwnTables(const char* sql, const Target& target) {
  const std::string own =
      fmt::format(kOwnTablesSql, pg::QuoteText(target.tracker.schema), pg::QuoteText(target.tracker.table));
  return fmt::format(fmt::runtime(sql), fmt::arg("own", own));
}

void KeepStrongest(Oid table, LockMode mode, LocksByTable& locks) {
  LockMode& strongest = locks.emplace(table, mode).first->second;
  strongest = std::max(strongest, mode);
}

}  // namespace

Result<Backend> BackendOf(pg::Session& session) {
  ASSIGN_OR_RETURN(const std::vector<pg::Rows> answer,
                   session.Run("SELECT oid FROM pg_catalog.pg_database"
                               " WHERE datname = pg_catalog.current_database();",
                               "look for the database"));
  return Backend{.pid = session.facts().backend_pid, .database = answer.front().Int(0, 0)};
}

Status AddLocks(pg::Session& session, const Backend& backend, LocksByTable& locks) {
  ASSIGN_OR_RETURN(const std::vector<pg::Rows> answer,
                   session.Run(fmt::format(fmt::runtime(kLocksSql), fmt::arg("pid", backend.pid),
                                           fmt::arg("database", backend.database)),
                               "look at the migration's locks"));
  const pg::Rows& rows = answer.front();
  for (int row = 0; row < rows.size(); ++row) {
    if (const auto mode = ParseLockMode(rows.Text(row, 1))) {
      KeepStrongest(rows.Int(row, 0), *mode, locks);
    }
  }
  return {};
}

TableWatch::TableWatch(pg::Session& session, const Target& target, const Backend& backend)
    : session_(session), target_(target), backend_(backend) {}

Status TableWatch::ReadTables(Tables& tables) {
  ASSIGN_OR_RETURN(const std::vector<pg::Rows> answer,
                   session_.Run(ForOwnTables(kTablesSql, target_), "list the tables"));
  const pg::Rows& rows = answer.front();
  tables.clear();
  for (int row = 0; row < rows.size(); ++row) {
    tables.emplace(rows.Int(row, 0), Table{.name = rows.String(row, 1), .file_node = rows.String(row, 2)});
  }
  return {};
}

Result<TableWatch::Counters> TableWatch::ReadCounters(pg::Session& session) const {
  ASSIGN_OR_RETURN(const std::vector<pg::Rows> answer,
                   session.Run(ForOwnTables(kCountersSql, target_), "count the rows that were written"));
  const pg::Rows& rows = answer.front();
  Counters counters;
  for (int row = 0; row < rows.size(); ++row) {
    counters.emplace(
        rows.Int(row, 0),
        RowCounts{.inserted = rows.Int(row, 1), .updated = rows.Int(row, 2), .deleted = rows.Int(row, 3)});
  }
  return counters;
}

InsideTransaction TableWatch::Inside() {
  return {.begun = [this](pg::Session& migration) -> Status {
            held_.clear();
            rows_ = {};
            ASSIGN_OR_RETURN(before_, ReadCounters(migration));
            return {};
          },
          .ended = [this](pg::Session& migration) -> Status {
            RETURN_IF_ERROR(AddLocks(session_, backend_, held_));
            ASSIGN_OR_RETURN(const Counters after, ReadCounters(migration));
            for (const auto& [table, counts] : after) {
              const RowCounts& before = before_[table];
              rows_.inserted += counts.inserted - before.inserted;
              rows_.updated += counts.updated - before.updated;
              rows_.deleted += counts.deleted - before.deleted;
            }
            return {};
          }};
}

Status TableWatch::Finish(const LocksByTable& sampled, MigrationReport& report) {
  Tables after;
  RETURN_IF_ERROR(ReadTables(after));
  const LocksByTable& locks = report.transactional ? held_ : sampled;
  for (const auto& [oid, table] : tables_) {
    if (const auto lock = locks.find(oid); lock != locks.end()) {
      report.locks.push_back({.table = table.name, .mode = lock->second});
    }
    if (const auto now = after.find(oid); now != after.end() && now->second.file_node != table.file_node) {
      report.rewritten.push_back(table.name);
    }
  }
  if (report.transactional) {
    report.rows = rows_;
  }
  std::sort(report.locks.begin(), report.locks.end(),
            [](const TableLock& a, const TableLock& b) { return a.table < b.table; });
  std::sort(report.rewritten.begin(), report.rewritten.end());
  tables_ = std::move(after);
  return {};
}

}  // namespace paliad::scratch
