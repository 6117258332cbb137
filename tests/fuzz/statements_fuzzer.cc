// Where statements begin and end: what the cutter proposes covers the text in order, and every statement of a
// file that parses, taken alone, parses to one statement again.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/json.h"
#include "base/text.h"
#include "migrations/sql_file.h"
#include "migrations/sql_lexer.h"

namespace {

void Require(bool condition) {
  if (!condition) {
    std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  std::size_t at = 0;
  for (const paliad::SqlChunk& chunk : paliad::CutStatements(text)) {
    Require(chunk.begin >= at && chunk.end > chunk.begin && chunk.next >= chunk.end && chunk.next <= size);
    at = chunk.next;
  }
  if (text.find('\0') != std::string_view::npos || !paliad::IsValidUtf8(text)) {
    return 0;
  }
  const paliad::SqlFile sql = paliad::ParseSqlFile(text);
  for (const paliad::Statement& statement : sql.statements) {
    const paliad::SqlFile alone =
        paliad::ParseSqlFile(text.substr(statement.begin, statement.end - statement.begin));
    Require(!alone.error && alone.statements.size() == 1);
    Require(alone.statements[0].tree->begin().key() == statement.tree->begin().key());
  }
  return 0;
}
