#include "migrations/source_tree.h"

namespace paliad {

std::string_view EntryKindWords(EntryKind kind) {
  switch (kind) {
    case EntryKind::kFile:
      return "a file";
    case EntryKind::kSymlink:
      return "a symbolic link";
    case EntryKind::kSubmodule:
      return "a submodule";
    case EntryKind::kDirectory:
      return "a folder";
    case EntryKind::kOther:
      return "not a regular file";
  }
  return "";
}

std::string JoinPath(const std::string& folder, const std::string& name) {
  if (folder.empty() || folder.back() == '/') {
    return folder + name;
  }
  return folder + "/" + name;
}

}  // namespace paliad
