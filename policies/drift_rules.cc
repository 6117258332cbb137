// if-exists-hides: IF NOT EXISTS asks for a name, not for what the migration wants to be there.
#include <fmt/format.h>

#include <string>
#include <string_view>
#include <utility>

#include "base/json.h"
#include "policies/sql_nodes.h"
#include "policies/sql_rules.h"

namespace paliad {
namespace {

// What cannot have been there before the file began hides nothing: temporary, or in a schema that the file
// makes.
bool IsNew(const SqlContext& file, const Statement& statement, const Json& relation) {
  const std::string schema = Text(relation, "schemaname");
  return Text(relation, "relpersistence") == "t" || schema == "pg_temp" ||
         (!schema.empty() &&
          file.made.HasBefore(statement, MadeKind::kSchema, {.schema = "", .name = schema}));
}

void LookAtTable(const SqlContext& file, const Statement& statement, const Json* relation,
                 std::string_view what, FileFindings& findings) {
  if (relation == nullptr || IsNew(file, statement, *relation)) {
    return;
  }
  findings.Add(
      "if-exists-hides", PlaceOf(statement, *relation),
      fmt::format("IF NOT EXISTS takes whatever is named {} for this {}", RelationName(*relation).Shown(),
                  what),
      "leave IF NOT EXISTS out: a migration runs once, and fails plainly where something else is there");
}

void LookAtIndex(const SqlContext& file, const Statement& statement, const Json& index,
                 FileFindings& findings) {
  const Json* table = Member(index, "relation");
  if (!Flag(index, "concurrent") || !Flag(index, "if_not_exists") || table == nullptr ||
      file.made.HasBefore(statement, MadeKind::kRelation, RelationName(*table))) {
    return;
  }
  const ObjectName name = {.schema = Text(*table, "schemaname"), .name = Text(index, "idxname")};
  findings.Add(
      "if-exists-hides", statement.begin,
      fmt::format("IF NOT EXISTS takes the invalid index that a failed CREATE INDEX CONCURRENTLY leaves "
                  "behind for {}: it is never used, and slows writes down",
                  name.Shown()),
      fmt::format("write DROP INDEX CONCURRENTLY IF EXISTS {} before it, and leave IF NOT EXISTS out",
                  name.Shown()));
}

void LookAtColumn(const SqlContext& file, const Statement& statement, const Json& alter, const Json& command,
                  FileFindings& findings) {
  const Json* column = MemberAt(command, {"def", "ColumnDef"});
  const Json* relation = Member(alter, "relation");
  if (Text(command, "subtype") != "AT_AddColumn" || !Flag(command, "missing_ok") || column == nullptr ||
      relation == nullptr || file.made.HasBefore(statement, MadeKind::kRelation, RelationName(*relation))) {
    return;
  }
  findings.Add(
      "if-exists-hides", PlaceOf(statement, *column),
      fmt::format("IF NOT EXISTS takes any column {} of {} for this one, whatever its type and default",
                  QuotedIfNeeded(Text(*column, "colname")), RelationName(*relation).Shown()),
      "leave IF NOT EXISTS out: a migration runs once, and fails plainly where something else is there");
}

void LookAtStatement(const SqlContext& file, const Statement& statement, FileFindings& findings) {
  const std::string& kind = KindOf(statement);
  const Json& node = NodeOf(statement);
  if (kind == "IndexStmt") {
    LookAtIndex(file, statement, node, findings);
  } else if (kind == "CreateStmt" && Flag(node, "if_not_exists")) {
    LookAtTable(file, statement, Member(node, "relation"), "table", findings);
  } else if (kind == "CreateTableAsStmt" && Flag(node, "if_not_exists")) {
    LookAtTable(file, statement, MemberAt(node, {"into", "rel"}),
                Text(node, "objtype") == "OBJECT_MATVIEW" ? "materialized view" : "table", findings);
  } else if (const Json* base = kind == "CreateForeignTableStmt" ? Member(node, "base") : nullptr;
             base != nullptr && Flag(*base, "if_not_exists")) {
    LookAtTable(file, statement, Member(*base, "relation"), "foreign table", findings);
  }
}

}  // namespace

void CheckIfExistsHides(const SqlContext& file, FileFindings& findings) {
  for (const Statement& statement : file.sql.statements) {
    LookAtStatement(file, statement, findings);
  }
  ForEachAlterCommand(file.sql, [&](const Statement& statement, const Json& alter, const Json& command) {
    LookAtColumn(file, statement, alter, command, findings);
  });
}

}  // namespace paliad
