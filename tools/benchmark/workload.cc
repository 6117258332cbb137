#include "tools/benchmark/workload.h"

#include <fmt/format.h>

namespace paliad::benchmark {
namespace {

// Ten migrations are about four tables.
constexpr int kCycle = 10;

std::string CreateTable(int table) {
  return fmt::format(
      "-- Orders of region {0}.\nCREATE TABLE orders_{0} (\n  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY "
      "KEY,\n"
      "  customer text NOT NULL,\n  amount numeric(12, 2) NOT NULL CHECK (amount >= 0),\n"
      "  placed_at timestamptz NOT NULL DEFAULT now()\n);\n",
      table);
}

std::string Insert(int table) {
  return fmt::format(
      "INSERT INTO orders_{} (customer, amount)\nVALUES ('Ada', 12.50), ('Carl', 7.00), ('Eve', 100.00);\n",
      table);
}

MigrationFile Named(int number, std::string_view name, std::string sql) {
  return {.name = fmt::format("{:05}_{}.up.sql", number, name), .sql = std::move(sql)};
}

void AppendFile(std::string& stream, const MigrationFile& file) {
  stream += fmt::format("M 100644 inline migrations/{}\ndata {}\n{}\n", file.name, file.sql.size(), file.sql);
}

void AppendCommit(std::string& stream, const std::string& branch, const std::string& parent) {
  stream += fmt::format(
      "commit refs/heads/{}\ncommitter Carl Committer <carl@example.com> 1779271200 +0000\n"
      "data 10\nmigrations\n",
      branch);
  if (!parent.empty()) {
    stream += fmt::format("from refs/heads/{}\n", parent);
  }
}

}  // namespace

MigrationFile MakeMigration(int number) {
  const int step = (number - 1) % kCycle;
  const int first = (number - 1) / kCycle * 4;
  switch (step) {
    case 0:
    case 1:
    case 2:
    case 3:
      return Named(number, "create_orders", CreateTable(first + step));
    case 4:
    case 5:
      return Named(number, "index_orders",
                   fmt::format("CREATE INDEX orders_{0}_customer ON orders_{0} (customer, placed_at);\n",
                               first + step - 4));
    case 6:
    case 7:
      return Named(number, "fill_orders", Insert(first + step - 6));
    default:
      return Named(
          number, "add_note",
          fmt::format("ALTER TABLE orders_{} ADD COLUMN note text NOT NULL DEFAULT '';\n", first + step - 8));
  }
}

MigrationFile MakeLateMigration(int number, const std::string& series) {
  return Named(
      number, "create_late",
      fmt::format("CREATE TABLE late_{}_{} (id bigint PRIMARY KEY, note text NOT NULL);\n", series, number));
}

std::string FastImportStream(int few, int many, int late) {
  std::string stream;
  AppendCommit(stream, "few", "");
  for (int number = 1; number <= few; ++number) {
    AppendFile(stream, MakeMigration(number));
  }
  AppendCommit(stream, "many", "few");
  for (int number = few + 1; number <= many; ++number) {
    AppendFile(stream, MakeMigration(number));
  }
  for (int i = 1; i <= late; ++i) {
    AppendCommit(stream, fmt::format("late-{}", i), i == 1 ? "many" : fmt::format("late-{}", i - 1));
    AppendFile(stream, MakeLateMigration(many + i, "paliad"));
  }
  return stream;
}

}  // namespace paliad::benchmark
