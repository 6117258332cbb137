#include "migrations/sql_lexer.h"

#include <algorithm>

namespace paliad {
namespace {

bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'; }
bool IsNewline(char c) { return c == '\n' || c == '\r'; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }
char ToLower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool IsNameStart(char c) {
  return (ToLower(c) >= 'a' && ToLower(c) <= 'z') || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}
bool IsNamePart(char c) { return IsNameStart(c) || IsDigit(c) || c == '$'; }

// scan.l, "quotecontinue": a string goes on after white space that holds a line's end (and, before it,
// perhaps a comment). Returns the offset of the continuing quote, or npos.
std::size_t ContinuedQuote(std::string_view text, std::size_t at) {
  bool newline = false;
  while (at < text.size()) {
    if (IsSpace(text[at])) {
      newline = newline || IsNewline(text[at]);
      ++at;
    } else if (text.substr(at, 2) == "--") {
      at = std::min(text.find_first_of("\r\n", at), text.size());
    } else {
      break;
    }
  }
  return newline && at < text.size() && text[at] == '\'' ? at : std::string_view::npos;
}

// scan.l, "dolqdelim". Returns the length of "$$" or "$tag$" at `at`, or 0.
std::size_t DollarTagLength(std::string_view text, std::size_t at) {
  std::size_t end = at + 1;
  if (end < text.size() && IsNameStart(text[end])) {
    while (end < text.size() && (IsNameStart(text[end]) || IsDigit(text[end]))) {
      ++end;
    }
  }
  return end < text.size() && text[end] == '$' ? end + 1 - at : 0;
}

}  // namespace

SqlToken SqlLexer::Finish(SqlTokenKind kind, std::size_t begin, std::size_t end) {
  at_ = end;
  return {kind, begin, end};
}

bool SqlLexer::SkipBlank(std::vector<SqlComment>* comments) {
  while (at_ < text_.size()) {
    const std::size_t begin = at_;
    if (IsSpace(text_[at_])) {
      ++at_;
      continue;
    }
    const std::string_view two = text_.substr(at_, 2);
    if (two == "--") {
      at_ = std::min(text_.find_first_of("\r\n", at_), text_.size());
    } else if (two == "/*") {
      int depth = 0;  // block comments nest
      do {
        const std::size_t mark = text_.find_first_of("*/", at_);
        if (mark == std::string_view::npos) {
          at_ = begin;
          return false;
        }
        const std::string_view pair = text_.substr(mark, 2);
        depth += pair == "/*" ? 1 : pair == "*/" ? -1 : 0;
        at_ = mark + (pair == "/*" || pair == "*/" ? 2 : 1);
      } while (depth > 0);
    } else {
      return true;
    }
    if (comments != nullptr) {
      comments->push_back({.begin = begin, .end = at_, .line = two == "--"});
    }
  }
  return true;
}

SqlToken SqlLexer::Quoted(std::size_t begin, std::size_t quote, SqlTokenKind kind, bool backslashes) {
  const char mark = text_[quote];
  const std::string_view stops = mark == '"' ? "\"" : backslashes ? "'\\" : "'";
  std::size_t at = quote + 1;
  while (true) {
    at = text_.find_first_of(stops, at);
    if (at == std::string_view::npos) {
      return Finish(SqlTokenKind::kUnterminated, begin, text_.size());
    }
    if (text_[at] == '\\' || text_.substr(at + 1, 1) == std::string_view(&mark, 1)) {
      at = std::min(at + 2, text_.size());  // an escaped character, or a doubled quote
      continue;
    }
    const std::size_t more = mark == '\'' ? ContinuedQuote(text_, at + 1) : std::string_view::npos;
    if (more == std::string_view::npos) {
      return Finish(kind, begin, at + 1);
    }
    at = more + 1;
  }
}

SqlToken SqlLexer::DollarQuotedOrOther(std::size_t begin) {
  const std::size_t length = DollarTagLength(text_, begin);
  if (length == 0) {
    return Finish(SqlTokenKind::kPunctuation, begin, begin + 1);
  }
  const std::size_t close = text_.find(text_.substr(begin, length), begin + length);
  return close == std::string_view::npos ? Finish(SqlTokenKind::kUnterminated, begin, text_.size())
                                         : Finish(SqlTokenKind::kString, begin, close + length);
}

SqlToken SqlLexer::Next(std::vector<SqlComment>* comments) {
  if (!SkipBlank(comments)) {
    return Finish(SqlTokenKind::kUnterminated, at_, text_.size());
  }
  const std::size_t begin = at_;
  if (begin >= text_.size()) {
    return Finish(SqlTokenKind::kEnd, text_.size(), text_.size());
  }
  const char c = text_[begin];
  const std::string_view next = text_.substr(begin + 1, 2);
  if (c == '\'') {
    return Quoted(begin, begin, SqlTokenKind::kString, false);
  }
  if (c == '"') {
    return Quoted(begin, begin, SqlTokenKind::kQuotedName, false);
  }
  if (ToLower(c) == 'u' && (next == "&'" || next == "&\"")) {
    return Quoted(begin, begin + 2, next == "&'" ? SqlTokenKind::kString : SqlTokenKind::kQuotedName, false);
  }
  if (std::string_view("ebxn").find(ToLower(c)) != std::string_view::npos && next.starts_with('\'')) {
    return Quoted(begin, begin + 1, SqlTokenKind::kString, ToLower(c) == 'e');
  }
  if (c == '$') {
    return DollarQuotedOrOther(begin);
  }
  const auto run = [&](auto belongs) {
    std::size_t end = begin + 1;
    while (end < text_.size() && belongs(text_[end])) {
      ++end;
    }
    return end;
  };
  if (IsNameStart(c)) {
    return Finish(SqlTokenKind::kWord, begin, run(IsNamePart));
  }
  if (IsDigit(c)) {
    return Finish(SqlTokenKind::kNumber, begin, run([](char d) { return IsDigit(d) || d == '.'; }));
  }
  return Finish(SqlTokenKind::kPunctuation, begin, begin + 1);
}

bool IsWord(std::string_view text, const SqlToken& token, std::string_view lower) {
  return token.kind == SqlTokenKind::kWord && token.end - token.begin == lower.size() &&
         std::equal(lower.begin(), lower.end(), text.begin() + static_cast<std::ptrdiff_t>(token.begin),
                    [](char want, char got) { return want == ToLower(got); });
}

namespace {

// Follows one statement token by token and tells its inner semicolons from its last.
class StatementShape {
 public:
  explicit StatementShape(std::string_view text) : text_(text) {}

  void Add(const SqlToken& token) {
    const bool label = previous_ == Previous::kDot || previous_ == Previous::kAs;  // "t.end", "x AS case"
    Previous next = Previous::kOther;
    if (!any_) {
      create_ = IsWord(text_, token, "create");
      any_ = true;
    }
    if (token.kind == SqlTokenKind::kPunctuation) {
      const char c = text_[token.begin];
      parens_ += c == '(' ? 1 : c == ')' && parens_ > 0 ? -1 : 0;
      next = c == '.' ? Previous::kDot : Previous::kOther;
    } else if (create_ && token.kind == SqlTokenKind::kWord) {
      next = AddWord(token, label);
    }
    previous_ = next;
  }

  // REQUIRES: the next token is a semicolon.
  bool EndsHere() const { return atomic_ == 0 && !(rule_ && parens_ > 0); }

 private:
  enum class Previous { kOther, kDot, kAs, kBegin };

  // As psql does it (psqlscan.l): only CREATE FUNCTION and PROCEDURE have BEGIN ATOMIC, and in it only CASE
  // has an END of its own.
  Previous AddWord(const SqlToken& token, bool label) {
    if (label) {
      return Previous::kOther;
    }
    rule_ = rule_ || (parens_ == 0 && IsWord(text_, token, "rule"));
    if (previous_ == Previous::kBegin && atomic_ == 0 && IsWord(text_, token, "atomic")) {
      atomic_ = 1;
    } else if (atomic_ > 0 && IsWord(text_, token, "case")) {
      ++atomic_;
    } else if (atomic_ > 0 && IsWord(text_, token, "end")) {
      --atomic_;
    }
    return IsWord(text_, token, "as")      ? Previous::kAs
           : IsWord(text_, token, "begin") ? Previous::kBegin
                                           : Previous::kOther;
  }

  std::string_view text_;
  bool any_ = false;
  bool create_ = false;
  bool rule_ = false;
  int parens_ = 0;
  int atomic_ = 0;  // open BEGIN ATOMIC and CASE
  Previous previous_ = Previous::kOther;
};

}  // namespace

std::vector<SqlChunk> CutStatements(std::string_view text) {
  std::vector<SqlChunk> chunks;
  SqlLexer lexer(text);
  StatementShape shape(text);
  SqlChunk chunk;
  while (true) {
    const SqlToken token = lexer.Next();
    const bool end = token.kind == SqlTokenKind::kEnd;
    const bool semicolon = token.kind == SqlTokenKind::kPunctuation && text[token.begin] == ';';
    if (end || (semicolon && shape.EndsHere())) {
      if (chunk.complexity > 0) {
        chunk.next = token.end;
        chunks.push_back(chunk);
      }
      if (end) {
        return chunks;
      }
      chunk = {};
      shape = StatementShape(text);
      continue;
    }
    if (chunk.complexity == 0) {
      chunk.begin = token.begin;
    }
    const bool literal = token.kind == SqlTokenKind::kString || token.kind == SqlTokenKind::kNumber;
    chunk.complexity += literal ? 1 : token.end - token.begin;
    if (literal && token.end - token.begin > chunk.longest_literal) {
      chunk.longest_literal = token.end - token.begin;
      chunk.literal_at = token.begin;
    }
    chunk.end = token.end;
    shape.Add(token);
  }
}

std::size_t FindCommentFlood(std::string_view text) {
  constexpr std::string_view kOperatorCharacters = "~!@#^&|`?+-*/%<>=";  // scan.l, "op_chars"
  constexpr int kMaxOpenings = 64;                                       // 64 passes over a run are nothing
  int openings = 0;
  std::size_t run = 0;
  std::size_t previous_end = 0;
  for (std::size_t at = text.find("/*"); at != std::string_view::npos; at = text.find("/*", at + 2)) {
    const std::string_view between = text.substr(previous_end, at - previous_end);
    if (between.find_first_not_of(kOperatorCharacters) != std::string_view::npos) {
      openings = 0;
      run = at;
    }
    if (++openings > kMaxOpenings) {
      return run;
    }
    previous_end = at + 2;
  }
  return std::string_view::npos;
}

bool TrimToTokens(std::string_view text, std::size_t* begin, std::size_t* end) {
  SqlLexer lexer(text.substr(0, *end), *begin);
  const SqlToken first = lexer.Next();
  if (first.kind == SqlTokenKind::kEnd) {
    return false;
  }
  *begin = first.begin;
  for (SqlToken token = first; token.kind != SqlTokenKind::kEnd; token = lexer.Next()) {
    *end = token.end;
  }
  return true;
}

}  // namespace paliad
