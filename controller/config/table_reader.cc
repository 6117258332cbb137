#include "controller/config/table_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "base/duration.h"
#include "controller/git/fetch.h"

namespace paliad::config {
namespace {

bool IsNameCharacter(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

// POSIX, 8.1; what a shell can set.
bool IsVariableName(std::string_view name) {
  return !name.empty() && (name.front() < '0' || name.front() > '9') &&
         std::all_of(name.begin(), name.end(), IsNameCharacter);
}

// $XDG_CACHE_HOME has a default of its own, which DefaultDataDir knows.
std::optional<std::string> ValueOf(const std::string& variable) {
  if (variable == "XDG_CACHE_HOME") {
    return std::filesystem::path(git::DefaultDataDir()).parent_path().string();
  }
  const char* value = std::getenv(variable.c_str());
  return value == nullptr || *value == '\0' ? std::nullopt : std::optional<std::string>(value);
}

}  // namespace

Result<std::string> ResolvePath(std::string_view path, const std::string& folder) {
  std::string expanded(path);
  if (path.starts_with("~/")) {
    expanded = "$HOME" + std::string(path.substr(1));
  }
  if (expanded.starts_with('$')) {
    const auto end = std::find_if_not(expanded.begin() + 1, expanded.end(), IsNameCharacter);
    const std::string variable(expanded.begin() + 1, end);
    const std::optional<std::string> value = ValueOf(variable);
    if (!value) {
      return Fail({.kind = ErrorKind::kInvalidInput,
                   .doing = "use the path",
                   .subject = std::string(path),
                   .cause = fmt::format("the environment variable ${} is not set", variable),
                   .hint = ""});
    }
    expanded = *value + std::string(end, expanded.end());
  }
  return (std::filesystem::path(folder) / expanded).lexically_normal().string();
}

const toml::node* TableReader::Find(std::string_view key) {
  known_.emplace_back(key);
  return table_.get(key);
}

std::optional<std::string> TableReader::TextOf(const toml::node& node, std::string_view key) {
  std::optional<std::string> text = node.value_exact<std::string>();
  if (!text) {
    toml_.Report(node, fmt::format("`{}` is a text in quotes", key));
  } else if (text->empty()) {
    toml_.Report(node, fmt::format("`{}` must not be empty", key));
    return std::nullopt;
  } else if (std::any_of(text->begin(), text->end(), [](char c) { return c >= 0 && c < ' '; })) {
    toml_.Report(node, fmt::format("`{}` holds a control character", key));
    return std::nullopt;
  }
  return text;
}

void TableReader::Text(std::string_view key, std::string& to, const TextCheck& check) {
  const toml::node* node = Find(key);
  std::optional<std::string> text = node == nullptr ? std::nullopt : TextOf(*node, key);
  if (!text) {
    return;
  }
  if (std::string problem = check ? check(*text) : ""; !problem.empty()) {
    toml_.Report(*node, std::move(problem));
    return;
  }
  to = *std::move(text);
}

void TableReader::Path(std::string_view key, std::string& to) {
  Text(key, to, [this](const std::string& text) {
    const Result<std::string> path = ResolvePath(text, folder_);
    return path ? "" : path.error().cause;
  });
  if (Result<std::string> path = ResolvePath(to, folder_); path && !to.empty()) {
    to = *std::move(path);
  }
}

void TableReader::Flag(std::string_view key, bool& to) {
  if (const toml::node* node = Find(key)) {
    if (const std::optional<bool> value = node->value_exact<bool>()) {
      to = *value;
    } else {
      toml_.Report(*node, fmt::format("`{}` is true or false", key));
    }
  }
}

void TableReader::Number(std::string_view key, int& to, int least, int most) {
  if (const toml::node* node = Find(key)) {
    const std::optional<std::int64_t> value = node->value_exact<std::int64_t>();
    if (value && *value >= least && *value <= most) {
      to = static_cast<int>(*value);
    } else {
      toml_.Report(*node, fmt::format("`{}` is a whole number from {} to {}", key, least, most));
    }
  }
}

void TableReader::Duration(std::string_view key, std::chrono::milliseconds& to,
                           std::chrono::milliseconds least) {
  const toml::node* node = Find(key);
  if (node == nullptr) {
    return;
  }
  const std::optional<std::string> text = node->value_exact<std::string>();
  if (!text) {
    toml_.Report(*node, fmt::format("`{}` is a duration in quotes, such as \"30s\"", key));
    return;
  }
  const auto duration = ParseDuration(*text);
  if (!duration) {
    toml_.Report(*node, fmt::format("`{}` is not a duration: {}", key, duration.error().cause),
                 duration.error().hint);
  } else if (*duration < least) {
    toml_.Report(*node, fmt::format("`{}` must be at least {}", key, FormatDuration(least)));
  } else {
    to = *duration;
  }
}

void TableReader::Texts(std::string_view key, std::vector<std::string>& to, const TextCheck& check) {
  const toml::node* node = Find(key);
  if (node == nullptr) {
    return;
  }
  const toml::array* list = node->as_array();
  if (list == nullptr) {
    toml_.Report(*node, fmt::format("`{}` is a list of texts: [\"…\"]", key));
    return;
  }
  for (const toml::node& item : *list) {
    if (std::optional<std::string> text = TextOf(item, key)) {
      if (std::string problem = check(*text); !problem.empty()) {
        toml_.Report(item, std::move(problem));
      } else {
        to.push_back(*std::move(text));
      }
    }
  }
}

void TableReader::EnvironmentVariable(const toml::node& node, std::string_view key, Secret& to) {
  const std::optional<std::string> name = node.value_exact<std::string>();
  if (name && IsVariableName(*name)) {
    to = Secret::InEnvironment(*name);
    return;
  }
  // The value is not shown: it may be the secret itself.
  toml_.Report(node, fmt::format("`{}` is the name of an environment variable, not its value", key),
               "a name has letters, digits and underscores, such as \"PALIAD_DATABASE_URL\"");
}

void TableReader::ReadSecret(std::string_view key, Secret& to) {
  const std::string in_environment = fmt::format("{}_env", key);
  const std::string in_file = fmt::format("{}_file", key);
  if (const toml::node* node = table_.get(key)) {  // else it is not known: nobody should be told to write it
    known_.emplace_back(key);
    toml_.Report(*node, fmt::format("'{}' must not stand in this file: it is a secret", key),
                 fmt::format("name where it is kept: {} = \"A_VARIABLE\" or {} = \"/a/file\"", in_environment,
                             in_file));
  }
  const toml::node* variable = Find(in_environment);
  if (variable != nullptr) {
    EnvironmentVariable(*variable, in_environment, to);
  }
  std::string path;
  Path(in_file, path);
  if (path.empty()) {
    return;
  }
  if (variable != nullptr) {
    toml_.Report(*table_.get(in_file), fmt::format("give `{}` or `{}`, not both", in_environment, in_file));
    return;
  }
  to = Secret::InFile(std::move(path));
}

bool TableReader::Require(std::string_view key, std::string_view example) {
  if (table_.contains(key)) {
    return true;
  }
  toml_.Report(table_, fmt::format("`{}` is missing", key), fmt::format("such as {} = {}", key, example));
  return false;
}

const toml::table* TableReader::Table(std::string_view key) {
  const toml::node* node = Find(key);
  if (node != nullptr && !node->is_table()) {
    toml_.Report(*node, fmt::format("`{}` is a table", key));
  }
  return node == nullptr ? nullptr : node->as_table();
}

void TableReader::RejectTheRest() {
  toml_.RejectUnknownKeys(table_, std::vector<std::string_view>(known_.begin(), known_.end()));
}

}  // namespace paliad::config
