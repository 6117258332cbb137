#include "policies/type_change.h"

#include <fmt/format.h>

#include <array>

#include "base/json.h"
#include "policies/sql_nodes.h"
#include "policies/type_names.h"

namespace paliad {
namespace {

// When changing to a type writes nothing, measured with PostgreSQL 15 (ATColumnChangeRequiresRewrite).
struct FreeChange {
  std::string_view type;  // by the catalog's name
  bool with_number;       // "varchar(20)" rather than "varchar"
  std::string_view from;
};

constexpr std::array<FreeChange, 16> kFreeChanges = {{
    {"text", false, "varchar or xml"},
    {"varchar", false, "varchar or text"},
    {"varchar", true, "a varchar that was not longer"},
    {"numeric", false, "numeric"},
    {"numeric", true, "a numeric of the same scale and no higher precision"},
    {"timestamp", false, "timestamp, or under the time zone UTC timestamptz"},
    {"timestamp", true, "a timestamp, or under the time zone UTC a timestamptz, of no higher precision"},
    {"timestamptz", false, "timestamptz, or under the time zone UTC timestamp"},
    {"timestamptz", true, "a timestamptz, or under the time zone UTC a timestamp, of no higher precision"},
    {"time", true, "a time of no higher precision"},
    {"timetz", true, "a timetz of no higher precision"},
    {"interval", true, "an interval of no higher precision"},
    {"interval", false, "interval"},
    {"varbit", false, "varbit"},
    {"varbit", true, "a varbit that was not longer"},
    {"inet", false, "cidr"},
}};

// Whatever they were before, or only from a type that hardly anybody has.
constexpr std::array<std::string_view, 15> kNeverFree = {
    "int2", "int4",  "int8", "float4", "float8", "bool",  "date", "uuid",
    "json", "jsonb", "char", "bpchar", "bytea",  "money", "bit",
};

}  // namespace

std::string UnlessItWas(const Json& type) {
  if (!List(type, "arrayBounds").empty()) {
    return "";
  }
  const std::string name = CatalogTypeName(type);
  const bool with_number = !List(type, "typmods").empty();
  for (const FreeChange& change : kFreeChanges) {
    if (change.type == name && change.with_number == with_number) {
      return fmt::format(", unless it was {}", change.from);
    }
  }
  for (const std::string_view never : kNeverFree) {
    if (never == name) {
      return "";
    }
  }
  return ", unless its values are kept in the same way already";
}

bool IsPlainUsing(const Json& expression, const std::string& column, const Json& type) {
  const Json* inner = &expression;
  if (const Json* cast = Member(expression, "TypeCast")) {
    if (TypeShown(cast->at("typeName")) != TypeShown(type)) {
      return false;
    }
    inner = &cast->at("arg");
  }
  const Json* reference = Member(*inner, "ColumnRef");
  return reference != nullptr && NameOf(List(*reference, "fields")).name == column;
}

}  // namespace paliad
