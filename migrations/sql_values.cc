#include "migrations/sql_values.h"

#include <set>
#include <string>

#include "base/json.h"

namespace paliad {
namespace {

// What is parsed at a time: large enough to make the fixed cost small, small enough for memory.
constexpr std::size_t kPartBytes = std::size_t{128} << 10;

constexpr std::string_view kPrefix = "INSERT INTO t VALUES ";

// Offsets of commas between the rows of the outermost VALUES, about kPartBytes apart. Empty if there are
// none.
std::vector<std::size_t> CutRows(std::string_view file, const SqlChunk& chunk) {
  SqlLexer lexer(file.substr(0, chunk.end), chunk.begin);
  SqlToken token = lexer.Next();
  if (!IsWord(file, token, "insert") && !IsWord(file, token, "with")) {
    return {};
  }
  std::vector<std::size_t> cuts;
  std::size_t part_begin = chunk.begin;
  int depth = 0;
  bool rows = false;
  for (; token.kind != SqlTokenKind::kEnd; token = lexer.Next()) {
    const char c = token.kind == SqlTokenKind::kPunctuation ? file[token.begin] : ' ';
    if (c == '(') {
      ++depth;
    } else if (c == ')') {
      --depth;
    } else if (depth == 0 && !rows) {
      rows = IsWord(file, token, "values");
    } else if (depth == 0 && c != ',') {
      break;  // ON CONFLICT, RETURNING: commas that follow are not between rows
    } else if (depth == 0 && token.begin - part_begin >= kPartBytes) {
      cuts.push_back(token.begin);
      part_begin = token.begin + 1;
    }
  }
  return cuts;
}

// The fields of an INSERT whose rows are all that its query has; nullptr for anything else.
const Json* PlainInsert(const std::vector<Statement>& statements) {
  if (statements.size() != 1 || !statements[0].tree->contains("InsertStmt")) {
    return nullptr;
  }
  const Json& insert = statements[0].tree->at("InsertStmt");
  const Json::json_pointer query_path("/selectStmt/SelectStmt");
  if (!insert.contains(query_path)) {
    return nullptr;
  }
  for (const auto& [key, value] : insert.at(query_path).items()) {
    const bool plain = key == "valuesLists" || (key == "limitOption" && value == "LIMIT_OPTION_DEFAULT") ||
                       (key == "op" && value == "SETOP_NONE");
    if (!plain) {
      return nullptr;
    }
  }
  return &insert;
}

// True if `insert` ends with its rows.
bool EndsWithRows(const Json& insert) {
  return !insert.contains("onConflictClause") && !insert.contains("returningList");
}

// Adds to the first part's tree what the others have and it has not.
class Merger {
 public:
  explicit Merger(const Json& first) : tree_{{"InsertStmt", first}} {
    for (const Json& row : Rows()) {
      seen_.insert(row.dump());
    }
  }

  void AddRows(const Json& insert) {
    for (const Json& row : insert.at("selectStmt").at("SelectStmt").at("valuesLists")) {
      if (seen_.insert(row.dump()).second) {
        Rows().push_back(row);
      }
    }
  }

  void AddClauses(const Json& insert) {
    for (const char* clause : {"onConflictClause", "returningList"}) {
      if (insert.contains(clause)) {
        tree_["InsertStmt"][clause] = insert.at(clause);
      }
    }
  }

  Json Take() && { return std::move(tree_); }

 private:
  Json& Rows() { return tree_["InsertStmt"]["selectStmt"]["SelectStmt"]["valuesLists"]; }

  Json tree_;
  std::set<std::string> seen_;
};

}  // namespace

// Why the parts cannot hide anything: each part but the last is parsed alone and must be a complete INSERT
// that ends with its rows. So PostgreSQL's lexer is between tokens at every cut, the text on both sides of
// the comma is rows, and rows in a row are what the whole statement would have had. Only the last may have
// more after its rows.
std::optional<SqlParser::Answer> ParseManyRows(std::string_view file, const SqlChunk& chunk,
                                               SqlParser& parser) {
  const std::vector<std::size_t> cuts = CutRows(file, chunk);
  if (cuts.empty()) {
    return std::nullopt;
  }
  std::optional<Merger> merger;
  for (std::size_t part = 0; part <= cuts.size(); ++part) {
    const bool first = part == 0;
    const bool last = part == cuts.size();
    SqlParser::Answer answer = parser.ParseWithPrefix(
        first ? "" : kPrefix, first ? chunk.begin : cuts[part - 1] + 1, last ? chunk.end : cuts[part]);
    if (answer.error) {
      return answer;
    }
    const Json* insert = PlainInsert(answer.statements);
    if (insert == nullptr || (!last && !EndsWithRows(*insert))) {
      return std::nullopt;
    }
    if (first) {
      merger.emplace(*insert);
    } else {
      merger->AddRows(*insert);
    }
    if (last) {
      merger->AddClauses(*insert);
    }
  }
  SqlParser::Answer answer;
  answer.statements.push_back({.begin = chunk.begin,
                               .end = chunk.end,
                               .tree = std::make_shared<const Json>(std::move(*merger).Take()),
                               .compact = true});
  return answer;
}

}  // namespace paliad
