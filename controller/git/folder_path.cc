#include "controller/git/folder_path.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace paliad::git {

Result<std::vector<std::string>> SplitFolderPath(std::string_view path) {
  const auto refuse = [&](const char* cause, const char* hint) {
    return Fail({ErrorKind::kInvalidInput, "use the folder", std::string(path), cause, hint});
  };
  if (path.find('\0') != std::string_view::npos) {
    return refuse("it holds a NUL byte", "");
  }
  if (path.starts_with('/')) {
    return refuse("it is an absolute path",
                  "name the folder from the repository's root, such as \"migrations\"");
  }
  std::vector<std::string> components;
  while (!path.empty()) {
    const std::size_t slash = std::min(path.find('/'), path.size());
    const std::string_view component = path.substr(0, slash);
    path.remove_prefix(std::min(slash + 1, path.size()));
    if (component == "..") {
      return refuse("it contains \"..\"",
                    "name the folder from the repository's root, such as \"migrations\"");
    }
    if (!component.empty() && component != ".") {
      components.emplace_back(component);
    }
  }
  return components;
}

std::string JoinComponents(const std::vector<std::string>& components) {
  return fmt::format("{}", fmt::join(components, "/"));
}

}  // namespace paliad::git
