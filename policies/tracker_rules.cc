// tracker-touched: what the controller keeps its records and its lock in is not for migrations. This is the
// first line of defence; what SQL builds at run time is caught by the core's own check before it commits.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/json.h"
#include "migrations/sql_tree.h"
#include "policies/plain_text.h"
#include "policies/sql_nodes.h"
#include "policies/sql_rules.h"

namespace paliad {
namespace {

constexpr std::array<std::string_view, 2> kSchemas = {"paliad_ledger", "paliad_controller"};

constexpr std::array<std::string_view, 7> kLockFunctions = {
    "pg_advisory_lock",       "pg_advisory_lock_shared",
    "pg_try_advisory_lock",   "pg_try_advisory_lock_shared",
    "pg_advisory_unlock",     "pg_advisory_unlock_shared",
    "pg_advisory_unlock_all",
};

template <class List>
bool Contains(const List& list, std::string_view item) {
  return std::find(list.begin(), list.end(), item) != list.end();
}

struct Hit {
  std::optional<std::size_t> offset;  // in the file; none: the statement
  std::string message;
  std::string hint;
};

class TrackerRule {
 public:
  TrackerRule(std::string_view text, const ProtectedObjects& protect)
      : text_(text),
        tracker_(protect.tracker),
        schema_(tracker_.substr(0, tracker_.find('.'))),
        table_(tracker_.substr(tracker_.find('.') + 1)) {}

  // The first reference of a statement, if it has one.
  std::optional<Hit> Judge(const Statement& statement) {
    hit_.reset();
    if (clean_.contains(statement.tree.get())) {
      return std::nullopt;  // a large file's statements share their trees
    }
    seen_calls_.clear();
    statement_ = &statement;
    VisitObjects(*statement.tree, [&](std::string_view key, const Json& object) {
      LookAtRelation(object);
      LookAtNames(object);
      LookAtSchema(key, object);
      LookAtStatement(key, object);
      LookAtText(key, object);
    });
    if (!hit_) {
      clean_.insert(statement.tree.get());
    }
    return hit_;
  }

 private:
  // Where the object stands in the file, as far as it knows.
  std::optional<std::size_t> PlaceOf(const Json& object) const {
    const Json* location = Member(object, "location");
    if (statement_->compact || location == nullptr || !location->is_number_unsigned()) {
      return std::nullopt;
    }
    return location->get<std::size_t>();
  }

  // Keeps the first place, and rather a place than none.
  void Report(std::optional<std::size_t> offset, std::string message, std::string hint) {
    if (!hit_ || (offset && (!hit_->offset || *offset < *hit_->offset))) {
      hit_ = Hit{.offset = offset, .message = std::move(message), .hint = std::move(hint)};
    }
  }

  void ReportTracker(std::optional<std::size_t> offset) {
    Report(offset, fmt::format("{} is the controller's record of what was applied", tracker_),
           "a migration neither reads nor changes it; `paliadctl verify` reads it, and `paliadctl resolve` "
           "corrects it");
  }

  void ReportSchema(std::optional<std::size_t> offset, std::string_view schema) {
    Report(offset, fmt::format("the schema {} is the controller's own", schema),
           "keep the application's objects in other schemas");
  }

  void ReportLock(std::optional<std::size_t> offset, std::string_view function) {
    Report(offset,
           fmt::format("{} works on the session's advisory locks, and one of them is the controller's",
                       function),
           "use a function with _xact_ in its name, such as pg_advisory_xact_lock: its lock ends with the "
           "transaction");
  }

  void ReportIfOwnSchema(const Json& object, const std::string& schema) {
    if (Contains(kSchemas, schema)) {
      ReportSchema(PlaceOf(object), schema);
    }
  }

  void ReportIfTrackersSchema(const std::string& schema) {
    if (schema == schema_) {
      Report(std::nullopt, fmt::format("the schema {} holds {}, the controller's record", schema_, tracker_),
             "drop or change the objects in it one by one");
    }
  }

  void LookAtRelation(const Json& object) {
    const std::string table = Text(object, "relname");
    const std::string schema = Text(object, "schemaname");
    if (table == table_ && (schema.empty() || schema == schema_)) {
      ReportTracker(PlaceOf(object));
    }
  }

  // Names of functions, types, columns and of what DROP, COMMENT and the like take.
  void LookAtNames(const Json& object) {
    for (const auto& [key, value] : object.items()) {
      if (!value.is_array()) {
        continue;
      }
      const std::vector<std::string> parts = NameParts(value);
      for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
        if (parts[i] == schema_ && parts[i + 1] == table_) {
          ReportTracker(PlaceOf(object));
        }
      }
      for (const std::string_view schema : kSchemas) {
        if (Contains(parts, schema)) {
          ReportSchema(PlaceOf(object), schema);
        }
      }
      if (key == "names" && parts.size() == 1 && parts[0] == table_) {  // its row type
        ReportTracker(PlaceOf(object));
      }
      const bool builtin = parts.size() == 1 || (parts.size() == 2 && parts[0] == "pg_catalog");
      if ((key == "funcname" || key == "objname") && builtin && Contains(kLockFunctions, parts.back())) {
        ReportLock(PlaceOf(object), parts.back());
      }
    }
  }

  void LookAtSchema(std::string_view kind, const Json& object) {
    for (const char* key : {"schemaname", "newschema", "local_schema"}) {
      ReportIfOwnSchema(object, Text(object, key));
    }
    if (kind == "RenameStmt") {
      ReportIfOwnSchema(object, Text(object, "subname"));
      ReportIfOwnSchema(object, Text(object, "newname"));
    } else if (kind == "ReindexStmt" || kind == "PublicationObjSpec") {
      ReportIfOwnSchema(object, Text(object, "name"));
    } else if (kind == "String") {
      ReportIfOwnSchema(object, Text(object, "sval"));
    }
  }

  void LookAtStatement(std::string_view kind, const Json& object) {
    if (kind == "DiscardStmt" && Text(object, "target") == "DISCARD_ALL") {
      Report(std::nullopt, "DISCARD ALL drops the lock that the controller holds",
             "use DISCARD PLANS, SEQUENCES or TEMP; the controller resets the session after each migration");
    } else if (kind == "DropStmt") {
      for (const Json& item : object.at("objects")) {
        LookAtObject(Text(object, "removeType"), item);
      }
    } else if (kind == "CommentStmt" || kind == "SecLabelStmt") {
      // What is said of a schema is not said of the tables in it.
      if (const Json* item = Member(object, "object"); item != nullptr && !item->contains("String")) {
        LookAtObject(Text(object, "objtype"), *item);
      }
    } else if (kind == "RenameStmt" && Text(object, "renameType") == "OBJECT_SCHEMA") {
      ReportIfTrackersSchema(Text(object, "subname"));
    } else if (kind == "AlterOwnerStmt") {
      if (const Json* item = Member(object, "object")) {
        LookAtObject(Text(object, "objectType"), *item);
      }
    }
  }

  // A schema, or a name without its schema: [applied_migrations], [applied_migrations, column].
  void LookAtObject(const std::string& type, const Json& item) {
    constexpr std::array<std::string_view, 4> kRelations = {"OBJECT_TABLE", "OBJECT_VIEW", "OBJECT_MATVIEW",
                                                            "OBJECT_FOREIGN_TABLE"};
    constexpr std::array<std::string_view, 5> kOfRelations = {
        "OBJECT_COLUMN", "OBJECT_TABCONSTRAINT", "OBJECT_TRIGGER", "OBJECT_RULE", "OBJECT_POLICY"};
    if (const Json* name = Member(item, "String"); name != nullptr && type == "OBJECT_SCHEMA") {
      ReportIfTrackersSchema(Text(*name, "sval"));
    } else if (const Json* list = Member(item, "List")) {
      const std::vector<std::string> parts = NameParts(list->at("items"));
      const bool relation = parts.size() == 1 && Contains(kRelations, type);
      const bool of_relation = parts.size() == 2 && Contains(kOfRelations, type);
      if ((relation || of_relation) && parts[0] == table_) {
        ReportTracker(std::nullopt);
      }
    }
  }

  // Text that PostgreSQL reads as SQL or as names later: bodies, arguments, 'name'::regclass, search_path.
  void LookAtText(std::string_view kind, const Json& object) {
    if (kind == "DefElem" && Text(object, "defname") == "as") {
      LookAtStrings(Member(object, "arg"), "String");
    } else if ((kind == "FuncCall" && !seen_calls_.contains(&object)) ||
               (kind == "VariableSetStmt" && Text(object, "name") == "search_path")) {
      LookAtStrings(Member(object, "args"), "A_Const");
    } else if (kind == "TypeCast" && NamesRegType(object)) {
      LookAtStrings(Member(object, "arg"), "A_Const");
    }
  }

  static bool NamesRegType(const Json& cast) {
    const Json::json_pointer names("/typeName/names");
    if (!cast.contains(names)) {
      return false;
    }
    const std::vector<std::string> parts = NameParts(cast.at(names));
    return !parts.empty() && parts.back().starts_with("reg");
  }

  // Strings of this kind of node anywhere in `tree`.
  void LookAtStrings(const Json* tree, std::string_view node) {
    if (tree == nullptr) {
      return;
    }
    VisitObjects(*tree, [&](std::string_view kind, const Json& object) {
      if (kind == "FuncCall") {
        seen_calls_.insert(&object);  // its arguments are in `tree`: nested calls take linear time
      } else if (kind == node) {
        const Json* inner = node == "A_Const" ? Member(object, "sval") : &object;
        if (inner != nullptr) {
          LookAtBody(Text(*inner, "sval"));
        }
      }
    });
  }

  void LookAtBody(const std::string& body) {
    const PlainText text(body);
    if (text.FindQualified(schema_, table_) != PlainText::kNone) {
      ReportTracker(InFile([&](const PlainText& file) { return file.FindQualified(schema_, table_); }));
    }
    for (const std::string_view schema : kSchemas) {
      if (text.Find(schema) != PlainText::kNone) {
        ReportSchema(InFile([&](const PlainText& file) { return file.Find(schema); }), schema);
      }
    }
    for (const std::string_view function : kLockFunctions) {
      if (text.Find(function) != PlainText::kNone) {
        ReportLock(InFile([&](const PlainText& file) { return file.Find(function); }), function);
      }
    }
  }

  // Nothing in a literal has a location: the same words are looked for in the statement's text.
  template <class Find>
  std::optional<std::size_t> InFile(Find find) const {
    const PlainText file(text_.substr(statement_->begin, statement_->end - statement_->begin));
    const std::size_t at = find(file);
    return at == PlainText::kNone ? std::nullopt : std::optional(statement_->begin + at);
  }

  std::string_view text_;
  std::string tracker_;
  std::string schema_;
  std::string table_;
  const Statement* statement_ = nullptr;  // the one that is judged
  std::set<const Json*> seen_calls_;
  std::set<const Json*> clean_;
  std::optional<Hit> hit_;
};

}  // namespace

void CheckTrackerTouched(const SqlContext& file, FileFindings& findings) {
  TrackerRule rule(file.text, file.protect);
  for (const Statement& statement : file.sql.statements) {
    if (std::optional<Hit> hit = rule.Judge(statement)) {
      findings.Add("tracker-touched", hit->offset.value_or(statement.begin), std::move(hit->message),
                   std::move(hit->hint));
    }
  }
}

}  // namespace paliad
