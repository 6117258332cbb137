// A migration file as SQL: its statements with byte-exact boundaries, and the facts about each that
// the rules and the core need, from PostgreSQL 15's own parser (libpg_query).
// Pure. The parser runs on a thread of its own with a large stack, so that deep nesting cannot overflow the
// caller's.
#ifndef PALIAD_MIGRATIONS_SQL_FILE_H_
#define PALIAD_MIGRATIONS_SQL_FILE_H_

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_fwd.h"

namespace paliad {

// The grammar that libpg_query 15 implements; said by `syntax`, since a newer server may accept more.
inline constexpr std::string_view kGrammar = "PostgreSQL 15";

// The header comment that takes a migration out of its transaction, on one of the file's first lines.
inline constexpr std::string_view kNoTransactionHeader = "-- paliad:no-transaction";

struct Statement {
  std::size_t begin = 0;  // byte offset of the first token (comments before it are not part)
  std::size_t end = 0;    // byte offset just past the last token, without the semicolon
  // The parse tree as libpg_query prints it: {"CreateStmt": {…}}, without what literals hold
  // in statements over 64 KiB. `location` values in it are byte offsets in the whole FILE.
  std::shared_ptr<const Json> tree;
};

struct SyntaxError {
  std::size_t offset = 0;  // bytes
  std::string message;  // the parser's, or a plainer one (psql's backslash commands, COPY … FROM stdin data)
  std::string hint;
};

struct SqlFile {
  bool no_transaction = false;  // has the header
  std::vector<Statement> statements;
  std::optional<SyntaxError> error;  // then `statements` is empty
};

// `text` is the file's bytes. REQUIRES: valid UTF-8, no NUL, no byte-order mark (finding `unreadable` comes
// first).
SqlFile ParseSqlFile(std::string_view text);

// True if the header stands in the leading comments of `text`: before the first statement, on one of the
// first 20 lines.
bool HasNoTransactionHeader(std::string_view text);

}  // namespace paliad

#endif  // PALIAD_MIGRATIONS_SQL_FILE_H_
