// The path of a folder inside a repository.
#ifndef PALIAD_CONTROLLER_GIT_FOLDER_PATH_H_
#define PALIAD_CONTROLLER_GIT_FOLDER_PATH_H_

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace paliad::git {

// "./a//b/" has the components "a" and "b"; "", "." and "./" have none: the root.
// kInvalidInput for an absolute path, for "..", and for a NUL byte.
[[nodiscard]] Result<std::vector<std::string>> SplitFolderPath(std::string_view path);

// "a/b"; "" for the root.
std::string JoinComponents(const std::vector<std::string>& components);

}  // namespace paliad::git

#endif  // PALIAD_CONTROLLER_GIT_FOLDER_PATH_H_
