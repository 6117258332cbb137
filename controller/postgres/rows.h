// The rows that one statement returned. Shares libpq's own buffer; cheap to copy, immutable.
#ifndef PALIAD_CONTROLLER_POSTGRES_ROWS_H_
#define PALIAD_CONTROLLER_POSTGRES_ROWS_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct pg_result;

namespace paliad::pg {

class Rows {
 public:
  Rows() = default;
  explicit Rows(std::shared_ptr<pg_result> result);

  int size() const { return size_; }
  bool empty() const { return size_ == 0; }

  // REQUIRES: 0 <= row < size(), 0 <= column < the number of columns. The view lives as long as any copy of
  // these rows.
  bool IsNull(int row, int column) const;
  std::string_view Text(int row, int column) const;  // "" for NULL
  std::string String(int row, int column) const { return std::string(Text(row, column)); }
  std::optional<std::string> Optional(int row, int column) const;
  std::int64_t Int(int row, int column) const;  // 0 for NULL and for what is not a number
  bool Bool(int row, int column) const { return Text(row, column) == "t"; }

 private:
  std::shared_ptr<pg_result> result_;
  int size_ = 0;
};

}  // namespace paliad::pg

#endif  // PALIAD_CONTROLLER_POSTGRES_ROWS_H_
