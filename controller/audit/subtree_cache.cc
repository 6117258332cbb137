#include "controller/audit/subtree_cache.h"

#include <fstream>

#include "controller/store/cache_file.h"

namespace paliad::audit {

SubtreeCache::SubtreeCache(const std::string& folder, const std::string& log)
    : file_(store::CachePath(folder, log, "subtrees")) {}

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
  std::string bytes;
  for (const Sha256Digest& root : roots) {
    bytes += AsBytes(root);
  }
  store::KeepCacheFile(file_, bytes);
}

}  // namespace paliad::audit
