#include "policies/sql_literal.h"

#include <algorithm>

#include "migrations/sql_lexer.h"

namespace paliad {
namespace {

// Where the value begins in the token, and how many bytes its end mark has.
struct Frame {
  std::size_t open = 0;
  std::size_t close = 0;
};

Frame FrameOf(std::string_view token) {
  if (token.starts_with('$')) {
    const std::size_t tag = token.find('$', 1) + 1;
    return {.open = tag, .close = tag};
  }
  return {.open = token.find_first_of("'\"") + 1, .close = 1};
}

std::string_view Inner(std::string_view token) {
  const Frame frame = FrameOf(token);
  return token.substr(frame.open, token.size() - frame.open - frame.close);
}

}  // namespace

std::string LiteralValue(std::string_view token) {
  const std::string_view inner = Inner(token);
  if (token.starts_with('$')) {
    return std::string(inner);
  }
  const char quote = token.back();
  std::string value;
  value.reserve(inner.size());
  for (std::size_t i = 0; i < inner.size(); ++i) {
    value += inner[i];
    if (inner[i] == quote && i + 1 < inner.size() && inner[i + 1] == quote) {
      ++i;
    }
  }
  return value;
}

std::size_t PlaceInLiteral(std::string_view file, const Statement& statement, std::string_view value,
                           std::size_t at) {
  SqlLexer lexer(file.substr(0, statement.end), statement.begin);
  for (SqlToken token = lexer.Next();
       token.kind != SqlTokenKind::kEnd && token.kind != SqlTokenKind::kUnterminated; token = lexer.Next()) {
    const std::string_view text = file.substr(token.begin, token.end - token.begin);
    if (token.kind != SqlTokenKind::kString || text.size() < value.size()) {
      continue;
    }
    if (Inner(text) == value) {
      return token.begin + FrameOf(text).open + at;
    }
    if (LiteralValue(text) == value) {
      return token.begin;
    }
  }
  return statement.begin;
}

}  // namespace paliad
