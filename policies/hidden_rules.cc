// opaque: SQL that the rules cannot see, since it stands in code or is built when it runs.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "base/json.h"
#include "migrations/sql_lexer.h"
#include "migrations/sql_tree.h"
#include "policies/routine_code.h"
#include "policies/sql_literal.h"
#include "policies/sql_nodes.h"
#include "policies/sql_rules.h"

namespace paliad {
namespace {

constexpr std::string_view kHint =
    "write its statements into the file where that is possible, so that the rules and a reviewer see them; "
    "if "
    "not, say what it does: `-- paliad:allow opaque: REASON` above the statement";

bool IsAnyWord(std::string_view text, const SqlToken& token, std::initializer_list<std::string_view> words) {
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view word) { return IsWord(text, token, word); });
}

// True if what EXECUTE is given, from the lexer's place on, is more than one literal.
bool IsBuilt(std::string_view body, SqlLexer lexer) {
  const SqlToken first = lexer.Next();
  if (IsAnyWord(body, first, {"function", "procedure", "on"})) {
    return false;  // of CREATE TRIGGER, of GRANT
  }
  if (first.kind != SqlTokenKind::kString) {
    return first.kind != SqlTokenKind::kEnd;
  }
  const SqlToken next = lexer.Next();
  const bool ends = next.kind == SqlTokenKind::kEnd ||
                    (next.kind == SqlTokenKind::kPunctuation && body[next.begin] == ';') ||
                    IsAnyWord(body, next, {"into", "using", "loop"});
  return !ends;
}

// The offset of the first EXECUTE of a built string in a body in PL/pgSQL.
std::optional<std::size_t> FindBuiltSql(std::string_view body) {
  SqlLexer lexer(body);
  for (SqlToken token = lexer.Next();
       token.kind != SqlTokenKind::kEnd && token.kind != SqlTokenKind::kUnterminated; token = lexer.Next()) {
    if (IsWord(body, token, "execute") && IsBuilt(body, lexer)) {
      return token.begin;
    }
  }
  return std::nullopt;
}

bool HasSideEffects(const Json& routine) {
  const Json& options = List(routine, "options");
  return std::none_of(options.begin(), options.end(), [](const Json& item) {
    const Json* option = Member(item, "DefElem");
    const Json* value = option == nullptr ? nullptr : MemberAt(*option, {"arg", "String"});
    return value != nullptr && Text(*option, "defname") == "volatility" && Text(*value, "sval") != "volatile";
  });
}

// What the server's lexer goes by. The rules read every file with standard_conforming_strings on and in
// UTF-8, as the controller's session begins.
bool DecidesHowSqlIsRead(std::string_view setting) {
  return setting == "standard_conforming_strings" || setting == "client_encoding";
}

bool IsAsTheRulesRead(const Json& set) {
  const Json& values = List(set, "args");
  const Json* constant = values.empty() ? nullptr : Member(values.front(), "A_Const");
  const Json* text = constant == nullptr ? nullptr : Member(*constant, "sval");
  std::string value = text == nullptr ? "" : Text(*text, "sval");
  std::transform(value.begin(), value.end(), value.begin(), [](unsigned char c) { return std::tolower(c); });
  return value == "on" || value == "true" || value == "utf8" || value == "utf-8";
}

class OpaqueRule {
 public:
  OpaqueRule(const SqlContext& file, FileFindings& findings)
      : text_(file.text), no_transaction_(file.sql.no_transaction), findings_(findings) {}

  void Judge(const Statement& statement) {
    const std::string& kind = KindOf(statement);
    const Json& node = NodeOf(statement);
    if (no_transaction_) {  // in a transaction the server has read the whole file before it begins
      LookAtReading(statement, kind, node);
    }
    if (kind == "DoStmt") {
      Report(statement.begin, "DO runs code that the rules cannot see into");
    } else if (kind == "CreateFunctionStmt") {
      LookAtRoutine(statement, node);
    } else if (kind == "CallStmt") {
      LookAtCall(statement, Member(node, "funccall"));
    } else if (kind == "SelectStmt") {
      LookAtSelect(statement, node);
    }
  }

 private:
  void Report(std::size_t place, std::string message) {
    findings_.Add("opaque", place, std::move(message), std::string(kHint));
  }

  void LookAtReading(const Statement& statement, const std::string& kind, const Json& node) {
    if (kind == "VariableSetStmt") {
      const std::string name = Text(node, "name");
      if (Text(node, "kind") == "VAR_SET_VALUE" && DecidesHowSqlIsRead(name) && !IsAsTheRulesRead(node)) {
        ReportReading(statement.begin, name);
      }
      return;
    }
    VisitObjects(*statement.tree, [&](std::string_view object_kind, const Json& object) {
      if (object_kind != "FuncCall" || NameOf(List(object, "funcname")).name != "set_config") {
        return;
      }
      const Json& arguments = List(object, "args");
      const Json* name = arguments.empty() ? nullptr : MemberAt(arguments.front(), {"A_Const", "sval"});
      if (name != nullptr && DecidesHowSqlIsRead(Text(*name, "sval"))) {
        ReportReading(PlaceOf(statement, object), Text(*name, "sval"));
      }
    });
  }

  void ReportReading(std::size_t place, const std::string& setting) {
    findings_.Add(
        "opaque", place,
        fmt::format("{} changes how the server reads the statements that follow: they may mean something "
                    "else to it than to the rules",
                    setting),
        "remove it: a file is in UTF-8, and strings with backslashes are written E'…'");
  }

  void LookAtRoutine(const Statement& statement, const Json& routine) {
    const RoutineCode code = ReadRoutineCode(statement, routine);
    const ObjectName name = NameOf(List(routine, "funcname"));
    if (!code.texts.empty() && HasSideEffects(routine)) {
      made_[name.name].insert(name.schema);
    }
    if (code.language == "plpgsql" && !code.texts.empty()) {
      const std::string& body = code.texts.front();
      if (const std::optional<std::size_t> at = FindBuiltSql(body)) {
        Report(PlaceInLiteral(text_, statement, body, *at),
               fmt::format("EXECUTE in {} runs SQL that is built at run time: the rules cannot see it",
                           name.Shown()));
      }
    }
  }

  // A function that is made to be called at once does what a DO block does. One that only computes is used in
  // other statements than SELECT f().
  void LookAtSelect(const Statement& statement, const Json& select) {
    for (const Json& target : List(select, "targetList")) {
      LookAtCall(statement, MemberAt(target, {"ResTarget", "val", "FuncCall"}));
    }
    for (const Json& item : List(select, "fromClause")) {
      const Json* range = Member(item, "RangeFunction");
      for (const Json& function : range == nullptr ? List(item, "") : List(*range, "functions")) {
        const Json* list = Member(function, "List");
        const Json& parts = list == nullptr ? List(item, "") : List(*list, "items");
        if (!parts.empty()) {
          LookAtCall(statement, Member(parts.front(), "FuncCall"));
        }
      }
    }
  }

  void LookAtCall(const Statement& statement, const Json* call) {
    if (call == nullptr) {
      return;
    }
    const ObjectName name = NameOf(List(*call, "funcname"));
    const auto made = made_.find(name.name);
    if (made != made_.end() &&
        (name.schema.empty() || made->second.contains(name.schema) || made->second.contains(""))) {
      Report(
          PlaceOf(statement, *call),
          fmt::format("{}, which this file makes, runs code that the rules cannot see into", name.Shown()));
    }
  }

  std::string_view text_;
  bool no_transaction_;
  FileFindings& findings_;
  // Routines of the file so far that may do something: the schemas of each name.
  std::map<std::string, std::set<std::string>> made_;
};

}  // namespace

void CheckOpaque(const SqlContext& file, FileFindings& findings) {
  OpaqueRule rule(file, findings);
  for (const Statement& statement : file.sql.statements) {
    rule.Judge(statement);
  }
}

}  // namespace paliad
