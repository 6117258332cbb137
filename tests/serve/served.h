// A repository that is pushed to, databases, and real controllers between them.
#ifndef PALIAD_TESTS_SERVE_SERVED_H_
#define PALIAD_TESTS_SERVE_SERVED_H_

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json.h"
#include "tests/core/scenario.h"
#include "tests/support/git_repo.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace paliad::testing {

// A target of the configuration that Served writes.
struct ServedTarget {
  std::string name = "default";
  std::string database;    // URL
  std::string repository;  // empty: the one that Push pushes to
  std::string keys;        // further lines
};

class Served {
 public:
  // One target, "default", on a fresh database of the shared server.
  Served();
  explicit Served(const std::string& database);

  // Commits to the work tree without pushing. "001_a.up.sql" and its text.
  std::string Commit(const std::vector<std::pair<std::string, std::string>>& files,
                     std::string_view message = "migrations");
  void Push(const std::vector<std::string>& more = {});

  // The configuration; every target's interval is `interval`.
  std::vector<ServedTarget> targets;
  std::string interval = "200ms";
  std::string controller_keys;                   // lines of [controller]
  std::map<std::string, std::string> variables;  // further ones of the controllers' environment
  void WriteConfig() const;

  // Starts a controller, with the configuration as it is on disk; logs go to a file of its own.
  std::unique_ptr<BackgroundProcess> Start();
  // Pushes 1_a, which makes table a, writes the configuration, starts a controller, and waits until it is
  // applied.
  std::unique_ptr<BackgroundProcess> StartWithFirst();
  // Waits until it logs that it serves: from then on a signal is a request, before it is the end. Its HTTP
  // port.
  std::uint16_t AwaitServing(const BackgroundProcess& controller) const;
  // SIGTERM; the exit code.
  static int Stop(BackgroundProcess& controller);
  // paliadctl with the configuration, answering in JSON.
  Outcome Run(std::vector<std::string> arguments) const;

  // Asks until the answer is true, for longer than anything takes; false: it never was.
  static bool Until(const std::function<bool()>& ask);
  // Waits until the query of the first target's database, or of `database`, answers `expected`; fails the
  // test with the logs if it does not. Errors (there is no such table yet) are answers too.
  void Await(std::string_view sql, std::string_view expected, const std::string& database = "") const;
  std::string Value(std::string_view sql) const;
  void Exec(std::string_view sql) const;
  // The outcomes of the runs that had an end of their own, in order: "applied failed".
  static constexpr char kOutcomes[] =
      "SELECT coalesce(string_agg(outcome, ' ' ORDER BY seq), '') FROM paliad_ledger.entry"
      " WHERE kind = 'run_finished' AND outcome <> 'interrupted'";
  static constexpr char kApplied[] =
      "SELECT coalesce(string_agg(version::text, ' ' ORDER BY version), '') FROM paliad.applied_migrations";
  // Waits until the logs hold the text `times` times.
  void AwaitLog(std::string_view text, int times = 1) const;
  std::string Logs() const;

  // "" or what is wrong with the ledger of the first target; see Scenario::Inconsistency.
  std::string Inconsistency() const;

  GitRepo& repo() { return repo_; }
  std::string origin() const { return dir_.path() + "/origin.git"; }
  std::string data_dir() const { return dir_.path() + "/data"; }
  std::string config_file() const { return dir_.path() + "/paliad.toml"; }

 private:
  Command MakeCommand(std::vector<std::string> arguments) const;

  TempDir dir_;
  GitRepo repo_;
  struct Started {
    pid_t pid;
    std::string log_file;
  };
  std::vector<Started> started_;  // controllers, ended ones too
};

}  // namespace paliad::testing

#endif  // PALIAD_TESTS_SERVE_SERVED_H_
