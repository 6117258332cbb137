// `check`: policies without the target database.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "base/json.h"
#include "controller/check/check.h"
#include "controller/cli/command.h"
#include "controller/cli/render.h"
#include "migrations/directory_source.h"

namespace paliad::cli {
namespace {

struct Flags {
  std::string directory;
  std::string head = "HEAD";
};

struct Checked {
  std::string head;  // commit id; empty for plain files
  std::vector<Finding> findings;
};

Result<Checked> CheckDirectory(const Target& target, const std::string& directory) {
  ASSIGN_OR_RETURN(const SourceTree tree, ReadDirectory(directory));
  ASSIGN_OR_RETURN(DirectorySource source, DirectorySource::Open(directory));
  ASSIGN_OR_RETURN(std::vector<Finding> findings,
                   CheckTree(tree, source, DefaultPolicy(), target.tracker.Text()));
  return Checked{.head = "", .findings = std::move(findings)};
}

Result<Checked> CheckRevision(const Options& options, const Target& target, const std::string& revision) {
  ASSIGN_OR_RETURN(git::Repository repository, OpenRepository(options));
  ASSIGN_OR_RETURN(std::string head, repository.Resolve(revision));
  ASSIGN_OR_RETURN(const SourceTree tree, repository.ReadTree(head, target.path));
  ASSIGN_OR_RETURN(std::vector<Finding> findings,
                   CheckTree(tree, repository, DefaultPolicy(), target.tracker.Text()));
  return Checked{.head = std::move(head), .findings = std::move(findings)};
}

int RunCheck(const Invocation& invocation, const Flags& flags) {
  const Options& options = invocation.options;
  const Result<Target> target = MakeTarget(options);
  if (!target) {
    return AnswerError(options, target.error(), kUsage);
  }
  const Result<Checked> checked = flags.directory.empty() ? CheckRevision(options, *target, flags.head)
                                                          : CheckDirectory(*target, flags.directory);
  if (!checked) {
    return AnswerError(options, checked.error(), ExitCodeFor(checked.error()));
  }
  if (options.json()) {
    AnswerJson(CheckJson(target->name, checked->head, checked->findings));
  } else if (checked->findings.empty()) {
    Answer("no findings\n");
  } else {
    Answer(FindingsText(checked->findings, options.UseColor(STDOUT_FILENO)));
  }
  return HasErrors(checked->findings) ? kRejected : kDone;
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
  command->callback([&invocation, flags] { invocation.exit_code = RunCheck(invocation, *flags); });
}

}  // namespace paliad::cli
