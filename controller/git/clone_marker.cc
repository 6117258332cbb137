#include "controller/git/clone_marker.h"

#include <filesystem>
#include <fstream>
#include <system_error>

namespace paliad::git {
namespace fs = std::filesystem;

bool MarkCloneCorrupt(const std::string& git_dir) {
  std::error_code error;
  if (!fs::exists(fs::path(git_dir) / kCloneMarker, error)) {
    return false;
  }
  return std::ofstream(fs::path(git_dir) / kCorruptMarker).good();
}

bool IsMarkedCorrupt(const std::string& git_dir) {
  std::error_code error;
  return fs::exists(fs::path(git_dir) / kCorruptMarker, error);
}

}  // namespace paliad::git
