#include "migrations/source_tree.h"

namespace paliad {

std::string JoinPath(const std::string& folder, const std::string& name) {
  if (folder.empty() || folder.back() == '/') {
    return folder + name;
  }
  return folder + "/" + name;
}

}  // namespace paliad
