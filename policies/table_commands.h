// The commands of a file's ALTER TABLEs on tables that were there before, which others may be using.
#ifndef PALIAD_POLICIES_TABLE_COMMANDS_H_
#define PALIAD_POLICIES_TABLE_COMMANDS_H_

#include <cstddef>
#include <functional>
#include <string>

#include "policies/sql_context.h"
#include "policies/sql_nodes.h"

namespace paliad {

// One of them. Refers to the file's trees.
struct TableCommand {
  const Statement& statement;
  const Json& relation;  // the RangeVar's fields
  const Json& command;   // {"subtype": "AT_AddColumn", …}
  std::string subtype;
  std::string table;  // as it may be written

  // The ColumnDef of AT_AddColumn and AT_AlterColumnType, the Constraint of AT_AddConstraint; nullptr
  // otherwise.
  const Json* Column() const { return MemberAt(command, {"def", "ColumnDef"}); }
  const Json* Constraint() const { return MemberAt(command, {"def", "Constraint"}); }

  // Where the table's name stands: commands have no place of their own.
  std::size_t Place() const { return PlaceOf(statement, relation); }

  // "office.city"
  std::string ColumnShown(const std::string& column) const { return table + "." + QuotedIfNeeded(column); }
};

// Calls `visit` for each command of each ALTER TABLE on a table that the file did not make before. Foreign
// tables are left out where the statement says that it is one, since nothing of them is stored here.
using TableCommandVisitor = std::function<void(const TableCommand& command)>;
void ForEachTableCommand(const SqlContext& file, const TableCommandVisitor& visit);

// Calls `visit` for each constraint in the column's definition: {"contype": "CONSTR_CHECK", …}.
using ConstraintVisitor = std::function<void(const Json& constraint)>;
void ForEachColumnConstraint(const Json& column, const ConstraintVisitor& visit);

// The column's first constraint of this kind ("CONSTR_DEFAULT"), or nullptr.
const Json* ColumnConstraint(const Json& column, const std::string& contype);

// True if adding the column puts something other than NULL into rows that exist: it has a default, or is
// generated, an identity or serial.
bool IsFilled(const Json& column);

// "CHECK office_size" or, without a name, "CHECK on office"; `kind` is "CHECK".
std::string ConstraintShown(const std::string& kind, const Json& constraint, const std::string& table);

}  // namespace paliad

#endif  // PALIAD_POLICIES_TABLE_COMMANDS_H_
