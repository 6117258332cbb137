#include "ledger/proof_builder.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <numeric>
#include <utility>

namespace paliad::ledger {
namespace {

// Where a node divides: after the largest power of two that is smaller than it. REQUIRES: two leaves or more.
std::uint64_t SplitOf(const Span& node) { return node.begin + std::bit_floor(node.end - node.begin - 1); }

void AddComplement(const Span& node, const Span& range, std::vector<Span>& spans) {
  if (node.begin >= range.begin && node.end <= range.end) {
    return;
  }
  // On the left only perfect nodes, those of a CompactRange; the ragged edge can be there if the range is
  // empty.
  const bool left = node.end <= range.begin && std::has_single_bit(node.end - node.begin);
  if (left || node.begin >= range.end) {
    spans.push_back(node);
    return;
  }
  const std::uint64_t split = SplitOf(node);
  AddComplement({node.begin, split}, range, spans);
  AddComplement({split, node.end}, range, spans);
}

}  // namespace

std::vector<Span> InclusionSpans(std::uint64_t index, std::uint64_t size) {
  assert(index < size);
  std::vector<Span> spans;
  for (Span node{0, size}; node.end - node.begin > 1;) {
    const std::uint64_t split = SplitOf(node);
    const Span left{node.begin, split};
    const Span right{split, node.end};
    spans.push_back(index < split ? right : left);
    node = index < split ? left : right;
  }
  std::reverse(spans.begin(), spans.end());
  return spans;
}

std::vector<Span> ConsistencySpans(std::uint64_t first, std::uint64_t second) {
  assert(first > 0 && first <= second);
  std::vector<Span> spans;
  Span node{0, second};
  while (node.end != first) {
    const std::uint64_t split = SplitOf(node);
    const Span left{node.begin, split};
    const Span right{split, node.end};
    spans.push_back(first <= split ? right : left);
    node = first <= split ? left : right;
  }
  if (node.begin != 0) {
    spans.push_back(node);  // else it is the first tree itself, whose root the verifier has
  }
  std::reverse(spans.begin(), spans.end());
  return spans;
}

std::vector<Span> RangeSpans(std::uint64_t first, std::uint64_t end, std::uint64_t size) {
  assert(first <= end && end <= size);
  std::vector<Span> spans;
  if (size > 0) {
    AddComplement({0, size}, {first, end}, spans);
  }
  return spans;
}

std::vector<Span> RightSpans(std::uint64_t end, std::uint64_t size) { return RangeSpans(0, end, size); }

SubtreeCollector::SubtreeCollector(std::vector<Span> spans)
    : spans_(std::move(spans)), order_(spans_.size()), hashes_(spans_.size()) {
  std::iota(order_.begin(), order_.end(), std::size_t{0});
  std::sort(order_.begin(), order_.end(),
            [&](std::size_t a, std::size_t b) { return spans_[a].begin < spans_[b].begin; });
}

void SubtreeCollector::Append(const Sha256Digest& leaf_hash) {
  const std::uint64_t leaf = next_leaf_++;
  if (complete() || leaf < spans_[order_[current_]].begin) {
    return;
  }
  range_.Append(leaf_hash);
  FinishSpan();
}

bool SubtreeCollector::TakesSubtree(std::uint64_t leaves) const {
  if (complete()) {
    return true;
  }
  const Span& wanted = spans_[order_[current_]];
  const std::uint64_t end = next_leaf_ + leaves;
  return end <= wanted.begin || (next_leaf_ >= wanted.begin && end <= wanted.end);
}

void SubtreeCollector::AppendSubtree(const Sha256Digest& hash, std::uint64_t leaves) {
  assert(TakesSubtree(leaves));
  const std::uint64_t first = next_leaf_;
  next_leaf_ += leaves;
  if (complete() || first < spans_[order_[current_]].begin) {
    return;
  }
  range_.AppendSubtree(hash, leaves);
  FinishSpan();
}

void SubtreeCollector::FinishSpan() {
  if (next_leaf_ == spans_[order_[current_]].end) {
    hashes_[order_[current_]] = range_.Root();
    range_ = CompactRange();
    ++current_;
  }
}

const Proof& SubtreeCollector::Hashes() const {
  assert(complete());
  return hashes_;
}

}  // namespace paliad::ledger
