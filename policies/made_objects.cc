#include "policies/made_objects.h"

#include <algorithm>

#include "base/json.h"

namespace paliad {

MadeObjects::MadeObjects(const SqlFile& sql) {
  for (const Statement& statement : sql.statements) {
    LookAt(statement.begin, KindOf(statement), NodeOf(statement));
  }
}

bool MadeObjects::HasBefore(const Statement& statement, MadeKind kind, const ObjectName& object) const {
  return Has(statement.begin, kind, object);
}

bool MadeObjects::Has(std::size_t before, MadeKind kind, const ObjectName& object) const {
  if (kind != MadeKind::kSchema && !object.schema.empty() &&
      Has(before, MadeKind::kSchema, {.schema = "", .name = object.schema})) {
    return true;
  }
  const auto found = made_.find(Key(kind, object.name));
  return found != made_.end() &&
         std::any_of(found->second.begin(), found->second.end(), [&](const Made& made) {
           return made.begin < before &&
                  (made.schema == object.schema || made.schema.empty() || object.schema.empty());
         });
}

void MadeObjects::Add(MadeKind kind, const ObjectName& object, std::size_t begin) {
  made_[Key(kind, object.name)].push_back({.schema = object.schema, .begin = begin});
}

void MadeObjects::LookAt(std::size_t begin, const std::string& kind, const Json& node) {
  if (Flag(node, "if_not_exists") || Flag(node, "replace")) {
    return;
  }
  const auto relation = [&](const Json* range_var) {
    if (range_var != nullptr) {
      Add(MadeKind::kRelation, RelationName(*range_var), begin);
    }
  };
  if (kind == "CreateStmt") {
    relation(Member(node, "relation"));
  } else if (kind == "CreateForeignTableStmt") {
    relation(MemberAt(node, {"base", "relation"}));
  } else if (kind == "CreateTableAsStmt") {
    relation(MemberAt(node, {"into", "rel"}));
  } else if (kind == "SelectStmt") {
    relation(MemberAt(node, {"intoClause", "rel"}));
  } else if (kind == "ViewStmt") {
    relation(Member(node, "view"));
  } else if (kind == "CreateSeqStmt") {
    relation(Member(node, "sequence"));
  } else if (kind == "IndexStmt") {
    Add(MadeKind::kRelation,
        {.schema = Text(node.at("relation"), "schemaname"), .name = Text(node, "idxname")}, begin);
  } else if (kind == "CompositeTypeStmt") {
    Add(MadeKind::kType, RelationName(node.at("typevar")), begin);
  } else if (kind == "CreateEnumStmt" || kind == "CreateRangeStmt") {
    Add(MadeKind::kType, NameOf(List(node, "typeName")), begin);
  } else if (kind == "CreateDomainStmt") {
    Add(MadeKind::kType, NameOf(List(node, "domainname")), begin);
  } else if (kind == "CreateFunctionStmt") {
    Add(MadeKind::kRoutine, NameOf(List(node, "funcname")), begin);
  } else if (kind == "CreateSchemaStmt") {
    Add(MadeKind::kSchema, {.schema = "", .name = Text(node, "schemaname")}, begin);
  } else if (kind == "RenameStmt") {
    LookAtRename(begin, node);
  } else if (kind == "AlterObjectSchemaStmt") {
    LookAtMove(begin, node);
  }
}

// What was made here stays so under its new name: CREATE TABLE t_new; …; ALTER TABLE t_new RENAME TO t.
void MadeObjects::LookAtRename(std::size_t begin, const Json& rename) {
  const Json* relation = Member(rename, "relation");
  if (relation == nullptr || Member(rename, "subname") != nullptr) {
    return;
  }
  const ObjectName old = RelationName(*relation);
  if (Has(begin, MadeKind::kRelation, old)) {
    Add(MadeKind::kRelation, {.schema = old.schema, .name = Text(rename, "newname")}, begin);
  }
}

void MadeObjects::LookAtMove(std::size_t begin, const Json& move) {
  const Json* relation = Member(move, "relation");
  if (relation == nullptr) {
    return;
  }
  const ObjectName old = RelationName(*relation);
  if (Has(begin, MadeKind::kRelation, old)) {
    Add(MadeKind::kRelation, {.schema = Text(move, "newschema"), .name = old.name}, begin);
  }
}

}  // namespace paliad
