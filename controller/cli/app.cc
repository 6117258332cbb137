// The command line as a whole: global options, help, and what happens to a mistake in it.
#include <fmt/format.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "controller/cli/command.h"
#include "controller/cli/configured.h"
#include "controller/serve/loop/event_log.h"
#include "controller/version.h"

namespace paliad::cli {
namespace {

// "" or what is wrong, as CLI11's checks say it.
std::string IsTable(const std::string& text) {
  const auto name = QualifiedName::Parse(text);
  return name ? "" : fmt::format("{}; {}", name.error().cause, name.error().hint);
}

constexpr char kDescription[] =
    "paliadctl keeps a PostgreSQL schema equal to the migrations on a git branch, and can prove what it "
    "did.\n\n"
    "  paliadctl plan       what would a run do, and why\n"
    "  paliadctl reconcile  do it\n"
    "  paliadctl verify     is the database what the branch says\n\n"
    "Try it: paliadctl plan --database postgresql:///app --repo . --path migrations";

constexpr char kFooter[] =
    "Exit codes: 0 done, in sync; 1 it failed; 2 wrong usage; 3 rejected by policy; 4 out of sync;\n"
    "            5 refused (suspended, an unknown or lost outcome, a dirty legacy tracker, the lock was not "
    "had);\n"
    "            6 the ledger did not verify\n\n"
    "A remote --repo takes its credentials from PALIAD_GIT_USERNAME and PALIAD_GIT_PASSWORD, or for ssh\n"
    "from the agent or PALIAD_GIT_SSH_KEY_FILE; PALIAD_GIT_KNOWN_HOSTS_FILE and PALIAD_GIT_CA_FILE say whom "
    "to trust.";

void AddGlobalOptions(CLI::App& app, Options& options) {
  app.add_option(
         "--config", options.config_file,
         "The configuration; default: $PALIAD_CONFIG, ./paliad.toml, /etc/paliad/paliad.toml; '': none")
      ->type_name("FILE")
      ->group("Target");
  app.add_option("--target", options.target,
                 "One of the configuration's, where it has several; without one, the name that entries are "
                 "recorded under")
      ->type_name("NAME")
      ->capture_default_str()
      ->group("Target");
  // Its variable is no default of CLI11's: a flag wins over the configuration, the variable does not.
  app.add_option("--database", options.database,
                 "The database: postgresql://… or key=value …; default: the configuration's, else "
                 "$PALIAD_DATABASE_URL")
      ->type_name("URL")
      ->group("Target");
  app.add_option("--repo", options.repository, "The repository: a folder or a URL (https, ssh, file)")
      ->type_name("PATH-OR-URL")
      ->capture_default_str()
      ->group("Target");
  app.add_option("--branch", options.branch, "The branch that the database follows")
      ->type_name("NAME")
      ->capture_default_str()
      ->group("Target");
  app.add_option("--path", options.path, "The migrations' folder in the repository")
      ->type_name("DIR")
      ->capture_default_str()
      ->group("Target");
  app.add_option("--tracker", options.tracker, "The table of applied migrations")
      ->check(IsTable)
      ->type_name("SCHEMA.TABLE")
      ->capture_default_str()
      ->group("Target");
  app.add_option("--legacy-tracker", options.legacy_tracker,
                 "golang-migrate's counter: read once, never written")
      ->check(IsTable)
      ->type_name("SCHEMA.TABLE")
      ->capture_default_str()
      ->group("Target");
  app.add_option("--search-path", options.search_path, "For migrations; default: the login role's own")
      ->type_name("SCHEMAS")
      ->group("Target");
  app.add_option("--lock-timeout", options.lock_timeout,
                 "How long a migration waits for a lock before it is tried again; 0: for ever")
      ->check(IsDuration)
      ->type_name("DURATION")
      ->capture_default_str()
      ->group("Target");
  app.add_option("--statement-timeout", options.statement_timeout,
                 "How long one statement of a migration may take; 0: for ever")
      ->check(IsDuration)
      ->type_name("DURATION")
      ->capture_default_str()
      ->group("Target");
  app.add_option(
         "--policy", options.policy,
         "A policy file on this machine; default: .paliad/policy.toml on the branch where there is one, "
         "else the built-in default")
      ->type_name("FILE")
      ->group("Target");
  app.add_option("--data-dir", options.data_dir, "Clones and caches; default: $XDG_CACHE_HOME/paliad")
      ->type_name("DIR")
      ->group("Target");
  app.add_option("--ledger-origin", options.ledger.origin,
                 "Names the ledger in its checkpoints; default: host/database/target")
      ->type_name("ORIGIN")
      ->group("Ledger");
  app.add_option("--signing-key-file", options.ledger.signing_key_file,
                 "Signs the ledger's checkpoints; see `paliadctl keygen`")
      ->type_name("FILE")
      ->group("Ledger");
  app.add_option("--verifier-key", options.ledger.verifier_keys,
                 "A key that is trusted, 'VKEY [FROM [TO]]', several times; default: the signing key's own")
      ->type_name("VKEY")
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->allow_extra_args(false)
      ->group("Ledger");
  app.add_option("--publish", options.ledger.publish,
                 "Where checkpoints are published: file:DIR or git:REF; several times")
      ->type_name("PLACE")
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->allow_extra_args(false)
      ->group("Ledger");
  app.add_option("-o,--output", options.output, "How to answer")
      ->check(CLI::IsMember({"text", "json", "markdown", "sarif", "bundle", "jsonl", "csv"}))
      ->type_name("text|json")
      ->capture_default_str()
      ->group("Output");
  app.add_option("--color", options.color, "Colours; auto: on a terminal, unless NO_COLOR is set")
      ->check(CLI::IsMember({"auto", "always", "never"}))
      ->type_name("auto|always|never")
      ->capture_default_str()
      ->group("Output");
  app.add_option("--log-level", options.log_level, "What is logged to stderr")
      ->check(CLI::IsMember({"debug", "info", "warning", "error", "off"}))
      ->type_name("LEVEL")
      ->capture_default_str()
      ->group("Output");
  app.add_option("--log-format", options.log_format, "One line an event; json has its fields apart")
      ->check(CLI::IsMember({"text", "json"}))
      ->type_name("text|json")
      ->capture_default_str()
      ->group("Output");
  app.add_flag("-q,--quiet", options.quiet, "No progress, and only errors in the log")->group("Output");
}

// Some formats are of some commands only.
constexpr std::pair<std::string_view, std::string_view> kSpecialFormats[] = {
    {"check", "markdown"},         {"check", "sarif"},
    {"ledger export", "bundle"},   {"ledger export", "jsonl"},
    {"ledger export", "csv"},      {"ledger runs", "jsonl"},
    {"ledger runs", "csv"},        {"ledger show", "jsonl"},
    {"ledger show", "csv"},        {"ledger migration", "csv"},
    {"ledger migration", "jsonl"}, {"ledger entries", "jsonl"},
    {"ledger entries", "csv"},
};

void RequireFormat(const CLI::App& app, const Options& options) {
  std::string command;
  for (auto chosen = app.get_subcommands(); !chosen.empty(); chosen = chosen.front()->get_subcommands()) {
    command += (command.empty() ? "" : " ") + chosen.front()->get_name();
  }
  const bool everywhere = options.output == "text" || options.output == "json";
  const std::pair<std::string_view, std::string_view> asked = {command, options.output};
  if (!everywhere &&
      std::find(std::begin(kSpecialFormats), std::end(kSpecialFormats), asked) == std::end(kSpecialFormats)) {
    throw CLI::ValidationError("--output",
                               fmt::format("`{}` does not answer in {}", command, options.output));
  }
}

void SetUpLogging(const CLI::App& app, const Options& options) {
  const std::string level = options.quiet ? "error" : options.log_level;
  if (options.log_format == "json" || app.got_subcommand("serve")) {
    serve::SetUpEventLog(options.log_format == "json" ? serve::LogFormat::kJson : serve::LogFormat::kText,
                         level);
    return;
  }
  auto logger = spdlog::stderr_color_st("paliadctl");
  logger->set_pattern("%n: %^%l:%$ %v");
  logger->set_level(spdlog::level::from_str(level));
  spdlog::set_default_logger(std::move(logger));
}

// The flags could not be parsed, so this is asked of the words themselves.
bool AsksForJson(int argc, char** argv) {
  const std::vector<std::string_view> words(argv, argv + argc);
  for (std::size_t i = 1; i < words.size(); ++i) {
    if (words[i] == "-ojson" || words[i] == "--output=json" || words[i] == "-o=json" ||
        (words[i] == "json" && (words[i - 1] == "-o" || words[i - 1] == "--output"))) {
      return true;
    }
  }
  return false;
}

// Those about all targets, or none, look at the configuration themselves.
bool IsAboutOneTarget(const CLI::App& app) {
  constexpr std::array<std::string_view, 5> kOthers = {"config", "keygen", "serve", "status", "token"};
  const auto chosen = app.get_subcommands();
  return !chosen.empty() &&
         std::find(kOthers.begin(), kOthers.end(), chosen.front()->get_name()) == kOthers.end();
}

// What the flags do not say: the configuration's, the environment's, the policy file's.
Status CompleteOptions(const CLI::App& app, Options& options) {
  for (const CLI::Option* option : app.get_options()) {
    if (option->count() > 0) {
      options.given.insert(option->get_name());
    }
  }
  // `config check` reads both files itself, to show what is wrong with them.
  if (app.got_subcommand("config")) {
    return {};
  }
  RETURN_IF_ERROR(ReadConfiguration(options));
  if (const char* url = std::getenv("PALIAD_DATABASE_URL");
      url != nullptr && options.config == nullptr && !options.given.contains("--database")) {
    options.database = url;
  }
  if (!options.policy.empty()) {
    ASSIGN_OR_RETURN(options.policy_of_file, ReadPolicyFile(options.policy));
  }
  return IsAboutOneTarget(app) ? ChooseTarget(options) : Status();
}

int UsageError(const CLI::App& app, Options& options, const CLI::ParseError& mistake, int argc, char** argv) {
  options.output = AsksForJson(argc, argv) ? "json" : "text";
  const auto chosen = app.get_subcommands();
  const std::vector<std::string> words = chosen.empty() ? app.remaining() : std::vector<std::string>();
  const std::string command = chosen.empty() ? "paliadctl" : "paliadctl " + chosen.front()->get_name();
  return AnswerError(
      options,
      {.kind = ErrorKind::kInvalidInput,
       .doing = "understand the command line",
       .subject = "",
       .cause = words.empty() ? mistake.what() : fmt::format("unknown command '{}'", words.front()),
       .hint = fmt::format("`{} --help` says what it takes", command)},
      kUsage);
}

}  // namespace

int Main(int argc, char** argv) {
  Invocation invocation;
  CLI::App app(kDescription, "paliadctl");
  app.footer(kFooter);
  app.set_version_flag("--version", fmt::format("paliadctl {}", kVersion));
  app.require_subcommand(1);
  app.fallthrough();
  // The last one wins, so that a script's defaults can be overridden.
  app.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  app.get_formatter()->column_width(34);
  AddGlobalOptions(app, invocation.options);
  AddPlan(app, invocation);
  AddReconcile(app, invocation);
  AddVerify(app, invocation);
  AddStatus(app, invocation);
  AddCheck(app, invocation);
  AddConfig(app, invocation);
  AddResolve(app, invocation);
  AddNew(app, invocation);
  AddLedger(app, invocation);
  AddKeygen(app, invocation);
  AddPr(app, invocation);
  AddServe(app, invocation);
  AddSuspend(app, invocation);
  AddToken(app, invocation);
  std::optional<Error> mistake_in_file;
  app.parse_complete_callback([&] {
    SetUpLogging(app, invocation.options);
    RequireFormat(app, invocation.options);
    if (const Status completed = CompleteOptions(app, invocation.options); !completed) {
      mistake_in_file = completed.error();
      throw CLI::ValidationError("the configuration", "has mistakes");  // so that no command runs
    }
  });
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& help_or_version) {
    return app.exit(help_or_version);
  } catch (const CLI::ParseError& mistake) {
    if (mistake_in_file) {
      return AnswerError(invocation.options, *mistake_in_file, kUsage);
    }
    return UsageError(app, invocation.options, mistake, argc, argv);
  }
  // A full disk or a closed pipe must not look like an answer.
  if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) {
    std::fputs("error: cannot write the answer to standard output\n", stderr);
    return kFailed;
  }
  return invocation.exit_code;
}

}  // namespace paliad::cli
