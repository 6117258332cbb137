// What the rules want to know of one statement's parse tree, as libpg_query 15 prints it. Pure.
#ifndef PALIAD_POLICIES_SQL_STATEMENT_FACTS_H_
#define PALIAD_POLICIES_SQL_STATEMENT_FACTS_H_

#include <cstddef>
#include <optional>
#include <string>

#include "base/json_fwd.h"

namespace paliad {

// "COMMIT", "SAVEPOINT", …; empty if the statement does not begin or end (part of) a transaction.
std::string TransactionCommand(const Json& tree);

// "CREATE INDEX CONCURRENTLY", "VACUUM", …; empty if the statement may run in a transaction.
// PreventInTransactionBlock's callers in PostgreSQL's source are the list.
std::string OutsideTransactionCommand(const Json& tree);

// The value that ALTER TYPE … ADD VALUE adds; empty for any other statement.
std::string AddedEnumValue(const Json& tree);

// A reference to what belongs to the controller.
struct Touch {
  std::string what;          // a message
  std::size_t location = 0;  // byte offset in the file; 0: not known
};

// The first reference to `tracker` ("schema.table"), to the controller's schemas, or to a session-level
// advisory lock; bodies of DO blocks and functions are searched as text.
std::optional<Touch> FindTouch(const Json& tree, const std::string& tracker);

}  // namespace paliad

#endif  // PALIAD_POLICIES_SQL_STATEMENT_FACTS_H_
