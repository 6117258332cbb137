#include "controller/audit/row_check.h"

#include <fmt/format.h>

#include <cstdint>
#include <string_view>
#include <utility>
#include <variant>

#include "base/text.h"
#include "ledger/canonical_scan.h"
#include "ledger/encoding.h"

namespace paliad::audit {
namespace {

std::optional<std::string> TextOf(const ledger::JsonScalar& value) {
  if (const auto* text = std::get_if<std::string>(&value)) {
    return *text;
  }
  if (const auto* number = std::get_if<std::int64_t>(&value)) {
    return std::to_string(*number);
  }
  if (const auto* truth = std::get_if<bool>(&value)) {
    return *truth ? "true" : "false";
  }
  return std::nullopt;
}

std::string Shown(const std::optional<std::string_view>& value) {
  return value ? fmt::format("'{}'", Truncate(*value, 100)) : "NULL";
}

std::string ColumnName(const Projection& projection) {
  const std::string_view column = projection.column;
  return column == "\"commit\""             ? "commit"
         : column.starts_with("pg_catalog") ? std::string(projection.field)
                                            : std::string(column);
}

}  // namespace

std::optional<LeafFields> ReadLeafFields(const std::string& leaf) {
  LeafFields fields;
  const auto objection =
      ledger::CanonicalObjection(leaf, [&](int depth, std::string_view key, const ledger::JsonScalar& value) {
        if (const auto* text = std::get_if<std::string>(&value); text != nullptr && text->size() == 64) {
          if (const auto digest = ledger::ParseHexHash(*text)) {
            fields.digests.push_back(*digest);
            if (key == "sql" || key == "output" || key == "reply" || key == "folder_lists") {
              fields.bodies.push_back(*digest);
            }
          }
        }
        for (std::size_t i = 0; depth == 1 && i < kProjections.size(); ++i) {
          if (key == kProjections[i].field) {
            fields.values[i] = TextOf(value);
          }
        }
      });
  return objection || !fields.values[kKindProjection] ? std::nullopt : std::optional(std::move(fields));
}

void CheckColumns(const LogRow& row, const LeafFields& fields, ledger::Problems& problems) {
  for (std::size_t i = 0; i < kProjections.size(); ++i) {
    const bool leaf_may_be_silent = i == kXidProjection;
    if (row.columns[i] != fields.values[i] && (fields.values[i] || !leaf_may_be_silent)) {
      problems.Add(
          ledger::ProblemKind::kProjection,
          fmt::format(
              "column {} is {}, and the entry says {}", ColumnName(kProjections[i]), Shown(row.columns[i]),
              Shown(fields.values[i] ? std::optional<std::string_view>(*fields.values[i]) : std::nullopt)),
          row.seq);
    }
  }
  const std::optional<std::uint64_t> before = row.seq == 0 ? std::nullopt : std::optional(row.seq - 1);
  if (row.prev != before) {
    problems.Add(ledger::ProblemKind::kProjection, "column prev is not the number before seq", row.seq);
  }
}

}  // namespace paliad::audit
