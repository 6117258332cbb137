// Proofs about the Merkle tree and their verification (RFC 9162, sections 2.1.3 and 2.1.4).
// Pure; every length is checked, so that a proof with a hash too many or too few never holds.
#ifndef PALIAD_LEDGER_PROOF_H_
#define PALIAD_LEDGER_PROOF_H_

#include <cstdint>
#include <vector>

#include "base/sha256.h"
#include "ledger/merkle.h"
#include "ledger/problem.h"

namespace paliad::ledger {

using Proof = std::vector<Sha256Digest>;

// The root that the path leads to, from the leaf's sibling up. kMalformed for an impossible index or size or
// a wrong number of hashes.
[[nodiscard]] Verified<Sha256Digest> InclusionRoot(std::uint64_t index, std::uint64_t size,
                                                   const Sha256Digest& leaf_hash, const Proof& path);

// That the leaf is number `index` of the tree with `size` leaves and that root. kMalformed as InclusionRoot,
// kEdited for another root.
[[nodiscard]] Verified<void> VerifyInclusion(std::uint64_t index, std::uint64_t size,
                                             const Sha256Digest& leaf_hash, const Proof& path,
                                             const Sha256Digest& root);

// That the first tree is a prefix of the second; 0 < first <= second. Equal sizes have an empty path.
// kMalformed for impossible sizes or a wrong number of hashes, kFork for other roots.
[[nodiscard]] Verified<void> VerifyConsistency(std::uint64_t first, std::uint64_t second,
                                               const Sha256Digest& first_root,
                                               const Sha256Digest& second_root, const Proof& path);

// Computes the root of a tree from a range of its leaves, fed in order, and the hashes of everything else
// (RangeSpans in ledger/proof_builder.h). If it is the tree's root, the leaves are entries first … end - 1.
class RangeVerifier {
 public:
  // kMalformed unless first <= end <= size, size > 0, and there is the right number of hashes.
  static Verified<RangeVerifier> Make(std::uint64_t first, std::uint64_t end, std::uint64_t size,
                                      const Proof& complement);

  // REQUIRES: fewer than end - first leaves came before.
  void Append(const Sha256Digest& leaf_hash);

  std::uint64_t next() const { return range_.size(); }
  bool complete() const { return range_.size() == end_; }

  // While first is 0: the leaves so far, and so the root of every smaller tree.
  const CompactRange& range() const { return range_; }

  // REQUIRES: complete().
  Sha256Digest Root() const;

 private:
  RangeVerifier(CompactRange range, std::uint64_t end, std::uint64_t size, Proof right)
      : range_(std::move(range)), end_(end), size_(size), right_(std::move(right)) {}

  CompactRange range_;  // of everything left of next()
  std::uint64_t end_;
  std::uint64_t size_;
  Proof right_;
};

}  // namespace paliad::ledger

#endif  // PALIAD_LEDGER_PROOF_H_
