// `suspend` and `resume`: stop a target's runs, and let them begin again. A running controller learns of it
// from the database.
#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "base/json.h"
#include "base/text.h"
#include "controller/cli/command.h"
#include "controller/reconcile/suspend.h"

namespace paliad::cli {
namespace {

struct Flags {
  std::string reason;
  bool accept_rewrite = false;
};

int AnswerRequest(const Invocation& invocation, const Flags& flags, bool suspend) {
  const Options& options = invocation.options;
  if (const auto missing = MissingDatabase(options)) {
    return AnswerError(options, *missing, kUsage);
  }
  const Result<Target> target = MakeTarget(options);
  if (!target) {
    return AnswerError(options, target.error(), kUsage);
  }
  const PersonsRequest request{.actor = Actor(), .reason = flags.reason};
  const Status done = suspend ? Suspend(*target, request, invocation.clock)
                              : Resume(*target, request, flags.accept_rewrite, invocation.clock);
  if (!done) {
    const bool refused = done.error().kind == ErrorKind::kConflict;
    return AnswerError(options, done.error(), refused ? kRefused : ExitCodeFor(done.error()));
  }
  if (options.json()) {
    AnswerJson({{"target", target->name},
                {"suspended", suspend},
                {"actor", request.actor},
                {"reason", request.reason},
                {"accept_rewrite", flags.accept_rewrite}});
  } else {
    Answer(EscapeForTerminal(target->name) +
           (suspend ? " is suspended: no migration begins until `paliadctl resume`\n" : " is resumed\n"));
  }
  return kDone;
}

CLI::App* Add(CLI::App& app, Invocation& invocation, const std::string& name, const std::string& description,
              const std::shared_ptr<Flags>& flags) {
  CLI::App* command = app.add_subcommand(name, description);
  command->add_option("--reason", flags->reason, "For the auditor; recorded")
      ->required()
      ->type_name("TEXT")
      ->check([](const std::string& text) {
        return text.find_first_not_of(" \t\n") == std::string::npos
                   ? std::string("a reason must not be empty")
                   : std::string();
      });
  const bool suspend = name == "suspend";
  command->callback(
      [&invocation, flags, suspend] { invocation.exit_code = AnswerRequest(invocation, *flags, suspend); });
  return command;
}

}  // namespace

void AddSuspend(CLI::App& app, Invocation& invocation) {
  Add(app, invocation, "suspend", "Let no run and no migration of a target begin until somebody resumes it",
      std::make_shared<Flags>());
  const auto flags = std::make_shared<Flags>();
  Add(app, invocation, "resume", "Let runs begin again, and look once more at what stalled", flags)
      ->add_flag("--accept-rewrite", flags->accept_rewrite,
                 "Go on from the branch's newest commit though its history was rewritten");
}

}  // namespace paliad::cli
