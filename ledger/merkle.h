// The Merkle tree of RFC 6962, section 2.1 (unchanged in RFC 9162): hashes of leaves and nodes, and
// a compact range that computes the root of a growing log in O(log n) memory.
// Values; not shared between threads.
#ifndef PALIAD_LEDGER_MERKLE_H_
#define PALIAD_LEDGER_MERKLE_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/sha256.h"

namespace paliad::ledger {

// SHA-256(0x00 ‖ leaf).
Sha256Digest LeafHash(std::string_view leaf);

// SHA-256(0x01 ‖ left ‖ right).
Sha256Digest NodeHash(const Sha256Digest& left, const Sha256Digest& right);

// The roots of the perfect subtrees that a log of `size` leaves splits into, largest first: one for
// each 1 in the binary form of `size`. That is all that is needed to append and to know the root.
class CompactRange {
 public:
  CompactRange() = default;

  // A range saved earlier. REQUIRES: roots.size() == the number of ones in `size`.
  CompactRange(std::uint64_t size, std::vector<Sha256Digest> roots);

  void Append(const Sha256Digest& leaf_hash);

  // A perfect subtree of `leaves` leaves at once. REQUIRES: a power of two that divides size().
  void AppendSubtree(const Sha256Digest& root, std::uint64_t leaves);

  std::uint64_t size() const { return size_; }
  const std::vector<Sha256Digest>& roots() const { return roots_; }

  // The tree's root; of the empty tree SHA-256("").
  Sha256Digest Root() const;

  // The root if a last node that need not be perfect stood to the right of all that is here. REQUIRES: it has
  // at most as many leaves as the smallest subtree here.
  Sha256Digest RootWithLast(const Sha256Digest& last) const;

 private:
  std::uint64_t size_ = 0;
  std::vector<Sha256Digest> roots_;
};

}  // namespace paliad::ledger

#endif  // PALIAD_LEDGER_MERKLE_H_
