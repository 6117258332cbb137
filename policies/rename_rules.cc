// rename: what running code knows by one name gets another.
#include <fmt/format.h>

#include <array>
#include <set>

#include "base/json.h"
#include "base/text.h"
#include "policies/sql_nodes.h"
#include "policies/sql_rules.h"

namespace paliad {
namespace {

struct RenameKind {
  std::string_view type;   // RenameStmt.renameType, AlterObjectSchemaStmt.objectType
  std::string_view words;  // as SQL says it
  MadeKind made;
};

// Not: constraints, indexes, triggers, policies and rules, which code seldom names.
constexpr std::array<RenameKind, 14> kRenameKinds = {{
    {"OBJECT_TABLE", "table", MadeKind::kRelation},
    {"OBJECT_FOREIGN_TABLE", "foreign table", MadeKind::kRelation},
    {"OBJECT_VIEW", "view", MadeKind::kRelation},
    {"OBJECT_MATVIEW", "materialized view", MadeKind::kRelation},
    {"OBJECT_SEQUENCE", "sequence", MadeKind::kRelation},
    {"OBJECT_COLUMN", "column", MadeKind::kRelation},
    {"OBJECT_ATTRIBUTE", "attribute", MadeKind::kType},
    {"OBJECT_TYPE", "type", MadeKind::kType},
    {"OBJECT_DOMAIN", "domain", MadeKind::kType},
    {"OBJECT_SCHEMA", "schema", MadeKind::kSchema},
    {"OBJECT_FUNCTION", "function", MadeKind::kRoutine},
    {"OBJECT_PROCEDURE", "procedure", MadeKind::kRoutine},
    {"OBJECT_ROUTINE", "routine", MadeKind::kRoutine},
    {"OBJECT_AGGREGATE", "aggregate", MadeKind::kRoutine},
}};

const RenameKind* FindRenameKind(std::string_view type) {
  for (const RenameKind& kind : kRenameKinds) {
    if (kind.type == type) {
      return &kind;
    }
  }
  return nullptr;
}

// What is renamed or moved, or what it is part of; its shape depends on the kind.
ObjectName RenamedName(const Json& node) {
  if (const Json* relation = Member(node, "relation")) {
    return RelationName(*relation);
  }
  const Json* object = Member(node, "object");
  if (object == nullptr) {
    return {.schema = "", .name = Text(node, "subname")};  // a schema
  }
  if (const Json* routine = Member(*object, "ObjectWithArgs")) {
    return NameOf(List(*routine, "objname"));
  }
  const Json* list = Member(*object, "List");
  return list != nullptr ? NameOf(List(*list, "items")) : ObjectName{};
}

std::size_t RenamePlace(const Statement& statement, const Json& node) {
  const Json* relation = Member(node, "relation");
  return relation != nullptr ? PlaceOf(statement, *relation) : statement.begin;
}

constexpr char kRelationHint[] =
    "leave a view under the old name in the same file: CREATE VIEW old AS SELECT * FROM new; drop it when no "
    "code uses it any more";

constexpr char kPartHint[] =
    "add one with the new name, keep both in step, let code change over, and drop the old one in a later "
    "migration";

constexpr char kObjectHint[] =
    "make another with the new name, let code change over, and drop the old one in a later migration";

bool IsPart(std::string_view type) { return type == "OBJECT_COLUMN" || type == "OBJECT_ATTRIBUTE"; }

bool MayBeView(std::string_view type) {
  return type == "OBJECT_TABLE" || type == "OBJECT_FOREIGN_TABLE" || type == "OBJECT_VIEW" ||
         type == "OBJECT_MATVIEW";
}

class RenameRule {
 public:
  RenameRule(const SqlContext& file, FileFindings& findings) : file_(file), findings_(findings) {}

  void LookAtRename(const Statement& statement, const Json& rename) {
    const std::string type = Text(rename, "renameType");
    const RenameKind* kind = FindRenameKind(type);
    const ObjectName name = RenamedName(rename);
    if (kind == nullptr || IsHarmless(statement, *kind, name)) {
      given_up_.insert(name.name);
      return;
    }
    if (!IsPart(type) && given_up_.contains(Text(rename, "newname"))) {
      return;  // it takes the place of what had the name until now: that is what running code knows
    }
    const std::string shown =
        IsPart(type) ? name.Shown() + "." + QuotedIfNeeded(Text(rename, "subname")) : name.Shown();
    findings_.Add("rename", RenamePlace(statement, rename),
                  fmt::format("code that runs knows the {} {} by this name, and fails once it is {}",
                              kind->words, shown, QuotedIfNeeded(Text(rename, "newname"))),
                  Hint(type));
  }

  void LookAtMove(const Statement& statement, const Json& move) {
    const std::string type = Text(move, "objectType");
    const RenameKind* kind = FindRenameKind(type);
    const ObjectName name = RenamedName(move);
    if (kind == nullptr || IsHarmless(statement, *kind, name)) {
      return;
    }
    findings_.Add(
        "rename", RenamePlace(statement, move),
        fmt::format("code that runs looks for the {} {} where it was, and may fail once it is in the schema "
                    "{}",
                    kind->words, name.Shown(), QuotedIfNeeded(Text(move, "newschema"))),
        Hint(type));
  }

  void LookAtEnum(const Statement& statement, const Json& alter) {
    const ObjectName type = NameOf(List(alter, "typeName"));
    if (!alter.contains("oldVal") || file_.made.HasBefore(statement, MadeKind::kType, type)) {
      return;
    }
    findings_.Add(
        "rename", statement.begin,
        fmt::format("code that runs knows the value '{}' of {} by this name, and fails once it is '{}'",
                    Truncate(Text(alter, "oldVal"), 100), type.Shown(), Truncate(Text(alter, "newVal"), 100)),
        "ALTER TYPE … ADD VALUE with the new name, and let code change over; old values stay in the type");
  }

 private:
  // New, or something else takes the name in the same transaction: nobody sees it missing.
  bool IsHarmless(const Statement& statement, const RenameKind& kind, const ObjectName& name) const {
    return file_.made.HasBefore(statement, kind.made, name) ||
           (!IsPart(kind.type) && !file_.sql.no_transaction &&
            file_.made.HasAfter(statement, kind.made, name));
  }

  std::string Hint(std::string_view type) const {
    return IsPart(type) ? kPartHint : MayBeView(type) ? kRelationHint : kObjectHint;
  }

  const SqlContext& file_;
  FileFindings& findings_;
  std::set<std::string> given_up_;  // names that something else takes later in the file
};

}  // namespace

void CheckRename(const SqlContext& file, FileFindings& findings) {
  RenameRule rule(file, findings);
  for (const Statement& statement : file.sql.statements) {
    const std::string& kind = KindOf(statement);
    if (kind == "RenameStmt") {
      rule.LookAtRename(statement, NodeOf(statement));
    } else if (kind == "AlterObjectSchemaStmt") {
      rule.LookAtMove(statement, NodeOf(statement));
    } else if (kind == "AlterEnumStmt") {
      rule.LookAtEnum(statement, NodeOf(statement));
    }
  }
}

}  // namespace paliad
