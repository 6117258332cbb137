#include "controller/git/home.h"

#include <pwd.h>
#include <unistd.h>

#include <array>
#include <cstdlib>

namespace paliad::git {

std::string HomeFolder() {
  if (const char* home = std::getenv("HOME"); home != nullptr && *home != '\0') {
    return home;
  }
  std::array<char, 16384> buffer;
  passwd entry{};
  passwd* found = nullptr;
  if (::getpwuid_r(::geteuid(), &entry, buffer.data(), buffer.size(), &found) != 0 || found == nullptr ||
      found->pw_dir == nullptr) {
    return "";
  }
  return found->pw_dir;
}

void SetHomeIfMissing() {
  if (const std::string home = HomeFolder(); !home.empty()) {
    ::setenv("HOME", home.c_str(), /*overwrite=*/1);
  }
}

}  // namespace paliad::git
