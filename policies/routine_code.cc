#include "policies/routine_code.h"

#include <algorithm>

#include "base/json.h"
#include "policies/sql_nodes.h"

namespace paliad {

RoutineCode ReadRoutineCode(const Statement& statement, const Json& node) {
  const bool block = Member(node, "args") != nullptr;
  RoutineCode code{.language = block ? "plpgsql" : "sql", .language_place = statement.begin, .texts = {}};
  for (const Json& item : List(node, block ? "args" : "options")) {
    const Json* option = Member(item, "DefElem");
    const Json* argument = option == nullptr ? nullptr : Member(*option, "arg");
    if (argument == nullptr) {
      continue;
    }
    const std::string name = Text(*option, "defname");
    const Json* string = Member(*argument, "String");
    if (name == "language" && string != nullptr) {
      code.language = Text(*string, "sval");
      std::transform(code.language.begin(), code.language.end(), code.language.begin(),
                     [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
      code.language_place = PlaceOf(statement, *option);
    } else if (name == "as" && string != nullptr) {
      code.texts.push_back(Text(*string, "sval"));
    } else if (name == "as" && Member(*argument, "List") != nullptr) {
      code.texts = NameParts(List(argument->at("List"), "items"));
    }
  }
  return code;
}

}  // namespace paliad
