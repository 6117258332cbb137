// The outer shape of SQL: where tokens, comments and statements begin and end, by PostgreSQL's lexical rules
// (scan.l of PostgreSQL 15, standard_conforming_strings on). It decides how much text the parser sees at a
// time and where comments stand; whether the text is SQL at all is decided by the parser alone (sql_file.cc
// says why a mistake here cannot hide a statement). Pure; a lexer refers to its text, which must outlive it.
#ifndef PALIAD_MIGRATIONS_SQL_LEXER_H_
#define PALIAD_MIGRATIONS_SQL_LEXER_H_

#include <cstddef>
#include <string_view>
#include <vector>

namespace paliad {

enum class SqlTokenKind {
  kWord,          // a key word or a name without quotes
  kQuotedName,    // "name", U&"name"
  kString,        // 'x', E'x', B'1', X'F', N'x', U&'x', $$x$$, $tag$x$tag$
  kNumber,        // digits, and what a sign or exponent leaves of a number
  kPunctuation,   // one byte of anything else
  kUnterminated,  // a string, quoted name or comment that runs to the end of the text
  kEnd,
};

// Bytes [begin, end) of the text.
struct SqlToken {
  SqlTokenKind kind = SqlTokenKind::kEnd;
  std::size_t begin = 0;
  std::size_t end = 0;
};

// `text` is a comment from its first character on.
struct SqlComment {
  std::size_t begin = 0;
  std::size_t end = 0;  // without the line's end
  bool line = false;    // "-- …"; else "/* … */"
};

class SqlLexer {
 public:
  explicit SqlLexer(std::string_view text, std::size_t at = 0) : text_(text), at_(at) {}

  // The next token after white space and comments; kEnd again and again at the end. The comments that were
  // skipped are added to `comments` where it is given.
  SqlToken Next(std::vector<SqlComment>* comments = nullptr);

 private:
  // False for a block comment that does not end; at_ is then its first byte.
  bool SkipBlank(std::vector<SqlComment>* comments);
  SqlToken Quoted(std::size_t begin, std::size_t quote, SqlTokenKind kind, bool backslashes);
  SqlToken DollarQuotedOrOther(std::size_t begin);
  SqlToken Finish(SqlTokenKind kind, std::size_t begin, std::size_t end);

  std::string_view text_;
  std::size_t at_ = 0;
};

// True if the token is this key word, in any case. REQUIRES: `lower` is in lower case.
bool IsWord(std::string_view text, const SqlToken& token, std::string_view lower);

// A stretch of text that ends with a semicolon at the top level, or at the text's end.
struct SqlChunk {
  std::size_t begin = 0;       // of its first token
  std::size_t end = 0;         // just past its last token, without the semicolon
  std::size_t next = 0;        // just past the semicolon; the text's size where there is none
  std::size_t complexity = 0;  // its bytes outside of comments and white space, each literal counted as one
  std::size_t longest_literal = 0;  // bytes, with its quotes
  std::size_t literal_at = 0;       // where the longest literal begins
};

// The statements of `text`, without empty ones. Semicolons inside of CREATE RULE (…; …) and BEGIN ATOMIC …;
// END do not separate.
std::vector<SqlChunk> CutStatements(std::string_view text);

// The offset of a run of operator characters in which very many block comments begin ("/*/*/*…"), or npos.
// PostgreSQL's lexer reads such a run again from each of them: 400 KB take minutes. To be asked of strangers'
// text before it is parsed.
std::size_t FindCommentFlood(std::string_view text);

// First and last token of text[begin, end), as offsets in `text`; false if there is no token.
bool TrimToTokens(std::string_view text, std::size_t* begin, std::size_t* end);

}  // namespace paliad

#endif  // PALIAD_MIGRATIONS_SQL_LEXER_H_
