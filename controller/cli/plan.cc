// `plan` and `verify`: the same look at commit and database, shown from two sides.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "base/json.h"
#include "controller/cli/command.h"
#include "controller/cli/render.h"
#include "controller/reconcile/inspect.h"
#include "policies/rules.h"

namespace paliad::cli {
namespace {

struct Looked {
  Target target;
  Inspection inspection;
};

Result<Looked> Look(const Options& options, const std::string& revision) {
  Looked looked;
  ASSIGN_OR_RETURN(looked.target, MakeTarget(options));
  ASSIGN_OR_RETURN(git::Repository repository, OpenRepository(options));
  ASSIGN_OR_RETURN(looked.inspection, Inspect(looked.target, repository, revision));
  return looked;
}

int PlanExitCode(const Inspection& inspection) {
  if (HasErrors(inspection.assessment.findings)) {
    return kRejected;
  }
  if (inspection.refusal) {
    return kRefused;
  }
  const bool pending =
      !inspection.assessment.pending.empty() || !inspection.assessment.plan.bootstrap.empty();
  return pending ? kOutOfSync : kDone;
}

int RunPlan(const Invocation& invocation, const std::string& revision) {
  const Options& options = invocation.options;
  if (const auto missing = MissingDatabase(options)) {
    return AnswerError(options, *missing, kUsage);
  }
  const Result<Looked> looked = Look(options, revision);
  if (!looked) {
    return AnswerError(options, looked.error(), ExitCodeFor(looked.error()));
  }
  const Inspection& inspection = looked->inspection;
  if (options.json()) {
    AnswerJson(PlanJson(looked->target, inspection));
  } else {
    Answer(PlanText(looked->target, inspection, options.UseColor(STDOUT_FILENO)));
    if (inspection.refusal) {
      std::fputs(ErrorText(*inspection.refusal, options.UseColor(STDERR_FILENO)).c_str(), stderr);
    }
  }
  return PlanExitCode(inspection);
}

int RunVerify(const Invocation& invocation, const std::string& revision) {
  const Options& options = invocation.options;
  if (const auto missing = MissingDatabase(options)) {
    return AnswerError(options, *missing, kUsage);
  }
  const Result<Looked> looked = Look(options, revision);
  if (!looked) {
    return AnswerError(options, looked.error(), ExitCodeFor(looked.error()));
  }
  if (options.json()) {
    AnswerJson(VerifyJson(looked->target, looked->inspection));
  } else {
    Answer(VerifyText(looked->target, looked->inspection, options.UseColor(STDOUT_FILENO)));
  }
  if (HasErrors(CheckSet(looked->inspection.assessment.desired))) {
    return kRejected;
  }
  return IsInSync(looked->inspection) ? kDone : kOutOfSync;
}

using Runner = int (*)(const Invocation&, const std::string&);

void Add(CLI::App& app, Invocation& invocation, const std::string& name, const std::string& description,
         Runner run) {
  CLI::App* command = app.add_subcommand(name, description);
  const auto revision = std::make_shared<std::string>();
  command->add_option("--revision", *revision, "A commit, tag or branch; default: the branch's head")
      ->type_name("REV");
  command->callback([&invocation, revision, run] { invocation.exit_code = run(invocation, *revision); });
}

}  // namespace

void AddPlan(CLI::App& app, Invocation& invocation) {
  Add(app, invocation, "plan", "What a run would do now, and why: reads only, takes no lock, creates nothing",
      &RunPlan);
}

void AddVerify(CLI::App& app, Invocation& invocation) {
  Add(app, invocation, "verify", "Is the applied set equal to the desired set, row by row", &RunVerify);
}

}  // namespace paliad::cli
