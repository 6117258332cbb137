// `resolve`: settle what only a person knows.
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <string>

#include "base/duration.h"
#include "base/json.h"
#include "base/text.h"
#include "controller/cli/anchoring.h"
#include "controller/cli/command.h"
#include "controller/cli/progress.h"
#include "controller/cli/render.h"
#include "controller/reconcile/resolve.h"

namespace paliad::cli {
namespace {

struct Flags {
  Version version = 0;
  std::string as;
  std::string reason;
  std::string lock_wait = "60s";
};

Result<Resolution> Execute(const Invocation& invocation, const Flags& flags,
                           std::chrono::milliseconds lock_wait) {
  const Options& options = invocation.options;
  ASSIGN_OR_RETURN(const Target target, MakeTarget(options));
  ASSIGN_OR_RETURN(git::Repository repository, OpenRepository(options));
  Progress progress(options);
  return Resolve(target, repository,
                 {.version = flags.version,
                  .as_applied = flags.as == "applied",
                  .reason = flags.reason,
                  .actor = Actor(),
                  .revision = "",
                  .lock_wait = lock_wait},
                 invocation.clock, progress);
}

OrderedJson ResolutionJson(const Options& options, const Flags& flags, const Resolution& resolution) {
  OrderedJson ledger = nullptr;
  if (resolution.ledger) {
    ledger = {{"size", resolution.ledger->size}, {"root", resolution.ledger->root}};
  }
  return {
      {"target", options.target}, {"version", flags.version}, {"name", resolution.name},    {"as", flags.as},
      {"was", resolution.was},    {"reason", flags.reason},   {"ledger", std::move(ledger)}};
}

int RunResolve(const Invocation& invocation, const Flags& flags) {
  const Options& options = invocation.options;
  if (const auto missing = MissingDatabase(options)) {
    return AnswerError(options, *missing, kUsage);
  }
  const auto lock_wait = ParseDuration(flags.lock_wait);
  if (!lock_wait) {
    return AnswerError(options, lock_wait.error(), kUsage);
  }
  const Result<Resolution> resolution = Execute(invocation, flags, *lock_wait);
  if (!resolution) {
    return AnswerError(options, resolution.error(), ExitCodeFor(resolution.error()));
  }
  if (resolution->objection) {
    return AnswerError(options, *resolution->objection, kUsage);
  }
  if (resolution->refusal) {
    return AnswerError(options, *resolution->refusal, kRefused);
  }
  std::fputs(
      AnchoringComplaints(resolution->anchoring, resolution->anchoring_error, options.UseColor(STDERR_FILENO))
          .c_str(),
      stderr);
  if (options.json()) {
    AnswerJson(ResolutionJson(options, flags, *resolution));
  } else {
    Answer(fmt::format("{} is recorded as {} (it was: {})\n",
                       EscapeForTerminal(Label(flags.version, resolution->name)),
                       flags.as == "applied" ? "applied" : "not applied", resolution->was));
  }
  return ExitCodeWith(resolution->anchoring_error, kDone);
}

}  // namespace

void AddResolve(CLI::App& app, Invocation& invocation) {
  CLI::App* command =
      app.add_subcommand("resolve", "Say what really happened to a version, and why you know");
  const auto flags = std::make_shared<Flags>();
  command->add_option("version", flags->version, "The migration's version")
      ->required()
      ->check(CLI::PositiveNumber);
  command->add_option("--as", flags->as, "What holds: its row is put in, or taken out")
      ->required()
      ->check(CLI::IsMember({"applied", "not-applied"}))
      ->type_name("applied|not-applied");
  command->add_option("--reason", flags->reason, "For the auditor; recorded")
      ->required()
      ->type_name("TEXT")
      ->check([](const std::string& text) {
        return text.find_first_not_of(" \t\n") == std::string::npos
                   ? std::string("a reason must not be empty")
                   : std::string();
      });
  command->add_option("--lock-wait", flags->lock_wait, "How long to wait for a run to end")
      ->check(IsDuration)
      ->type_name("DURATION")
      ->capture_default_str();
  command->callback([&invocation, flags] { invocation.exit_code = RunResolve(invocation, *flags); });
}

}  // namespace paliad::cli
