#include "tests/core/scenario.h"

#include <fmt/format.h>

#include <filesystem>
#include <utility>

namespace paliad::testing {

std::string PaliadctlPath() { return std::filesystem::absolute("controller/paliadctl").string(); }

Outcome ToOutcome(const ProcessResult& result) {
  Outcome outcome{
      .exit_code = result.exit_code, .signal = result.signal, .out = result.out, .err = result.err};
  if (const auto json = ParseJson(result.out)) {
    outcome.json = *json;
  }
  return outcome;
}

Scenario::Scenario() : Scenario(PostgresServer::Shared().CreateDatabase()) {}

Scenario::Scenario(std::string url) : url_(std::move(url)) {}

void Scenario::Add(std::string_view file, std::string_view sql) {
  repo_.Write(fmt::format("migrations/{}", file), sql);
}

std::string Scenario::Commit(std::string_view message) { return repo_.Commit(message); }

std::string Scenario::Commit(const std::vector<std::pair<std::string, std::string>>& files) {
  for (const auto& [file, sql] : files) {
    Add(file, sql);
  }
  return Commit();
}

Command Scenario::MakeCommand(std::vector<std::string> arguments, const std::string& database) const {
  std::vector<std::string> argv = {
      PaliadctlPath(), "--repo",         repo_.path(), "--database", database.empty() ? url_ : database,
      "--data-dir",    data_dir_.path(), "-o",         "json"};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  return {.argv = std::move(argv)};
}

Outcome Scenario::Run(std::vector<std::string> arguments) {
  return ToOutcome(RunProgram(MakeCommand(std::move(arguments))));
}

Outcome Scenario::Reconcile(std::vector<std::string> more) {
  more.insert(more.begin(), "reconcile");
  return Run(std::move(more));
}

std::unique_ptr<BackgroundProcess> Scenario::Start(std::vector<std::string> arguments) {
  return std::make_unique<BackgroundProcess>(MakeCommand(std::move(arguments)));
}

std::string Scenario::Applied() const {
  return Value(
      "SELECT coalesce(string_agg(version || ':' || name, ' ' ORDER BY version), '') FROM "
      "paliad.applied_migrations");
}

std::string Scenario::Kinds() const {
  return Value("SELECT coalesce(string_agg(kind, ' ' ORDER BY seq), '') FROM paliad_ledger.entry");
}

int Scenario::Entries(std::string_view kind, int version) const {
  return std::stoi(Value(fmt::format(
      "SELECT count(*) FROM paliad_ledger.entry WHERE kind = '{}'{}", kind,
      version == 0 ? ""
                   : fmt::format(" AND version = {} AND tracker = 'paliad.applied_migrations'", version))));
}

std::string Scenario::Inconsistency(int open_runs) const {
  const std::pair<const char*, std::string> checks[] = {
      {"seq has gaps", Value("SELECT count(*) - coalesce(max(seq) + 1, 0) FROM paliad_ledger.entry")},
      {"a leaf hash is wrong",
       Value("SELECT count(*) FROM paliad_ledger.entry WHERE leaf_hash <> sha256('\\x00'::bytea || leaf)")},
      {"a run has no end",
       Value(fmt::format(
           "SELECT count(*) - {} FROM paliad_ledger.entry s WHERE kind = 'run_started' AND NOT EXISTS"
           " (SELECT FROM paliad_ledger.entry e WHERE e.run_id = s.run_id AND e.kind = 'run_finished')",
           open_runs))},
      {"a run has two ends",
       Value("SELECT count(*) FROM (SELECT run_id FROM paliad_ledger.entry WHERE kind = 'run_finished'"
             " GROUP BY run_id HAVING count(*) > 1) AS twice")},
      {"an end has no run",
       Value("SELECT count(*) FROM paliad_ledger.entry s WHERE kind = 'run_finished' AND NOT EXISTS"
             " (SELECT FROM paliad_ledger.entry e WHERE e.run_id = s.run_id AND e.kind = 'run_started')")},
      {"an applied entry has no row",
       Value("SELECT count(*) FROM paliad_ledger.entry WHERE kind = 'applied' AND version NOT IN"
             " (SELECT version FROM paliad.applied_migrations)")},
      {"a row has no applied entry, or several",
       Value("SELECT count(*) FROM paliad.applied_migrations AS row WHERE (SELECT count(*) FROM "
             "paliad_ledger.entry"
             " AS e WHERE e.version = row.version AND e.tracker = 'paliad.applied_migrations'"
             " AND e.kind IN ('applied', 'drift')) <> 1 AND checksum IS NOT NULL")},
  };
  for (const auto& [what, count] : checks) {
    if (count != "0") {
      return fmt::format("{} ({}): {}", what, count, Kinds());
    }
  }
  return "";
}

}  // namespace paliad::testing
