// privileges: rights for everybody, and roles, which belong to the whole server.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "base/json.h"
#include "policies/sql_nodes.h"
#include "policies/sql_rules.h"

namespace paliad {
namespace {

constexpr std::string_view kRolesHint =
    "keep roles where the server is set up, and let migrations only grant on objects to roles that are there";

// The options of CREATE and ALTER ROLE that reach beyond the database, as SQL writes them.
struct Power {
  std::string_view option;
  std::string_view words;
};

constexpr std::array<Power, 5> kPowers = {{{"superuser", "SUPERUSER"},
                                           {"createrole", "CREATEROLE"},
                                           {"createdb", "CREATEDB"},
                                           {"isreplication", "REPLICATION"},
                                           {"bypassrls", "BYPASSRLS"}}};

std::string Joined(const std::string& list, std::string_view item) {
  return list.empty() ? std::string(item) : fmt::format("{}, {}", list, item);
}

// "a, b, c and 7 more"
template <class NameOfItem>
std::string Listed(const Json& items, NameOfItem name_of) {
  constexpr std::size_t kMostNamed = 3;
  std::string names;
  for (std::size_t i = 0; i < std::min(items.size(), kMostNamed); ++i) {
    names = Joined(names, name_of(items[i]));
  }
  return items.size() <= kMostNamed ? names : fmt::format("{} and {} more", names, items.size() - kMostNamed);
}

std::string PowersIn(const Json& options) {
  std::string powers;
  for (const Json& item : options) {
    const Json* option = Member(item, "DefElem");
    const Json* truth = option == nullptr ? nullptr : MemberAt(*option, {"arg", "Boolean"});
    for (const Power& power : kPowers) {
      if (truth != nullptr && Flag(*truth, "boolval") && Text(*option, "defname") == power.option) {
        powers = Joined(powers, power.words);
      }
    }
  }
  return powers;
}

// RoleSpec's fields: a name, or a word for one.
std::string RoleName(const Json& role) {
  const std::string type = Text(role, "roletype");
  if (type == "ROLESPEC_PUBLIC") return "PUBLIC";
  if (type == "ROLESPEC_CURRENT_USER") return "CURRENT_USER";
  if (type == "ROLESPEC_CURRENT_ROLE") return "CURRENT_ROLE";
  if (type == "ROLESPEC_SESSION_USER") return "SESSION_USER";
  return QuotedIfNeeded(Text(role, "rolename"));
}

std::string RoleNames(const Json& roles) {
  return Listed(roles, [](const Json& item) {
    const Json* role = Member(item, "RoleSpec");
    return role == nullptr ? std::string() : RoleName(*role);
  });
}

// What GRANT names: tables, schemas, functions, types and so on.
std::string GrantedName(const Json& object) {
  if (const Json* relation = Member(object, "RangeVar")) {
    return RelationName(*relation).Shown();
  }
  if (const Json* routine = Member(object, "ObjectWithArgs")) {
    return NameOf(List(*routine, "objname")).Shown();
  }
  if (const Json* list = Member(object, "List")) {
    return NameOf(List(*list, "items")).Shown();
  }
  const Json* name = Member(object, "String");
  return name == nullptr ? "" : QuotedIfNeeded(Text(*name, "sval"));
}

class PrivilegesRule {
 public:
  explicit PrivilegesRule(FileFindings& findings) : findings_(findings) {}

  void Judge(const Statement& statement) {
    const std::string& kind = KindOf(statement);
    const Json& node = NodeOf(statement);
    if (kind == "GrantStmt") {
      LookAtGrant(statement, node);
    } else if (kind == "CreateSchemaStmt") {
      for (const Json& element : List(node, "schemaElts")) {
        if (const Json* grant = Member(element, "GrantStmt")) {
          LookAtGrant(statement, *grant);
        }
      }
    } else if (kind == "AlterDefaultPrivilegesStmt") {
      LookAtDefaults(statement, node);
    } else {
      LookAtRoles(statement, kind, node);
    }
  }

 private:
  void Report(std::size_t place, std::string message, std::string hint) {
    findings_.Add("privileges", place, std::move(message), std::move(hint));
  }

  void LookAtGrant(const Statement& statement, const Json& grant) {
    if (!Flag(grant, "is_grant")) {
      return;
    }
    for (const Json& item : List(grant, "grantees")) {
      const Json* role = Member(item, "RoleSpec");
      if (role != nullptr && Text(*role, "roletype") == "ROLESPEC_PUBLIC") {
        Report(PlaceOf(statement, *role),
               fmt::format("GRANT on {} TO PUBLIC gives the right to every role of the server, also to those "
                           "that come later",
                           GrantedNames(grant)),
               "grant to the roles that need it, or to one that they are members of");
      }
    }
  }

  static std::string GrantedNames(const Json& grant) {
    const bool all = Text(grant, "targtype") == "ACL_TARGET_ALL_IN_SCHEMA";
    return (all ? "all in schema " : "") + Listed(List(grant, "objects"), GrantedName);
  }

  void LookAtDefaults(const Statement& statement, const Json& node) {
    const Json* action = Member(node, "action");
    const std::string roles = action == nullptr ? "" : RoleNames(List(*action, "grantees"));
    const bool grants = action != nullptr && Flag(*action, "is_grant");
    Report(statement.begin,
           fmt::format("ALTER DEFAULT PRIVILEGES {} {} rights on whatever one role makes later, which no "
                       "later migration shows",
                       grants ? "gives" : "takes from", roles),
           "grant on each object in the migration that makes it");
  }

  void LookAtRoles(const Statement& statement, const std::string& kind, const Json& node) {
    if (kind == "CreateRoleStmt") {
      ReportRole(statement, "CREATE ROLE", QuotedIfNeeded(Text(node, "role")),
                 PowersIn(List(node, "options")));
    } else if (kind == "AlterRoleStmt" || kind == "AlterRoleSetStmt") {
      const Json* role = Member(node, "role");
      ReportRole(statement, "ALTER ROLE", role == nullptr ? "ALL" : RoleName(*role),
                 PowersIn(List(node, "options")));
    } else if (kind == "DropRoleStmt") {
      ReportRole(statement, "DROP ROLE", RoleNames(List(node, "roles")), "");
    } else if (kind == "RenameStmt" && Text(node, "renameType") == "OBJECT_ROLE") {
      ReportRole(statement, "ALTER ROLE", QuotedIfNeeded(Text(node, "subname")), "");
    } else if (kind == "GrantRoleStmt") {
      LookAtMembership(statement, node);
    } else if (kind == "DropOwnedStmt") {
      Report(statement.begin,
             fmt::format("DROP OWNED BY {} drops all that they own in this database, and their rights",
                         RoleNames(List(node, "roles"))),
             "drop the objects by their names, and revoke the rights");
    } else if (kind == "ReassignOwnedStmt") {
      const Json* owner = Member(node, "newrole");
      Report(statement.begin,
             fmt::format("REASSIGN OWNED makes {} the owner of all that {} owns in this database",
                         owner == nullptr ? "" : RoleName(*owner), RoleNames(List(node, "roles"))),
             "change the owner of each object by its name: ALTER … OWNER TO");
    }
  }

  void LookAtMembership(const Statement& statement, const Json& node) {
    const std::string granted = Listed(List(node, "granted_roles"), [](const Json& item) {
      const Json* role = Member(item, "AccessPriv");
      return role == nullptr ? std::string() : QuotedIfNeeded(Text(*role, "priv_name"));
    });
    const bool grants = Flag(node, "is_grant");
    Report(statement.begin,
           fmt::format("{} {} {} {} changes who may do what in every database of the server",
                       grants ? "GRANT" : "REVOKE", granted, grants ? "TO" : "FROM",
                       RoleNames(List(node, "grantee_roles"))),
           std::string(kRolesHint));
  }

  void ReportRole(const Statement& statement, std::string_view words, const std::string& role,
                  const std::string& powers) {
    Report(statement.begin,
           powers.empty()
               ? fmt::format("{} {} acts on the whole server, not on this database alone", words, role)
               : fmt::format("{} {} gives it {}, which reaches beyond this database", words, role, powers),
           std::string(kRolesHint));
  }

  FileFindings& findings_;
};

}  // namespace

void CheckPrivileges(const SqlContext& file, FileFindings& findings) {
  PrivilegesRule rule(findings);
  for (const Statement& statement : file.sql.statements) {
    rule.Judge(statement);
  }
}

}  // namespace paliad
