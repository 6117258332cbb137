#include "migrations/sql_parser.h"

#include <fmt/format.h>
#include <pg_query.h>
#include <pthread.h>

#include <algorithm>
#include <cassert>
#include <exception>
#include <system_error>

#include "base/line_index.h"
#include "base/text.h"
#include "migrations/sql_lexer.h"

namespace paliad {
namespace {

constexpr std::size_t kStackBytes = std::size_t{256} << 20;

// The parser quotes what it stopped at, which may be all the rest of the file.
constexpr std::size_t kMaxMessageBytes = 200;

class ParseResult {
 public:
  explicit ParseResult(const std::string& text) : result_(pg_query_parse(text.c_str())) {}
  ParseResult(const ParseResult&) = delete;
  ParseResult& operator=(const ParseResult&) = delete;
  ~ParseResult() { pg_query_free_parse_result(result_); }

  const PgQueryError* error() const { return result_.error; }
  std::string_view json() const { return result_.parse_tree; }

 private:
  PgQueryParseResult result_;
};

// "\d" as the first thing in its line, or after a statement as \gexec.
bool IsBackslashCommand(std::string_view rest) { return rest.starts_with('\\'); }

// :name, :'name', :"name".
bool IsPsqlVariable(std::string_view rest) {
  return rest.size() >= 2 && rest[0] == ':' && rest[1] != ':' && rest[1] != '=' && rest[1] != ' ';
}

bool IsConflictMarker(std::string_view rest) {
  return rest.starts_with("<<<<<<<") || rest.starts_with(">>>>>>>") || rest.starts_with("=======");
}

// The parser's words, or plainer ones where it cannot know what was meant.
SyntaxError Explain(std::string_view rest, std::size_t offset, std::string_view message) {
  const auto error = [&](std::string text, std::string hint) {
    return SyntaxError{.offset = offset, .message = std::move(text), .hint = std::move(hint)};
  };
  if (IsBackslashCommand(rest)) {
    const std::string_view command = rest.substr(0, rest.find_first_of(" \t\r\n;"));
    return error(fmt::format("{} is a command of psql, not SQL", Truncate(command, 40)),
                 "migrations are sent to the server, not through psql: write what it does in SQL");
  }
  if (IsPsqlVariable(rest)) {
    return error("variables of psql, such as :name, are not SQL",
                 "migrations are sent to the server, not through psql: write the value");
  }
  if (IsConflictMarker(rest)) {
    return error("this is a merge conflict that was committed", "resolve it and remove git's markers");
  }
  if (message.starts_with("memory exhausted")) {
    return error("this nests too deeply to be parsed", "split the expression or the statement");
  }
  return error(Truncate(message, kMaxMessageBytes), "");
}

std::size_t FirstTokenOfStatement(std::string_view text, std::size_t at) {
  SqlLexer lexer(text, at);
  SqlToken token = lexer.Next();
  while (token.kind == SqlTokenKind::kPunctuation && text[token.begin] == ';') {
    token = lexer.Next();
  }
  return token.begin;
}

SyntaxError Explain(TreeReader::Problem problem, std::size_t offset) {
  switch (problem) {
    case TreeReader::Problem::kTooDeep:
      return {.offset = offset,
              .message = "this nests too deeply to be judged; the server would refuse it too",
              .hint = "split the expression or the statement"};
    case TreeReader::Problem::kTooLarge:
      return {.offset = offset,
              .message = "the file's statements are too large and too different to be judged",
              .hint = "split the file into several migrations"};
    case TreeReader::Problem::kNotJson:
      break;
  }
  return {.offset = offset, .message = "libpg_query gave an answer that cannot be read", .hint = ""};
}

}  // namespace

SqlParser::Answer SqlParser::Parse(std::size_t begin, std::size_t end, bool compact) {
  return ParseText(std::string(file_.substr(begin, end - begin)), 0, begin, compact);
}

SqlParser::Answer SqlParser::ParseWithPrefix(std::string_view prefix, std::size_t begin, std::size_t end) {
  return ParseText(std::string(prefix) + std::string(file_.substr(begin, end - begin)), prefix.size(), begin,
                   /*compact=*/true);
}

SqlParser::Answer SqlParser::ParseText(const std::string& text, std::size_t prefix, std::size_t begin,
                                       bool compact) {
  assert(text.find('\0') == std::string::npos);
  const ParseResult result(text);
  const auto in_file = [&](std::size_t offset) { return begin + (offset > prefix ? offset - prefix : 0); };
  if (const PgQueryError* error = result.error()) {
    // `cursorpos` counts characters from 1; 0 says that there is no position.
    const auto character = static_cast<std::size_t>(std::max(error->cursorpos, 1));
    const std::size_t offset = in_file(LineIndex(text).ByteOfCharacter(character));
    return {.statements = {}, .error = Explain(file_.substr(offset), offset, error->message)};
  }
  TreeReader::Answer trees =
      compact ? reader_.ReadCompactly(result.json()) : reader_.Read(result.json(), begin);
  if (trees.problem) {
    const std::size_t done =
        trees.statements.empty() ? 0 : trees.statements.back().location + trees.statements.back().length;
    return {.statements = {}, .error = Explain(*trees.problem, FirstTokenOfStatement(file_, in_file(done)))};
  }
  Answer answer;
  for (TreeStatement& tree : trees.statements) {
    Statement statement{.begin = in_file(tree.location),
                        .end = in_file(tree.length == 0 ? text.size() : tree.location + tree.length),
                        .tree = std::move(tree.tree),
                        .compact = compact};
    TrimToTokens(file_, &statement.begin, &statement.end);
    answer.statements.push_back(std::move(statement));
  }
  return answer;
}

void OnLargeStack(const std::function<void()>& work) {
  struct Job {
    const std::function<void()>& work;
    std::exception_ptr failure;
  } job{work, nullptr};
  const auto run = [](void* argument) -> void* {
    Job& mine = *static_cast<Job*>(argument);
    try {
      mine.work();
    } catch (...) {
      mine.failure = std::current_exception();
    }
    return nullptr;
  };
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, kStackBytes);
  pthread_t thread;
  const int error = pthread_create(&thread, &attributes, run, &job);
  pthread_attr_destroy(&attributes);
  if (error != 0) {
    throw std::system_error(error, std::generic_category(), "cannot start a thread to parse SQL");
  }
  pthread_join(thread, nullptr);
  if (job.failure) {
    std::rethrow_exception(job.failure);
  }
}

}  // namespace paliad
