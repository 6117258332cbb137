// What a rule of a file's SQL is given, and where it says what it found.
#ifndef PALIAD_POLICIES_SQL_CONTEXT_H_
#define PALIAD_POLICIES_SQL_CONTEXT_H_

#include <string>
#include <string_view>

#include "migrations/sql_file.h"
#include "policies/made_objects.h"

namespace paliad {

class FileFindings;

// The tables that migrations must not touch. `tracker` is "schema.table".
struct ProtectedObjects {
  std::string tracker = "paliad.applied_migrations";
};

// One file. Refers to values that outlive the rules' call. In large files trees are compact (sql_file.h): a
// rule must bear that places and constants are absent, and must take linear time.
struct SqlContext {
  std::string_view text;  // what `sql` was parsed from
  const SqlFile& sql;     // without error
  const MadeObjects& made;
  const ProtectedObjects& protect;
};

// A rule of a file's SQL. Pure but for what it adds to `findings`, in any order.
using SqlRule = void (*)(const SqlContext& file, FileFindings& findings);

}  // namespace paliad

#endif  // PALIAD_POLICIES_SQL_CONTEXT_H_
