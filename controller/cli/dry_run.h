// `--scratch URL`: the dry run that `check` adds where policy found no error, and how it is shown.
#ifndef PALIAD_CONTROLLER_CLI_DRY_RUN_H_
#define PALIAD_CONTROLLER_CLI_DRY_RUN_H_

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/json_fwd.h"
#include "base/result.h"
#include "controller/reconcile/target.h"
#include "controller/scratch/dry_run.h"
#include "policies/finding.h"

namespace CLI {
class App;
}  // namespace CLI

namespace paliad::cli {

struct ScratchFlags {
  std::string url;  // empty: no dry run
  std::string given_template;
  std::string timeout = "5m";
};

// --scratch, --scratch-template and --scratch-timeout. `flags` must outlive the parsing.
void AddScratchOptions(CLI::App& command, ScratchFlags& flags);

// None where none is asked for, or `findings` has an error. Errors as scratch::RunDry.
[[nodiscard]] Result<std::optional<scratch::DryRun>> RunDryIfAsked(
    const ScratchFlags& flags, const Target& target, const std::vector<Finding>& findings,
    const scratch::MigrationFiles& base, const scratch::MigrationFiles& pending, const Clock& clock);

// The field `dry_run` of `check`: null where there was none.
OrderedJson DryRunJson(const std::optional<scratch::DryRun>& run);

// A line or more for each migration, and the failure at its place.
std::string DryRunText(const scratch::DryRun& run, bool color);

// The same as a block of code, whatever is in it.
std::string DryRunMarkdown(const scratch::DryRun& run);

}  // namespace paliad::cli

#endif  // PALIAD_CONTROLLER_CLI_DRY_RUN_H_
