// The migrations that are applied, and the repository that they are in. The same in every run.
#ifndef PALIAD_TOOLS_BENCHMARK_WORKLOAD_H_
#define PALIAD_TOOLS_BENCHMARK_WORKLOAD_H_

#include <string>

namespace paliad::benchmark {

struct MigrationFile {
  std::string name;  // "00042_add_index.up.sql"
  std::string sql;
};

// What an application's history is made of: four in ten create a table, then come columns, indexes and rows.
// REQUIRES: number >= 1.
MigrationFile MakeMigration(int number);

// One that creates a table and stands apart: every `series` has its own.
MigrationFile MakeLateMigration(int number, const std::string& series);

// A stream for `git fast-import`: the branch `few` has the migrations 1 to `few`, `many` has 1 to `many`, and
// `late-1` to `late-<late>` each have one migration more than the branch before.
std::string FastImportStream(int few, int many, int late);

}  // namespace paliad::benchmark

#endif  // PALIAD_TOOLS_BENCHMARK_WORKLOAD_H_
