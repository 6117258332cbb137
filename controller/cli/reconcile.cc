// `reconcile`: one run of the core.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/duration.h"
#include "base/json.h"
#include "controller/cli/anchoring.h"
#include "controller/cli/command.h"
#include "controller/cli/progress.h"
#include "controller/cli/render.h"
#include "controller/config/config.h"
#include "controller/pulls/open_forge.h"
#include "controller/reconcile/forge_side.h"
#include "controller/reconcile/reconcile.h"

namespace paliad::cli {
namespace {

struct Flags {
  std::string revision;
  std::string lock_wait = "60s";
};

int RunExitCode(const Run& run) {
  switch (run.outcome) {
    case ledger::Outcome::kInSync:
    case ledger::Outcome::kApplied:
      return kDone;
    case ledger::Outcome::kRejected:
      return HasErrors(run.findings) ? kRejected : kUsage;  // no finding: the policy itself has mistakes
    case ledger::Outcome::kFailed:
    case ledger::Outcome::kInterrupted:
      return kFailed;
    case ledger::Outcome::kRefused:
      return kRefused;
  }
  return kFailed;
}

// Who approved a commit is asked where a forge is configured; nothing is told there: the person is here.
std::optional<ForgeSide> SideOf(const Options& options, const Clock& clock) {
  const config::TargetConfig* target =
      options.config == nullptr ? nullptr : options.config->Find(options.target);
  if (target == nullptr || !target->forge || target->forge->token.empty()) {
    return std::nullopt;
  }
  return ForgeSide{
      .owner = pulls::OwnerOf(*target),
      .apply_context = "",
      .runs_url = "",
      .find_attribution = [target, &clock](const std::string& commit) -> std::optional<Attributed> {
        const auto client = pulls::OpenForge(*target, clock);
        if (!client) {
          std::fprintf(stderr, "%s\n", client.error().Message().c_str());
          return std::nullopt;
        }
        auto answer = (*client)->FindAttribution(commit);
        if (!answer) {
          std::fprintf(stderr, "%s\n", answer.error().error.Message().c_str());
          return std::nullopt;
        }
        return *std::move(answer);
      }};
}

Result<Run> Execute(const Invocation& invocation, const Flags& flags, std::chrono::milliseconds lock_wait) {
  const Options& options = invocation.options;
  ASSIGN_OR_RETURN(const Target target, MakeTarget(options));
  const std::optional<ForgeSide> forge = SideOf(options, invocation.clock);
  // What was approved may be on no branch any more.
  const std::vector<std::string> heads =
      forge ? std::vector{pulls::HeadReferences(options.config->Find(options.target)->forge->kind)}
            : std::vector<std::string>();
  ASSIGN_OR_RETURN(git::Repository repository, OpenRepository(options, heads));
  Progress progress(options);
  return paliad::Reconcile(
      target, repository,
      {.revision = flags.revision, .actor = Actor(), .lock_wait = lock_wait, .forge = forge},
      invocation.clock, progress);
}

int RunReconcile(const Invocation& invocation, const Flags& flags) {
  const Options& options = invocation.options;
  if (const auto missing = MissingDatabase(options)) {
    return AnswerError(options, *missing, kUsage);
  }
  const auto lock_wait = ParseDuration(flags.lock_wait);
  if (!lock_wait) {
    return AnswerError(options, lock_wait.error(), kUsage);
  }
  const Result<Run> run = Execute(invocation, flags, *lock_wait);
  if (!run) {
    return AnswerError(options, run.error(), ExitCodeFor(run.error()));
  }
  if (options.json()) {
    AnswerJson(RunJson(*run));
  } else {
    Answer(RunText(*run, options.UseColor(STDOUT_FILENO)));
  }
  const bool color = options.UseColor(STDERR_FILENO);
  if (run->failed) {
    std::fputs(FailureText(*run->failed, color).c_str(), stderr);
  } else if (run->error) {
    std::fputs(ErrorText(*run->error, color).c_str(), stderr);
  }
  std::fputs(AnchoringComplaints(run->anchoring, run->anchoring_error, color).c_str(), stderr);
  return ExitCodeWith(run->anchoring_error, RunExitCode(*run));
}

}  // namespace

void AddReconcile(CLI::App& app, Invocation& invocation) {
  CLI::App* command = app.add_subcommand("reconcile", "Apply what is pending, once, in order, and record it");
  const auto flags = std::make_shared<Flags>();
  command->add_option("--revision", flags->revision, "A commit, tag or branch; default: the branch's head")
      ->type_name("REV");
  command->add_option("--lock-wait", flags->lock_wait, "How long to wait for another run to end")
      ->check(IsDuration)
      ->type_name("DURATION")
      ->capture_default_str();
  command->callback([&invocation, flags] { invocation.exit_code = RunReconcile(invocation, *flags); });
}

}  // namespace paliad::cli
