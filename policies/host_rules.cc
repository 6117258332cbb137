// host-access: a migration changes one database's schema. What reaches out of the database is for the
// server's administrator, and is refused in the same way whether it stands in a statement or in a function's
// body.
#include <fmt/format.h>

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "base/json.h"
#include "migrations/sql_tree.h"
#include "policies/host_access.h"
#include "policies/routine_code.h"
#include "policies/sql_literal.h"
#include "policies/sql_nodes.h"
#include "policies/sql_rules.h"

namespace paliad {
namespace {

class HostRule {
 public:
  HostRule(std::string_view text, FileFindings& findings) : text_(text), findings_(findings) {}

  void Judge(const Statement& statement) {
    if (clean_.contains(statement.tree.get())) {
      return;  // a large file's statements share their trees
    }
    statement_ = &statement;
    found_ = false;
    found_in_text_ = false;
    seen_calls_.clear();
    VisitObjects(*statement.tree, [&](std::string_view kind, const Json& object) {
      if (const auto look = kLooks.find(kind); look != kLooks.end()) {
        (this->*look->second)(object);
      }
    });
    if (!found_) {
      clean_.insert(statement.tree.get());
    }
  }

 private:
  using Look = void (HostRule::*)(const Json& object);
  static const std::map<std::string_view, Look> kLooks;  // by the node's kind

  void Report(std::size_t place, std::optional<HostAccess> access) {
    if (access) {
      found_ = true;
      findings_.Add("host-access", place, std::move(access->message), std::move(access->hint));
    }
  }

  void ReportForeign(std::string_view words, const std::string& name) {
    Report(statement_->begin, ForeignAccess(fmt::format("{} {}", words, QuotedIfNeeded(name))));
  }

  // What stands at `found->at` of `value`, a text of the statement's. The first of a statement will do: each
  // costs a walk through it.
  void ReportInText(const std::string& value, std::optional<HostAccessInText> found) {
    if (found && !found_in_text_) {
      found_in_text_ = true;
      Report(PlaceInLiteral(text_, *statement_, value, found->at), std::move(found->access));
    }
  }

  void LookAtCopy(const Json& copy) {
    if (Member(copy, "filename") != nullptr) {
      Report(statement_->begin, CopyAccess(Flag(copy, "is_from"), Flag(copy, "is_program")));
    }
  }

  void LookAtLoad(const Json&) { Report(statement_->begin, LoadAccess()); }

  void LookAtExtension(const Json& extension) {
    Report(statement_->begin, ExtensionAccess(Text(extension, "extname")));
  }

  void LookAtLanguage(const Json& language) {  // with a handler: the others are extensions
    Report(statement_->begin,
           HostAccess{.message = fmt::format("CREATE LANGUAGE {} names functions in C as a "
                                             "language's handlers",
                                             QuotedIfNeeded(Text(language, "plname"))),
                      .hint = "let an administrator install the language as an extension"});
  }

  void LookAtNewServer(const Json& server) { ReportForeign("CREATE SERVER", Text(server, "servername")); }
  void LookAtServer(const Json& server) { ReportForeign("ALTER SERVER", Text(server, "servername")); }
  void LookAtNewMapping(const Json& mapping) {
    ReportForeign("CREATE USER MAPPING for", Text(mapping, "servername"));
  }
  void LookAtMapping(const Json& mapping) {
    ReportForeign("ALTER USER MAPPING for", Text(mapping, "servername"));
  }
  void LookAtNewWrapper(const Json& wrapper) {
    ReportForeign("CREATE FOREIGN DATA WRAPPER", Text(wrapper, "fdwname"));
  }
  void LookAtWrapper(const Json& wrapper) {
    ReportForeign("ALTER FOREIGN DATA WRAPPER", Text(wrapper, "fdwname"));
  }
  void LookAtImport(const Json& import) {
    ReportForeign("IMPORT FOREIGN SCHEMA from", Text(import, "server_name"));
  }

  void LookAtNewSubscription(const Json& subscription) {
    Report(statement_->begin,
           SubscriptionAccess("CREATE SUBSCRIPTION " + QuotedIfNeeded(Text(subscription, "subname"))));
  }
  void LookAtSubscription(const Json& subscription) {
    if (Text(subscription, "kind") == "ALTER_SUBSCRIPTION_CONNECTION") {
      Report(statement_->begin, SubscriptionAccess("ALTER SUBSCRIPTION … CONNECTION"));
    }
  }
  void LookAtTablespace(const Json&) { Report(statement_->begin, TablespaceAccess()); }

  // file_fdw's tables, whose options name a file or a program; those of other wrappers are for the
  // application.
  void LookAtForeignTable(const Json& table) { LookAtTableOptions(List(table, "options")); }

  void LookAtAlterCommand(const Json& command) {
    if (const Json* options = MemberAt(command, {"def", "List"});
        options != nullptr && Text(command, "subtype") == "AT_GenericOptions") {
      LookAtTableOptions(List(*options, "items"));
    }
  }

  void LookAtTableOptions(const Json& options) {
    for (const Json& item : options) {
      const Json* option = Member(item, "DefElem");
      const std::string name = option == nullptr ? "" : Text(*option, "defname");
      if ((name == "filename" || name == "program") && Text(*option, "defaction") != "DEFELEM_DROP") {
        Report(PlaceOf(*statement_, *option),
               ForeignAccess(fmt::format("a foreign table's option {}", name)));
      }
    }
  }

  void LookAtSetting(const Json& set) {
    if (Text(set, "kind") == "VAR_SET_VALUE") {
      Report(statement_->begin, SettingAccess(Text(set, "name")));
    }
  }

  void LookAtRoutine(const Json& routine) {
    const RoutineCode code = ReadRoutineCode(*statement_, routine);
    if (auto access = LanguageAccess(code.language)) {
      Report(code.language_place, std::move(access));
      return;
    }
    for (const std::string& text : code.texts) {
      ReportInText(text, FindHostAccess(code, text));
    }
  }

  void LookAtCall(const Json& call) {
    const ObjectName name = NameOf(List(call, "funcname"));
    if (auto access = FunctionAccess(name.schema, name.name)) {
      Report(PlaceOf(*statement_, call), std::move(access));
    }
    if (const Json* arguments = Member(call, "args"); arguments != nullptr && !seen_calls_.contains(&call)) {
      LookAtArguments(*arguments);
    }
  }

  // Arguments may be SQL: query_to_xml('…'), cron.schedule('…', '…').
  void LookAtArguments(const Json& arguments) {
    VisitObjects(arguments, [&](std::string_view kind, const Json& object) {
      if (kind == "FuncCall") {
        seen_calls_.insert(&object);  // its arguments are among these: nested calls take linear time
      } else if (kind == "A_Const") {
        if (const Json* string = Member(object, "sval")) {
          const std::string value = Text(*string, "sval");
          ReportInText(value, FindHostCall(value));
        }
      }
    });
  }

  std::string_view text_;
  FileFindings& findings_;
  const Statement* statement_ = nullptr;  // the one that is judged
  bool found_ = false;                    // something in it
  bool found_in_text_ = false;
  std::set<const Json*> seen_calls_;
  std::set<const Json*> clean_;  // trees
};

const std::map<std::string_view, HostRule::Look> HostRule::kLooks = {
    {"AlterExtensionStmt", &HostRule::LookAtExtension},
    {"AlterFdwStmt", &HostRule::LookAtWrapper},
    {"AlterForeignServerStmt", &HostRule::LookAtServer},
    {"AlterSubscriptionStmt", &HostRule::LookAtSubscription},
    {"AlterTableCmd", &HostRule::LookAtAlterCommand},
    {"AlterUserMappingStmt", &HostRule::LookAtMapping},
    {"CopyStmt", &HostRule::LookAtCopy},
    {"CreateExtensionStmt", &HostRule::LookAtExtension},
    {"CreateFdwStmt", &HostRule::LookAtNewWrapper},
    {"CreateForeignServerStmt", &HostRule::LookAtNewServer},
    {"CreateForeignTableStmt", &HostRule::LookAtForeignTable},
    {"CreateFunctionStmt", &HostRule::LookAtRoutine},
    {"CreatePLangStmt", &HostRule::LookAtLanguage},
    {"CreateSubscriptionStmt", &HostRule::LookAtNewSubscription},
    {"CreateTableSpaceStmt", &HostRule::LookAtTablespace},
    {"CreateUserMappingStmt", &HostRule::LookAtNewMapping},
    {"DoStmt", &HostRule::LookAtRoutine},
    {"FuncCall", &HostRule::LookAtCall},
    {"ImportForeignSchemaStmt", &HostRule::LookAtImport},
    {"LoadStmt", &HostRule::LookAtLoad},
    {"VariableSetStmt", &HostRule::LookAtSetting},
    {"setstmt", &HostRule::LookAtSetting},
};

}  // namespace

void CheckHostAccess(const SqlContext& file, FileFindings& findings) {
  HostRule rule(file.text, findings);
  for (const Statement& statement : file.sql.statements) {
    rule.Judge(statement);
  }
}

}  // namespace paliad
