// session-state: a migration's session is the controller's, which resets it after each file. What is meant to
// outlast the file will not; and SET LOCAL outside of a transaction does not even outlast its statement.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

#include "base/json.h"
#include "migrations/sql_tree.h"
#include "policies/sql_nodes.h"
#include "policies/sql_rules.h"

namespace paliad {
namespace {

// How long a setting is meant to hold.
enum class Lasting { kSession, kTransaction };

// These belong to the transaction however they are set.
bool IsOfTransaction(const std::string& name) {
  return name == "TRANSACTION" || name == "TRANSACTION SNAPSHOT" || name.starts_with("transaction_");
}

// "role" → "ROLE": as the statement names it.
std::string WordsFor(const std::string& setting) {
  if (setting == "role") return "ROLE";
  if (setting == "session_authorization") return "SESSION AUTHORIZATION";
  if (setting == "timezone") return "TIME ZONE";
  return setting;
}

// The value of a constant, also of 'f'::boolean; nothing where it is none.
std::optional<bool> TruthOf(const Json& expression) {
  if (const Json* named = Member(expression, "NamedArgExpr")) {
    const Json* argument = Member(*named, "arg");
    return argument == nullptr ? std::nullopt : TruthOf(*argument);  // names do not nest
  }
  const Json* constant = Member(expression, "A_Const");
  if (constant == nullptr) {
    constant = MemberAt(expression, {"TypeCast", "arg", "A_Const"});
  }
  if (constant == nullptr) {
    return std::nullopt;
  }
  if (const Json* truth = Member(*constant, "boolval")) {
    return Flag(*truth, "boolval");
  }
  const Json* string = Member(*constant, "sval");
  const std::string word = string == nullptr ? "" : Text(*string, "sval");
  if (word.empty()) {
    return std::nullopt;  // of a compact tree
  }
  return std::string_view("tTyY1").find(word.front()) != std::string_view::npos || word == "on";
}

class SessionRule {
 public:
  SessionRule(bool no_transaction, FileFindings& findings)
      : no_transaction_(no_transaction), findings_(findings) {}

  void Judge(const Statement& statement) {
    const std::string& kind = KindOf(statement);
    const Json& node = NodeOf(statement);
    if (kind == "VariableSetStmt") {
      LookAtSet(statement, node);
    } else if (kind == "DiscardStmt") {
      std::string words = Text(node, "target");
      std::replace(words.begin(), words.end(), '_', ' ');
      Report(
          statement.begin,
          fmt::format("{} is not for a migration: the controller resets its session after each one", words),
          "remove it");
    } else if (kind == "ListenStmt" || kind == "UnlistenStmt") {
      Report(statement.begin,
             fmt::format("{} is of no use in a migration: nobody hears, and its session is reset after it",
                         kind == "ListenStmt" ? "LISTEN" : "UNLISTEN"),
             "let the application listen on a connection of its own");
    } else if (RunsCalls(kind)) {
      LookForCalls(statement);
    }
  }

 private:
  void Report(std::size_t place, std::string message, std::string hint) {
    findings_.Add("session-state", place, std::move(message), std::move(hint));
  }

  void LookAtSet(const Statement& statement, const Json& set) {
    const std::string kind = Text(set, "kind");
    const std::string name = Text(set, "name");
    if (IsOfTransaction(name)) {
      return;
    }
    if (kind == "VAR_RESET" || kind == "VAR_RESET_ALL") {
      LookAtReset(statement, kind == "VAR_RESET" ? WordsFor(name) : "ALL");
      return;
    }
    if (name == "SESSION CHARACTERISTICS" && !no_transaction_) {
      Report(statement.begin,
             "SET SESSION CHARACTERISTICS is of no use in a migration: it is for the session's next "
             "transactions, and the controller begins these with characteristics of its own",
             "remove it; for this transaction there is SET TRANSACTION");
      return;
    }
    const std::string words = fmt::format("SET {}{}", Flag(set, "is_local") ? "LOCAL " : "", WordsFor(name));
    Judge(statement.begin, Flag(set, "is_local") ? Lasting::kTransaction : Lasting::kSession, words,
          WordsFor(name));
  }

  // Where each statement is a transaction of its own, SET without LOCAL is the only way, and RESET ends it.
  void LookAtReset(const Statement& statement, const std::string& what) {
    if (!no_transaction_) {
      Report(statement.begin,
             fmt::format(
                 "RESET {} is not needed in a migration: the controller resets its session after each one",
                 what),
             "remove it, and write SET LOCAL instead of SET before; for a default value in the middle of the "
             "file there is SET LOCAL … TO DEFAULT");
    }
  }

  void Judge(std::size_t place, Lasting lasting, const std::string& words, const std::string& name) {
    if (no_transaction_ && lasting == Lasting::kTransaction) {
      Report(
          place,
          fmt::format("{} does nothing in this file: without a transaction, it ends with its own statement",
                      words),
          fmt::format("write SET {} without LOCAL; the controller resets it after the file", name));
    } else if (!no_transaction_ && lasting == Lasting::kSession) {
      Report(
          place,
          fmt::format("{} holds to the end of this file only: the controller resets its session after each "
                      "one",
                      words),
          HintFor(name));
    }
  }

  static std::string HintFor(const std::string& name) {
    if (name == "ROLE" || name == "SESSION AUTHORIZATION") {
      return fmt::format("write SET LOCAL {}, which says so", name);
    }
    return fmt::format(
        "write SET LOCAL {}, which says so; for sessions to come there are ALTER ROLE … SET and "
        "ALTER DATABASE … SET",
        name);
  }

  // Statements that run the calls in them; others define what is called later.
  static bool RunsCalls(std::string_view kind) {
    constexpr std::array<std::string_view, 7> kKinds = {
        "SelectStmt", "InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt", "CallStmt", "CreateTableAsStmt"};
    return std::find(kKinds.begin(), kKinds.end(), kind) != kKinds.end();
  }

  void LookForCalls(const Statement& statement) {
    if (statement.compact) {
      return;  // no constants
    }
    VisitObjects(*statement.tree, [&](std::string_view kind, const Json& object) {
      const ObjectName name = kind == "FuncCall" ? NameOf(List(object, "funcname")) : ObjectName();
      const Json& arguments = List(object, "args");
      const bool builtin = name.schema.empty() || name.schema == "pg_catalog";
      if (name.name != "set_config" || !builtin || arguments.size() != 3) {
        return;
      }
      const Json* setting = MemberAt(arguments.front(), {"A_Const", "sval"});
      const std::string shown = setting == nullptr ? "…" : WordsFor(Text(*setting, "sval"));
      if (const std::optional<bool> local = TruthOf(arguments.back()); local && !IsOfTransaction(shown)) {
        Judge(PlaceOf(statement, object), *local ? Lasting::kTransaction : Lasting::kSession,
              fmt::format("set_config of {}", shown), shown);
      }
    });
  }

  bool no_transaction_;
  FileFindings& findings_;
};

}  // namespace

void CheckSessionState(const SqlContext& file, FileFindings& findings) {
  SessionRule rule(file.sql.no_transaction, findings);
  for (const Statement& statement : file.sql.statements) {
    rule.Judge(statement);
  }
}

}  // namespace paliad
