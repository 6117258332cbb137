// `config check`: every mistake in a policy file.
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/text.h"
#include "controller/cli/command.h"
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
    const std::string path = work_tree + "/" + kPolicyPath;
    if (std::filesystem::exists(path)) {
      ASSIGN_OR_RETURN(std::string text, ReadPolicyText(path));
      return NamedText{.path = kPolicyPath, .text = std::move(text)};
    }
  }
  ASSIGN_OR_RETURN(const std::string head, repository.Resolve(options.branch));
  ASSIGN_OR_RETURN(std::optional<std::string> text, repository.ReadFile(head, kPolicyPath, kMaxPolicyBytes));
  return text ? std::optional(NamedText{.path = kPolicyPath, .text = *std::move(text)}) : std::nullopt;
}

OrderedJson ToJson(const std::vector<Diagnostic>& problems) {
  OrderedJson list = OrderedJson::array();
  for (const Diagnostic& problem : problems) {
    list.push_back({{"path", problem.path},
                    {"line", problem.line},
                    {"column", problem.column},
                    {"message", problem.message},
                    {"hint", problem.hint}});
  }
  return list;
}

int RunConfigCheck(const Invocation& invocation) {
  const Options& options = invocation.options;
  const Result<std::optional<NamedText>> file = FindPolicy(options);
  if (!file) {
    return AnswerError(options, file.error(), options.policy.empty() ? ExitCodeFor(file.error()) : kUsage);
  }
  std::vector<Diagnostic> problems;
  if (*file) {
    if (auto policy = ParsePolicy((*file)->text, (*file)->path); !policy) {
      problems = std::move(policy).error();
    }
  }
  if (options.json()) {
    AnswerJson({{"ok", problems.empty()},
                {"policy", *file ? OrderedJson((*file)->path) : OrderedJson(nullptr)},
                {"problems", ToJson(problems)}});
  } else if (!*file) {
    Answer(fmt::format("there is no {}: the built-in default policy holds\n", kPolicyPath));
  } else if (problems.empty()) {
    Answer(fmt::format("{}: no mistakes\n", EscapeForTerminal((*file)->path)));
  } else {
    for (const Diagnostic& problem : problems) {
      Answer(Render(problem, options.UseColor(STDOUT_FILENO)));
    }
  }
  return problems.empty() ? kDone : kUsage;
}

}  // namespace

void AddConfig(CLI::App& app, Invocation& invocation) {
  CLI::App* config = app.add_subcommand("config", "What is configured");
  config->require_subcommand(1);
  CLI::App* check = config->add_subcommand(
      "check", "Every mistake in the policy file: --policy FILE, else .paliad/policy.toml");
  check->callback([&invocation] { invocation.exit_code = RunConfigCheck(invocation); });
}

}  // namespace paliad::cli
