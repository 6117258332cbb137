// The ledger's tree head (size and root), and the compact range that makes the next one cheap.
#ifndef PALIAD_CONTROLLER_STORE_TREE_HEAD_H_
#define PALIAD_CONTROLLER_STORE_TREE_HEAD_H_

#include <cstdint>
#include <functional>
#include <string>

#include "base/result.h"
#include "controller/postgres/session.h"
#include "ledger/merkle.h"

namespace paliad::store {

struct TreeHead {
  std::uint64_t size = 0;
  std::string root;  // base64
};

// A compact range kept in a file of this machine, so that a run hashes only the entries that came since its
// last one. A file that is missing, broken or of another history costs time and nothing else: the whole tree
// is hashed.
class RangeCache {
 public:
  // `genesis_hash`: hex of the leaf hash of seq 0, which names the log. An empty `folder` keeps nothing.
  // `kind` is the file's extension: which size of the log is kept.
  RangeCache(const std::string& folder, const std::string& genesis_hash, const std::string& kind = "range");

  struct Saved {
    ledger::CompactRange range;
    Sha256Digest last_leaf_hash{};  // of seq range.size() - 1
  };

  // An empty range if there is nothing usable.
  Saved Load() const;
  void Save(const Saved& saved) const;

 private:
  std::string file_;
};

// SQL that returns (seq, leaf_hash) from the last entry that `saved` covers on, at most one batch.
std::string LeafHashesSql(const RangeCache::Saved& saved);

// Told of the range that was saved, once it was found to be of this log, and of every larger one.
using OnSize = std::function<void(const RangeCache::Saved&)>;

// Completes the head from the rows of LeafHashesSql and, where they are not enough, from further queries;
// saves the range.
[[nodiscard]] Result<TreeHead> ReadTreeHead(pg::Session& session, const RangeCache& cache,
                                            RangeCache::Saved saved, const pg::Rows& rows,
                                            const OnSize& on_size = {});

// The same with a query of its own.
[[nodiscard]] Result<TreeHead> ReadTreeHead(pg::Session& session, const RangeCache& cache);

}  // namespace paliad::store

#endif  // PALIAD_CONTROLLER_STORE_TREE_HEAD_H_
