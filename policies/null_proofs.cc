#include "policies/null_proofs.h"

#include "base/json.h"

namespace paliad {
namespace {

constexpr char kAnySchema[] = "*";

// The columns that must not be NULL for this condition to hold: "a IS NOT NULL AND b IS NOT NULL".
std::vector<std::string> ColumnsWithoutNull(const Json& condition) {
  std::vector<std::string> columns;
  std::vector<const Json*> pending = {&condition};
  while (!pending.empty()) {
    const Json& at = *pending.back();
    pending.pop_back();
    if (const Json* all = Member(at, "BoolExpr"); all != nullptr && Text(*all, "boolop") == "AND_EXPR") {
      for (const Json& part : List(*all, "args")) {
        pending.push_back(&part);
      }
    } else if (const Json* test = Member(at, "NullTest");
               test != nullptr && Text(*test, "nulltesttype") == "IS_NOT_NULL") {
      if (const Json* column = MemberAt(*test, {"arg", "ColumnRef"})) {
        columns.push_back(NameOf(List(*column, "fields")).name);
      }
    }
  }
  return columns;
}

}  // namespace

void NullProofs::Look(const ObjectName& table, const Json& command) {
  const std::string subtype = Text(command, "subtype");
  const Json* constraint = MemberAt(command, {"def", "Constraint"});
  const std::string name = Text(command, "name");
  for (const std::string& schema : {table.schema, std::string(kAnySchema)}) {
    if (subtype == "AT_AddConstraint" && constraint != nullptr) {
      Add(tables_[{schema, table.name}], *constraint);
    } else if (subtype == "AT_ValidateConstraint") {
      Validate(tables_[{schema, table.name}], name);
    } else if (subtype == "AT_DropConstraint") {
      Drop(tables_[{schema, table.name}], name);
    }
  }
}

bool NullProofs::HasNoNull(const ObjectName& table, const std::string& column) const {
  const auto proves = [&](const std::string& schema) {
    const auto found = tables_.find({schema, table.name});
    if (found == tables_.end()) {
      return false;
    }
    const auto proven = found->second.proven.find(column);
    return found->second.unknown > 0 || (proven != found->second.proven.end() && proven->second > 0);
  };
  return table.schema.empty() ? proves(kAnySchema) : proves(table.schema) || proves("");
}

void NullProofs::Add(Table& table, const Json& constraint) {
  Check check{.valid = !Flag(constraint, "skip_validation")};
  if (Text(constraint, "contype") == "CONSTR_CHECK") {
    check.columns = ColumnsWithoutNull(constraint.at("raw_expr"));
  }
  if (check.valid) {
    Count(table, check, 1);
  }
  if (const std::string name = Text(constraint, "conname"); !name.empty()) {
    table.checks.insert_or_assign(name, std::move(check));
  }
}

void NullProofs::Validate(Table& table, const std::string& name) {
  const auto [place, is_new] = table.checks.try_emplace(name);
  Check& check = place->second;
  if (is_new) {
    check.anything = true;
  }
  if (!check.valid) {
    check.valid = true;
    Count(table, check, 1);
  }
}

void NullProofs::Drop(Table& table, const std::string& name) {
  if (const auto found = table.checks.find(name); found != table.checks.end()) {
    if (found->second.valid) {
      Count(table, found->second, -1);
    }
    table.checks.erase(found);
  }
}

void NullProofs::Count(Table& table, const Check& check, int by) {
  table.unknown += check.anything ? by : 0;
  for (const std::string& column : check.columns) {
    table.proven[column] += by;
  }
}

}  // namespace paliad
