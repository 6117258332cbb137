// drop: what running code may still use, taken away.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
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
  bool again;                // made anew in the same transaction, nothing is missing: it holds no data
  std::string_view cascade;  // what CASCADE may take
};

constexpr std::string_view kRelationUsers = "the views that read it and the functions that use its row type";
constexpr std::string_view kTableUsers =
    "the views that read it, the foreign keys that refer to it and the functions that use its row type";
constexpr std::string_view kTypeUsers =
    "every column of the type, with its data, and the functions that use it";
constexpr std::string_view kRoutineUsers =
    "the triggers, views, defaults, checks, policies and indexes that call it";

constexpr std::array<DropKind, 13> kDropKinds = {{
    {"OBJECT_TABLE", "TABLE", MadeKind::kRelation, false, kTableUsers},
    {"OBJECT_FOREIGN_TABLE", "FOREIGN TABLE", MadeKind::kRelation, true, kRelationUsers},
    {"OBJECT_VIEW", "VIEW", MadeKind::kRelation, true, kRelationUsers},
    {"OBJECT_MATVIEW", "MATERIALIZED VIEW", MadeKind::kRelation, true, kRelationUsers},
    {"OBJECT_SEQUENCE", "SEQUENCE", MadeKind::kRelation, false, "the defaults that draw from it"},
    {"OBJECT_SCHEMA", "SCHEMA", MadeKind::kSchema, false,
     "everything in it, and all elsewhere that uses that"},
    {"OBJECT_TYPE", "TYPE", MadeKind::kType, true, kTypeUsers},
    {"OBJECT_DOMAIN", "DOMAIN", MadeKind::kType, true, kTypeUsers},
    {"OBJECT_FUNCTION", "FUNCTION", MadeKind::kRoutine, true, kRoutineUsers},
    {"OBJECT_PROCEDURE", "PROCEDURE", MadeKind::kRoutine, true, kRoutineUsers},
    {"OBJECT_ROUTINE", "ROUTINE", MadeKind::kRoutine, true, kRoutineUsers},
    {"OBJECT_AGGREGATE", "AGGREGATE", MadeKind::kRoutine, false, kRoutineUsers},
    {"OBJECT_EXTENSION", "EXTENSION", MadeKind::kSchema, false,
     "the columns, with their data, the indexes and the functions that use what it brought"},
}};

const DropKind* FindDropKind(std::string_view type) {
  const auto kind = std::find_if(kDropKinds.begin(), kDropKinds.end(),
                                 [&](const DropKind& candidate) { return candidate.type == type; });
  return kind == kDropKinds.end() ? nullptr : &*kind;
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

// The types of arguments as text, to compare them; without places.
std::string TypeKey(const Json& type) {
  return List(type, "names").dump() + std::to_string(List(type, "arrayBounds").size());
}

class DropRule {
 public:
  DropRule(const SqlContext& file, FileFindings& findings) : file_(file), findings_(findings) {}

  void LookAtDrop(const Statement& statement, const Json& drop) {
    const DropKind* kind = FindDropKind(Text(drop, "removeType"));
    if (kind == nullptr) {
      return;
    }
    const bool cascade = Text(drop, "behavior") == "DROP_CASCADE";
    for (const Json& object : List(drop, "objects")) {
      const ObjectName name = DroppedName(object);
      const bool made_here =
          kind->type != "OBJECT_EXTENSION" && file_.made.HasBefore(statement, kind->made, name);
      const bool again = kind->again && !cascade && !file_.sql.no_transaction &&
                         file_.made.HasAfter(statement, kind->made, name) &&
                         (kind->made != MadeKind::kRoutine || IsMadeAgain(statement, object, name));
      if (!made_here && !again) {
        const Json* type = Member(object, "TypeName");
        Add(kind->words, name.Shown(), cascade ? kind->cascade : "",
            type != nullptr ? PlaceOf(statement, *type) : statement.begin);
      }
    }
  }

  void LookAtAlter(const Statement& statement, const Json& alter, const Json& command) {
    const Json& range_var = alter.at("relation");
    const bool attribute = Text(alter, "objtype") == "OBJECT_TYPE";
    const ObjectName relation = RelationName(range_var);
    if (Text(command, "subtype") != "AT_DropColumn" ||
        file_.made.HasBefore(statement, attribute ? MadeKind::kType : MadeKind::kRelation, relation)) {
      return;
    }
    const bool cascade = Text(command, "behavior") == "DROP_CASCADE";
    Add(attribute ? "ATTRIBUTE" : "COLUMN", relation.Shown() + "." + QuotedIfNeeded(Text(command, "name")),
        !cascade    ? ""
        : attribute ? "the same column of the tables of this type, with its data"
                    : "the views that read it and the foreign keys that refer to it",
        PlaceOf(statement, range_var));
  }

  void LookAtOwned(const Statement& statement, const Json& drop) {
    for (const Json& item : List(drop, "roles")) {
      const Json& role = item.at("RoleSpec");
      const std::string name = Text(role, "rolename");
      Add("OWNED BY", name.empty() ? "all that the role owns" : "all that " + QuotedIfNeeded(name) + " owns",
          Text(drop, "behavior") == "DROP_CASCADE" ? "what others own and depends on it" : "",
          PlaceOf(statement, role));
    }
  }

  void Add(std::string_view what, std::string_view name, std::string_view cascade, std::size_t place) {
    findings_.Add("drop", place,
                  fmt::format("DROP {} takes {} away from running code{}{}", what, name,
                              cascade.empty() ? "" : "; CASCADE also drops, known or not, ", cascade),
                  "deploy code that does not use it first; if that is done, say so: `-- paliad:allow drop: "
                  "REASON` above the statement");
  }

 private:
  // True if a later CREATE FUNCTION has the same arguments: another overload replaces nothing.
  bool IsMadeAgain(const Statement& statement, const Json& object, const ObjectName& name) {
    const Json* routine = Member(object, "ObjectWithArgs");
    if (routine == nullptr || Flag(*routine, "args_unspecified")) {
      return routine != nullptr;
    }
    std::string key;
    for (const Json& type : List(*routine, "objargs")) {
      key += Member(type, "TypeName") != nullptr ? TypeKey(type.at("TypeName")) : "";
    }
    const auto made = MadeRoutines().find({name.name, key});
    return made != MadeRoutines().end() && made->second > statement.begin;
  }

  using Routines = std::map<std::pair<std::string, std::string>, std::size_t>;

  // Name and arguments → where the last statement begins that makes it.
  const Routines& MadeRoutines() {
    if (routines_) {
      return *routines_;
    }
    routines_.emplace();
    ForEachStatement(file_.sql, "CreateFunctionStmt", [&](const Statement& statement, const Json& function) {
      std::string key;
      for (const Json& item : List(function, "parameters")) {
        const Json& parameter = item.at("FunctionParameter");
        const std::string mode = Text(parameter, "mode");
        if (mode != "FUNC_PARAM_OUT" && mode != "FUNC_PARAM_TABLE") {
          key += TypeKey(parameter.at("argType"));
        }
      }
      (*routines_)[{NameOf(List(function, "funcname")).name, key}] = statement.begin;
    });
    return *routines_;
  }

  const SqlContext& file_;
  FileFindings& findings_;
  std::optional<Routines> routines_;  // made when it is first needed
};

}  // namespace

void CheckDrop(const SqlContext& file, FileFindings& findings) {
  DropRule rule(file, findings);
  for (const Statement& statement : file.sql.statements) {
    const std::string& kind = KindOf(statement);
    const Json& node = NodeOf(statement);
    if (kind == "DropStmt") {
      rule.LookAtDrop(statement, node);
    } else if (kind == "DropOwnedStmt") {
      rule.LookAtOwned(statement, node);
    } else if (kind == "DropdbStmt") {
      rule.Add("DATABASE", QuotedIfNeeded(Text(node, "dbname")), "", statement.begin);
    }
  }
  ForEachAlterCommand(file.sql, [&](const Statement& statement, const Json& alter, const Json& command) {
    rule.LookAtAlter(statement, alter, command);
  });
}

}  // namespace paliad
