// What every command has: the global options, the way to its target, and how it answers.
#ifndef PALIAD_CONTROLLER_CLI_COMMAND_H_
#define PALIAD_CONTROLLER_CLI_COMMAND_H_

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/json_fwd.h"
#include "base/result.h"
#include "controller/config/config.h"
#include "controller/git/fetch.h"
#include "controller/git/repository.h"
#include "controller/reconcile/target.h"
#include "policies/policy.h"

namespace CLI {
class App;
}  // namespace CLI

namespace paliad::cli {

// Public; scripts depend on them.
enum ExitCode {
  kDone = 0,
  kFailed = 1,
  kUsage = 2,
  kRejected = 3,
  kOutOfSync = 4,
  kRefused = 5,
  kNotVerified = 6,
};

// Filled by the flags and by the configuration file; see `paliadctl --help`. With a file, a command about one
// target finds what the file says of it here; `status` and others that are about all of them use
// configured.h.
struct Options {
  std::string config_file;                       // --config
  std::set<std::string> given;                   // the global flags on the command line: "--repo"
  std::shared_ptr<const config::Config> config;  // null: there is no file
  std::string target = "default";
  std::string database;
  std::optional<Error> database_error;  // why it could not be read from where the file says
  std::string repository = ".";
  std::optional<Result<git::Credentials>> credentials;  // of the file's target; none: from the environment
  std::string branch = "main";
  std::string path = "migrations";
  std::string tracker = "paliad.applied_migrations";
  std::string legacy_tracker = "paliad.paliad_schema_migrations";
  std::string search_path;
  std::string lock_timeout = "5s";
  std::string statement_timeout = "0";
  std::string policy;                     // a file's path
  std::optional<Policy> policy_of_file;   // what it holds
  std::string policy_path = kPolicyPath;  // on the branch
  LedgerSettings ledger;
  std::string data_dir;
  std::string output = "text";
  std::string color = "auto";
  std::string log_level = "info";
  std::string log_format = "text";
  bool quiet = false;

  bool json() const { return output == "json"; }
  bool UseColor(int file_descriptor) const;  // --color, NO_COLOR, and whether it is a terminal
};

// One run of the program. The commands' callbacks set `exit_code`.
struct Invocation {
  Options options;
  SystemClock clock;
  int exit_code = kDone;
};

// "" or what is wrong with a duration: a check for CLI11's options.
std::string IsDuration(const std::string& text);

// The policy in a file of this machine: --policy. kInvalidInput has every mistake in it.
[[nodiscard]] Result<Policy> ReadPolicyFile(const std::string& path);

// The same, not yet read as a policy.
[[nodiscard]] Result<std::string> ReadPolicyText(const std::string& path);

// The target that the options describe. kInvalidInput names the flag that is wrong.
[[nodiscard]] Result<Target> MakeTarget(const Options& options);

// The error of a command that needs a database and was given none: falling back to libpq's defaults could
// reach the wrong server.
std::optional<Error> MissingDatabase(const Options& options);

// The repository: opened where it is local, fetched first where it is a URL, with `references` beside its
// branches and tags ("refs/pull/*/head").
[[nodiscard]] Result<git::Repository> OpenRepository(const Options& options,
                                                     const std::vector<std::string>& references = {});

// Who runs this: "m@laptop".
std::string Actor();

// Writes the answer to stdout.
void Answer(const std::string& text);
void AnswerJson(const OrderedJson& json);

// The document of a command that could not produce its answer, or the text of it on stderr. Returns `code`.
int AnswerError(const Options& options, const Error& error, int code);

// 1, or 5 for what a person must settle first.
int ExitCodeFor(const Error& error);

// {"kind":…,"message":…,"hint":…}
OrderedJson ErrorJson(const Error& error);

// The error as text for people: "error: …" and the hint on a line of its own.
std::string ErrorText(const Error& error, bool color);

// One a command: adds its subcommand to `app`; its callback works on `invocation`.
void AddPlan(CLI::App& app, Invocation& invocation);
void AddReconcile(CLI::App& app, Invocation& invocation);
void AddVerify(CLI::App& app, Invocation& invocation);
void AddStatus(CLI::App& app, Invocation& invocation);
void AddCheck(CLI::App& app, Invocation& invocation);
void AddConfig(CLI::App& app, Invocation& invocation);
void AddResolve(CLI::App& app, Invocation& invocation);
void AddNew(CLI::App& app, Invocation& invocation);
void AddLedger(CLI::App& app, Invocation& invocation);
void AddKeygen(CLI::App& app, Invocation& invocation);
void AddPr(CLI::App& app, Invocation& invocation);

// Of `ledger`.
void AddLedgerCheckpoint(CLI::App& ledger, Invocation& invocation);
void AddLedgerExport(CLI::App& ledger, Invocation& invocation);
void AddLedgerIncarnate(CLI::App& ledger, Invocation& invocation);
void AddLedgerProve(CLI::App& ledger, Invocation& invocation);
void AddLedgerVerify(CLI::App& ledger, Invocation& invocation);
void AddServe(CLI::App& app, Invocation& invocation);
void AddSuspend(CLI::App& app, Invocation& invocation);  // and `resume`
void AddToken(CLI::App& app, Invocation& invocation);

// Parses, runs one command, returns the exit code.
int Main(int argc, char** argv);

}  // namespace paliad::cli

#endif  // PALIAD_CONTROLLER_CLI_COMMAND_H_
