#include "controller/audit/index_check.h"

#include <fmt/format.h>

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace paliad::audit {
namespace {

// Of migrations/schema. `digest` is of one row's key: few equal ones will do, since rows are not chosen to
// collide but left out. In the order of an index, and without sorting, PostgreSQL has no other way than along
// it.
struct Index {
  std::string_view name;
  std::string_view order;
  std::string_view digest;
  std::string_view only;  // the rows that it has
};

constexpr std::array<Index, 8> kIndexes = {{
    {"entry_pkey", "seq", "seq", "true"},
    {"entry_run_id_ordinal_key", "run_id, ordinal", "uuid_hash(run_id)::bigint # ordinal", "true"},
    {"entry_tracker", "tracker, seq", "hashtext(tracker)::bigint # seq", "true"},
    {"entry_version", "tracker, version, seq", "(hashtext(tracker)::bigint # seq) + version",
     "version IS NOT NULL"},
    {"entry_kind", "kind, seq", "hashtext(kind)::bigint # seq", "true"},
    {"entry_outcome", "outcome, seq", "hashtext(outcome)::bigint # seq", "outcome IS NOT NULL"},
    {"entry_commit", "\"commit\" COLLATE \"C\", seq", "hashtext(\"commit\")::bigint # seq",
     "\"commit\" IS NOT NULL"},
    {"entry_at", "at", "timestamp_hash(at::timestamp)", "true"},
}};

constexpr char kWithoutIndexes[] =
    "SET LOCAL enable_seqscan = on; SET LOCAL enable_bitmapscan = off;"
    " SET LOCAL enable_indexscan = off; SET LOCAL enable_indexonlyscan = off;";
constexpr char kAlongIndexes[] =
    "SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off; SET LOCAL enable_incremental_sort = off;"
    " SET LOCAL enable_indexscan = on; SET LOCAL enable_indexonlyscan = on;";

// The number of an index's rows, and the sum of their digests.
std::string Columns(const Index& index) {
  return fmt::format("count(*) FILTER (WHERE {0}), coalesce(sum({1}) FILTER (WHERE {0}), 0)", index.only,
                     index.digest);
}

}  // namespace

Status CheckIndexes(pg::Session& session, ledger::Problems& problems) {
  constexpr std::string_view kDoing = "compare the log with its indexes";
  std::string all;
  std::string along = kAlongIndexes;
  for (const Index& index : kIndexes) {
    all += (all.empty() ? "" : ", ") + Columns(index);
    along +=
        fmt::format("SELECT {} FROM (SELECT * FROM paliad_ledger.entry WHERE {} ORDER BY {} OFFSET 0) AS e;",
                    Columns(index), index.only, index.order);
  }
  ASSIGN_OR_RETURN(
      const std::vector<pg::Rows> table,
      session.Run(fmt::format("{}SELECT {} FROM paliad_ledger.entry;", kWithoutIndexes, all), kDoing));
  ASSIGN_OR_RETURN(const std::vector<pg::Rows> found, session.Run(along, kDoing));
  const std::size_t first = found.size() - kIndexes.size();
  for (std::size_t i = 0; i < kIndexes.size(); ++i) {
    const int column = static_cast<int>(2 * i);
    const std::string_view rows = table.back().Text(0, column);
    if (rows == found[first + i].Text(0, 0) &&
        table.back().Text(0, column + 1) == found[first + i].Text(0, 1)) {
      continue;
    }
    problems.Add(ledger::ProblemKind::kCatalog,
                 fmt::format("index {} leads to {} rows, and the table has {}{}: queries do not see the same",
                             kIndexes[i].name, found[first + i].Text(0, 0), rows,
                             rows == found[first + i].Text(0, 0) ? " with other keys" : ""));
  }
  return {};
}

}  // namespace paliad::audit
