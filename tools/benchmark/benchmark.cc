// What paliadctl costs beside the least that the same work can cost: on the same private server, with fsync
// on, in the same minutes, as whole processes. It prints figures and judges none.
//
//   benchmark PALIADCTL FLOOR PARSE_FLOOR MEASURE [--short]
#include <fmt/format.h>

#include <cstdio>
#include <exception>
#include <filesystem>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "tests/support/git_repo.h"
#include "tests/support/pg_client.h"
#include "tests/support/postgres_server.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"
#include "tools/benchmark/series.h"
#include "tools/benchmark/workload.h"

namespace paliad::benchmark {
namespace {

struct Programs {
  std::string paliadctl;
  std::string floor;
  std::string parse_floor;
  std::string measure;
};

struct Sizes {
  int few = 1'000;
  int many = 10'000;
  int apply_rounds = 7;
  int read_rounds = 25;
  int pending_rounds = 15;
};

constexpr Sizes kShort = {.few = 50, .many = 200, .apply_rounds = 2, .read_rounds = 3, .pending_rounds = 2};

class Benchmark {
 public:
  Benchmark(Programs programs, Sizes sizes)
      : programs_(std::move(programs)),
        sizes_(sizes),
        // PostgreSQL's own defaults where the tests' servers are small.
        server_({.fsync = true, .settings = {"shared_buffers = 128MB"}}) {}

  void Run() {
    PrintMachine();
    MakeRepository();
    ColdApply();
    const std::string few = ApplyAll("few");
    const std::string many = ApplyAll("many");
    Nothing(few, many);
    OnePending(many);
    Check();
  }

 private:
  void PrintMachine() const {
    fmt::print("{} cores; {}; fsync on; times in milliseconds, memory of the client only\n",
               std::thread::hardware_concurrency(),
               testing::Value(server_.Url(), "SELECT 'PostgreSQL ' || current_setting('server_version')"));
  }

  void MakeRepository() {
    const int late = sizes_.pending_rounds + 1;
    testing::RunOrThrow(testing::GitCommand({"init", "--quiet", "--bare", Repository()}));
    testing::Command import = testing::GitCommand({"-C", Repository(), "fast-import", "--quiet"});
    import.stdin_text = FastImportStream(sizes_.few, sizes_.many, late);
    testing::RunOrThrow(std::move(import));
    for (int number = 1; number <= sizes_.few; ++number) {
      const MigrationFile file = MakeMigration(number);
      dir_.Write("work-tree/" + file.name, file.sql);
    }
    for (int i = 1; i <= late; ++i) {
      const MigrationFile file = MakeLateMigration(sizes_.many + i, "floor");
      dir_.Write(fmt::format("late-{}/{}", i, file.name), file.sql);
    }
  }

  std::string Repository() const { return dir_.path() + "/repository.git"; }

  Sample Reconcile(const std::string& url, const std::string& branch) const {
    return Measure(programs_.measure,
                   {programs_.paliadctl, "reconcile", "--quiet", "--database", url, "--repo", Repository(),
                    "--branch", branch, "--data-dir", dir_.path() + "/cache"});
  }

  Sample Floor(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), programs_.floor);
    return Measure(programs_.measure, std::move(arguments));
  }

  // Not dropped until all rounds are done: for some seconds ext4 passes over the inodes of deleted files when
  // it makes new ones, one by one, which took the floor more than twice as long.
  template <class Run>
  Sample InFreshDatabase(const Run& run) {
    const std::string url = server_.CreateDatabase();
    applied_to_.push_back(testing::Value(url, "SELECT current_database()"));
    testing::Exec(server_.Url(), "CHECKPOINT");
    return run(url);
  }

  // Else checkpoints and autovacuum go on with thousands of tables while others are measured.
  void DropFreshDatabases() {
    for (const std::string& name : std::exchange(applied_to_, {})) {
      testing::Exec(server_.Url(), fmt::format("DROP DATABASE {} WITH (FORCE)", name));
    }
  }

  void ColdApply() {
    const std::string folder = dir_.path() + "/work-tree";
    std::vector<Series> all = {
        {.name = "floor: a loop, each commit waits for the disk",
         .run =
             [&](int) {
               return InFreshDatabase([&](const std::string& url) { return Floor({"apply", url, folder}); });
             }},
        {.name = "floor: the same loop, synchronous_commit = off",
         .run =
             [&](int) {
               return InFreshDatabase([&](const std::string& url) {
                 return Floor({"apply", url, folder, "async"});
               });
             }},
        {.name = "paliadctl reconcile", .run = [&](int) {
           return InFreshDatabase([&](const std::string& url) { return Reconcile(url, "few"); });
         }}};
    Interleave(all, sizes_.apply_rounds, /*warm_up=*/false);
    DropFreshDatabases();
    PrintTitle(
        fmt::format("{} migrations into an empty database, {} rounds", sizes_.few, sizes_.apply_rounds));
    fmt::print("{}{}{}{}", RowHeader(), Row(all[0], all[0]), Row(all[1], all[0]), Row(all[2], all[0]));
    PrintRatio("paliadctl / second floor", all[2], all[1], "");
    PrintRatio("paliadctl / floor", all[2], all[0], "goal 1.10");
  }

  // A database where the branch is applied, as it is some time later.
  std::string ApplyAll(const std::string& branch) {
    std::string url = server_.CreateDatabase();
    const Sample sample = Reconcile(url, branch);
    testing::Exec(url, "VACUUM ANALYZE");
    testing::Exec(url, "CHECKPOINT");
    setup_peak_mib_ = std::max(setup_peak_mib_, sample.peak_mib);
    return url;
  }

  void Nothing(const std::string& few, const std::string& many) {
    std::vector<Series> all;
    for (const auto& [url, branch, size] :
         {std::tuple(few, "few", sizes_.few), std::tuple(many, "many", sizes_.many)}) {
      all.push_back(
          {.name = fmt::format("floor: connect and read {} rows", size), .run = [this, url = url](int) {
             return Floor({"read", url});
           }});
      all.push_back({.name = fmt::format("paliadctl reconcile, {} applied", size),
                     .run = [this, url = url, branch = branch](int) { return Reconcile(url, branch); }});
    }
    Interleave(all, sizes_.read_rounds, /*warm_up=*/true);
    PrintTitle(fmt::format("Nothing to do, {} rounds", sizes_.read_rounds));
    fmt::print("{}{}{}{}{}", RowHeader(), Row(all[0], all[0]), Row(all[1], all[0]), Row(all[2], all[2]),
               Row(all[3], all[2]));
    PrintRatio(fmt::format("paliadctl / floor, {} applied", sizes_.few), all[1], all[0], "goal 1.50");
    PrintRatio(fmt::format("paliadctl / floor, {} applied", sizes_.many), all[3], all[2], "goal 1.50");
    PrintRatio(fmt::format("paliadctl, {} applied / {} applied", sizes_.many, sizes_.few), all[3], all[1],
               "goal 2.00");
  }

  void OnePending(const std::string& url) {
    std::vector<Series> all = {
        {.name = "floor: connect, read all rows, apply one file",
         .run =
             [&](int round) {
               return Floor({"read-and-apply", url, fmt::format("{}/late-{}", dir_.path(), round + 1)});
             }},
        {.name = "paliadctl reconcile",
         .run = [&](int round) { return Reconcile(url, fmt::format("late-{}", round + 1)); }}};
    Interleave(all, sizes_.pending_rounds, /*warm_up=*/true);
    PrintTitle(fmt::format("One pending after {} applied, {} rounds", sizes_.many, sizes_.pending_rounds));
    fmt::print("{}{}{}", RowHeader(), Row(all[0], all[0]), Row(all[1], all[0]));
    PrintRatio("paliadctl / floor", all[1], all[0], "");
    fmt::print("\n  peak memory of a run that applied all {}: {:.1f} MiB (goal 40)\n", sizes_.many,
               setup_peak_mib_);
  }

  // Without a database: what the rules cost beside PostgreSQL's own parser.
  void Check() {
    const std::string folder = dir_.path() + "/work-tree";
    std::vector<Series> all = {
        {.name = "floor: libpg_query parses each file",
         .run =
             [&](int) {
               return Measure(programs_.measure, {"--one-core", programs_.parse_floor, folder});
             }},
        {.name = "paliadctl check --dir", .run = [&](int) {
           return Measure(programs_.measure, {"--one-core", programs_.paliadctl, "check", "--dir", folder});
         }}};
    Interleave(all, sizes_.read_rounds, /*warm_up=*/true);
    PrintTitle(fmt::format("Checking {} files on one core, {} rounds", sizes_.few, sizes_.read_rounds));
    fmt::print("{}{}{}", RowHeader(), Row(all[0], all[0]), Row(all[1], all[0]));
    PrintRatio("paliadctl / floor", all[1], all[0], "");
  }

  static void PrintTitle(const std::string& title) { fmt::print("\n{}\n", title); }

  static void PrintRatio(const std::string& what, const Series& a, const Series& b, const std::string& goal) {
    fmt::print("  {:46} {:8.2f}x {}\n", what, a.MedianMilliseconds() / b.MedianMilliseconds(), goal);
    std::fflush(stdout);
  }

  const Programs programs_;
  const Sizes sizes_;
  testing::PostgresServer server_;
  testing::TempDir dir_;
  std::vector<std::string> applied_to_;  // names of databases
  double setup_peak_mib_ = 0;
};

}  // namespace
}  // namespace paliad::benchmark

int main(int argc, char** argv) {
  const bool is_short = argc == 6 && std::string_view(argv[5]) == "--short";
  if (argc != 5 && !is_short) {
    std::fputs("usage: benchmark PALIADCTL FLOOR PARSE_FLOOR MEASURE [--short]\n", stderr);
    return 2;
  }
  try {
    const auto path = [&](int i) { return std::filesystem::absolute(argv[i]).string(); };
    paliad::benchmark::Benchmark(
        {.paliadctl = path(1), .floor = path(2), .parse_floor = path(3), .measure = path(4)},
        is_short ? paliad::benchmark::kShort : paliad::benchmark::Sizes())
        .Run();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "benchmark: %s\n", error.what());
    return 1;
  }
}
