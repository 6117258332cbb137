// What the ledger's evidence costs: appending beside a migration's transaction, and the root, the
// verification and the proofs of a long log beside `sha256sum` over the same bytes. It prints figures and
// judges none.
//
//   ledger_benchmark PALIADCTL LEDGER_VERIFY MEASURE [--short]
#include <fmt/format.h>

#include <chrono>
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
  int appends = 2'000;
  int rounds = 5;
};

constexpr Sizes kShort = {.entries = 2'000, .migrations = 10, .appends = 50, .rounds = 2};

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
        server_({.fsync = true, .settings = {"shared_buffers = 128MB", "max_wal_size = 4GB"}}),
        url_(server_.CreateDatabase()) {}

  void Run() {
    Prepare();
    Append();
    Fill();
    LongLog();
  }

 private:
  std::vector<std::string> Paliadctl(std::vector<std::string> arguments, const std::string& data_dir) const {
    std::vector<std::string> argv = {programs_.paliadctl};
    argv.insert(argv.end(), arguments.begin(), arguments.end());
    argv.insert(argv.end(), {"--quiet", "--database", url_, "--repo", repo_path_, "--data-dir", data_dir,
                             "--ledger-origin", "benchmark", "--signing-key-file", dir_.path() + "/key",
                             "--publish", "file:" + dir_.path() + "/checkpoints"});
    return argv;
  }

  Sample MeasurePaliadctl(std::vector<std::string> arguments, const std::string& data_dir) const {
    return Measure(programs_.measure, Paliadctl(std::move(arguments), data_dir));
  }

  void Prepare() {
    repo_path_ = repo_.path();
    testing::RunOrThrow(
        {.argv = {programs_.paliadctl, "keygen", "--name", "benchmark", "--out", dir_.path() + "/key"}});
    vkey_ = testing::ReadFile(dir_.path() + "/key.pub");
    vkey_.pop_back();
    repo_.Write("migrations/1_first.up.sql", "SELECT 1;\n");
    repo_.Commit("first");
    MeasurePaliadctl({"reconcile"}, dir_.path() + "/cache");
  }

  // Milliseconds of one message, sent again and again over one connection.
  double PerMessage(const std::string& sql) const {
    testing::PgConnection connection(url_);
    connection.Exec(sql);
    const auto begin = std::chrono::steady_clock::now();
    for (int i = 0; i < sizes_.appends; ++i) {
      connection.Exec(sql);
    }
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count() /
           sizes_.appends;
  }

  void Append() {
    for (int i = 0; i < sizes_.migrations; ++i) {
      repo_.Write(fmt::format("migrations/{}_empty.up.sql", i + 2), "SELECT 1;\n");
    }
    repo_.Commit("empty ones");
    const Sample applied = MeasurePaliadctl({"reconcile"}, dir_.path() + "/cache");
    const double migration = applied.milliseconds / sizes_.migrations;
    const std::string begin = "BEGIN; SET LOCAL synchronous_commit = off; ";
    const double empty = PerMessage(begin + "SELECT pg_current_xact_id(); COMMIT");
    // Another run each time: a run and its ordinal are unique.
    const double append = PerMessage(
        begin +
        "SELECT paliad_ledger.append(convert_to('{\"at\":\"2026-05-20T10:38:00.000000Z\",\"format\":1,"
        "\"kind\":\"drift\",\"ordinal\":0,\"run\":\"' || gen_random_uuid() || '\",\"target\":\"default\","
        "\"tracker\":\"paliad.applied_migrations\"}', 'UTF8')); COMMIT");
    fmt::print("Appending, {} times, beside {} empty migrations\n", sizes_.appends, sizes_.migrations);
    fmt::print("  {:56} {:9.3f} ms\n", "an empty migration (its three messages)", migration);
    fmt::print("  {:56} {:9.3f} ms\n", "a transaction with an append", append);
    fmt::print("  {:56} {:9.3f} ms\n", "the same without", empty);
    fmt::print("  {:56} {:9.3f}x goal 0.10\n\n", "append / empty migration", (append - empty) / migration);
    std::fflush(stdout);
  }

  void Fill() {
    const int there = std::stoi(testing::Value(url_, "SELECT count(*) FROM paliad_ledger.entry"));
    testing::Exec(url_, fmt::format(kFillSql, (sizes_.entries - there) / 2, there));
    testing::Exec(url_, "VACUUM ANALYZE paliad_ledger.entry");
    testing::Exec(url_, "CHECKPOINT");
  }

  void LongLog() {
    const std::string leaves = dir_.path() + "/leaves.jsonl";
    const std::string bundle = dir_.path() + "/bundle";
    MeasurePaliadctl({"ledger", "checkpoint"}, dir_.path() + "/cache");
    const Sample jsonl =
        MeasurePaliadctl({"ledger", "export", "-o", "jsonl", "--out", leaves}, dir_.path() + "/cache");
    const Sample bundled = MeasurePaliadctl({"ledger", "export", "--out", bundle}, dir_.path() + "/cache");
    std::vector<Series> all = {
        {.name = "floor: sha256sum of the leaves",
         .run =
             [&](int) {
               return Measure(programs_.measure, {testing::FindProgram("sha256sum"), leaves});
             }},
        {.name = "root and checkpoint, no cache",
         .run =
             [&](int round) {
               return MeasurePaliadctl({"ledger", "checkpoint"},
                                       fmt::format("{}/fresh-{}", dir_.path(), round));
             }},
        {.name = "ledger verify",
         .run =
             [&](int) {
               return MeasurePaliadctl({"ledger", "verify"}, dir_.path() + "/cache");
             }},
        {.name = "ledger prove, an entry in the middle",
         .run =
             [&](int round) {
               return MeasurePaliadctl({"ledger", "prove", std::to_string(sizes_.entries / 2 + round)},
                                       dir_.path() + "/cache");
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
  const std::string url_;
  testing::TempDir dir_;
  testing::GitRepo repo_;
  std::string repo_path_;
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
