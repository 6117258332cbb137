// Which nodes a proof is made of, and their hashes from one pass over the leaf hashes.
//
//   SubtreeCollector collector(InclusionSpans(index, size));
//   for (each leaf hash, in order) collector.Append(leaf_hash);
//   Proof path = collector.Hashes();
//
// No interior node is stored anywhere: memory is O(log size), time one hash a leaf of the proof's nodes.
#ifndef PALIAD_LEDGER_PROOF_BUILDER_H_
#define PALIAD_LEDGER_PROOF_BUILDER_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/sha256.h"
#include "ledger/merkle.h"
#include "ledger/proof.h"

namespace paliad::ledger {

// A node of the tree, as the leaves below it: [begin, end). Its hash is MTH(D[begin:end]).
struct Span {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;

  bool operator==(const Span&) const = default;
};

// PATH(index, D[size]) of RFC 9162, section 2.1.3.1. REQUIRES: index < size.
std::vector<Span> InclusionSpans(std::uint64_t index, std::uint64_t size);

// PROOF(first, D[second]) of RFC 9162, section 2.1.4.1. REQUIRES: 0 < first <= second.
std::vector<Span> ConsistencySpans(std::uint64_t first, std::uint64_t second);

// The fewest nodes of the tree with `size` leaves that cover everything but [first, end), from left to right.
// The first popcount(first) of them are the left side. REQUIRES: first <= end <= size.
std::vector<Span> RangeSpans(std::uint64_t first, std::uint64_t end, std::uint64_t size);

// Of those, the right side: what covers [end, size).
std::vector<Span> RightSpans(std::uint64_t end, std::uint64_t size);

class SubtreeCollector {
 public:
  // REQUIRES: the spans are nodes of one tree and do not overlap (those of one proof never do).
  explicit SubtreeCollector(std::vector<Span> spans);

  // The next leaf's hash, from leaf 0 on. Leaves past the last span are ignored.
  void Append(const Sha256Digest& leaf_hash);

  // Whether the next `leaves` leaves may come as one subtree: no node of the proof has some of them only.
  bool TakesSubtree(std::uint64_t leaves) const;
  // The hash of a perfect subtree instead of its leaves. REQUIRES: TakesSubtree(leaves), and `leaves` is a
  // power of two that divides the number of leaves that came so far.
  void AppendSubtree(const Sha256Digest& hash, std::uint64_t leaves);

  // Every leaf that the proof needs has come.
  bool complete() const { return current_ == order_.size(); }

  // In the order of the spans. REQUIRES: complete().
  const Proof& Hashes() const;

 private:
  // After the current span got something: on to the next one if that was its last leaf.
  void FinishSpan();

  std::vector<Span> spans_;
  std::vector<std::size_t> order_;  // of spans_, from left to right
  std::size_t current_ = 0;         // in order_
  std::uint64_t next_leaf_ = 0;
  CompactRange range_;  // of the current span's leaves so far
  Proof hashes_;
};

}  // namespace paliad::ledger

#endif  // PALIAD_LEDGER_PROOF_BUILDER_H_
