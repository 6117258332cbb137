// required-column: a column that rows which exist cannot have.
#include <fmt/format.h>

#include "base/json.h"
#include "policies/sql_nodes.h"
#include "policies/sql_rules.h"
#include "policies/table_commands.h"

namespace paliad {

void CheckRequiredColumn(const SqlContext& file, FileFindings& findings) {
  ForEachTableCommand(file, [&](const TableCommand& command) {
    const Json* column = command.Column();
    if (command.subtype != "AT_AddColumn" || column == nullptr || IsFilled(*column)) {
      return;
    }
    const Json* not_null = ColumnConstraint(*column, "CONSTR_NOTNULL");
    const Json* primary = ColumnConstraint(*column, "CONSTR_PRIMARY");
    if (not_null == nullptr && primary == nullptr) {
      return;
    }
    findings.Add(
        "required-column", PlaceOf(command.statement, *column),
        fmt::format("the new column {} is {} without a default: this fails if {} has a row, and so does "
                    "every INSERT that does not know the column",
                    command.ColumnShown(Text(*column, "colname")),
                    primary != nullptr ? "PRIMARY KEY" : "NOT NULL", command.table),
        primary != nullptr
            ? "add it without PRIMARY KEY, fill it, and make it the key with an index that was built before "
              "(see unique-builds-index)"
            : "give it a DEFAULT that is a constant; or add it without NOT NULL, fill it, and make it NOT "
              "NULL in a later migration (see constraint-validates)");
  });
}

}  // namespace paliad
