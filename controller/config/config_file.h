// paliad.toml: found, read, and turned into a Config with all of its mistakes at once. docs/configuration.md
// has every key.
#ifndef PALIAD_CONTROLLER_CONFIG_CONFIG_FILE_H_
#define PALIAD_CONTROLLER_CONFIG_CONFIG_FILE_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostic.h"
#include "base/result.h"
#include "controller/config/config.h"
#include "controller/git/fetch.h"

namespace paliad::config {

// The file to use: `given` (from --config) if it is not empty, else $PALIAD_CONFIG, ./paliad.toml,
// /etc/paliad/paliad.toml. None: there is none, and none was asked for.
std::optional<std::string> FindConfigFile(const std::string& given);

// kInvalidInput if the file cannot be read or is larger than 1 MiB.
[[nodiscard]] Result<std::string> ReadConfigText(const std::string& path);

// `path` is shown in messages, and its folder is what relative paths in the file start from. Looks at no
// file, no network, and no variable of the environment but those that a path begins with. On failure: every
// mistake, in the file's order; lines that may hold a secret are not quoted.
[[nodiscard]] tl::expected<Config, std::vector<Diagnostic>> ParseConfig(std::string_view text,
                                                                        const std::string& path);

// Both, with all mistakes in one Error of kind kInvalidInput, rendered.
[[nodiscard]] Result<Config> ReadConfig(const std::string& path);

// The mistakes of a file as one error.
Error MistakesError(const std::string& path, const std::vector<Diagnostic>& mistakes);

// The target with its database's URL. Errors as Secret::Read, naming the target.
[[nodiscard]] Result<Target> WithDatabase(const TargetConfig& target);

// Errors as WithDatabase.
[[nodiscard]] Result<git::Credentials> ReadCredentials(const TargetConfig& target);

}  // namespace paliad::config

#endif  // PALIAD_CONTROLLER_CONFIG_CONFIG_FILE_H_
