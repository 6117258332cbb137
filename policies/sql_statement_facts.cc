#include "policies/sql_statement_facts.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "migrations/sql_tree.h"

namespace paliad {
namespace {

constexpr std::array<std::string_view, 2> kControllerSchemas = {"paliad_ledger", "paliad_controller"};

// The functions whose locks outlive a transaction: they take or release what the run holds.
constexpr std::array<std::string_view, 7> kSessionLockFunctions = {
    "pg_advisory_lock",   "pg_advisory_lock_shared",   "pg_try_advisory_lock",  "pg_try_advisory_lock_shared",
    "pg_advisory_unlock", "pg_advisory_unlock_shared", "pg_advisory_unlock_all"};

template <class Names>
bool Contains(const Names& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

const Json* Node(const Json& tree, const char* kind) {
  const auto found = tree.find(kind);
  return found == tree.end() ? nullptr : &*found;
}

std::string Text(const Json& object, const char* field) {
  const auto found = object.find(field);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

bool Flag(const Json& object, const char* field) { return object.value(field, false); }

// "concurrently" among (CONCURRENTLY, VERBOSE, …), unless it is switched off.
bool HasOption(const Json& object, const char* list, std::string_view name) {
  const Json* options = Node(object, list);
  if (options == nullptr) {
    return false;
  }
  return std::any_of(options->begin(), options->end(), [&](const Json& option) {
    const Json* element = Node(option, "DefElem");
    return element != nullptr && Text(*element, "defname") == name &&
           element->dump().find("false") == std::string::npos;
  });
}

bool OptionIsOff(const Json& object, const char* list, std::string_view name) {
  const Json* options = Node(object, list);
  return options != nullptr && std::any_of(options->begin(), options->end(), [&](const Json& option) {
           const Json* element = Node(option, "DefElem");
           return element != nullptr && Text(*element, "defname") == name &&
                  element->dump().find("false") != std::string::npos;
         });
}

std::string ReindexCommand(const Json& reindex) {
  const std::string kind = Text(reindex, "kind");
  if (kind == "REINDEX_OBJECT_SCHEMA") {
    return "REINDEX SCHEMA";
  }
  if (kind == "REINDEX_OBJECT_DATABASE") {
    return "REINDEX DATABASE";
  }
  if (kind == "REINDEX_OBJECT_SYSTEM") {
    return "REINDEX SYSTEM";
  }
  return HasOption(reindex, "params", "concurrently") ? "REINDEX CONCURRENTLY" : "";
}

std::string SubscriptionCommand(const Json& tree) {
  if (const Json* create = Node(tree, "CreateSubscriptionStmt")) {
    const bool makes_no_slot =
        OptionIsOff(*create, "options", "create_slot") || OptionIsOff(*create, "options", "connect");
    return makes_no_slot ? "" : "CREATE SUBSCRIPTION";
  }
  if (const Json* alter = Node(tree, "AlterSubscriptionStmt")) {
    const std::string kind = Text(*alter, "kind");
    const bool refreshes =
        kind == "ALTER_SUBSCRIPTION_REFRESH" ||
        (kind.find("PUBLICATION") != std::string::npos && !OptionIsOff(*alter, "options", "refresh"));
    return refreshes ? "ALTER SUBSCRIPTION … REFRESH" : "";
  }
  return Node(tree, "DropSubscriptionStmt") != nullptr ? "DROP SUBSCRIPTION" : "";
}

bool DetachesConcurrently(const Json& tree) {
  bool found = false;
  VisitObjects(tree, [&](std::string_view key, const Json& object) {
    found = found || (key == "PartitionCmd" && Flag(object, "concurrent"));
  });
  return found && Node(tree, "AlterTableStmt") != nullptr;
}

// A list of String nodes as names: {"schema","table"}; empty if it is anything else.
std::vector<std::string> NamesOf(const Json& list) {
  std::vector<std::string> names;
  for (const Json& item : list) {
    const Json* node = item.is_object() ? Node(item, "String") : nullptr;
    if (node == nullptr) {
      return {};
    }
    names.push_back(Text(*node, "sval"));
  }
  return names;
}

bool IsWordByte(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

// `word` as a word of its own in `lower`, which is in lower case.
bool HasWord(const std::string& lower, std::string_view word) {
  for (std::size_t at = lower.find(word); at != std::string::npos; at = lower.find(word, at + 1)) {
    const bool starts = at == 0 || !IsWordByte(lower[at - 1]);
    const bool ends = at + word.size() >= lower.size() || !IsWordByte(lower[at + word.size()]);
    if (starts && ends) {
      return true;
    }
  }
  return false;
}

class TouchFinder {
 public:
  explicit TouchFinder(const std::string& tracker)
      : tracker_(tracker),
        schema_(tracker.substr(0, tracker.find('.'))),
        table_(tracker.substr(tracker.find('.') + 1)) {}

  std::optional<Touch> Find(const Json& tree) {
    Statement(tree);
    VisitObjects(tree, [&](std::string_view key, const Json& object) { Object(key, object); });
    return std::move(touch_);
  }

 private:
  void Report(std::string what, const Json& object) {
    if (!touch_) {
      const auto location = object.find("location");
      const bool known =
          location != object.end() && location->is_number_integer() && location->get<std::int64_t>() > 0;
      touch_ = Touch{.what = std::move(what), .location = known ? location->get<std::size_t>() : 0};
    }
  }

  std::string TrackerMessage() const {
    return fmt::format("{} is the tracker of applied migrations", tracker_);
  }
  static std::string SchemaMessage(std::string_view schema) {
    return fmt::format("schema {} belongs to the controller", schema);
  }
  static std::string LockMessage(std::string_view function) {
    return fmt::format("{} works on session-level advisory locks, and the run holds one", function);
  }

  // What is said of schemas and of the session, not of tables.
  void Statement(const Json& tree) {
    if (const Json* discard = Node(tree, "DiscardStmt");
        discard != nullptr && Text(*discard, "target") == "DISCARD_ALL") {
      Report("DISCARD ALL releases the run's advisory lock", *discard);
    }
    if (const Json* create = Node(tree, "CreateSchemaStmt"); create != nullptr) {
      ControllerSchema(Text(*create, "schemaname"), *create);
    }
    if (const Json* rename = Node(tree, "RenameStmt");
        rename != nullptr && Text(*rename, "renameType") == "OBJECT_SCHEMA") {
      Schema(Text(*rename, "subname"), *rename);
    }
    if (const Json* drop = Node(tree, "DropStmt"); drop != nullptr && drop->contains("objects")) {
      Dropped(*drop);
    }
    if (const Json* grant = Node(tree, "GrantStmt"); grant != nullptr && grant->contains("objects")) {
      for (const std::string& name : NamesOf((*grant)["objects"])) {
        ControllerSchema(name, *grant);
      }
    }
  }

  void Dropped(const Json& drop) {
    const bool schemas = Text(drop, "removeType") == "OBJECT_SCHEMA";
    for (const Json& object : drop["objects"]) {
      if (const Json* name = Node(object, "String"); name != nullptr && schemas) {
        Schema(Text(*name, "sval"), drop);
      }
      const Json* list = Node(object, "List");
      if (list != nullptr && list->contains("items") &&
          NamesOf((*list)["items"]) == std::vector<std::string>{table_}) {
        Report(TrackerMessage(), drop);
      }
    }
  }

  void ControllerSchema(const std::string& name, const Json& object) {
    if (Contains(kControllerSchemas, name)) {
      Report(SchemaMessage(name), object);
    }
  }

  void Schema(const std::string& name, const Json& object) {
    ControllerSchema(name, object);
    if (name == schema_) {
      Report(fmt::format("schema {} holds the tracker {}", name, tracker_), object);
    }
  }

  void Object(std::string_view key, const Json& object) {
    if (const std::string relation = Text(object, "relname"); !relation.empty()) {
      const std::string schema = Text(object, "schemaname");
      ControllerSchema(schema, object);
      if (relation == table_ && (schema == schema_ || schema.empty())) {
        Report(TrackerMessage(), object);
      }
    }
    if (key == "DefElem" && Text(object, "defname") == "as") {
      Body(object);
    }
    for (const auto& [field, value] : object.items()) {
      if (value.is_array()) {
        Names(field, NamesOf(value), object);
      }
    }
  }

  void Names(const std::string& field, const std::vector<std::string>& names, const Json& object) {
    if (names.size() >= 2) {
      ControllerSchema(names[0], object);
      if (names[0] == schema_ && names[1] == table_) {
        Report(TrackerMessage(), object);
      }
    }
    if (field == "funcname" && !names.empty() && Contains(kSessionLockFunctions, names.back())) {
      Report(LockMessage(names.back()), object);
    }
  }

  // The text of a DO block or a function: not parsed here, searched for names.
  void Body(const Json& element) {
    std::string lower;
    VisitObjects(element, [&](std::string_view key, const Json& object) {
      if (key == "String") {
        lower += Text(object, "sval") + "\n";
      }
    });
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](unsigned char c) { return std::tolower(c); });
    lower.erase(std::remove(lower.begin(), lower.end(), '"'), lower.end());
    if (HasWord(lower, tracker_)) {
      Report(TrackerMessage() + " (in a function's or DO block's text)", element);
    }
    for (const std::string_view schema : kControllerSchemas) {
      if (HasWord(lower, schema)) {
        Report(SchemaMessage(schema) + " (in a function's or DO block's text)", element);
      }
    }
    for (const std::string_view function : kSessionLockFunctions) {
      if (HasWord(lower, function)) {
        Report(LockMessage(function) + " (in a function's or DO block's text)", element);
      }
    }
  }

  const std::string tracker_;
  const std::string schema_;
  const std::string table_;
  std::optional<Touch> touch_;
};

}  // namespace

std::string TransactionCommand(const Json& tree) {
  const Json* transaction = Node(tree, "TransactionStmt");
  if (transaction == nullptr) {
    return "";
  }
  // "TRANS_STMT_COMMIT_PREPARED" is COMMIT PREPARED.
  constexpr std::string_view kPrefix = "TRANS_STMT_";
  std::string kind = Text(*transaction, "kind");
  kind = kind.starts_with(kPrefix) ? kind.substr(kPrefix.size()) : "BEGIN";
  std::replace(kind.begin(), kind.end(), '_', ' ');
  return kind == "PREPARE" ? "PREPARE TRANSACTION" : kind;
}

std::string OutsideTransactionCommand(const Json& tree) {
  if (const Json* index = Node(tree, "IndexStmt"); index != nullptr && Flag(*index, "concurrent")) {
    return "CREATE INDEX CONCURRENTLY";
  }
  if (const Json* drop = Node(tree, "DropStmt"); drop != nullptr && Flag(*drop, "concurrent")) {
    return "DROP INDEX CONCURRENTLY";
  }
  if (const Json* reindex = Node(tree, "ReindexStmt")) {
    return ReindexCommand(*reindex);
  }
  if (const Json* vacuum = Node(tree, "VacuumStmt"); vacuum != nullptr && Flag(*vacuum, "is_vacuumcmd")) {
    return "VACUUM";
  }
  if (const Json* cluster = Node(tree, "ClusterStmt"); cluster != nullptr && !cluster->contains("relation")) {
    return "CLUSTER without a table";
  }
  if (const Json* alter = Node(tree, "AlterDatabaseStmt");
      alter != nullptr && HasOption(*alter, "options", "tablespace")) {
    return "ALTER DATABASE … SET TABLESPACE";
  }
  if (const Json* discard = Node(tree, "DiscardStmt");
      discard != nullptr && Text(*discard, "target") == "DISCARD_ALL") {
    return "DISCARD ALL";
  }
  if (DetachesConcurrently(tree)) {
    return "DETACH PARTITION … CONCURRENTLY";
  }
  constexpr std::array<std::pair<const char*, const char*>, 5> kAlways = {
      {{"CreatedbStmt", "CREATE DATABASE"},
       {"DropdbStmt", "DROP DATABASE"},
       {"CreateTableSpaceStmt", "CREATE TABLESPACE"},
       {"DropTableSpaceStmt", "DROP TABLESPACE"},
       {"AlterSystemStmt", "ALTER SYSTEM"}}};
  for (const auto& [node, command] : kAlways) {
    if (Node(tree, node) != nullptr) {
      return command;
    }
  }
  return SubscriptionCommand(tree);
}

std::string AddedEnumValue(const Json& tree) {
  const Json* alter = Node(tree, "AlterEnumStmt");
  return alter != nullptr && Text(*alter, "oldVal").empty() ? Text(*alter, "newVal") : "";
}

std::optional<Touch> FindTouch(const Json& tree, const std::string& tracker) {
  return TouchFinder(tracker).Find(tree);
}

}  // namespace paliad
