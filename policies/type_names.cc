#include "policies/type_names.h"

#include <array>
#include <utility>

#include "base/json.h"
#include "policies/sql_nodes.h"

namespace paliad {
namespace {

using Pair = std::pair<std::string_view, std::string_view>;

// The grammar turns SQL's names into those of the catalog; people know the others.
constexpr std::array<Pair, 7> kCommonNames = {{
    {"bool", "boolean"},
    {"bpchar", "char"},
    {"float4", "real"},
    {"float8", "double precision"},
    {"int2", "smallint"},
    {"int4", "integer"},
    {"int8", "bigint"},
}};

// The numbers of other types are not as they were written: interval's say which fields it has.
constexpr std::array<std::string_view, 9> kWithNumbers = {
    "bit", "bpchar", "numeric", "time", "timestamp", "timestamptz", "timetz", "varbit", "varchar",
};

template <class Names>
bool Contains(const Names& names, std::string_view name) {
  for (const std::string_view candidate : names) {
    if (candidate == name) {
      return true;
    }
  }
  return false;
}

std::string Numbers(const Json& type) {
  std::string numbers;
  for (const Json& item : List(type, "typmods")) {
    const Json* number = MemberAt(item, {"A_Const", "ival"});
    numbers += numbers.empty() ? "(" : ",";
    numbers += number != nullptr ? std::to_string(number->value("ival", 0)) : "…";
  }
  return numbers.empty() ? numbers : numbers + ")";
}

}  // namespace

std::string CatalogTypeName(const Json& type) {
  const ObjectName name = NameOf(List(type, "names"));
  return name.schema.empty() || name.schema == "pg_catalog" ? name.name : name.Shown();
}

std::string TypeShown(const Json& type) {
  const ObjectName name = NameOf(List(type, "names"));
  const bool own = name.schema.empty() || name.schema == "pg_catalog";
  std::string shown = own ? QuotedIfNeeded(name.name) : name.Shown();
  if (own) {
    for (const auto& [catalog, common] : kCommonNames) {
      shown = catalog == name.name ? std::string(common) : shown;
    }
    if (Contains(kWithNumbers, name.name)) {
      shown += Numbers(type);
    }
  }
  for (std::size_t i = 0; i < List(type, "arrayBounds").size(); ++i) {
    shown += "[]";
  }
  return shown;
}

bool IsSerial(const Json& type) {
  constexpr std::array<std::string_view, 6> kSerials = {"bigserial", "serial",  "serial2",
                                                        "serial4",   "serial8", "smallserial"};
  return Contains(kSerials, CatalogTypeName(type)) && List(type, "names").size() == 1;
}

}  // namespace paliad
