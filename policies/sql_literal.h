// String literals and quoted names as SQL writes them: what they hold, and where a value stands in a file.
// Pure; every function takes linear time.
#ifndef PALIAD_POLICIES_SQL_LITERAL_H_
#define PALIAD_POLICIES_SQL_LITERAL_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "migrations/sql_file.h"

namespace paliad {

// What a token of kind kString or kQuotedName holds: 'it''s' → it's, $x$a$x$ → a, "a""b" → a"b. Escapes of
// E'' and U& are kept as they are written.
std::string LiteralValue(std::string_view token);

// The offset in the file at which byte `at` of `value` stands, where `value` is that of a string literal of
// `statement`. Where it is not written letter by letter: the literal's begin; where there is no such literal:
// the statement's. `file` is the text that the statement was parsed from.
std::size_t PlaceInLiteral(std::string_view file, const Statement& statement, std::string_view value,
                           std::size_t at);

}  // namespace paliad

#endif  // PALIAD_POLICIES_SQL_LITERAL_H_
