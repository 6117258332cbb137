// What paliad.toml says, as the options that every command works with. Flags win over the file, and the file
// over defaults.
#ifndef PALIAD_CONTROLLER_CLI_CONFIGURED_H_
#define PALIAD_CONTROLLER_CLI_CONFIGURED_H_

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "controller/cli/command.h"
#include "controller/config/config.h"

namespace paliad::cli {

// The file to use; none if there is none, or if --config '' wants none.
std::optional<std::string> ConfigPath(const Options& options);

// Reads the file, if there is one, into options.config. kInvalidInput has every mistake in it.
[[nodiscard]] Status ReadConfiguration(Options& options);

// The options of the one target that a command is about: the file's only one, or the one that --target names.
// Without a file they stay as they are. kInvalidInput: several and none is named, or no such target.
[[nodiscard]] Status ChooseTarget(Options& options);

// One for each target of the file, or for the one that --target names; the options themselves without a
// file. Errors as ChooseTarget.
[[nodiscard]] Result<std::vector<Options>> EachTarget(const Options& options);

// The options for a target of the file: what no flag says is as the file has it. A secret that cannot be read
// is an error once it is needed (MissingDatabase, OpenRepository).
Options ForTarget(const Options& options, const config::TargetConfig& target);

}  // namespace paliad::cli

#endif  // PALIAD_CONTROLLER_CLI_CONFIGURED_H_
