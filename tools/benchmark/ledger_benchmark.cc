// What the ledger's evidence costs: appending beside a migration's transaction, and the root, the
// verification and the proofs of a long log beside `sha256sum` over the same bytes. It prints figures and
// judges none.
//
//   ledger_benchmark PALIADCTL LEDGER_VERIFY MEASURE [--short]
#include <fmt/format.h>

#include <cstdio>
#include <exception>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/support/git_repo.h"
#include "tests/support/pg_client.h"
#include "tests/support/postgres_server.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"
#include "tools/benchmark/series.h"

namespace paliad::benchmark {
namespace {

struct Programs {
  std::string paliadctl;
  std::string ledger_verify;
  std::string measure;
};

struct Sizes {
  int entries = 1'000'000;
  int migrations = 300;
  int rounds = 5;
};

constexpr Sizes kShort = {.entries = 2'000, .migrations = 10, .rounds = 2};

// What one empty migration takes of a run of many of them, and what of it is paliad_ledger.append.
struct AppendCost {
  double migration_ms = 0;
  double append_ms = 0;
};

// Runs of two entries, {0} of them, as the controller writes them, after the entries that are there.
constexpr char kFillSql[] = R"sql(
INSERT INTO paliad_ledger.entry (seq, leaf, leaf_hash, kind, run_id, ordinal, target, tracker, outcome, "commit", at, xid)
SELECT seq, leaf, sha256('\x00'::bytea || leaf), kind, run_id, ordinal, 'default', 'paliad.applied_migrations', outcome,
       commit_id, '2026-05-20T10:38:00Z', pg_current_xact_id()
FROM (SELECT {1} + 2 * run + ordinal AS seq, kind, run_id, ordinal, outcome, commit_id,
             convert_to('{{"actor":"controller@db.example.com","at":"2026-05-20T10:38:00.000000Z","branch":"main",'
                        '"commit":"' || commit_id || '","controller_version":"0.1.0","database":"app","format":1,'
                        '"host":"controller.example.com","kind":"' || kind || '","ordinal":' || ordinal ||
                        coalesce(',"outcome":"' || outcome || '"', '') || ',"path":"migrations","role":"app","run":"' ||
                        run_id || '","server_version":150018,"target":"default",'
                        '"tracker":"paliad.applied_migrations","tree":"' || commit_id || '","trigger":"commit"}}',
                        'UTF8') AS leaf
      FROM (SELECT run, ordinal, CASE ordinal WHEN 0 THEN 'run_started' ELSE 'run_finished' END AS kind,
                   CASE ordinal WHEN 1 THEN 'in_sync' END AS outcome,
                   ('00000000-0000-4000-8000-' || lpad(to_hex(run), 12, '0'))::uuid AS run_id,
                   repeat(lpad(to_hex(run), 8, '0'), 5) AS commit_id
            FROM generate_series(0, {0} - 1) AS run, generate_series(0, 1) AS ordinal) AS facts) AS rows
ORDER BY seq
)sql";

class LedgerBenchmark {
 public:
  LedgerBenchmark(Programs programs, Sizes sizes)
      : programs_(std::move(programs)),
        sizes_(sizes),
        server_({.fsync = true,
                 .settings = {"shared_buffers = 128MB", "max_wal_size = 4GB", "track_functions = pl"}}),
        log_(MakeLog(server_.CreateDatabase(), "long")) {}

  void Run() {
    Prepare();
    Append();
    Fill();
    LongLog();
  }

 private:
  // A database with what belongs to its log alone.
  struct Log {
    std::string url;
    std::string data_dir;
    std::string folder;  // where checkpoints are published
  };

  Log MakeLog(std::string url, const std::string& name) const {
    return {.url = std::move(url),
            .data_dir = dir_.path() + "/" + name + "-data",
            .folder = dir_.path() + "/" + name + "-checkpoints"};
  }

  Sample MeasurePaliadctl(std::vector<std::string> arguments, const Log& log) const {
    std::vector<std::string> argv = {programs_.paliadctl};
    argv.insert(argv.end(), arguments.begin(), arguments.end());
    argv.insert(argv.end(), {"--quiet", "--database", log.url, "--repo", repo_.path(), "--data-dir",
                             log.data_dir, "--ledger-origin", "benchmark", "--signing-key-file",
                             dir_.path() + "/key", "--publish", "file:" + log.folder});
    return Measure(programs_.measure, std::move(argv));
  }

  Sample MeasureOfLongLog(std::vector<std::string> arguments) const {
    return MeasurePaliadctl(std::move(arguments), log_);
  }

  void Prepare() {
    testing::RunOrThrow(
        {.argv = {programs_.paliadctl, "keygen", "--name", "benchmark", "--out", dir_.path() + "/key"}});
    vkey_ = testing::ReadFile(dir_.path() + "/key.pub");
    vkey_.pop_back();
    repo_.Write("migrations/1_first.up.sql", "SELECT 1;\n");
    repo_.Commit("first");
    repo_.CreateBranch("first");
    repo_.Checkout("main");
    for (int i = 0; i < sizes_.migrations; ++i) {
      repo_.Write(fmt::format("migrations/{}_empty.up.sql", i + 2), "SELECT 1;\n");
    }
    repo_.Commit("empty ones");
    MeasureOfLongLog({"reconcile", "--branch", "first"});
  }

  // A login that migrations run as, beside an owner of the ledger, or the superuser as both.
  Log MakeLogFor(const std::string& name, bool installed) {
    const std::string admin_url = server_.CreateDatabase();
    if (!installed) {
      return MakeLog(admin_url, name);
    }
    const std::string database = testing::Value(admin_url, "SELECT current_database()");
    server_.CreateRole(name);
    testing::Exec(admin_url, fmt::format("GRANT CREATE ON DATABASE {} TO \"{}\"", database, name));
    Log log = MakeLog(server_.Url(database, name), name);
    MeasurePaliadctl({"ledger", "install", "--as-admin", admin_url}, log);
    return log;
  }

  // A session tells the rest of its counts when it ends, which is after its client has.
  static void WaitForSessionsToEnd(const std::string& admin_url) {
    testing::Exec(
        admin_url,
        "DO $$ BEGIN WHILE EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND"
        " backend_type = 'client backend' AND pid <> pg_backend_pid()) LOOP PERFORM pg_sleep(0.01);"
        " PERFORM pg_stat_clear_snapshot(); END LOOP; END $$");
  }

  // By the server's own count of calls and of the time that they took, in a run as it is.
  AppendCost MeasureAppends(const Log& log) {
    MeasurePaliadctl({"reconcile", "--branch", "first"}, log);
    const std::string database = testing::Value(log.url, "SELECT current_database()");
    const std::string admin_url = server_.Url(database);
    WaitForSessionsToEnd(admin_url);
    testing::Value(admin_url, "SELECT pg_stat_reset()");
    const Sample run = MeasurePaliadctl({"reconcile"}, log);
    WaitForSessionsToEnd(admin_url);
    const std::string counted = testing::Value(
        admin_url,
        "SELECT total_time / calls FROM pg_stat_user_functions WHERE schemaname = 'paliad_ledger' AND"
        " funcname = 'append'");
    return {.migration_ms = run.milliseconds / sizes_.migrations, .append_ms = std::stod(counted)};
  }

  void Append() {
    fmt::print("Appending in a run of {} empty migrations, {} rounds, medians\n", sizes_.migrations,
               sizes_.rounds);
    fmt::print("  {:46} {:>9} {:>9} {:>10}\n", "ms", "migration", "append", "ratio");
    std::vector<AppendCost> owned;
    std::vector<AppendCost> installed;
    for (int round = 0; round < sizes_.rounds; ++round) {
      owned.push_back(MeasureAppends(MakeLogFor(fmt::format("owned_{}", round), /*installed=*/false)));
      installed.push_back(MeasureAppends(MakeLogFor(fmt::format("installed_{}", round), /*installed=*/true)));
    }
    PrintAppends("the login owns the ledger", owned);
    PrintAppends("the ledger is installed, with a code for each", installed);
    fmt::print("\n");
    std::fflush(stdout);
  }

  static void PrintAppends(const std::string& name, const std::vector<AppendCost>& costs) {
    std::vector<double> migrations;
    std::vector<double> appends;
    std::vector<double> ratios;
    for (const AppendCost& cost : costs) {
      migrations.push_back(cost.migration_ms);
      appends.push_back(cost.append_ms);
      ratios.push_back(cost.append_ms / cost.migration_ms);
    }
    fmt::print("  {:46} {:9.3f} {:9.3f} {:9.3f}x goal 0.10\n", name, Median(std::move(migrations)),
               Median(std::move(appends)), Median(std::move(ratios)));
  }

  void Fill() {
    const int there = std::stoi(testing::Value(log_.url, "SELECT count(*) FROM paliad_ledger.entry"));
    testing::Exec(log_.url, fmt::format(kFillSql, (sizes_.entries - there) / 2, there));
    testing::Exec(log_.url, "VACUUM ANALYZE paliad_ledger.entry");
    testing::Exec(log_.url, "CHECKPOINT");
  }

  void LongLog() {
    const std::string leaves = dir_.path() + "/leaves.jsonl";
    const std::string bundle = dir_.path() + "/bundle";
    MeasureOfLongLog({"ledger", "checkpoint"});
    const Sample jsonl = MeasureOfLongLog({"ledger", "export", "-o", "jsonl", "--out", leaves});
    const Sample bundled = MeasureOfLongLog({"ledger", "export", "--out", bundle});
    std::vector<Series> all = {
        {.name = "floor: sha256sum of the leaves",
         .run =
             [&](int) {
               return Measure(programs_.measure, {testing::FindProgram("sha256sum"), leaves});
             }},
        {.name = "root and checkpoint, no cache",
         .run =
             [&](int round) {
               Log fresh = log_;
               fresh.data_dir = fmt::format("{}/fresh-{}", dir_.path(), round);
               return MeasurePaliadctl({"ledger", "checkpoint"}, fresh);
             }},
        {.name = "ledger verify",
         .run =
             [&](int) {
               return MeasureOfLongLog({"ledger", "verify"});
             }},
        {.name = "ledger prove, an entry in the middle",
         .run =
             [&](int round) {
               return MeasureOfLongLog({"ledger", "prove", std::to_string(sizes_.entries / 2 + round)});
             }},
        {.name = "paliad-ledger-verify of the bundle", .run = [&](int) {
           return Measure(programs_.measure,
                          {programs_.ledger_verify, bundle, "--origin", "benchmark", "--key", vkey_});
         }}};
    Interleave(all, sizes_.rounds, /*warm_up=*/true);
    fmt::print("A log of {} entries, {:.0f} MB, {} rounds\n", sizes_.entries,
               static_cast<double>(std::filesystem::file_size(leaves)) / 1e6, sizes_.rounds);
    fmt::print("{}", RowHeader());
    for (const Series& series : all) {
      fmt::print("{}", Row(series, all[0]));
    }
    fmt::print("  {:46} {:8.0f} ms, {:.1f} MiB\n", "ledger export -o jsonl, once", jsonl.milliseconds,
               jsonl.peak_mib);
    fmt::print("  {:46} {:8.0f} ms, {:.1f} MiB\n", "ledger export -o bundle, once", bundled.milliseconds,
               bundled.peak_mib);
  }

  const Programs programs_;
  const Sizes sizes_;
  testing::PostgresServer server_;
  testing::TempDir dir_;
  const Log log_;  // the long one
  testing::GitRepo repo_;
  std::string vkey_;
};

}  // namespace
}  // namespace paliad::benchmark

int main(int argc, char** argv) {
  const bool is_short = argc == 5 && std::string_view(argv[4]) == "--short";
  if (argc != 4 && !is_short) {
    std::fputs("usage: ledger_benchmark PALIADCTL LEDGER_VERIFY MEASURE [--short]\n", stderr);
    return 2;
  }
  try {
    const auto path = [&](int i) { return std::filesystem::absolute(argv[i]).string(); };
    paliad::benchmark::LedgerBenchmark({.paliadctl = path(1), .ledger_verify = path(2), .measure = path(3)},
                                       is_short ? paliad::benchmark::kShort : paliad::benchmark::Sizes())
        .Run();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "ledger_benchmark: %s\n", error.what());
    return 1;
  }
}
