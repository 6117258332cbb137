// Roots of the log's perfect subtrees, kept in a file of this machine, so that a proof reads the hashes
// around its entry and not those of the whole log. Nothing in it is believed: a proof is verified before it
// is handed out, and where it does not verify, it is made again without.
#ifndef PALIAD_CONTROLLER_AUDIT_SUBTREE_CACHE_H_
#define PALIAD_CONTROLLER_AUDIT_SUBTREE_CACHE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "base/sha256.h"

namespace paliad::audit {

class SubtreeCache {
 public:
  static constexpr std::uint64_t kLeaves = 1024;  // of each; a power of two

  // `log` names the log: hex of its first entry's leaf hash. An empty `folder` keeps nothing.
  SubtreeCache(const std::string& folder, const std::string& log);

  // Of the first subtrees, in order; none where there is no file or it is no such one.
  std::vector<Sha256Digest> Load() const;
  // Failing to keep them costs time only.
  void Save(const std::vector<Sha256Digest>& roots) const;

 private:
  std::string file_;
};

}  // namespace paliad::audit

#endif  // PALIAD_CONTROLLER_AUDIT_SUBTREE_CACHE_H_
