#include "ledger/merkle.h"

#include <bit>
#include <cassert>
#include <utility>

namespace paliad::ledger {

Sha256Digest LeafHash(std::string_view leaf) { return Sha256(std::string_view("\x00", 1), leaf); }

Sha256Digest NodeHash(const Sha256Digest& left, const Sha256Digest& right) {
  return Sha256(std::string_view("\x01", 1), AsBytes(left), AsBytes(right));
}

CompactRange::CompactRange(std::uint64_t size, std::vector<Sha256Digest> roots)
    : size_(size), roots_(std::move(roots)) {
  assert(roots_.size() == static_cast<std::size_t>(std::popcount(size)));
}

void CompactRange::Append(const Sha256Digest& leaf_hash) { AppendSubtree(leaf_hash, 1); }

void CompactRange::AppendSubtree(const Sha256Digest& root, std::uint64_t leaves) {
  assert(std::has_single_bit(leaves) && size_ % leaves == 0);
  Sha256Digest merged = root;
  // Each trailing one of the old size is a perfect subtree as large as the one on its right.
  for (std::uint64_t rest = size_ / leaves; (rest & 1) != 0; rest >>= 1) {
    merged = NodeHash(roots_.back(), merged);
    roots_.pop_back();
  }
  roots_.push_back(merged);
  size_ += leaves;
}

Sha256Digest CompactRange::Root() const {
  if (roots_.empty()) {
    return Sha256("");
  }
  Sha256Digest root = roots_.back();
  for (auto left = roots_.rbegin() + 1; left != roots_.rend(); ++left) {
    root = NodeHash(*left, root);
  }
  return root;
}

Sha256Digest CompactRange::RootWithLast(const Sha256Digest& last) const {
  Sha256Digest root = last;
  for (auto left = roots_.rbegin(); left != roots_.rend(); ++left) {
    root = NodeHash(*left, root);
  }
  return root;
}

}  // namespace paliad::ledger
