#include "policies/made_objects.h"

#include <algorithm>

#include "base/json.h"

namespace paliad {
namespace {

constexpr char kTemporary[] = "pg_temp";

// Whether names of these schemas may mean the same: "" stands for whatever the search path finds.
bool MayBeOne(const std::string& schema, const std::string& other) {
  return schema == other || schema.empty() || other.empty();
}

}  // namespace

MadeObjects::MadeObjects(const SqlFile& sql) {
  for (const Statement& statement : sql.statements) {
    LookAt(statement.begin, KindOf(statement), NodeOf(statement));
  }
}

bool MadeObjects::HasBefore(const Statement& statement, MadeKind kind, const ObjectName& object) const {
  return Has(statement.begin, kind, object);
}

bool MadeObjects::HasBefore(const Statement& statement, const Json& range_var) const {
  return Has(statement.begin, MadeKind::kRelation, RelationName(range_var));
}

bool MadeObjects::Has(std::size_t before, MadeKind kind, const ObjectName& object) const {
  if (kind != MadeKind::kSchema && !object.schema.empty() &&
      (object.schema == kTemporary ||
       Has(before, MadeKind::kSchema, {.schema = "", .name = object.schema}))) {
    return true;
  }
  const auto found = made_.find(Key(kind, object.name));
  return found != made_.end() &&
         std::any_of(found->second.begin(), found->second.end(), [&](const Made& made) {
           return made.surely && made.begin < before && MayBeOne(made.schema, object.schema);
         });
}

bool MadeObjects::HasAfter(const Statement& statement, MadeKind kind, const ObjectName& object) const {
  const auto found = made_.find(Key(kind, object.name));
  return found != made_.end() &&
         std::any_of(found->second.rbegin(), found->second.rend(), [&](const Made& made) {
           return made.begin > statement.begin && MayBeOne(made.schema, object.schema) &&
                  made.schema != kTemporary;
         });
}

void MadeObjects::Add(MadeKind kind, const ObjectName& object, std::size_t begin, bool surely) {
  made_[Key(kind, object.name)].push_back({.schema = object.schema, .begin = begin, .surely = surely});
}

void MadeObjects::LookAt(std::size_t begin, const std::string& kind, const Json& node) {
  const bool surely = !Flag(node, "if_not_exists") && !Flag(node, "replace");
  if (kind == "CreateStmt") {
    LookAtRelation(begin, Member(node, "relation"), surely);
  } else if (kind == "CreateForeignTableStmt") {
    LookAtRelation(begin, MemberAt(node, {"base", "relation"}),
                   surely && !Flag(node.at("base"), "if_not_exists"));
  } else if (kind == "CreateTableAsStmt") {
    LookAtRelation(begin, MemberAt(node, {"into", "rel"}), surely);
  } else if (kind == "SelectStmt") {
    LookAtRelation(begin, MemberAt(node, {"intoClause", "rel"}), surely);
  } else if (kind == "ViewStmt") {
    LookAtRelation(begin, Member(node, "view"), surely);
  } else if (kind == "CreateSeqStmt") {
    LookAtRelation(begin, Member(node, "sequence"), surely);
  } else if (kind == "IndexStmt") {
    Add(MadeKind::kRelation,
        {.schema = Text(node.at("relation"), "schemaname"), .name = Text(node, "idxname")}, begin, surely);
  } else if (kind == "CompositeTypeStmt") {
    Add(MadeKind::kType, RelationName(node.at("typevar")), begin);
  } else if (kind == "CreateEnumStmt" || kind == "CreateRangeStmt") {
    Add(MadeKind::kType, NameOf(List(node, "typeName")), begin);
  } else if (kind == "CreateDomainStmt") {
    Add(MadeKind::kType, NameOf(List(node, "domainname")), begin);
  } else if (kind == "CreateFunctionStmt") {
    Add(MadeKind::kRoutine, NameOf(List(node, "funcname")), begin, surely);
  } else if (kind == "CreateSchemaStmt") {
    LookAtSchema(begin, node, surely);
  } else if (kind == "RenameStmt") {
    LookAtRename(begin, node);
  } else if (kind == "AlterObjectSchemaStmt") {
    LookAtMove(begin, node);
  }
}

void MadeObjects::LookAtRelation(std::size_t begin, const Json* range_var, bool surely) {
  if (range_var == nullptr) {
    return;
  }
  ObjectName relation = RelationName(*range_var);
  const bool temporary = Text(*range_var, "relpersistence") == "t" || relation.schema == kTemporary;
  if (temporary) {
    relation.schema = kTemporary;
  }
  Add(MadeKind::kRelation, relation, begin, surely || temporary);
}

// CREATE SCHEMA s CREATE TABLE t (…): t, in whatever way it is called later.
void MadeObjects::LookAtSchema(std::size_t begin, const Json& node, bool surely) {
  const std::string schema = Text(node, "schemaname");
  Add(MadeKind::kSchema, {.schema = "", .name = schema}, begin, surely);
  for (const Json& element : List(node, "schemaElts")) {
    const Json* relation = MemberAt(element, {"CreateStmt", "relation"});
    if (relation == nullptr) {
      relation = MemberAt(element, {"ViewStmt", "view"});
    }
    if (relation != nullptr) {
      Add(MadeKind::kRelation, {.schema = schema, .name = Text(*relation, "relname")}, begin);
    }
  }
}

// What was made here stays so under its new name: CREATE TABLE t_new; …; ALTER TABLE t_new RENAME TO t.
void MadeObjects::LookAtRename(std::size_t begin, const Json& rename) {
  const std::string name = Text(rename, "newname");
  if (Text(rename, "renameType") == "OBJECT_TYPE") {
    // ALTER TYPE e RENAME TO e_old; CREATE TYPE e …; DROP TYPE e_old: nobody else knows e_old.
    const Json* old = MemberAt(rename, {"object", "List"});
    Add(MadeKind::kType, {.schema = old != nullptr ? NameOf(List(*old, "items")).schema : "", .name = name},
        begin);
    return;
  }
  const Json* relation = Member(rename, "relation");
  if (relation == nullptr || Member(rename, "subname") != nullptr) {
    return;
  }
  const ObjectName old = RelationName(*relation);
  Add(MadeKind::kRelation, {.schema = old.schema, .name = name}, begin, Has(begin, MadeKind::kRelation, old));
}

void MadeObjects::LookAtMove(std::size_t begin, const Json& move) {
  const Json* relation = Member(move, "relation");
  if (relation == nullptr) {
    return;
  }
  const ObjectName old = RelationName(*relation);
  Add(MadeKind::kRelation, {.schema = Text(move, "newschema"), .name = old.name}, begin,
      Has(begin, MadeKind::kRelation, old));
}

}  // namespace paliad
