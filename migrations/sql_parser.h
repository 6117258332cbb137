// The only user of libpg_query: one text in, statements or the parser's complaint out.
#ifndef PALIAD_MIGRATIONS_SQL_PARSER_H_
#define PALIAD_MIGRATIONS_SQL_PARSER_H_

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "migrations/sql_file.h"
#include "migrations/sql_tree.h"

namespace paliad {

// Parses parts of one file. Recurses as deep as the text nests: see OnLargeStack.
class SqlParser {
 public:
  explicit SqlParser(std::string_view file) : file_(file) {}

  struct Answer {
    std::vector<Statement> statements;
    std::optional<SyntaxError> error;  // then there are no statements
  };

  // Parses file[begin, end); offsets in the answer are in the file.
  Answer Parse(std::size_t begin, std::size_t end, bool compact);

  // Parses `prefix` followed by file[begin, end), compactly; offsets before `begin` become `begin`.
  Answer ParseWithPrefix(std::string_view prefix, std::size_t begin, std::size_t end);

 private:
  Answer ParseText(const std::string& text, std::size_t prefix, std::size_t begin, bool compact);

  std::string_view file_;
  TreeReader reader_;
};

// Runs `work` on a thread with 256 MB of stack (committed only as it is used) and waits for it; exceptions
// come through. Throws std::system_error if there is no thread to be had.
//
// libpg_query guards its grammar (10,000 levels) but not its printer, which takes about 130 bytes of stack
// for each level of a chain such as 1+1+…; within kMaxStatementBytes there are at most 524,288 levels.
void OnLargeStack(const std::function<void()>& work);

}  // namespace paliad

#endif  // PALIAD_MIGRATIONS_SQL_PARSER_H_
