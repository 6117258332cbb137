// transaction-control and needs-no-transaction: a migration is one transaction, which the controller begins
// and ends, unless its header takes it out of it.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <optional>
#include <set>

#include "base/json.h"
#include "base/text.h"
#include "migrations/sql_lexer.h"
#include "migrations/sql_tree.h"
#include "policies/sql_nodes.h"
#include "policies/sql_rules.h"

namespace paliad {
namespace {

// "COMMIT": the statement's first `count` words as they are known, in upper case.
std::string LeadingWords(std::string_view text, const Statement& statement, int count) {
  SqlLexer lexer(text.substr(0, statement.end), statement.begin);
  std::string words;
  for (int i = 0; i < count; ++i) {
    const SqlToken token = lexer.Next();
    if (token.kind != SqlTokenKind::kWord) {
      break;
    }
    words += words.empty() ? "" : " ";
    for (const char c : text.substr(token.begin, token.end - token.begin)) {
      words += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    }
  }
  return words;
}

int WordsOfTransactionStatement(const std::string& kind) {
  const bool two = kind == "TRANS_STMT_START" || kind == "TRANS_STMT_PREPARE" ||
                   kind == "TRANS_STMT_COMMIT_PREPARED" || kind == "TRANS_STMT_ROLLBACK_PREPARED";
  return two ? 2 : 1;
}

std::optional<std::string> ReindexProblem(const Json& reindex) {
  const std::string kind = reindex.value("kind", "");
  if (OptionIsOn(reindex, "params", "concurrently", false)) {
    return "REINDEX CONCURRENTLY";
  }
  if (kind == "REINDEX_OBJECT_SCHEMA") return "REINDEX SCHEMA";
  if (kind == "REINDEX_OBJECT_DATABASE") return "REINDEX DATABASE";
  if (kind == "REINDEX_OBJECT_SYSTEM") return "REINDEX SYSTEM";
  return std::nullopt;
}

std::optional<std::string> SubscriptionProblem(const Json& alter) {
  const std::string kind = alter.value("kind", "");
  if (kind == "ALTER_SUBSCRIPTION_REFRESH") {
    return "ALTER SUBSCRIPTION … REFRESH PUBLICATION";
  }
  const bool publications = kind == "ALTER_SUBSCRIPTION_SET_PUBLICATION" ||
                            kind == "ALTER_SUBSCRIPTION_ADD_PUBLICATION" ||
                            kind == "ALTER_SUBSCRIPTION_DROP_PUBLICATION";
  if (publications && OptionIsOn(alter, "options", "refresh", true)) {
    return "ALTER SUBSCRIPTION … PUBLICATION, which refreshes it,";
  }
  return std::nullopt;
}

bool DetachesConcurrently(const Json& alter) {
  const auto commands = alter.find("cmds");
  return commands != alter.end() && std::any_of(commands->begin(), commands->end(), [](const Json& command) {
           const Json::json_pointer concurrent("/AlterTableCmd/def/PartitionCmd/concurrent");
           return command.contains(concurrent) && command.at(concurrent) == true;
         });
}

bool MovesDatabase(const Json& alter) {
  const auto options = alter.find("options");
  return options != alter.end() && std::any_of(options->begin(), options->end(), [](const Json& option) {
           return option.at("DefElem").value("defname", "") == "tablespace";
         });
}

// What PostgreSQL refuses to run in a transaction block (the callers of PreventInTransactionBlock in 15),
// named as in its manual; none for everything else.
std::optional<std::string> CannotRunInTransaction(const Json& tree) {
  const std::string& kind = tree.begin().key();
  const Json& node = tree.begin().value();
  const auto when = [](bool condition, const char* name) {
    return condition ? std::optional<std::string>(name) : std::nullopt;
  };
  if (kind == "IndexStmt") return when(node.value("concurrent", false), "CREATE INDEX CONCURRENTLY");
  if (kind == "DropStmt") return when(node.value("concurrent", false), "DROP INDEX CONCURRENTLY");
  if (kind == "ReindexStmt") return ReindexProblem(node);
  if (kind == "VacuumStmt") return when(node.value("is_vacuumcmd", false), "VACUUM");
  if (kind == "ClusterStmt") return when(!node.contains("relation"), "CLUSTER without a table");
  if (kind == "CreatedbStmt") return "CREATE DATABASE";
  if (kind == "DropdbStmt") return "DROP DATABASE";
  if (kind == "AlterDatabaseStmt") return when(MovesDatabase(node), "ALTER DATABASE … SET TABLESPACE");
  if (kind == "CreateTableSpaceStmt") return "CREATE TABLESPACE";
  if (kind == "DropTableSpaceStmt") return "DROP TABLESPACE";
  if (kind == "AlterSystemStmt") return "ALTER SYSTEM";
  if (kind == "CreateSubscriptionStmt") {
    // connect = false implies create_slot = false.
    const bool slot =
        OptionIsOn(node, "options", "create_slot", true) && OptionIsOn(node, "options", "connect", true);
    return when(slot, "CREATE SUBSCRIPTION, which creates a replication slot,");
  }
  if (kind == "DropSubscriptionStmt") return "DROP SUBSCRIPTION";
  if (kind == "AlterSubscriptionStmt") return SubscriptionProblem(node);
  if (kind == "AlterTableStmt") {
    return when(DetachesConcurrently(node), "ALTER TABLE … DETACH PARTITION … CONCURRENTLY");
  }
  if (kind == "DiscardStmt") return when(node.value("target", "") == "DISCARD_ALL", "DISCARD ALL");
  return std::nullopt;
}

std::string HeaderHint() {
  return fmt::format(
      "write the line `{}` at the top of the file, and keep what can run in a transaction in another "
      "file: without one, a failure leaves the statements before it in effect",
      kNoTransactionHeader);
}

// ALTER TYPE … ADD VALUE may run in a transaction, but the new value may not be used in it, unless the type
// was made in it too.
class EnumValues {
 public:
  void Look(std::string_view text, const Statement& statement, FileFindings& findings) {
    if (!added_.empty()) {
      for (const std::string& literal : Literals(text, statement)) {
        Use(literal, statement, findings);
      }
    }
    const std::string& kind = statement.tree->begin().key();
    const Json& node = statement.tree->begin().value();
    if (kind == "CreateEnumStmt") {
      created_.insert(node.at("typeName").dump());
    } else if (kind == "AlterEnumStmt" && !node.contains("oldVal") &&
               !created_.contains(node.at("typeName").dump())) {
      added_.emplace(node.value("newVal", ""), statement.begin);
    }
  }

 private:
  void Use(const std::string& literal, const Statement& user, FileFindings& findings) {
    const auto added = added_.find(literal);
    if (added == added_.end()) {
      return;
    }
    findings.Add(
        "needs-no-transaction", added->second,
        fmt::format("the value '{}' that is added here is used in line {}, which cannot be in the same "
                    "transaction",
                    Truncate(literal, 100), findings.LineAt(user.begin)),
        fmt::format("use it in a later migration, or write the line `{}` at the top of the file",
                    kNoTransactionHeader));
    added_.erase(added);
  }

  static std::vector<std::string> Literals(std::string_view text, const Statement& statement) {
    std::vector<std::string> literals;
    if (!statement.compact) {
      VisitObjects(*statement.tree, [&](std::string_view key, const Json& object) {
        const auto value = object.find("sval");
        if (key == "sval" && value != object.end() &&
            value->is_string()) {  // {"A_Const": {"sval": {"sval": "x"}}}
          literals.push_back(value->get<std::string>());
        }
      });
      return literals;
    }
    // A compact tree has no literals. Escapes are not undone here: a label that needs them is a rare thing.
    SqlLexer lexer(text.substr(0, statement.end), statement.begin);
    for (SqlToken token = lexer.Next(); token.kind != SqlTokenKind::kEnd; token = lexer.Next()) {
      constexpr std::size_t kMaxLabel = 63;  // NAMEDATALEN - 1
      if (token.kind == SqlTokenKind::kString && text[token.begin] == '\'' &&
          token.end - token.begin <= kMaxLabel + 2) {
        literals.emplace_back(text.substr(token.begin + 1, token.end - token.begin - 2));
      }
    }
    return literals;
  }

  std::set<std::string> created_;             // types, by their names as JSON
  std::map<std::string, std::size_t> added_;  // value → offset of its ALTER TYPE
};

}  // namespace

void CheckTransactionControl(const SqlContext& file, FileFindings& findings) {
  const std::string_view text = file.text;
  const SqlFile& sql = file.sql;
  for (const Statement& statement : sql.statements) {
    const auto node = statement.tree->find("TransactionStmt");
    if (node == statement.tree->end()) {
      continue;
    }
    findings.Add(
        "transaction-control", statement.begin,
        fmt::format("{} is not for a migration: {}",
                    LeadingWords(text, statement, WordsOfTransactionStatement(node->value("kind", ""))),
                    sql.no_transaction
                        ? "without a transaction, each statement is one of its own"
                        : "each migration runs in one transaction, which the controller begins and ends"),
        sql.no_transaction
            ? "remove it; for statements that belong together, write a migration without the header"
            : "remove it; for a statement that needs to be outside, see `-- paliad:no-transaction`");
  }
}

void CheckNeedsNoTransaction(const SqlContext& file, FileFindings& findings) {
  if (file.sql.no_transaction) {
    return;
  }
  EnumValues values;
  for (const Statement& statement : file.sql.statements) {
    if (const std::optional<std::string> name = CannotRunInTransaction(*statement.tree)) {
      findings.Add("needs-no-transaction", statement.begin,
                   fmt::format("{} cannot run inside a transaction", *name), HeaderHint());
    }
    values.Look(file.text, statement, findings);
  }
}

}  // namespace paliad
