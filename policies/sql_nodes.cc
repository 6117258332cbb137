#include "policies/sql_nodes.h"

#include <algorithm>
#include <cctype>

#include "base/json.h"

namespace paliad {

const std::string& KindOf(const Statement& statement) { return statement.tree->begin().key(); }

const Json& NodeOf(const Statement& statement) { return statement.tree->begin().value(); }

const Json* Member(const Json& object, const char* key) {
  const auto value = object.find(key);
  return value == object.end() ? nullptr : &*value;
}

const Json* MemberAt(const Json& object, std::initializer_list<const char*> path) {
  const Json* at = &object;
  for (const char* key : path) {
    at = Member(*at, key);
    if (at == nullptr) {
      return nullptr;
    }
  }
  return at;
}

std::string Text(const Json& object, const char* key) {
  const Json* value = Member(object, key);
  return value != nullptr && value->is_string() ? value->get<std::string>() : "";
}

bool Flag(const Json& object, const char* key) {
  const Json* value = Member(object, key);
  return value != nullptr && value->is_boolean() && value->get<bool>();
}

const Json& List(const Json& object, const char* key) {
  static const Json kEmpty = Json::array();
  const Json* value = Member(object, key);
  return value != nullptr && value->is_array() ? *value : kEmpty;
}

std::vector<std::string> NameParts(const Json& list) {
  std::vector<std::string> parts;
  for (const Json& item : list) {
    const Json* string = item.is_object() ? Member(item, "String") : nullptr;
    if (string == nullptr) {
      break;
    }
    parts.push_back(Text(*string, "sval"));
  }
  return parts;
}

std::string ObjectName::Shown() const {
  return schema.empty() ? QuotedIfNeeded(name) : QuotedIfNeeded(schema) + "." + QuotedIfNeeded(name);
}

ObjectName RelationName(const Json& range_var) {
  return {.schema = Text(range_var, "schemaname"), .name = Text(range_var, "relname")};
}

ObjectName NameOf(const Json& list) {
  std::vector<std::string> parts = NameParts(list);
  ObjectName name;
  if (!parts.empty()) {
    name.name = std::move(parts.back());
  }
  if (parts.size() > 1) {
    name.schema = std::move(parts[parts.size() - 2]);
  }
  return name;
}

std::string QuotedIfNeeded(std::string_view name) {
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || (c & '\x80') != 0;
  };
  const bool starts_well = !name.empty() && (name.front() < '0' || name.front() > '9');
  if (starts_well && std::all_of(name.begin(), name.end(), plain)) {
    return std::string(name);
  }
  std::string quoted = "\"";
  for (const char c : name) {
    quoted += c;
    if (c == '"') {
      quoted += c;
    }
  }
  return quoted + "\"";
}

std::size_t PlaceOf(const Statement& statement, const Json& object) {
  const Json* location = Member(object, "location");
  return !statement.compact && location != nullptr && location->is_number_unsigned()
             ? location->get<std::size_t>()
             : statement.begin;
}

bool OptionIsOn(const Json& node, const char* list, std::string_view name, bool otherwise) {
  for (const Json& option : List(node, list)) {
    const Json* definition = Member(option, "DefElem");
    if (definition == nullptr || Text(*definition, "defname") != name) {
      continue;
    }
    const Json* argument = Member(*definition, "arg");
    if (argument == nullptr) {
      return true;
    }
    if (const Json* number = Member(*argument, "Integer")) {
      return number->value("ival", 0) != 0;
    }
    if (const Json* truth = Member(*argument, "Boolean")) {
      return Flag(*truth, "boolval");
    }
    const Json* string = Member(*argument, "String");
    std::string word = string != nullptr ? Text(*string, "sval") : "";
    std::transform(word.begin(), word.end(), word.begin(), [](unsigned char c) { return std::tolower(c); });
    return word != "false" && word != "off";
  }
  return otherwise;
}

void ForEachStatement(const SqlFile& sql, std::string_view kind, const NodeVisitor& visit) {
  for (const Statement& statement : sql.statements) {
    if (KindOf(statement) == kind) {
      visit(statement, NodeOf(statement));
    }
  }
}

void ForEachAlterCommand(const SqlFile& sql, const AlterVisitor& visit) {
  ForEachStatement(sql, "AlterTableStmt", [&](const Statement& statement, const Json& alter) {
    for (const Json& item : List(alter, "cmds")) {
      if (const Json* command = Member(item, "AlterTableCmd")) {
        visit(statement, alter, *command);
      }
    }
  });
}

}  // namespace paliad
