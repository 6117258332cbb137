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

// The most that one statement may hold outside of comments and white space, each literal counted as one byte;
// more is a SyntaxError. INSERT … VALUES with any number of rows is exempt: it is parsed by parts.
inline constexpr std::size_t kMaxStatementBytes = std::size_t{1} << 20;

// The longest literal; a longer one is a SyntaxError: whoever means it loads such data in another way.
inline constexpr std::size_t kMaxLiteralBytes = std::size_t{16} << 20;

// From these sizes on a tree is compact, so that memory is bounded by the file, not by its tree.
inline constexpr std::size_t kCompactStatementBytes = std::size_t{64} << 10;
inline constexpr std::size_t kCompactFileBytes = std::size_t{1} << 20;

struct Statement {
  std::size_t begin = 0;  // byte offset of the first token (comments before it are not part)
  std::size_t end = 0;    // byte offset just past the last token, without the semicolon
  // The parse tree as libpg_query prints it: {"CreateStmt": {…}}. `location` values in it are byte offsets in
  // the whole FILE; absent means 0, -1 means unknown. Up to kMaxTreeDepth deep (sql_tree.h).
  // A compact tree (always of a statement over kCompactStatementBytes, and in a file over kCompactFileBytes)
  // has no locations, its constants ("A_Const") are empty, and equal rows of VALUES stand in it once. Equal
  // compact trees of one file are one object.
  std::shared_ptr<const Json> tree;
  bool compact = false;
};

struct SyntaxError {
  std::size_t offset = 0;  // bytes
  std::string message;     // the parser's, or a plainer one (psql's commands, COPY … FROM stdin)
  std::string hint;        // may be empty
};

struct SqlFile {
  bool no_transaction = false;  // has the header
  // In the file's order, not overlapping. Empty statements are left out.
  std::vector<Statement> statements;
  std::optional<SyntaxError> error;  // the first one; then `statements` is empty
};

// `text` is the file's bytes. COPY … FROM stdin is an error here, since a migration has no standard input; so
// is what cannot be judged: too deep, or too large. Throws std::system_error if the thread cannot be started.
// REQUIRES: valid UTF-8, no NUL, no byte-order mark (finding `unreadable` comes first).
SqlFile ParseSqlFile(std::string_view text);

// True if the header stands in the leading comments of `text`: a line comment before the first token, on one
// of the first 20 lines. Spaces around "paliad:no-transaction" do not matter, and words may follow it.
bool HasNoTransactionHeader(std::string_view text);

}  // namespace paliad

#endif  // PALIAD_MIGRATIONS_SQL_FILE_H_
