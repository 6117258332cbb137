#include "controller/store/queries.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "controller/store/queries_sql.h"
#include "ledger/body.h"
#include "ledger/encoding.h"

namespace paliad::store {
namespace {

using Parameter = std::optional<std::string>;

Parameter Text(const std::optional<std::int64_t>& number) {
  return number ? Parameter(std::to_string(*number)) : std::nullopt;
}

// The first or last UUID that begins so, dashes or not.
std::string Filled(std::string_view beginning, char filler) {
  std::string digits(beginning);
  std::erase(digits, '-');
  digits.resize(32, filler);
  return digits;
}

// The parameters that runs and entries share, in the order of queries_sql.h. One row more than the page shows
// whether there is more.
std::vector<Parameter> ParametersOf(const Filter& filter) {
  const auto filled = [&](char filler) {
    return filter.run_id ? Parameter(Filled(*filter.run_id, filler)) : std::nullopt;
  };
  return {filter.target,
          filter.outcome,
          filled('0'),
          filled('f'),
          filter.commit,
          filter.commit ? Parameter(*filter.commit + "g") : std::nullopt,
          filter.author,
          Text(filter.version),
          filter.tracker,
          filter.since,
          filter.until,
          Text(filter.before),
          std::to_string(filter.limit + 1),
          filter.of_tracker ? Parameter(filter.tracker) : std::nullopt};
}

}  // namespace

Result<bool> HasLedger(pg::Session& session) {
  ASSIGN_OR_RETURN(const pg::Rows rows, session.Query(kHasLedgerSql, {}, "look for the ledger"));
  return !rows.empty();
}

Result<std::string> ReadLedgerId(pg::Session& session) {
  ASSIGN_OR_RETURN(const pg::Rows rows, session.Query(kLedgerIdSql, {}, "read the ledger's genesis"));
  return rows.empty() ? "" : rows.String(0, 0);
}

Result<Page<RunRow>> ReadRuns(pg::Session& session, const Filter& filter) {
  const std::string sql = fmt::format(kRunsSql, fmt::arg("fence", filter.until ? " + 0" : ""));
  ASSIGN_OR_RETURN(const pg::Rows rows, session.Query(sql, ParametersOf(filter), "read the ledger's runs"));
  Page<RunRow> page{.rows = {}, .more = rows.size() > filter.limit};
  for (int row = 0; row < rows.size() && row < filter.limit; ++row) {
    const bool finished = !rows.IsNull(row, 12);
    page.rows.push_back(
        {.seq = rows.Int(row, 0),
         .run_id = rows.String(row, 1),
         .target = rows.String(row, 2),
         .trigger = rows.String(row, 3),
         .commit = rows.String(row, 4),
         .outcome = rows.Optional(row, 5),
         .started_at = rows.String(row, 6),
         .finished_at = rows.Optional(row, 7),
         .applied = rows.Int(row, 8),
         .actor = rows.String(row, 9),
         .author = rows.String(row, 10),
         .reason = rows.String(row, 11),
         .duration = finished ? std::optional(std::chrono::microseconds(rows.Int(row, 12))) : std::nullopt});
  }
  return page;
}

Result<Page<EntryRow>> ReadEntries(pg::Session& session, const Filter& filter) {
  std::vector<Parameter> parameters = ParametersOf(filter);
  parameters.push_back(filter.kind);
  parameters.push_back(Text(filter.after));
  const bool fence = (filter.after ? filter.since : filter.until).has_value();
  const std::string sql = fmt::format(kEntriesSql, fmt::arg("fence", fence ? " + 0" : ""),
                                      fmt::arg("direction", filter.after ? "ASC" : "DESC"));
  ASSIGN_OR_RETURN(const pg::Rows rows, session.Query(sql, parameters, "read the ledger's entries"));
  Page<EntryRow> page{.rows = {}, .more = rows.size() > filter.limit};
  // The row too many is the first one where pages go back.
  const int first = page.more && !filter.after ? 1 : 0;
  const int count = page.more ? rows.size() - 1 : rows.size();
  for (int row = first; row < first + count; ++row) {
    page.rows.push_back(
        {.seq = rows.Int(row, 0), .leaf_hash = rows.String(row, 1), .leaf = rows.String(row, 2)});
  }
  return page;
}

Result<std::optional<std::string>> ReadBody(pg::Session& session, const std::string& digest) {
  ASSIGN_OR_RETURN(const pg::Rows rows, session.Query(kBodySql, {digest}, "read a body of the ledger"));
  if (rows.empty()) {
    return std::nullopt;
  }
  const std::string salt = ledger::HexDecode(rows.Text(0, 0)).value_or("");
  std::string body = rows.String(0, 1);
  if (ledger::ParseHexHash(digest) != ledger::BodyDigest(salt, body)) {
    return Fail({.kind = ErrorKind::kCorruption,
                 .doing = "read the body",
                 .subject = digest,
                 .cause = "what the database has for it has another digest",
                 .hint = "`paliadctl ledger verify` says what else is wrong"});
  }
  return body;
}

Result<std::optional<std::string>> FindStoredSql(pg::Session& session, const std::string& tracker,
                                                 std::int64_t version, const std::string& checksum) {
  ASSIGN_OR_RETURN(
      const pg::Rows rows,
      session.Query(kStoredSqlSql, {tracker, std::to_string(version), checksum}, "look for the stored SQL"));
  return rows.empty() ? std::nullopt : rows.Optional(0, 0);
}

}  // namespace paliad::store
