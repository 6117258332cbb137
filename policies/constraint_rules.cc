// constraint-validates: a constraint is checked against every row that exists, under a lock that stops those
// who use the table.
#include <fmt/format.h>

#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

#include "base/json.h"
#include "policies/null_proofs.h"
#include "policies/sql_nodes.h"
#include "policies/sql_rules.h"
#include "policies/table_commands.h"

namespace paliad {
namespace {

constexpr char kRule[] = "constraint-validates";

constexpr char kAnySchema[] = "*";

constexpr char kCheckHint[] =
    "add it with NOT VALID, which reads no row, and ALTER TABLE … VALIDATE CONSTRAINT in a later migration, "
    "which blocks neither reads nor writes";

constexpr char kForeignKeyHint[] =
    "add it with NOT VALID, which reads no row, and ALTER TABLE … VALIDATE CONSTRAINT in a later migration, "
    "which blocks neither reads nor writes; a partitioned table refuses NOT VALID: do it on each partition, "
    "then add the key to the table";

constexpr char kNotNullHint[] =
    "in three steps: ADD CONSTRAINT c CHECK (… IS NOT NULL) NOT VALID; in a later migration VALIDATE "
    "CONSTRAINT c, which blocks neither reads nor writes; after that SET NOT NULL, which trusts c, and DROP "
    "CONSTRAINT c";

constexpr char kDomainHint[] =
    "add it with NOT VALID, which reads no row, and ALTER DOMAIN … VALIDATE CONSTRAINT in a later migration, "
    "at a time when few write: it blocks writes too; a CHECK on each table instead blocks nobody while it is "
    "validated";

class ConstraintRule {
 public:
  ConstraintRule(const SqlContext& file, FileFindings& findings) : file_(file), findings_(findings) {}

  // REQUIRES: called for the file's commands in order.
  void Look(const TableCommand& command) {
    if (&command.statement != statement_) {
      Remember();
      statement_ = &command.statement;
    }
    const Json* constraint = command.Constraint();
    if (command.subtype == "AT_AddConstraint" && constraint != nullptr) {
      LookAtConstraint(command, *constraint);
    } else if (command.subtype == "AT_AddColumn" && command.Column() != nullptr) {
      LookAtColumn(command, *command.Column());
    } else if (command.subtype == "AT_SetNotNull") {
      LookAtNotNull(command);
    } else if (command.subtype == "AT_ValidateConstraint") {
      LookAtValidation(command);
    }
    commands_.emplace_back(RelationName(command.relation), &command.command);
  }

 private:
  // PostgreSQL runs the commands of one ALTER TABLE in an order of its own: they prove nothing to each other.
  void Remember() {
    for (const auto& [table, command] : commands_) {
      proofs_.Look(table, *command);
    }
    commands_.clear();
  }

  void LookAtConstraint(const TableCommand& command, const Json& constraint) {
    const std::string type = Text(constraint, "contype");
    if (Flag(constraint, "skip_validation")) {
      const ObjectName table = RelationName(command.relation);
      for (const std::string& schema : {table.schema, std::string(kAnySchema)}) {
        unvalidated_[{schema, table.name, Text(constraint, "conname")}] = command.statement.begin;
      }
    } else if (type == "CONSTR_CHECK") {
      findings_.Add(kRule, PlaceOf(command.statement, constraint),
                    fmt::format("{} reads every row while reads and writes of {} are blocked",
                                ConstraintShown("CHECK", constraint, command.table), command.table),
                    kCheckHint);
    } else if (type == "CONSTR_FOREIGN") {
      findings_.Add(kRule, PlaceOf(command.statement, constraint),
                    fmt::format("{} reads every row of {} while writes to {} are blocked",
                                ConstraintShown("FOREIGN KEY", constraint, command.table), command.table,
                                BothTables(command, constraint)),
                    kForeignKeyHint);
    }
  }

  // "office", "office and city"
  static std::string BothTables(const TableCommand& command, const Json& constraint) {
    const std::string other = RelationName(constraint.at("pktable")).Shown();
    return other == command.table ? other : command.table + " and " + other;
  }

  void LookAtColumn(const TableCommand& command, const Json& column) {
    const std::string shown = command.ColumnShown(Text(column, "colname"));
    ForEachColumnConstraint(column, [&](const Json& constraint) {
      const std::string type = Text(constraint, "contype");
      const std::size_t place = PlaceOf(command.statement, constraint);
      if (type == "CONSTR_CHECK") {
        findings_.Add(
            kRule, place,
            fmt::format("CHECK of the new column {} reads every row while reads and writes of {} are blocked",
                        shown, command.table),
            std::string("add the column without it; then ") + kCheckHint);
      } else if (type == "CONSTR_FOREIGN") {
        LookAtReferences(command, column, constraint, shown);
      }
    });
  }

  void LookAtReferences(const TableCommand& command, const Json& column, const Json& constraint,
                        const std::string& shown) {
    const Json& target = constraint.at("pktable");
    const std::string other = RelationName(target).Shown();
    const bool filled = IsFilled(column);
    const bool waits = other != command.table && !file_.made.HasBefore(command.statement, target);
    if (!filled && !waits) {
      return;
    }
    findings_.Add(
        kRule, PlaceOf(command.statement, constraint),
        fmt::format(
            "REFERENCES of the new column {} {}", shown,
            filled ? fmt::format("reads every row while reads and writes of {} are blocked{}", command.table,
                                 waits ? fmt::format(", and writes to {} too", other) : "")
                   : fmt::format("waits for a lock that blocks writes to {}, while reads and writes of {} "
                                 "are blocked",
                                 other, command.table)),
        "add the column without it; in a later migration ADD CONSTRAINT … FOREIGN KEY … NOT VALID, which "
        "blocks writes for a moment only, and VALIDATE CONSTRAINT in one after that");
  }

  void LookAtNotNull(const TableCommand& command) {
    const std::string column = Text(command.command, "name");
    if (!proofs_.HasNoNull(RelationName(command.relation), column)) {
      findings_.Add(kRule, command.Place(),
                    fmt::format("SET NOT NULL of {} reads every row while reads and writes of {} are blocked",
                                command.ColumnShown(column), command.table),
                    kNotNullHint);
    }
  }

  // The lock that ADD CONSTRAINT … NOT VALID takes ends with the transaction.
  void LookAtValidation(const TableCommand& command) {
    const std::string name = Text(command.command, "name");
    const std::optional<std::size_t> added = WhereAdded(RelationName(command.relation), name);
    if (!added || (file_.sql.no_transaction && *added != command.statement.begin)) {
      return;
    }
    findings_.Add(
        kRule, command.Place(),
        fmt::format("VALIDATE CONSTRAINT {} reads every row of {} under the lock that line {} took when it "
                    "added the constraint, and that lasts until the transaction ends",
                    QuotedIfNeeded(name), command.table, findings_.LineAt(*added)),
        "validate it in a later migration: there it blocks neither reads nor writes");
  }

  // Where the statement begins that adds the constraint with NOT VALID.
  std::optional<std::size_t> WhereAdded(const ObjectName& table, const std::string& name) const {
    auto added = unvalidated_.find({table.schema.empty() ? kAnySchema : table.schema, table.name, name});
    if (added == unvalidated_.end()) {
      added = unvalidated_.find({"", table.name, name});
    }
    return added == unvalidated_.end() ? std::nullopt : std::optional(added->second);
  }

  const SqlContext& file_;
  FileFindings& findings_;
  NullProofs proofs_;
  const Statement* statement_ = nullptr;
  std::vector<std::pair<ObjectName, const Json*>> commands_;  // of statement_
  // Schema, table and constraint → where the statement begins that adds it. A name without a schema may be
  // any schema's: each is here for its own schema and for any.
  std::map<std::tuple<std::string, std::string, std::string>, std::size_t> unvalidated_;
};

void CheckDomain(const SqlContext& file, const Statement& statement, const Json& alter,
                 FileFindings& findings) {
  const std::string subtype = Text(alter, "subtype");
  const ObjectName domain = NameOf(List(alter, "typeName"));
  const Json* constraint = MemberAt(alter, {"def", "Constraint"});
  const bool adds = subtype == "C" && constraint != nullptr && !Flag(*constraint, "skip_validation");
  const bool not_null = subtype == "O";
  if ((!adds && !not_null) || file.made.HasBefore(statement, MadeKind::kType, domain)) {
    return;
  }
  const std::string shown = domain.Shown();
  findings.Add(
      kRule, adds ? PlaceOf(statement, *constraint) : statement.begin,
      fmt::format("{} reads every row of each table with a column of the domain {} while writes to the table "
                  "are blocked",
                  adds ? ConstraintShown("CHECK", *constraint, shown) : "SET NOT NULL", shown),
      not_null ? std::string("instead of it, CHECK (VALUE IS NOT NULL): ") + kDomainHint : kDomainHint);
}

// ATTACH PARTITION reads the table that it attaches, unless a valid CHECK of the table's own proves the
// bounds: it is not known what this file's checks prove, so that any of them will do.
class AttachRule {
 public:
  AttachRule(const SqlContext& file, FileFindings& findings) : file_(file), findings_(findings) {}

  // REQUIRES: called for the file's commands in order.
  void Look(const Statement& statement, const Json& alter, const Json& command) {
    const std::string subtype = Text(command, "subtype");
    const Json* constraint = MemberAt(command, {"def", "Constraint"});
    const bool adds = subtype == "AT_AddConstraint" && constraint != nullptr &&
                      Text(*constraint, "contype") == "CONSTR_CHECK" && !Flag(*constraint, "skip_validation");
    if (adds || subtype == "AT_ValidateConstraint") {
      checked_.insert(RelationName(alter.at("relation")).name);
    }
    const Json* partition = MemberAt(command, {"def", "PartitionCmd", "name"});
    if (subtype == "AT_AttachPartition" && Text(alter, "objtype") == "OBJECT_TABLE" && partition != nullptr) {
      LookAtPartition(statement, *partition);
    }
  }

 private:
  void LookAtPartition(const Statement& statement, const Json& partition) {
    const ObjectName name = RelationName(partition);
    if (!file_.made.HasBefore(statement, partition) && !checked_.contains(name.name)) {
      findings_.Add(
          kRule, PlaceOf(statement, partition),
          fmt::format("ATTACH PARTITION {} reads every row of it while reads and writes of it are blocked",
                      name.Shown()),
          "first ADD CONSTRAINT … CHECK to it, with the partition's bounds and IS NOT NULL, NOT VALID; in a "
          "later migration VALIDATE CONSTRAINT and then ATTACH PARTITION, which trusts it");
    }
  }

  const SqlContext& file_;
  FileFindings& findings_;
  std::set<std::string> checked_;  // tables, whatever their schema
};

}  // namespace

void CheckConstraintValidates(const SqlContext& file, FileFindings& findings) {
  ConstraintRule rule(file, findings);
  ForEachTableCommand(file, [&](const TableCommand& command) { rule.Look(command); });
  ForEachStatement(file.sql, "AlterDomainStmt", [&](const Statement& statement, const Json& alter) {
    CheckDomain(file, statement, alter, findings);
  });
  AttachRule attach(file, findings);
  ForEachAlterCommand(file.sql, [&](const Statement& statement, const Json& alter, const Json& command) {
    attach.Look(statement, alter, command);
  });
}

}  // namespace paliad
