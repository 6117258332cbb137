#include "controller/audit/subtree_cache.h"

#include <fmt/format.h>

#include <unistd.h>
#include <filesystem>
#include <fstream>
#include <system_error>

namespace paliad::audit {

SubtreeCache::SubtreeCache(const std::string& folder, const std::string& log) {
  if (!folder.empty() && !log.empty()) {
    file_ = fmt::format("{}/ledger/{}.subtrees", folder, log.substr(0, 32));
  }
}

std::vector<Sha256Digest> SubtreeCache::Load() const {
  std::vector<Sha256Digest> roots;
  std::ifstream in(file_, std::ios::binary);
  Sha256Digest root{};
  while (in.read(reinterpret_cast<char*>(root.data()), root.size())) {
    roots.push_back(root);
  }
  return roots;
}

void SubtreeCache::Save(const std::vector<Sha256Digest>& roots) const {
  if (file_.empty()) {
    return;
  }
  std::error_code ignored;
  std::filesystem::create_directories(std::filesystem::path(file_).parent_path(), ignored);
  const std::string temporary = fmt::format("{}.{}", file_, getpid());
  {
    std::ofstream out(temporary, std::ios::binary | std::ios::trunc);
    for (const Sha256Digest& root : roots) {
      out.write(reinterpret_cast<const char*>(root.data()), root.size());
    }
  }
  std::filesystem::rename(temporary, file_, ignored);
  if (ignored) {
    std::filesystem::remove(temporary, ignored);
  }
}

}  // namespace paliad::audit
