// A migration's text: waivers, statements and rules. What the text is made of, in order and without overlap;
// no finding outside of it; and no waiver waives what cannot be waived.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "migrations/migration_set.h"
#include "migrations/sql_file.h"
#include "policies/rules.h"

namespace {

const paliad::Migration& Example() {
  static const paliad::Migration migration = [] {
    paliad::SourceTree tree;
    tree.path = "migrations";
    tree.entries.push_back(
        {.name = "007_x.up.sql", .kind = paliad::EntryKind::kFile, .blob_id = "", .nested_sql = {}});
    return paliad::MakeMigrationSet(tree).migrations.at(0);
  }();
  return migration;
}

void Require(bool condition) {
  if (!condition) {
    std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (!paliad::CheckContents(Example(), text).empty()) {
    return 0;
  }
  const paliad::SqlFile sql = paliad::ParseSqlFile(text);
  std::size_t at = 0;
  for (const paliad::Statement& statement : sql.statements) {
    Require(statement.begin >= at && statement.end > statement.begin && statement.end <= size);
    at = statement.end;
  }
  Require(!sql.error || (sql.statements.empty() && sql.error->offset <= size));
  for (const paliad::Finding& finding : paliad::CheckSql(Example(), text, sql, paliad::StrictPolicy(), {})) {
    Require(finding.line >= 1 && finding.column >= 1);
    Require(!finding.waiver || paliad::StrictPolicy().Of(finding.rule).waivable);
  }
  return 0;
}
