// `config check`: every mistake in the configuration and in the policy files.
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/json.h"
#include "base/text.h"
#include "controller/cli/command.h"
#include "controller/cli/configured.h"
#include "controller/config/config_file.h"
#include "policies/policy_file.h"

namespace paliad::cli {
namespace {

struct NamedText {
  std::string path;  // for people
  std::string text;
};

// The file that --policy names, or the one of the work tree, which may not be committed yet, or the branch's.
// Nothing if there is none.
Result<std::optional<NamedText>> FindPolicy(const Options& options) {
  if (!options.policy.empty()) {
    ASSIGN_OR_RETURN(std::string text, ReadPolicyText(options.policy));
    return NamedText{.path = options.policy, .text = std::move(text)};
  }
  ASSIGN_OR_RETURN(const git::Repository repository, OpenRepository(options));
  if (const std::string work_tree = repository.WorkTree(); !work_tree.empty()) {
    const std::string path = work_tree + "/" + options.policy_path;
    if (std::filesystem::exists(path)) {
      ASSIGN_OR_RETURN(std::string text, ReadPolicyText(path));
      return NamedText{.path = options.policy_path, .text = std::move(text)};
    }
  }
  ASSIGN_OR_RETURN(const std::string head, repository.Resolve(options.branch));
  ASSIGN_OR_RETURN(std::optional<std::string> text,
                   repository.ReadFile(head, options.policy_path, kMaxPolicyBytes));
  return text ? std::optional(NamedText{.path = options.policy_path, .text = *std::move(text)})
              : std::nullopt;
}

struct Checked {
  std::optional<std::string> config;     // paths, for people
  std::vector<std::string> policies;     // those that were found
  std::vector<std::string> lacking;      // places without one: the built-in default holds
  std::vector<Diagnostic> problems;      // of all files
  std::vector<std::string> not_checked;  // what could not be looked at, and is no mistake of a file
};

void CheckPolicyText(const NamedText& file, Checked& checked) {
  checked.policies.push_back(file.path);
  if (auto policy = ParsePolicy(file.text, file.path); !policy) {
    std::vector<Diagnostic> problems = std::move(policy).error();
    std::move(problems.begin(), problems.end(), std::back_inserter(checked.problems));
  }
}

Status CheckPolicyOf(const Options& options, Checked& checked) {
  ASSIGN_OR_RETURN(const std::optional<NamedText> file, FindPolicy(options));
  if (file) {
    CheckPolicyText(*file, checked);
  } else {
    checked.lacking.push_back(options.policy_path);
  }
  return {};
}

// A machine where the file is only checked has neither the secrets nor a way to every repository: what it
// cannot look at is said, and is no mistake.
void CheckTargets(const Options& options, const config::Config& config, Checked& checked) {
  std::vector<std::pair<std::string, std::string>> seen;
  for (const config::TargetConfig& target : config.targets) {
    const Options one = ForTarget(options, target);
    for (const config::Secret& secret :
         {target.database, target.scratch, target.git.username, target.git.password,
          target.forge ? target.forge->token : config::Secret(),
          target.forge ? target.forge->webhook_secret : config::Secret()}) {
      if (const auto value = secret.ReadIfNamed(); !value) {
        checked.not_checked.push_back(fmt::format("{}: {}", target.target.name, value.error().Message()));
      }
    }
    const auto place = std::pair(one.repository + "\n" + one.branch, one.policy_path);
    if (!options.policy.empty() || std::find(seen.begin(), seen.end(), place) != seen.end()) {
      continue;
    }
    seen.push_back(place);
    if (const Status policy = CheckPolicyOf(one, checked); !policy) {
      checked.not_checked.push_back(
          fmt::format("{}: the policy: {}", target.target.name, policy.error().Message()));
    }
  }
}

void CheckConfig(const Options& options, const NamedText& file, Checked& checked) {
  checked.config = file.path;
  auto config = config::ParseConfig(file.text, file.path);
  if (!config) {
    checked.problems = std::move(config).error();
    return;
  }
  Options with_data_dir = options;
  if (!options.given.contains("--data-dir")) {
    with_data_dir.data_dir = config->data_dir;
  }
  CheckTargets(with_data_dir, *config, checked);
}

Result<std::optional<NamedText>> FindConfig(const Options& options) {
  const auto path = ConfigPath(options);
  if (!path) {
    return std::nullopt;
  }
  ASSIGN_OR_RETURN(std::string text, config::ReadConfigText(*path));
  return NamedText{.path = *path, .text = std::move(text)};
}

OrderedJson ToJson(const Checked& checked) {
  OrderedJson problems = OrderedJson::array();
  for (const Diagnostic& problem : checked.problems) {
    problems.push_back({{"path", problem.path},
                        {"line", problem.line},
                        {"column", problem.column},
                        {"message", problem.message},
                        {"hint", problem.hint}});
  }
  return {{"ok", checked.problems.empty()},
          {"config", checked.config ? OrderedJson(*checked.config) : OrderedJson(nullptr)},
          {"policy", checked.policies.empty() ? OrderedJson(nullptr) : OrderedJson(checked.policies.front())},
          {"policies", checked.policies},
          {"problems", std::move(problems)},
          {"not_checked", checked.not_checked}};
}

std::string ToText(const Checked& checked, bool color) {
  std::string text;
  const auto has_problem = [&](const std::string& path) {
    return std::any_of(checked.problems.begin(), checked.problems.end(),
                       [&](const Diagnostic& problem) { return problem.path == path; });
  };
  for (const Diagnostic& problem : checked.problems) {
    text += Render(problem, color);
  }
  if (checked.config && !has_problem(*checked.config)) {
    text += fmt::format("{}: no mistakes\n", EscapeForTerminal(*checked.config));
  }
  for (const std::string& policy : checked.policies) {
    text += has_problem(policy) ? "" : fmt::format("{}: no mistakes\n", EscapeForTerminal(policy));
  }
  for (const std::string& path : checked.lacking) {
    text += fmt::format("there is no {}: the built-in default policy holds\n", EscapeForTerminal(path));
  }
  return text;
}

int RunConfigCheck(const Invocation& invocation) {
  const Options& options = invocation.options;
  const auto file = FindConfig(options);
  if (!file) {
    return AnswerError(options, file.error(), kUsage);
  }
  Checked checked;
  if (*file) {
    CheckConfig(options, **file, checked);
  }
  if (!*file || !options.policy.empty()) {
    if (const Status policy = CheckPolicyOf(options, checked); !policy) {
      return AnswerError(options, policy.error(),
                         options.policy.empty() ? ExitCodeFor(policy.error()) : kUsage);
    }
  }
  if (options.json()) {
    AnswerJson(ToJson(checked));
  } else {
    Answer(ToText(checked, options.UseColor(STDOUT_FILENO)));
  }
  for (const std::string& what : checked.not_checked) {
    std::fprintf(stderr, "not checked: %s\n", EscapeForTerminal(what).c_str());
  }
  return checked.problems.empty() ? kDone : kUsage;
}

}  // namespace

void AddConfig(CLI::App& app, Invocation& invocation) {
  CLI::App* config = app.add_subcommand("config", "What is configured");
  config->require_subcommand(1);
  CLI::App* check = config->add_subcommand(
      "check",
      "Every mistake in the configuration and in the policies: --policy FILE, else each target's own");
  check->callback([&invocation] { invocation.exit_code = RunConfigCheck(invocation); });
}

}  // namespace paliad::cli
