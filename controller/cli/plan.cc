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
  std::optional<Error> policy_mistakes;  // then there is no inspection
  Inspection inspection;
};

Result<Looked> Look(const Options& options, const std::string& revision_name) {
  Looked looked;
  ASSIGN_OR_RETURN(looked.target, MakeTarget(options));
  ASSIGN_OR_RETURN(git::Repository repository, OpenRepository(options));
  ASSIGN_OR_RETURN(Revision revision, ReadRevision(repository, looked.target, revision_name));
  if (revision.policy) {
    ASSIGN_OR_RETURN(looked.inspection, Inspect(looked.target, repository, std::move(revision)));
  } else {
    looked.policy_mistakes = revision.policy.error();
  }
  return looked;
}

// What RunPlan and RunVerify do where there is nothing to show; none if there is.
std::optional<int> AnswerMistake(const Options& options, const Result<Looked>& looked) {
  if (!looked) {
    return AnswerError(options, looked.error(), ExitCodeFor(looked.error()));
  }
  if (looked->policy_mistakes) {
    return AnswerError(options, *looked->policy_mistakes, kUsage);
  }
  return std::nullopt;
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
  if (const auto code = AnswerMistake(options, looked)) {
    return *code;
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
  if (const auto code = AnswerMistake(options, looked)) {
    return *code;
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
