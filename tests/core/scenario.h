// A repository, a database, and the real paliadctl between them.
#ifndef PALIAD_TESTS_CORE_SCENARIO_H_
#define PALIAD_TESTS_CORE_SCENARIO_H_

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json.h"
#include "tests/support/git_repo.h"
#include "tests/support/pg_client.h"
#include "tests/support/postgres_server.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace paliad::testing {

// What one call of paliadctl did.
struct Outcome {
  int exit_code = -1;
  int signal = 0;
  std::string out;
  std::string err;
  Json json;  // stdout, where it is JSON; else null
};

class Scenario {
 public:
  // A fresh database on the shared server and an empty repository.
  Scenario();
  // A database somewhere else.
  explicit Scenario(std::string url);

  // "001_a.up.sql" and its text, into migrations/ of the work tree; `Commit` commits all.
  void Add(std::string_view file, std::string_view sql);
  std::string Commit(std::string_view message = "migrations");
  // Both.
  std::string Commit(const std::vector<std::pair<std::string, std::string>>& files);

  // paliadctl with the scenario's repository and database, answering in JSON.
  Outcome Run(std::vector<std::string> arguments);
  Outcome Reconcile(std::vector<std::string> more = {});
  // The same in the background.
  std::unique_ptr<BackgroundProcess> Start(std::vector<std::string> arguments);

  // The command line and environment, to change before it is run. `database` replaces the scenario's.
  Command MakeCommand(std::vector<std::string> arguments, const std::string& database = "") const;

  // SQL on the database.
  std::string Value(std::string_view sql) const { return testing::Value(url_, sql); }
  void Exec(std::string_view sql) const { testing::Exec(url_, sql); }

  // "1:a 2:b": the tracker.
  std::string Applied() const;
  // "genesis schema_upgraded run_started …": kinds by seq.
  std::string Kinds() const;
  // How many entries there are of a kind, of one version if it is not 0.
  int Entries(std::string_view kind, int version = 0) const;

  // seq is dense from 0, every leaf hashes to its leaf_hash, every started run but `open_runs` has one end,
  // and each tracker row has exactly one `applied`, `drift` or `bootstrapped` entry behind it. "" or what is
  // wrong.
  std::string Inconsistency(int open_runs = 0) const;

  GitRepo& repo() { return repo_; }
  const std::string& url() const { return url_; }
  const std::string& data_dir() const { return data_dir_.path(); }

 private:
  GitRepo repo_;
  std::string url_;
  TempDir data_dir_;
};

// `paliadctl` as Bazel built it for this test.
std::string PaliadctlPath();

Outcome ToOutcome(const ProcessResult& result);

}  // namespace paliad::testing

#endif  // PALIAD_TESTS_CORE_SCENARIO_H_
