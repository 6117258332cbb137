#include "controller/store/cache_file.h"

#include <fmt/format.h>

#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <system_error>

namespace paliad::store {

std::string CachePath(const std::string& folder, const std::string& log, std::string_view kind) {
  constexpr std::size_t kLogCharacters = 32;
  return folder.empty() || log.size() < kLogCharacters
             ? ""
             : fmt::format("{}/ledger/{}.{}", folder, log.substr(0, kLogCharacters), kind);
}

void KeepCacheFile(const std::string& path, std::string_view bytes) {
  if (path.empty()) {
    return;
  }
  std::error_code ignored;
  std::filesystem::create_directories(std::filesystem::path(path).parent_path(), ignored);
  static std::atomic<unsigned> next = 0;  // several threads keep files
  const std::string temporary = fmt::format("{}.{}.{}", path, getpid(), next++);
  {
    std::ofstream out(temporary, std::ios::binary | std::ios::trunc);
    out << bytes;
  }
  std::filesystem::rename(temporary, path, ignored);
  if (ignored) {
    std::filesystem::remove(temporary, ignored);
  }
}

}  // namespace paliad::store
