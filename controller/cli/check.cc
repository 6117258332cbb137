// `check`: policies without the target database.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "base/json.h"
#include "controller/check/check.h"
#include "controller/cli/command.h"
#include "controller/cli/dry_run.h"
#include "controller/cli/render.h"
#include "migrations/directory_source.h"
#include "migrations/migration_set.h"

namespace paliad::cli {
namespace {

struct Flags {
  std::string directory;
  std::string head = "HEAD";
  ScratchFlags scratch;
};

struct Checked {
  std::string head;  // commit id; empty for plain files
  std::vector<Finding> findings;
  std::optional<scratch::DryRun> dry_run;
};

Result<Checked> CheckDirectory(const Target& target, const Flags& flags, const Clock& clock) {
  ASSIGN_OR_RETURN(const SourceTree tree, ReadDirectory(flags.directory));
  ASSIGN_OR_RETURN(DirectorySource source, DirectorySource::Open(flags.directory));
  const Policy policy = DefaultPolicy();
  ASSIGN_OR_RETURN(std::vector<Finding> findings, CheckTree(tree, source, policy, target.tracker.Text()));
  ASSIGN_OR_RETURN(
      auto dry_run,
      RunDryIfAsked(flags.scratch, target, findings, {},
                    {.migrations = MakeMigrationSet(tree, policy.ignore).migrations, .source = &source},
                    clock));
  return Checked{.head = "", .findings = std::move(findings), .dry_run = std::move(dry_run)};
}

Result<Checked> CheckRevision(const Options& options, const Target& target, const Flags& flags,
                              const Clock& clock) {
  ASSIGN_OR_RETURN(git::Repository repository, OpenRepository(options));
  ASSIGN_OR_RETURN(std::string head, repository.Resolve(flags.head));
  ASSIGN_OR_RETURN(const SourceTree tree, repository.ReadTree(head, target.path));
  const Policy policy = DefaultPolicy();
  ASSIGN_OR_RETURN(std::vector<Finding> findings, CheckTree(tree, repository, policy, target.tracker.Text()));
  ASSIGN_OR_RETURN(
      auto dry_run,
      RunDryIfAsked(flags.scratch, target, findings, {},
                    {.migrations = MakeMigrationSet(tree, policy.ignore).migrations, .source = &repository},
                    clock));
  return Checked{.head = std::move(head), .findings = std::move(findings), .dry_run = std::move(dry_run)};
}

int RunCheck(const Invocation& invocation, const Flags& flags) {
  const Options& options = invocation.options;
  const Result<Target> target = MakeTarget(options);
  if (!target) {
    return AnswerError(options, target.error(), kUsage);
  }
  const Result<Checked> checked = flags.directory.empty()
                                      ? CheckRevision(options, *target, flags, invocation.clock)
                                      : CheckDirectory(*target, flags, invocation.clock);
  if (!checked) {
    return AnswerError(options, checked.error(), ExitCodeFor(checked.error()));
  }
  if (options.json()) {
    OrderedJson json = CheckJson(target->name, checked->head, checked->findings);
    json["dry_run"] = DryRunJson(checked->dry_run);
    AnswerJson(json);
  } else {
    const bool color = options.UseColor(STDOUT_FILENO);
    Answer(checked->findings.empty() ? "no findings\n" : FindingsText(checked->findings, color));
    if (checked->dry_run) {
      Answer(DryRunText(*checked->dry_run, color));
    }
  }
  const bool fails = checked->dry_run && !checked->dry_run->ok();
  return fails || HasErrors(checked->findings) ? kRejected : kDone;
}

}  // namespace

void AddCheck(CLI::App& app, Invocation& invocation) {
  CLI::App* command =
      app.add_subcommand("check", "Judge migrations without a database: before a push, or in CI");
  const auto flags = std::make_shared<Flags>();
  CLI::Option* directory =
      command->add_option("--dir", flags->directory, "A folder of plain files, as they are")
          ->type_name("DIR");
  command->add_option("--head", flags->head, "What to judge in --repo")
      ->type_name("REV")
      ->capture_default_str()
      ->excludes(directory);
  AddScratchOptions(*command, flags->scratch);
  command->callback([&invocation, flags] { invocation.exit_code = RunCheck(invocation, *flags); });
}

}  // namespace paliad::cli
