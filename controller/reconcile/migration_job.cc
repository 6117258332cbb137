#include "controller/reconcile/migration_job.h"

#include <fmt/format.h>

#include <utility>

#include "base/json.h"
#include "base/line_index.h"

namespace paliad {
namespace {

std::optional<std::size_t> ErrorOffset(const MigrationJob& job, const pg::ServerError& error,
                                       bool position_in_bytes, std::optional<std::int64_t> statements_done,
                                       std::size_t offset) {
  // What a DO block executes is a text of its own, and positions are in that.
  const int in_block = job.opaque && error.internal_query == job.text ? error.internal_position : 0;
  if (in_block > 0) {
    const auto position = static_cast<std::size_t>(in_block);
    return position_in_bytes ? position - 1 : LineIndex(job.text).ByteOfCharacter(position);
  }
  if (job.opaque) {
    return std::nullopt;
  }
  if (error.position > 0) {
    const auto position = static_cast<std::size_t>(error.position);
    const std::string_view sent = std::string_view(job.text).substr(offset);
    return offset + (position_in_bytes ? position - 1 : LineIndex(sent).ByteOfCharacter(position));
  }
  if (!statements_done) {
    return std::nullopt;
  }
  const auto index = static_cast<std::size_t>(*statements_done);
  return index < job.statement_begins.size() ? std::optional(job.statement_begins[index]) : std::nullopt;
}

}  // namespace

Failure LocateFailure(const MigrationJob& job, const pg::ServerError& error, bool position_in_bytes,
                      std::optional<std::int64_t> statements_done, std::size_t offset) {
  Failure failure = UnlocatedFailure(job, error.sqlstate, error.message, error.hint);
  failure.detail = error.detail;
  if (const auto at = ErrorOffset(job, error, position_in_bytes, statements_done, offset)) {
    const LineIndex index(job.text);
    const Position position = index.AtByte(*at);
    failure.line = position.line;
    failure.column = position.column;
    failure.source_line = std::string(index.Line(position.line));
  }
  return failure;
}

Failure UnlocatedFailure(const MigrationJob& job, std::string sqlstate, std::string message,
                         std::string hint) {
  Failure failure;
  failure.version = job.version;
  failure.name = job.name;
  failure.path = job.path;
  failure.sqlstate = std::move(sqlstate);
  failure.message = std::move(message);
  failure.hint = std::move(hint);
  return failure;
}

Json FailureFields(const Failure& failure, int attempt) {
  return {{"version", failure.version},
          {"name", failure.name},
          {"path", failure.path},
          {"line", failure.line ? Json(*failure.line) : Json(nullptr)},
          {"column", failure.column ? Json(*failure.column) : Json(nullptr)},
          {"sqlstate", failure.sqlstate},
          {"message", failure.message},
          {"detail", failure.detail},
          {"hint", failure.hint},
          {"attempt", attempt}};
}

// No DISCARD PLANS: a cached plan is no state that the next migration could see (PostgreSQL makes it anew
// when anything under it changes), and paliad_ledger.append would be planned again for every migration.
std::string CleanUpSql(const pg::Session& session) {
  return "RESET SESSION AUTHORIZATION; RESET ROLE; RESET ALL; CLOSE ALL; UNLISTEN *; DEALLOCATE ALL;"
         " DISCARD TEMP; DISCARD SEQUENCES; " +
         session.settings_sql();
}

std::string InsertRowSql(const MigrationJob& job) {
  return fmt::format("INSERT INTO {} (version, name, checksum) VALUES ({}, {}, '{}');", job.tracker.Quoted(),
                     job.version, pg::QuoteText(job.name), job.checksum);
}

std::string RequireSql(const std::string& condition, std::string_view what) {
  return fmt::format("SELECT paliad_ledger.require({}, '{}');", condition, what);
}

}  // namespace paliad
