// What CREATE FUNCTION, CREATE PROCEDURE and DO say of the code that they hold.
#ifndef PALIAD_POLICIES_ROUTINE_CODE_H_
#define PALIAD_POLICIES_ROUTINE_CODE_H_

#include <cstddef>
#include <string>
#include <vector>

#include "base/json_fwd.h"
#include "migrations/sql_file.h"

namespace paliad {

struct RoutineCode {
  std::string language;            // in lower case; that of DO is plpgsql where it says none
  std::size_t language_place = 0;  // of LANGUAGE in the file, or of the statement
  std::vector<std::string> texts;  // the body, or a library and a symbol; none: BEGIN ATOMIC or RETURN

  // The text is tokens of SQL, whatever their grammar.
  bool IsSql() const { return language == "sql" || language == "plpgsql"; }
};

// `node` is that of a CreateFunctionStmt or a DoStmt.
RoutineCode ReadRoutineCode(const Statement& statement, const Json& node);

}  // namespace paliad

#endif  // PALIAD_POLICIES_ROUTINE_CODE_H_
