#include "migrations/sql_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/json.h"
#include "base/line_index.h"
#include "migrations/sql_lexer.h"
#include "migrations/sql_parser.h"
#include "migrations/sql_values.h"

namespace paliad {
namespace {

constexpr int kHeaderLines = 20;

// What is parsed at a time, unless a single statement is larger.
constexpr std::size_t kBatchBytes = std::size_t{64} << 10;

// Up to here a text cannot nest deeply enough to matter on a stack of 8 MB: 4,096 levels of 130 bytes.
constexpr std::size_t kSmallFileBytes = std::size_t{8} << 10;

// What the parser would read as one text when a part of it did not parse alone, measured like
// SqlChunk::complexity.
constexpr std::size_t kMaxRetryComplexity = kMaxStatementBytes;

bool IsCopyFromStdin(const Statement& statement) {
  const auto copy = statement.tree->find("CopyStmt");
  return copy != statement.tree->end() && copy->value("is_from", false) && !copy->contains("filename") &&
         !copy->value("is_program", false);
}

SyntaxError CopyFromStdin(std::size_t offset) {
  return {.offset = offset,
          .message = "COPY … FROM stdin reads data that a migration cannot send",
          .hint = "write the rows as INSERT INTO … VALUES (…), (…); pg_dump does it with --inserts"};
}

SyntaxError TooLarge(const SqlChunk& chunk) {
  return {
      .offset = chunk.begin,
      .message = fmt::format("the statement is too large to be judged: {:.1f} MiB outside of literals and "
                             "comments, where {} MiB is the most",
                             static_cast<double>(chunk.complexity) / (1 << 20), kMaxStatementBytes >> 20),
      .hint = "split it into several statements; INSERT … VALUES may have any number of rows"};
}

SyntaxError LongLiteral(const SqlChunk& chunk) {
  return {
      .offset = chunk.literal_at,
      .message = fmt::format("a literal of {:.1f} MiB is too long to be judged, where {} MiB is the most",
                             static_cast<double>(chunk.longest_literal) / (1 << 20), kMaxLiteralBytes >> 20),
      .hint = "split it, or load such data outside of migrations"};
}

// Parses a file by parts, so that memory is bounded by its largest statement and not by the file.
//
// CutStatements says where the parts end, and a mistake of it cannot hide or invent a statement: every part
// is parsed by PostgreSQL's own parser, from between two tokens (a part begins where the one before, which
// parsed to its end, ended) to a semicolon; and where a list of statements is complete, a semicolon that
// follows always separates. A part that does not parse may have been cut wrongly: then the rest of the file
// is parsed as a whole, and that answer counts.
class FileParser {
 public:
  explicit FileParser(std::string_view text)
      : text_(text), chunks_(CutStatements(text)), parser_(text), compact_(text.size() > kCompactFileBytes) {}

  SqlFile Parse() && {
    for (const SqlChunk& chunk : chunks_) {
      if (chunk.longest_literal > kMaxLiteralBytes) {
        file_.error = LongLiteral(chunk);
        return std::move(file_);
      }
    }
    std::size_t at = 0;
    while (at < chunks_.size() && !done_) {
      at = ParseFrom(at);
    }
    if (file_.error) {
      file_.statements.clear();
    }
    return std::move(file_);
  }

 private:
  // Parses one large statement or a batch of small ones; returns the index of the chunk that follows.
  std::size_t ParseFrom(std::size_t first) {
    const SqlChunk& chunk = chunks_[first];
    if (chunk.complexity > kMaxStatementBytes / 8) {
      ParseLarge(first);
      return first + 1;
    }
    std::size_t last = first;
    while (last + 1 < chunks_.size() && chunks_[last + 1].next - chunk.begin <= kBatchBytes) {
      ++last;
    }
    const bool compact = compact_ || chunk.end - chunk.begin > kCompactStatementBytes;
    Accept(first, last, parser_.Parse(BeginOf(first), chunks_[last].next, compact));
    return last + 1;
  }

  void ParseLarge(std::size_t index) {
    const SqlChunk& chunk = chunks_[index];
    std::optional<SqlParser::Answer> answer = ParseManyRows(text_, chunk, parser_);
    if (answer && !answer->error) {
      Accept(index, index, *std::move(answer));
    } else if (chunk.complexity <= kMaxStatementBytes) {
      Accept(index, index, parser_.Parse(BeginOf(index), chunk.next, /*compact=*/true));
    } else {
      Stop(index, answer ? *std::move(answer->error) : TooLarge(chunk));
    }
  }

  // Of the text to parse: a part begins with the semicolon before it. Then no token stands at its offset 0,
  // which libpg_query writes like an unknown location; at the file's beginning 0 is right.
  std::size_t BeginOf(std::size_t index) const { return index == 0 ? 0 : chunks_[index - 1].next - 1; }

  void Accept(std::size_t first, std::size_t last, SqlParser::Answer answer) {
    if (answer.error && last + 1 < chunks_.size() && ComplexityFrom(first) <= kMaxRetryComplexity) {
      const std::size_t begin = BeginOf(first);
      answer = parser_.Parse(begin, text_.size(), compact_ || text_.size() - begin > kCompactStatementBytes);
      done_ = true;
    }
    if (answer.error) {
      Stop(first, *std::move(answer.error));
      return;
    }
    for (Statement& statement : answer.statements) {
      if (IsCopyFromStdin(statement)) {
        Stop(first, CopyFromStdin(statement.begin));
        return;
      }
      file_.statements.push_back(std::move(statement));
    }
  }

  std::size_t ComplexityFrom(std::size_t first) const {
    std::size_t sum = 0;
    for (std::size_t i = first; i < chunks_.size(); ++i) {
      sum += chunks_[i].complexity;
    }
    return sum;
  }

  // Data that follows COPY … FROM stdin fails in surprising places; the cause is the COPY.
  void Stop(std::size_t first, SyntaxError error) {
    done_ = true;
    for (std::size_t i = first; i < chunks_.size() && chunks_[i].next <= error.offset; ++i) {
      const SqlChunk& chunk = chunks_[i];
      SqlLexer lexer(text_, chunk.begin);
      if (!IsWord(text_, lexer.Next(), "copy") || chunk.complexity > kMaxStatementBytes) {
        continue;
      }
      const SqlParser::Answer copy = parser_.Parse(chunk.begin, chunk.end, /*compact=*/true);
      if (!copy.error && copy.statements.size() == 1 && IsCopyFromStdin(copy.statements[0])) {
        error = CopyFromStdin(chunk.begin);
        break;
      }
    }
    file_.error = std::move(error);
  }

  std::string_view text_;
  std::vector<SqlChunk> chunks_;
  SqlParser parser_;
  bool compact_;
  bool done_ = false;
  SqlFile file_;
};

}  // namespace

SqlFile ParseSqlFile(std::string_view text) {
  SqlFile file;
  if (const std::size_t flood = FindCommentFlood(text); flood != std::string_view::npos) {
    file.error = {.offset = flood,
                  .message = "this opens more comments, one right after the other, than can be judged",
                  .hint = "remove them"};
    return file;
  }
  const auto parse = [&] { file = FileParser(text).Parse(); };
  if (text.size() <= kSmallFileBytes) {
    parse();
  } else {
    OnLargeStack(parse);
  }
  file.no_transaction = HasNoTransactionHeader(text);
  return file;
}

bool HasNoTransactionHeader(std::string_view text) {
  constexpr std::string_view kDirective = kNoTransactionHeader.substr(3);
  std::vector<SqlComment> comments;
  SqlLexer(text).Next(&comments);
  const LineIndex lines(text.substr(0, comments.empty() ? 0 : comments.back().end));
  return std::any_of(comments.begin(), comments.end(), [&](const SqlComment& comment) {
    std::string_view body = text.substr(comment.begin, comment.end - comment.begin);
    if (!comment.line || lines.AtByte(comment.begin).line > kHeaderLines) {
      return false;
    }
    body.remove_prefix(2);
    body.remove_prefix(std::min(body.find_first_not_of(" \t"), body.size()));
    const std::string_view after = body.substr(std::min(kDirective.size(), body.size()));
    return body.starts_with(kDirective) && (after.empty() || after.front() == ' ' || after.front() == '\t');
  });
}

}  // namespace paliad
