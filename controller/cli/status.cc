// `status`: is the target ready, and if not, why.
#include <CLI/CLI.hpp>

#include "base/json.h"
#include "controller/cli/command.h"
#include "controller/cli/render.h"
#include "controller/reconcile/inspect.h"

namespace paliad::cli {
namespace {

int RunStatus(const Invocation& invocation) {
  const Options& options = invocation.options;
  if (const auto missing = MissingDatabase(options)) {
    return AnswerError(options, *missing, kUsage);
  }
  const auto answer = [&]() -> Status {
    ASSIGN_OR_RETURN(const Target target, MakeTarget(options));
    ASSIGN_OR_RETURN(git::Repository repository, OpenRepository(options));
    ASSIGN_OR_RETURN(const TargetStatus status, ReadStatus(target, repository));
    if (options.json()) {
      AnswerJson(StatusJson(target, status));
    } else {
      Answer(StatusText(target, status));
    }
    return {};
  }();
  return answer ? kDone : AnswerError(options, answer.error(), ExitCodeFor(answer.error()));
}

}  // namespace

void AddStatus(CLI::App& app, Invocation& invocation) {
  CLI::App* command =
      app.add_subcommand("status", "The target: ready, reconciling or stalled, its last run, its lag");
  command->callback([&invocation] { invocation.exit_code = RunStatus(invocation); });
}

}  // namespace paliad::cli
