#include "controller/cli/configured.h"

#include <fmt/format.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/duration.h"
#include "base/suggestion.h"
#include "controller/config/config_file.h"

namespace paliad::cli {
namespace {

Error NoSuchTarget(const Options& options) {
  std::string names;
  std::vector<std::string_view> candidates;
  for (const config::TargetConfig& target : options.config->targets) {
    names += (names.empty() ? "" : ", ") + target.target.name;
    candidates.emplace_back(target.target.name);
  }
  const bool named = options.given.contains("--target");
  const auto nearest = Nearest(options.target, candidates);
  return {.kind = ErrorKind::kInvalidInput,
          .doing = "choose the target",
          .subject = "",
          .cause = named ? fmt::format("{} has no target '{}'{}", options.config->path, options.target,
                                       nearest ? fmt::format(" (did you mean '{}'?)", *nearest) : "")
                         : fmt::format("{} has several", options.config->path),
          .hint = fmt::format("name one with --target: {}", names)};
}

// Null: all of them, or none of that name.
const config::TargetConfig* NamedTarget(const Options& options) {
  return options.given.contains("--target") ? options.config->Find(options.target) : nullptr;
}

LedgerSettings LedgerFor(const Options& options, const LedgerSettings& of_file) {
  LedgerSettings ledger = of_file;
  const auto set = [&](const std::string& flag, auto& to, const auto& value) {
    if (options.given.contains(flag)) {
      to = value;
    }
  };
  set("--ledger-origin", ledger.origin, options.ledger.origin);
  set("--signing-key-file", ledger.signing_key_file, options.ledger.signing_key_file);
  set("--verifier-key", ledger.verifier_keys, options.ledger.verifier_keys);
  set("--publish", ledger.publish, options.ledger.publish);
  return ledger;
}

}  // namespace

std::optional<std::string> ConfigPath(const Options& options) {
  const bool none_wanted = options.given.contains("--config") && options.config_file.empty();
  return none_wanted ? std::nullopt : config::FindConfigFile(options.config_file);
}

Status ReadConfiguration(Options& options) {
  const auto path = ConfigPath(options);
  if (!path) {
    return {};
  }
  ASSIGN_OR_RETURN(config::Config config, config::ReadConfig(*path));
  options.config = std::make_shared<const config::Config>(std::move(config));
  if (!options.given.contains("--data-dir")) {
    options.data_dir = options.config->data_dir;
  }
  return {};
}

Status ChooseTarget(Options& options) {
  if (options.config == nullptr) {
    return {};
  }
  const config::TargetConfig* target = NamedTarget(options);
  if (target == nullptr && !options.given.contains("--target") && options.config->targets.size() == 1) {
    target = &options.config->targets.front();
  }
  if (target == nullptr) {
    return Fail(NoSuchTarget(options));
  }
  options = ForTarget(options, *target);
  return {};
}

Result<std::vector<Options>> EachTarget(const Options& options) {
  if (options.config == nullptr) {
    return std::vector<Options>{options};
  }
  std::vector<Options> all;
  if (options.given.contains("--target")) {
    const config::TargetConfig* target = NamedTarget(options);
    if (target == nullptr) {
      return Fail(NoSuchTarget(options));
    }
    all.push_back(ForTarget(options, *target));
    return all;
  }
  for (const config::TargetConfig& target : options.config->targets) {
    all.push_back(ForTarget(options, target));
  }
  return all;
}

Options ForTarget(const Options& options, const config::TargetConfig& of_file) {
  const Target& target = of_file.target;
  Options chosen = options;
  const auto set = [&](const std::string& flag, std::string& to, const std::string& value) {
    if (!options.given.contains(flag)) {
      to = value;
    }
  };
  chosen.target = target.name;
  chosen.ledger = LedgerFor(options, target.ledger);
  chosen.policy_path = target.policy_path;
  set("--branch", chosen.branch, target.branch);
  set("--path", chosen.path, target.path);
  set("--tracker", chosen.tracker, target.tracker.Text());
  set("--legacy-tracker", chosen.legacy_tracker, target.legacy_tracker.Text());
  set("--search-path", chosen.search_path, target.search_path.value_or(""));
  set("--lock-timeout", chosen.lock_timeout, FormatDuration(target.lock_timeout));
  set("--statement-timeout", chosen.statement_timeout, FormatDuration(target.statement_timeout));
  if (!options.given.contains("--database")) {
    const Result<Target> complete = config::WithDatabase(of_file);
    chosen.database = complete ? complete->database_url : "";
    chosen.database_error = complete ? std::nullopt : std::optional(complete.error());
  }
  // Another repository is perhaps another host's: it gets no secret of this one.
  if (!options.given.contains("--repo")) {
    chosen.repository = of_file.repository;
    chosen.credentials = config::ReadCredentials(of_file);
  }
  return chosen;
}

}  // namespace paliad::cli
