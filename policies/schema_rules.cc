// unqualified: what is created or altered without its schema.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "base/json.h"
#include "policies/sql_nodes.h"
#include "policies/sql_rules.h"

namespace paliad {
namespace {

// Where a statement says what it creates or alters. A relation is a RangeVar's fields, a name is a list.
struct NamedIn {
  std::string_view kind;
  bool creates;
  bool relation;
  std::array<const char*, 2> path;  // of fields; nullptr ends it
};

constexpr std::array<NamedIn, 18> kNames = {{
    {"CreateStmt", true, true, {"relation", nullptr}},
    {"CreateForeignTableStmt", true, true, {"base", "relation"}},
    {"CreateTableAsStmt", true, true, {"into", "rel"}},
    {"SelectStmt", true, true, {"intoClause", "rel"}},
    {"ViewStmt", true, true, {"view", nullptr}},
    {"CreateSeqStmt", true, true, {"sequence", nullptr}},
    {"CompositeTypeStmt", true, true, {"typevar", nullptr}},
    {"CreateEnumStmt", true, false, {"typeName", nullptr}},
    {"CreateRangeStmt", true, false, {"typeName", nullptr}},
    {"CreateDomainStmt", true, false, {"domainname", nullptr}},
    {"DefineStmt", true, false, {"defnames", nullptr}},
    {"CreateFunctionStmt", true, false, {"funcname", nullptr}},
    {"AlterTableStmt", false, true, {"relation", nullptr}},
    {"AlterSeqStmt", false, true, {"sequence", nullptr}},
    {"AlterEnumStmt", false, false, {"typeName", nullptr}},
    {"AlterDomainStmt", false, false, {"typeName", nullptr}},
    {"AlterTypeStmt", false, false, {"typeName", nullptr}},
    {"AlterFunctionStmt", false, false, {"func", "objname"}},
}};

// The kinds of objects that count, of statements that say one.
bool Counts(std::string_view type) {
  constexpr std::array<std::string_view, 16> kTypes = {
      "OBJECT_AGGREGATE", "OBJECT_ATTRIBUTE", "OBJECT_COLUMN",        "OBJECT_DOMAIN",
      "OBJECT_FUNCTION",  "OBJECT_MATVIEW",   "OBJECT_DOMCONSTRAINT", "OBJECT_FOREIGN_TABLE",
      "OBJECT_PROCEDURE", "OBJECT_ROUTINE",   "OBJECT_SEQUENCE",      "OBJECT_TABCONSTRAINT",
      "OBJECT_TABLE",     "OBJECT_TYPE",      "OBJECT_VIEW",          ""};
  return std::find(kTypes.begin(), kTypes.end(), type) != kTypes.end();
}

std::string TypeOfObject(const Json& node) {
  for (const char* key : {"renameType", "objectType", "objtype", "kind"}) {
    if (std::string type = Text(node, key); type.starts_with("OBJECT_")) {
      return type;
    }
  }
  return "";
}

// What RENAME, SET SCHEMA and OWNER TO name where it is no relation.
const Json* ObjectNames(const Json& node) {
  if (const Json* list = MemberAt(node, {"object", "List", "items"})) {
    return list;
  }
  return MemberAt(node, {"object", "ObjectWithArgs", "objname"});
}

class UnqualifiedRule {
 public:
  UnqualifiedRule(bool no_transaction, FileFindings& findings)
      : no_transaction_(no_transaction), findings_(findings) {}

  void Judge(const Statement& statement) {
    const std::string& kind = KindOf(statement);
    const Json& node = NodeOf(statement);
    if (kind == "VariableSetStmt") {
      LookAtPath(statement, node);
      return;
    }
    if (!Counts(TypeOfObject(node))) {
      return;
    }
    if (kind == "RenameStmt" || kind == "AlterObjectSchemaStmt" || kind == "AlterOwnerStmt") {
      const Json* relation = Member(node, "relation");
      const Json* names = relation == nullptr ? ObjectNames(node) : nullptr;
      if (relation != nullptr) {
        LookAtRelation(statement, *relation, false);
      } else if (names != nullptr) {
        LookAt(NameOf(*names), statement.begin, false);
      }
      return;
    }
    const auto named = std::find_if(kNames.begin(), kNames.end(),
                                    [&](const NamedIn& candidate) { return candidate.kind == kind; });
    if (named != kNames.end()) {
      LookAtNamed(statement, node, *named);
    }
  }

 private:
  void LookAtNamed(const Statement& statement, const Json& node, const NamedIn& named) {
    const Json* at = &node;
    for (const char* key : named.path) {
      at = at == nullptr || key == nullptr ? at : Member(*at, key);
    }
    if (at == nullptr) {
      return;
    }
    if (named.relation) {
      LookAtRelation(statement, *at, named.creates);
    } else {
      LookAt(NameOf(*at), statement.begin, named.creates);
    }
  }

  void LookAtRelation(const Statement& statement, const Json& relation, bool creates) {
    const ObjectName name = RelationName(relation);
    if (Text(relation, "relpersistence") == "t") {
      known_.insert(name.name);  // temporary: it is in no schema that could be named
      return;
    }
    LookAt(name, PlaceOf(statement, relation), creates);
  }

  void LookAt(const ObjectName& name, std::size_t place, bool creates) {
    if (!name.schema.empty() || name.name.empty() || path_is_set_) {
      return;
    }
    if (!creates && known_.contains(name.name)) {
      return;  // was said where the file made it
    }
    if (creates) {
      known_.insert(name.name);
    }
    findings_.Add(
        "unqualified", place,
        fmt::format("{} is {} without its schema: the search_path of whoever applies the file decides "
                    "{}",
                    name.Shown(), creates ? "made" : "altered",
                    creates ? "where it lands" : "which one it is"),
        fmt::format("write it with its schema, as in app.{}; or begin the file with SET LOCAL "
                    "search_path",
                    name.Shown()));
  }

  // A file that sets the path itself depends on nobody's.
  void LookAtPath(const Statement& statement, const Json& set) {
    if (Text(set, "name") != "search_path" || (Flag(set, "is_local") && no_transaction_)) {
      return;
    }
    const Json& values = List(set, "args");
    const Json* first = values.empty() ? nullptr : MemberAt(values.front(), {"A_Const", "sval"});
    path_is_set_ =
        !values.empty() && (statement.compact || (first != nullptr && !Text(*first, "sval").empty()));
  }

  bool no_transaction_;
  FileFindings& findings_;
  bool path_is_set_ = false;
  std::set<std::string> known_;  // names of what the file made without a schema
};

}  // namespace

void CheckUnqualified(const SqlContext& file, FileFindings& findings) {
  UnqualifiedRule rule(file.sql.no_transaction, findings);
  for (const Statement& statement : file.sql.statements) {
    rule.Judge(statement);
  }
}

}  // namespace paliad
