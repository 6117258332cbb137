// unsafe-function: a SECURITY DEFINER function that looks names up in its caller's search_path runs the
// caller's objects with its owner's rights.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/json.h"
#include "policies/sql_nodes.h"
#include "policies/sql_rules.h"

namespace paliad {
namespace {

// What the options of a statement say; nothing where they do not say it.
struct RoutineOptions {
  std::optional<bool> definer;
  std::optional<bool> fixed_path;
  std::size_t place = 0;  // of what makes it unsafe in this statement
};

// SET search_path …, FROM CURRENT too; not TO DEFAULT, RESET search_path or RESET ALL.
std::optional<bool> FixesPath(const Json& set) {
  const std::string kind = Text(set, "kind");
  std::string name = Text(set, "name");
  std::transform(name.begin(), name.end(), name.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  if (kind != "VAR_RESET_ALL" && name != "search_path") {
    return std::nullopt;
  }
  return kind == "VAR_SET_VALUE" || kind == "VAR_SET_CURRENT";
}

RoutineOptions ReadOptions(const Statement& statement, const Json& list) {
  RoutineOptions options{.definer = {}, .fixed_path = {}, .place = statement.begin};
  for (const Json& item : list) {
    const Json* option = Member(item, "DefElem");
    const Json* argument = option == nullptr ? nullptr : Member(*option, "arg");
    if (argument == nullptr) {
      continue;
    }
    const std::string name = Text(*option, "defname");
    if (const Json* set = Member(*argument, "VariableSetStmt"); set != nullptr && name == "set") {
      if (const std::optional<bool> fixed = FixesPath(*set)) {
        options.fixed_path = fixed;
        options.place = options.definer ? options.place : PlaceOf(statement, *option);
      }
    } else if (const Json* truth = Member(*argument, "Boolean"); truth != nullptr && name == "security") {
      options.definer = Flag(*truth, "boolval");
      options.place = PlaceOf(statement, *option);
    }
  }
  return options;
}

// "int4", "app.kind[]": as it is written, but int is pg_catalog.int4 to the parser, and int4 is int4.
std::string TypeText(const Json& type) {
  const ObjectName name = NameOf(List(type, "names"));
  const std::string text =
      name.schema.empty() || name.schema == "pg_catalog" ? name.name : name.schema + "." + name.name;
  return Member(type, "arrayBounds") == nullptr ? text : text + "[]";
}

// The types of what a call passes.
std::string ParameterTypes(const Json& routine) {
  std::string types = "(";
  for (const Json& item : List(routine, "parameters")) {
    const Json* parameter = Member(item, "FunctionParameter");
    const Json* type = parameter == nullptr ? nullptr : Member(*parameter, "argType");
    const std::string mode = parameter == nullptr ? "" : Text(*parameter, "mode");
    if (type != nullptr && mode != "FUNC_PARAM_OUT" && mode != "FUNC_PARAM_TABLE") {
      types += TypeText(*type) + ",";
    }
  }
  return types;
}

// Of a statement that names none: there is only one routine of that name then.
constexpr char kAnyTypes[] = "?";

std::string ArgumentTypes(const Json& routine) {
  if (Flag(routine, "args_unspecified")) {
    return kAnyTypes;
  }
  std::string types = "(";
  for (const Json& item : List(routine, "objargs")) {
    if (const Json* type = Member(item, "TypeName")) {
      types += TypeText(*type) + ",";
    }
  }
  return types;
}

// What is known of a routine after the statements so far.
struct Routine {
  ObjectName name;
  bool definer = false;
  bool fixed_path = false;
  bool bound = false;     // BEGIN ATOMIC or RETURN: its names were looked up when it was made
  std::size_t place = 0;  // of what made it unsafe
};

class UnsafeFunctionRule {
 public:
  void Look(const Statement& statement) {
    const std::string& kind = KindOf(statement);
    const Json& node = NodeOf(statement);
    if (kind == "CreateFunctionStmt") {
      LookAtNew(statement, node);
    } else if (kind == "AlterFunctionStmt") {
      LookAtAlter(statement, node);
    } else if (kind == "DropStmt") {
      for (const Json& object : List(node, "objects")) {
        if (const Json* routine = Member(object, "ObjectWithArgs")) {
          Find(NameOf(List(*routine, "objname")), ArgumentTypes(*routine)) = Routine();
        }
      }
    }
  }

  // Once every statement was looked at: a later one may mend an earlier one.
  void Report(FileFindings& findings) const {
    for (const auto& same_name : routines_) {
      for (const auto& same_types : same_name.second) {
        for (const auto& entry : same_types.second) {
          ReportOne(entry.second, findings);
        }
      }
    }
  }

 private:
  static void ReportOne(const Routine& routine, FileFindings& findings) {
    if (routine.definer && !routine.fixed_path && !routine.bound) {
      findings.Add(
          "unsafe-function", routine.place,
          fmt::format("{} runs with its owner's rights and looks names up in its caller's search_path: "
                      "who calls it decides what it runs",
                      routine.name.Shown()),
          "add a search_path of schemas that only trusted roles can write in, with pg_temp as the last: "
          "SET search_path = app, pg_temp");
    }
  }

  void LookAtNew(const Statement& statement, const Json& node) {
    const RoutineOptions options = ReadOptions(statement, List(node, "options"));
    const ObjectName name = NameOf(List(node, "funcname"));
    // OR REPLACE forgets what was set before.
    Find(name, ParameterTypes(node)) = {.name = name,
                                        .definer = options.definer.value_or(false),
                                        .fixed_path = options.fixed_path.value_or(false),
                                        .bound = Member(node, "sql_body") != nullptr,
                                        .place = options.place};
  }

  void LookAtAlter(const Statement& statement, const Json& alter) {
    const Json* object = Member(alter, "func");
    if (object == nullptr) {
      return;
    }
    const RoutineOptions options = ReadOptions(statement, List(alter, "actions"));
    Routine& routine = Find(NameOf(List(*object, "objname")), ArgumentTypes(*object));
    if (options.definer.value_or(false) || options.fixed_path == false) {
      routine.place = options.place;
    }
    routine.definer = options.definer.value_or(routine.definer);
    routine.fixed_path = options.fixed_path.value_or(routine.fixed_path);
  }

  using BySchema = std::map<std::string, Routine>;

  // The one that this is, or a new one. A name without a schema and the same name with one are taken for one.
  Routine& Find(const ObjectName& name, const std::string& types) {
    std::map<std::string, BySchema>& same_name = routines_[name.name];
    auto same_types = same_name.find(types);
    if (same_types == same_name.end()) {
      same_types = types == kAnyTypes ? same_name.begin() : same_name.find(kAnyTypes);
    }
    BySchema& by_schema = same_types == same_name.end() ? same_name[types] : same_types->second;
    auto found = by_schema.find(name.schema);
    if (found == by_schema.end()) {
      found = name.schema.empty() ? by_schema.begin() : by_schema.find("");
    }
    if (found == by_schema.end()) {
      found = by_schema.emplace(name.schema, Routine{.name = name}).first;
    }
    return found->second;
  }

  std::map<std::string, std::map<std::string, BySchema>> routines_;  // by name and argument types
};

}  // namespace

void CheckUnsafeFunction(const SqlContext& file, FileFindings& findings) {
  UnsafeFunctionRule rule;
  for (const Statement& statement : file.sql.statements) {
    rule.Look(statement);
  }
  rule.Report(findings);
}

}  // namespace paliad
