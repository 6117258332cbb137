#include "controller/reconcile/guard.h"

#include <fmt/format.h>

#include "controller/postgres/advisory_lock.h"

namespace paliad {
namespace {

// migrations/schema makes the functions that ask the rest, so its own files go without. They are this
// program's and touch no tracker.
std::string OwnFileChecksSql(const MigrationJob& job, const Before& before, const std::string& row_is_ours) {
  return RequireSql(fmt::format("pg_catalog.pg_current_xact_id() = '{}'::pg_catalog.xid8", before.xid),
                    kTransactionChanged) +
         RequireSql(pg::HoldsLockSql(job.lock_number), kLockLost) + RequireSql(row_is_ours, kRowNotOurs);
}

}  // namespace

std::string LookSql(const MigrationJob& job) {
  if (job.own_schema) {
    return fmt::format("SELECT CASE WHEN ({}) THEN pg_catalog.pg_current_xact_id()::pg_catalog.text END;",
                       pg::HoldsLockSql(job.lock_number));
  }
  return fmt::format("SELECT paliad_ledger.look({}, {});", pg::QuoteText(job.tracker.Quoted()),
                     job.lock_number);
}

Before ParseLook(const pg::Rows& rows) {
  const std::string_view text = rows.Text(0, 0);
  const std::size_t first = text.find(';');
  if (first == std::string_view::npos) {
    return {.xid = std::string(text), .tracker = "", .ledger = ""};
  }
  const std::size_t second = text.find(';', first + 1);
  return {.xid = std::string(text.substr(0, first)),
          .tracker = std::string(text.substr(first + 1, second - first - 1)),
          .ledger = std::string(text.substr(second + 1))};
}

std::string SealSql(const MigrationJob& job, const Before& before, const store::RunRecorder& recorder) {
  const std::string row = InsertRowSql(job) + "SET CONSTRAINTS ALL IMMEDIATE; CLOSE ALL;";
  const std::string row_is_ours = fmt::format(
      "(SELECT pg_catalog.count(*) = 1 FROM {} WHERE version = {} AND name = {} AND checksum = '{}')",
      job.tracker.Quoted(), job.version, pg::QuoteText(job.name), job.checksum);
  if (job.own_schema) {
    return row + OwnFileChecksSql(job, before, row_is_ours) + recorder.AppendSql();
  }
  return row + recorder.AppendSql(fmt::format("paliad_ledger.seal({}, {}, {}, {}, {}, {})",
                                              pg::QuoteText(job.tracker.Quoted()), job.lock_number,
                                              pg::QuoteText(before.xid), pg::QuoteText(before.tracker),
                                              pg::QuoteText(before.ledger), row_is_ours));
}

}  // namespace paliad
