// data-loss: rows are removed or changed without saying which.
#include <fmt/format.h>

#include <set>

#include "base/json.h"
#include "migrations/sql_tree.h"
#include "policies/sql_nodes.h"
#include "policies/sql_rules.h"

namespace paliad {
namespace {

constexpr char kRule[] = "data-loss";

constexpr char kRowsHint[] =
    "say which rows with WHERE; if every row is meant, say so: `-- paliad:allow data-loss: REASON` above the "
    "statement";

// True for a constant that holds for each row: WHERE true, WHERE 1 = 1. In compact trees constants are empty,
// and a condition that is nothing but one is taken for true.
bool IsAlwaysTrue(const Json& condition, bool compact) {
  if (const Json* constant = Member(condition, "A_Const")) {
    const Json* truth = Member(*constant, "boolval");
    return (truth != nullptr && Flag(*truth, "boolval")) || compact;
  }
  const Json* comparison = Member(condition, "A_Expr");
  if (comparison == nullptr || compact || Text(*comparison, "kind") != "AEXPR_OP" ||
      NameOf(List(*comparison, "name")).name != "=") {
    return false;
  }
  const Json* left = MemberAt(*comparison, {"lexpr", "A_Const"});
  const Json* right = MemberAt(*comparison, {"rexpr", "A_Const"});
  if (left == nullptr || right == nullptr || Flag(*left, "isnull")) {
    return false;
  }
  Json one = *left;
  Json other = *right;
  one.erase("location");
  other.erase("location");
  return one == other;
}

bool MeansEveryRow(const Json* condition, bool compact) {
  return condition == nullptr || IsAlwaysTrue(*condition, compact);
}

// Statements that only say what is to be done later, or that show how it would be done.
bool IsOnlyTalk(const Statement& statement) {
  const std::string& kind = KindOf(statement);
  return kind == "CreateFunctionStmt" || kind == "RuleStmt" ||
         (kind == "ExplainStmt" && !OptionIsOn(NodeOf(statement), "options", "analyze", false));
}

class DataRule {
 public:
  DataRule(const SqlContext& file, FileFindings& findings) : file_(file), findings_(findings) {}

  void Look(const Statement& statement) {
    if (IsOnlyTalk(statement) || (statement.compact && clean_.contains(statement.tree.get()))) {
      return;
    }
    bool touched = false;
    VisitObjects(*statement.tree, [&](std::string_view kind, const Json& node) {
      if (kind == "TruncateStmt") {
        LookAtTruncate(statement, node);
      } else if (kind == "DeleteStmt") {
        LookAtRows(statement, node, "DELETE", "removes", Member(node, "whereClause"));
      } else if (kind == "UpdateStmt") {
        LookAtRows(statement, node, "UPDATE", "changes", Member(node, "whereClause"));
      } else if (kind == "MergeStmt") {
        LookAtMerge(statement, node);
      } else {
        return;
      }
      touched = true;
    });
    if (statement.compact && !touched) {
      clean_.insert(statement.tree.get());  // a large file's statements share their trees
    }
  }

 private:
  void LookAtTruncate(const Statement& statement, const Json& truncate) {
    const bool cascade = Text(truncate, "behavior") == "DROP_CASCADE";
    for (const Json& item : List(truncate, "relations")) {
      const Json& relation = item.at("RangeVar");
      if (!file_.made.HasBefore(statement, relation)) {
        findings_.Add(
            kRule, PlaceOf(statement, relation),
            fmt::format(
                "TRUNCATE removes every row of {}{}", RelationName(relation).Shown(),
                cascade ? "; CASCADE also empties each table with a foreign key to it, and so on" : ""),
            "DELETE says which rows; if every row is meant, say so: `-- paliad:allow data-loss: REASON` "
            "above the statement");
      }
    }
  }

  void LookAtRows(const Statement& statement, const Json& node, std::string_view command,
                  std::string_view does, const Json* condition) {
    const Json& relation = node.at("relation");
    if (MeansEveryRow(condition, statement.compact) && !file_.made.HasBefore(statement, relation)) {
      findings_.Add(kRule, PlaceOf(statement, relation),
                    fmt::format("{} {} {} every row of {}", command,
                                condition == nullptr ? "without WHERE" : "with a WHERE that is always true",
                                does, RelationName(relation).Shown()),
                    kRowsHint);
    }
  }

  // WHEN MATCHED without a condition of its own, where every row matches.
  void LookAtMerge(const Statement& statement, const Json& merge) {
    const Json* condition = Member(merge, "joinCondition");
    const Json& relation = merge.at("relation");
    if (condition == nullptr || !IsAlwaysTrue(*condition, statement.compact) ||
        file_.made.HasBefore(statement, relation)) {
      return;
    }
    for (const Json& item : List(merge, "mergeWhenClauses")) {
      const Json& when = item.at("MergeWhenClause");
      const std::string command = Text(when, "commandType");
      if ((command == "CMD_DELETE" || command == "CMD_UPDATE") &&
          MeansEveryRow(Member(when, "condition"), statement.compact)) {
        findings_.Add(
            kRule, PlaceOf(statement, relation),
            fmt::format("MERGE with an ON that is always true {} every row of {}",
                        command == "CMD_DELETE" ? "removes" : "changes", RelationName(relation).Shown()),
            kRowsHint);
        return;
      }
    }
  }

  const SqlContext& file_;
  FileFindings& findings_;
  std::set<const Json*> clean_;
};

}  // namespace

void CheckDataLoss(const SqlContext& file, FileFindings& findings) {
  DataRule rule(file, findings);
  for (const Statement& statement : file.sql.statements) {
    rule.Look(statement);
  }
}

}  // namespace paliad
