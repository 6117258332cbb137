// `status`: is each target ready, and if not, why.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/text.h"
#include "controller/cli/command.h"
#include "controller/cli/configured.h"
#include "controller/cli/render.h"
#include "controller/reconcile/inspect.h"

namespace paliad::cli {
namespace {

struct Looked {
  Target target;
  TargetStatus status;
};

Result<Looked> Look(const Options& options) {
  if (const auto missing = MissingDatabase(options)) {
    return Fail(*missing);
  }
  ASSIGN_OR_RETURN(Target target, MakeTarget(options));
  ASSIGN_OR_RETURN(git::Repository repository, OpenRepository(options));
  ASSIGN_OR_RETURN(TargetStatus status, ReadStatus(target, repository));
  return Looked{.target = std::move(target), .status = std::move(status)};
}

int RunStatus(const Invocation& invocation) {
  const Options& options = invocation.options;
  const auto targets = EachTarget(options);
  if (!targets) {
    return AnswerError(options, targets.error(), kUsage);
  }
  if (targets->size() == 1 && MissingDatabase(targets->front())) {
    return AnswerError(options, *MissingDatabase(targets->front()), kUsage);
  }
  // One that cannot be asked must not hide the others.
  OrderedJson json = OrderedJson::array();
  std::string text;
  int exit_code = kDone;
  for (const Options& one : *targets) {
    const Result<Looked> looked = Look(one);
    if (looked) {
      json.push_back(StatusJson(looked->target, looked->status));
      text += StatusText(looked->target, looked->status);
      continue;
    }
    exit_code = ExitCodeFor(looked.error());
    if (targets->size() == 1) {
      return AnswerError(options, looked.error(), exit_code);
    }
    json.push_back({{"target", one.target},
                    {"state", "unknown"},
                    {"reason", looked.error().Message()},
                    {"commit", nullptr},
                    {"commits_behind", nullptr},
                    {"since", nullptr},
                    {"last_run", nullptr},
                    {"error", ErrorJson(looked.error())}});
    text += EscapeForTerminal(one.target + ": unknown: " + looked.error().Message()) + "\n";
  }
  if (options.json()) {
    AnswerJson(json);
  } else {
    Answer(text);
  }
  return exit_code;
}

}  // namespace

void AddStatus(CLI::App& app, Invocation& invocation) {
  CLI::App* command =
      app.add_subcommand("status", "Each target: ready, reconciling or stalled, its last run, its lag");
  command->callback([&invocation] { invocation.exit_code = RunStatus(invocation); });
}

}  // namespace paliad::cli
