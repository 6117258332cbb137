// `check`: policies without the target database.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <optional>
#include <string>

#include "base/json.h"
#include "controller/check/check.h"
#include "controller/check/file_judge.h"
#include "controller/cli/command.h"
#include "controller/cli/dry_run.h"
#include "controller/cli/render.h"
#include "controller/version.h"
#include "migrations/directory_source.h"
#include "migrations/migration_set.h"
#include "policies/markdown.h"
#include "policies/policy_file.h"
#include "policies/sarif.h"

namespace paliad::cli {
namespace {

struct Flags {
  std::string directory;
  std::string base;
  std::string head = "HEAD";
  ScratchFlags scratch;
};

struct Checked {
  std::string head;                      // commit id; empty for plain files
  std::string base;                      // the same; empty without --base
  std::optional<Error> policy_mistakes;  // then nothing was judged
  bool policy_changed = false;           // between base and head
  std::vector<Finding> findings;
  std::optional<scratch::DryRun> dry_run;
};

Result<Checked> CheckDirectory(const Target& target, const Flags& flags, const Clock& clock) {
  CheckInput input;
  ASSIGN_OR_RETURN(input.tree, ReadDirectory(flags.directory));
  ASSIGN_OR_RETURN(DirectorySource source, DirectorySource::Open(flags.directory));
  const Policy policy = target.policy.value_or(DefaultPolicy());
  Checked checked;
  FileJudge judge(policy, target.tracker.Text());
  ASSIGN_OR_RETURN(checked.findings, Check(input, source, judge));
  ASSIGN_OR_RETURN(
      checked.dry_run,
      RunDryIfAsked(flags.scratch, target, checked.findings, {},
                    {.migrations = MakeMigrationSet(input.tree, policy.ignore).migrations, .source = &source},
                    clock));
  return checked;
}

// Tries what the base does not have; without a base, everything.
Result<std::optional<scratch::DryRun>> TryOnScratch(git::Repository& repository, const Target& target,
                                                    const Flags& flags, const Checked& checked,
                                                    const SourceTree& tree, const Policy& policy,
                                                    const Clock& clock) {
  if (flags.scratch.url.empty()) {
    return std::nullopt;
  }
  MigrationSet base;
  if (!checked.base.empty()) {
    ASSIGN_OR_RETURN(base, ReadBaseSet(repository, checked.base, target.path, policy));
  }
  std::vector<Migration> pending = PendingAfter(base, MakeMigrationSet(tree, policy.ignore));
  return RunDryIfAsked(flags.scratch, target, checked.findings,
                       {.migrations = std::move(base.migrations), .source = &repository},
                       {.migrations = std::move(pending), .source = &repository}, clock);
}

// Neither side has the folder: it is the flag that is wrong.
Error NoFolder(const Target& target) {
  return {.kind = ErrorKind::kInvalidInput,
          .doing = "read the folder",
          .subject = target.path,
          .cause = "the merged commit has no such folder",
          .hint = "name it with --path"};
}

// A change is judged as merged, by the policy that its base has: it cannot relax what judges it.
Result<Checked> CheckRevision(const Options& options, const Target& target, const Flags& flags,
                              const Clock& clock) {
  ASSIGN_OR_RETURN(git::Repository repository, OpenRepository(options));
  Checked checked;
  CheckInput input;
  ASSIGN_OR_RETURN(checked.head, repository.Resolve(flags.head));
  if (flags.base.empty()) {
    ASSIGN_OR_RETURN(input.tree, repository.ReadTree(checked.head, target.path));
  } else {
    ASSIGN_OR_RETURN(checked.base, repository.Resolve(flags.base));
    ASSIGN_OR_RETURN(git::MergePreview merged,
                     repository.PreviewMerge(checked.base, checked.head, target.path, target.policy_path));
    if (merged.tree.tree_id.empty() && merged.changes.empty()) {
      return Fail(NoFolder(target));
    }
    checked.policy_changed = merged.changes_watched;
    input = {.tree = std::move(merged.tree), .changes = std::move(merged.changes)};
  }
  ASSIGN_OR_RETURN(const Result<Policy> policy,
                   ReadPolicyAt(repository, target, checked.base.empty() ? checked.head : checked.base));
  if (!policy) {
    checked.policy_mistakes = policy.error();
    return checked;
  }
  FileJudge judge(*policy, target.tracker.Text());
  ASSIGN_OR_RETURN(checked.findings, Check(input, repository, judge));
  ASSIGN_OR_RETURN(checked.dry_run,
                   TryOnScratch(repository, target, flags, checked, input.tree, *policy, clock));
  return checked;
}

void AnswerChecked(const Options& options, const Target& target, const Checked& checked) {
  if (options.json()) {
    OrderedJson json = CheckJson(target.name, checked.head, checked.base, checked.findings);
    json["dry_run"] = DryRunJson(checked.dry_run);
    AnswerJson(json);
  } else if (options.output == "markdown") {
    Answer(FindingsMarkdown(checked.findings) + (checked.dry_run ? DryRunMarkdown(*checked.dry_run) : ""));
  } else if (options.output == "sarif") {
    AnswerJson(FindingsSarif(checked.findings, kVersion));
    if (checked.dry_run) {  // which SARIF has no place for
      std::fputs(DryRunText(*checked.dry_run, options.UseColor(STDERR_FILENO)).c_str(), stderr);
    }
  } else {
    const bool color = options.UseColor(STDOUT_FILENO);
    Answer(checked.findings.empty() ? "no findings\n" : FindingsText(checked.findings, color));
    Answer(checked.dry_run ? DryRunText(*checked.dry_run, color) : "");
  }
  if (checked.policy_changed) {
    std::fprintf(stderr, "note: %s is changed here; the base's own is what this was judged by\n",
                 target.policy_path.c_str());
  }
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
  if (checked->policy_mistakes) {
    return AnswerError(options, *checked->policy_mistakes, kUsage);
  }
  AnswerChecked(options, *target, *checked);
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
  command
      ->add_option("--base", flags->base,
                   "Judge what merging --head into REV would change, by REV's policy; SQL rules then look at "
                   "new and changed files only")
      ->type_name("REV")
      ->excludes(directory);
  command->add_option("--head", flags->head, "What to judge in --repo")
      ->type_name("REV")
      ->capture_default_str()
      ->excludes(directory);
  AddScratchOptions(*command, flags->scratch);
  command->footer("-o also takes markdown and sarif.");
  command->callback([&invocation, flags] { invocation.exit_code = RunCheck(invocation, *flags); });
}

}  // namespace paliad::cli
