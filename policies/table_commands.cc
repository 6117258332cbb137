#include "policies/table_commands.h"

#include <fmt/format.h>

#include "base/json.h"
#include "policies/type_names.h"

namespace paliad {
namespace {

// True for DEFAULT NULL and DEFAULT NULL::text.
bool IsNull(const Json& constraint) {
  const Json* at = Member(constraint, "raw_expr");
  while (at != nullptr && at->contains("TypeCast")) {
    at = MemberAt(*at, {"TypeCast", "arg"});
  }
  const Json* literal = at != nullptr ? Member(*at, "A_Const") : nullptr;
  return literal != nullptr && Flag(*literal, "isnull");
}

}  // namespace

void ForEachTableCommand(const SqlContext& file, const TableCommandVisitor& visit) {
  ForEachStatement(file.sql, "AlterTableStmt", [&](const Statement& statement, const Json& alter) {
    const Json& relation = alter.at("relation");
    if (Text(alter, "objtype") != "OBJECT_TABLE" || file.made.HasBefore(statement, relation)) {
      return;
    }
    const std::string table = RelationName(relation).Shown();
    for (const Json& item : List(alter, "cmds")) {
      const Json& command = item.at("AlterTableCmd");
      visit({.statement = statement,
             .relation = relation,
             .command = command,
             .subtype = Text(command, "subtype"),
             .table = table});
    }
  });
}

void ForEachColumnConstraint(const Json& column, const ConstraintVisitor& visit) {
  for (const Json& item : List(column, "constraints")) {
    if (const Json* constraint = Member(item, "Constraint")) {
      visit(*constraint);
    }
  }
}

const Json* ColumnConstraint(const Json& column, const std::string& contype) {
  const Json* found = nullptr;
  ForEachColumnConstraint(column, [&](const Json& constraint) {
    if (found == nullptr && Text(constraint, "contype") == contype) {
      found = &constraint;
    }
  });
  return found;
}

bool IsFilled(const Json& column) {
  const Json* value = ColumnConstraint(column, "CONSTR_DEFAULT");
  return (value != nullptr && !IsNull(*value)) || IsSerial(column.at("typeName")) ||
         ColumnConstraint(column, "CONSTR_GENERATED") != nullptr ||
         ColumnConstraint(column, "CONSTR_IDENTITY") != nullptr;
}

std::string ConstraintShown(const std::string& kind, const Json& constraint, const std::string& table) {
  const std::string name = Text(constraint, "conname");
  return name.empty() ? fmt::format("{} on {}", kind, table)
                      : fmt::format("{} {}", kind, QuotedIfNeeded(name));
}

}  // namespace paliad
