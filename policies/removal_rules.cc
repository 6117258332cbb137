// drop: what running code may still use, taken away.
#include <fmt/format.h>

#include <array>
#include <optional>
#include <utility>

#include "base/json.h"
#include "policies/sql_nodes.h"
#include "policies/sql_rules.h"

namespace paliad {
namespace {

struct DropKind {
  std::string_view type;   // DropStmt.removeType
  std::string_view words;  // as SQL says it
  MadeKind made;
};

constexpr std::array<DropKind, 11> kDropKinds = {{
    {"OBJECT_TABLE", "TABLE", MadeKind::kRelation},
    {"OBJECT_FOREIGN_TABLE", "FOREIGN TABLE", MadeKind::kRelation},
    {"OBJECT_VIEW", "VIEW", MadeKind::kRelation},
    {"OBJECT_MATVIEW", "MATERIALIZED VIEW", MadeKind::kRelation},
    {"OBJECT_SEQUENCE", "SEQUENCE", MadeKind::kRelation},
    {"OBJECT_SCHEMA", "SCHEMA", MadeKind::kSchema},
    {"OBJECT_TYPE", "TYPE", MadeKind::kType},
    {"OBJECT_DOMAIN", "DOMAIN", MadeKind::kType},
    {"OBJECT_FUNCTION", "FUNCTION", MadeKind::kRoutine},
    {"OBJECT_PROCEDURE", "PROCEDURE", MadeKind::kRoutine},
    {"OBJECT_ROUTINE", "ROUTINE", MadeKind::kRoutine},
}};

const DropKind* FindDropKind(std::string_view type) {
  for (const DropKind& kind : kDropKinds) {
    if (kind.type == type) {
      return &kind;
    }
  }
  return nullptr;
}

// One of DROP's objects, whose shape depends on its kind.
ObjectName DroppedName(const Json& object) {
  if (const Json* list = Member(object, "List")) {
    return NameOf(List(*list, "items"));
  }
  if (const Json* type = Member(object, "TypeName")) {
    return NameOf(List(*type, "names"));
  }
  if (const Json* routine = Member(object, "ObjectWithArgs")) {
    return NameOf(List(*routine, "objname"));
  }
  if (const Json* name = Member(object, "String")) {
    return {.schema = "", .name = Text(*name, "sval")};
  }
  return {};
}

constexpr std::string_view kCascade = "; CASCADE also drops whatever depends on it, known or not";

void AddDrop(std::string_view what, std::string_view name, bool cascade, std::size_t place,
             FileFindings& findings) {
  findings.Add("drop", place,
               fmt::format("DROP {} takes {} away from running code{}", what, name, cascade ? kCascade : ""),
               "deploy code that does not use it first; if that is done, say so: `-- paliad:allow drop: "
               "REASON` above the statement");
}

void CheckDropStatement(const SqlContext& file, const Statement& statement, const Json& drop,
                        FileFindings& findings) {
  const DropKind* kind = FindDropKind(Text(drop, "removeType"));
  if (kind == nullptr) {
    return;
  }
  for (const Json& object : List(drop, "objects")) {
    const ObjectName name = DroppedName(object);
    if (!file.made.HasBefore(statement, kind->made, name)) {
      AddDrop(kind->words, name.Shown(), Text(drop, "behavior") == "DROP_CASCADE", statement.begin, findings);
    }
  }
}

}  // namespace

void CheckDrop(const SqlContext& file, FileFindings& findings) {
  ForEachStatement(file.sql, "DropStmt", [&](const Statement& statement, const Json& drop) {
    CheckDropStatement(file, statement, drop, findings);
  });
  ForEachAlterCommand(file.sql, [&](const Statement& statement, const Json& alter, const Json& command) {
    const ObjectName relation = RelationName(alter.at("relation"));
    const std::string subtype = Text(command, "subtype");
    const bool attribute = subtype == "AT_DropColumn";
    if (!attribute || file.made.HasBefore(statement, MadeKind::kRelation, relation)) {
      return;
    }
    AddDrop(Text(alter, "objtype") == "OBJECT_TYPE" ? "ATTRIBUTE" : "COLUMN",
            relation.Shown() + "." + QuotedIfNeeded(Text(command, "name")),
            Text(command, "behavior") == "DROP_CASCADE", statement.begin, findings);
  });
}

}  // namespace paliad
