// INSERT … VALUES with very many rows, cut into parts that are small enough to be parsed.
#ifndef PALIAD_MIGRATIONS_SQL_VALUES_H_
#define PALIAD_MIGRATIONS_SQL_VALUES_H_

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "migrations/sql_lexer.h"
#include "migrations/sql_parser.h"

namespace paliad {

// Parses the statement of `chunk` by parts. Nothing if it is not INSERT … VALUES (…), (…)…, or cannot be
// shown to be; else one statement, or the error.
std::optional<SqlParser::Answer> ParseManyRows(std::string_view file, const SqlChunk& chunk,
                                               SqlParser& parser);

}  // namespace paliad

#endif  // PALIAD_MIGRATIONS_SQL_VALUES_H_
