// index-not-concurrent and unique-builds-index: an index is built, or waits to go, under a lock that stops
// those who use its table.
#include <fmt/format.h>

#include <optional>

#include "base/json.h"
#include "policies/sql_nodes.h"
#include "policies/sql_rules.h"
#include "policies/table_commands.h"

namespace paliad {
namespace {

constexpr char kIndexRule[] = "index-not-concurrent";

constexpr char kCreateHint[] =
    "write CREATE INDEX CONCURRENTLY, in a file of its own with the line `-- paliad:no-transaction`; a "
    "partitioned table refuses it: there CREATE INDEX … ON ONLY the table, CREATE INDEX CONCURRENTLY on each "
    "partition, and ALTER INDEX … ATTACH PARTITION";

constexpr char kDropHint[] =
    "write DROP INDEX CONCURRENTLY, one index a statement, in a file of its own with the line `-- "
    "paliad:no-transaction`; a partitioned table's index cannot go so: drop it under a short lock_timeout";

constexpr char kReindexHint[] =
    "write REINDEX … CONCURRENTLY, in a file of its own with the line `-- paliad:no-transaction`";

void CheckCreateIndex(const SqlContext& file, const Statement& statement, const Json& index,
                      FileFindings& findings) {
  const Json& relation = index.at("relation");
  // ON ONLY is how a partitioned table gets an index that waits for its partitions': nothing is built.
  const bool only = !Flag(relation, "inh");
  if (Flag(index, "concurrent") || only || file.made.HasBefore(statement, relation)) {
    return;
  }
  findings.Add(kIndexRule, PlaceOf(statement, relation),
               fmt::format("CREATE INDEX on {} blocks writes to it until the index is built",
                           RelationName(relation).Shown()),
               kCreateHint);
}

void CheckDropIndex(const SqlContext& file, const Statement& statement, const Json& drop,
                    FileFindings& findings) {
  if (Text(drop, "removeType") != "OBJECT_INDEX" || Flag(drop, "concurrent")) {
    return;
  }
  for (const Json& object : List(drop, "objects")) {
    const ObjectName index = NameOf(List(object.at("List"), "items"));
    if (!file.made.HasBefore(statement, MadeKind::kRelation, index)) {
      findings.Add(
          kIndexRule, statement.begin,
          fmt::format("DROP INDEX {} blocks reads and writes of its table, from when it waits for its lock "
                      "until the transaction ends",
                      index.Shown()),
          kDropHint);
    }
  }
}

// What REINDEX does to those who use the tables; none if they are new.
std::optional<std::string> ReindexMessage(const SqlContext& file, const Statement& statement,
                                          const Json& reindex) {
  const std::string kind = Text(reindex, "kind");
  const Json* relation = Member(reindex, "relation");
  const ObjectName name =
      relation != nullptr ? RelationName(*relation) : ObjectName{.schema = "", .name = Text(reindex, "name")};
  const MadeKind made = relation != nullptr ? MadeKind::kRelation : MadeKind::kSchema;
  if ((relation != nullptr || kind == "REINDEX_OBJECT_SCHEMA") &&
      file.made.HasBefore(statement, made, name)) {
    return std::nullopt;
  }
  if (relation != nullptr) {
    const bool index = kind == "REINDEX_OBJECT_INDEX";
    return fmt::format("REINDEX {} {} blocks writes to {}, and nearly all reads, until {}",
                       index ? "INDEX" : "TABLE", name.Shown(), index ? "its table" : "it",
                       index ? "it is built" : "its indexes are built");
  }
  return fmt::format("REINDEX {} {} blocks writes to one table after the other, and nearly all reads of it",
                     kind == "REINDEX_OBJECT_SCHEMA"   ? "SCHEMA"
                     : kind == "REINDEX_OBJECT_SYSTEM" ? "SYSTEM"
                                                       : "DATABASE",
                     name.Shown());
}

void CheckReindex(const SqlContext& file, const Statement& statement, const Json& reindex,
                  FileFindings& findings) {
  if (OptionIsOn(reindex, "params", "concurrently", false)) {
    return;
  }
  if (const std::optional<std::string> message = ReindexMessage(file, statement, reindex)) {
    const Json* relation = Member(reindex, "relation");
    const bool system = Text(reindex, "kind") == "REINDEX_OBJECT_SYSTEM";
    findings.Add(kIndexRule, relation != nullptr ? PlaceOf(statement, *relation) : statement.begin, *message,
                 system ? "the system's catalogs cannot be done concurrently: do it while nothing runs"
                        : kReindexHint);
  }
}

// CONSTR_PRIMARY and its like, as SQL says it; empty for constraints without an index.
std::string KindWithIndex(const Json& constraint) {
  const std::string type = Text(constraint, "contype");
  return type == "CONSTR_PRIMARY"     ? "PRIMARY KEY"
         : type == "CONSTR_UNIQUE"    ? "UNIQUE"
         : type == "CONSTR_EXCLUSION" ? "EXCLUDE"
                                      : "";
}

std::string UniqueHint(const std::string& kind, const std::string& first) {
  if (kind == "EXCLUDE") {
    return "PostgreSQL has no way to build it without the lock: do it while few use the table, under a short "
           "lock_timeout, and say why it is fine: `-- paliad:allow unique-builds-index: REASON` above the "
           "statement";
  }
  return fmt::format(
      "{}first CREATE UNIQUE INDEX CONCURRENTLY in a file with the line `-- paliad:no-transaction`, then in "
      "a later file ADD CONSTRAINT … {} USING INDEX{}; a partitioned table refuses both",
      first, kind, kind == "PRIMARY KEY" ? ", whose columns should be NOT NULL by then" : "");
}

void AddUnique(const TableCommand& command, const Json& constraint, const std::string& shown,
               const std::string& first, FileFindings& findings) {
  const std::string kind = KindWithIndex(constraint);
  findings.Add(
      "unique-builds-index", PlaceOf(command.statement, constraint),
      fmt::format("{} builds an index while reads and writes of {} are blocked", shown, command.table),
      UniqueHint(kind, first));
}

void CheckNewColumn(const TableCommand& command, FileFindings& findings) {
  const Json& column = *command.Column();
  ForEachColumnConstraint(column, [&](const Json& constraint) {
    if (const std::string kind = KindWithIndex(constraint); !kind.empty()) {
      AddUnique(command, constraint,
                fmt::format("{} of the new column {}", kind, command.ColumnShown(Text(column, "colname"))),
                "add the column without it; ", findings);
    }
  });
}

}  // namespace

void CheckIndexNotConcurrent(const SqlContext& file, FileFindings& findings) {
  for (const Statement& statement : file.sql.statements) {
    const std::string& kind = KindOf(statement);
    if (kind == "IndexStmt") {
      CheckCreateIndex(file, statement, NodeOf(statement), findings);
    } else if (kind == "DropStmt") {
      CheckDropIndex(file, statement, NodeOf(statement), findings);
    } else if (kind == "ReindexStmt") {
      CheckReindex(file, statement, NodeOf(statement), findings);
    }
  }
}

void CheckUniqueBuildsIndex(const SqlContext& file, FileFindings& findings) {
  ForEachTableCommand(file, [&](const TableCommand& command) {
    if (command.subtype == "AT_AddColumn" && command.Column() != nullptr) {
      CheckNewColumn(command, findings);
    } else if (const Json* constraint = command.Constraint();
               command.subtype == "AT_AddConstraint" && constraint != nullptr) {
      const std::string kind = KindWithIndex(*constraint);
      if (!kind.empty() && Text(*constraint, "indexname").empty()) {
        AddUnique(command, *constraint, ConstraintShown(kind, *constraint, command.table), "", findings);
      }
    }
  });
}

}  // namespace paliad
