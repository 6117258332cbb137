#include "controller/postgres/rows.h"

#include <postgresql/libpq-fe.h>

#include <charconv>
#include <utility>

namespace paliad::pg {

Rows::Rows(std::shared_ptr<pg_result> result) : result_(std::move(result)), size_(PQntuples(result_.get())) {}

bool Rows::IsNull(int row, int column) const { return PQgetisnull(result_.get(), row, column) == 1; }

std::string_view Rows::Text(int row, int column) const {
  return {PQgetvalue(result_.get(), row, column),
          static_cast<std::size_t>(PQgetlength(result_.get(), row, column))};
}

std::optional<std::string> Rows::Optional(int row, int column) const {
  if (IsNull(row, column)) {
    return std::nullopt;
  }
  return String(row, column);
}

std::int64_t Rows::Int(int row, int column) const {
  const std::string_view text = Text(row, column);
  std::int64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

}  // namespace paliad::pg
