#include "ledger/proof.h"

#include <fmt/format.h>

#include <bit>
#include <cassert>
#include <utility>

#include "ledger/proof_builder.h"

namespace paliad::ledger {
namespace {

bool IsOdd(std::uint64_t n) { return (n & 1) != 0; }

// Step 4.b / 6.b of both loops: up to where the node is a right child, or to the left edge.
void SkipMissingLevels(std::uint64_t& fn, std::uint64_t& sn) {
  while (!IsOdd(fn) && fn != 0) {
    fn >>= 1;
    sn >>= 1;
  }
}

tl::unexpected<Problem> WrongLength(std::string_view what, std::size_t hashes) {
  return Found(ProblemKind::kMalformed, fmt::format("{} hashes are not a proof of {}", hashes, what));
}

std::string EntryOf(std::uint64_t index, std::uint64_t size) {
  return fmt::format("entry {} of {}", index, size);
}

}  // namespace

Verified<Sha256Digest> InclusionRoot(std::uint64_t index, std::uint64_t size, const Sha256Digest& leaf_hash,
                                     const Proof& path) {
  if (index >= size) {
    return Found(ProblemKind::kMalformed, fmt::format("a tree of {} entries has no entry {}", size, index));
  }
  // RFC 9162, section 2.1.3.2.
  std::uint64_t fn = index;
  std::uint64_t sn = size - 1;
  Sha256Digest r = leaf_hash;
  for (const Sha256Digest& p : path) {
    if (sn == 0) {
      return WrongLength(EntryOf(index, size), path.size());
    }
    if (IsOdd(fn) || fn == sn) {
      r = NodeHash(p, r);
      if (!IsOdd(fn)) {
        SkipMissingLevels(fn, sn);
      }
    } else {
      r = NodeHash(r, p);
    }
    fn >>= 1;
    sn >>= 1;
  }
  if (sn != 0) {
    return WrongLength(EntryOf(index, size), path.size());
  }
  return r;
}

Verified<void> VerifyInclusion(std::uint64_t index, std::uint64_t size, const Sha256Digest& leaf_hash,
                               const Proof& path, const Sha256Digest& root) {
  const Verified<Sha256Digest> reached = InclusionRoot(index, size, leaf_hash, path);
  if (!reached) {
    return tl::unexpected(reached.error());
  }
  if (*reached != root) {
    return Found(ProblemKind::kEdited,
                 fmt::format("the proof of {} leads to another root", EntryOf(index, size)), index);
  }
  return {};
}

Verified<void> VerifyConsistency(std::uint64_t first, std::uint64_t second, const Sha256Digest& first_root,
                                 const Sha256Digest& second_root, const Proof& path) {
  if (first == 0 || first > second) {
    return Found(ProblemKind::kMalformed,
                 fmt::format("a tree of {} entries cannot be shown to begin with {}", second, first));
  }
  const std::string what = fmt::format("a tree of {} entries beginning with {}", second, first);
  if (first == second) {
    if (!path.empty()) {
      return WrongLength(what, path.size());
    }
    if (first_root != second_root) {
      return Found(ProblemKind::kFork, fmt::format("there are two trees of {} entries", first));
    }
    return {};
  }
  if (path.empty()) {
    return WrongLength(what, path.size());
  }
  // RFC 9162, section 2.1.4.2.
  const bool whole = std::has_single_bit(first);  // then the first root is a node of the second tree
  std::uint64_t fn = first - 1;
  std::uint64_t sn = second - 1;
  while (IsOdd(fn)) {
    fn >>= 1;
    sn >>= 1;
  }
  Sha256Digest fr = whole ? first_root : path.front();
  Sha256Digest sr = fr;
  for (std::size_t i = whole ? 0 : 1; i < path.size(); ++i) {
    const Sha256Digest& c = path[i];
    if (sn == 0) {
      return WrongLength(what, path.size());
    }
    if (IsOdd(fn) || fn == sn) {
      fr = NodeHash(c, fr);
      sr = NodeHash(c, sr);
      if (!IsOdd(fn)) {
        SkipMissingLevels(fn, sn);
      }
    } else {
      sr = NodeHash(sr, c);
    }
    fn >>= 1;
    sn >>= 1;
  }
  if (sn != 0) {
    return WrongLength(what, path.size());
  }
  if (fr != first_root || sr != second_root) {
    return Found(ProblemKind::kFork, fmt::format("the proof of {} leads to other roots", what));
  }
  return {};
}

Verified<RangeVerifier> RangeVerifier::Make(std::uint64_t first, std::uint64_t end, std::uint64_t size,
                                            const Proof& complement) {
  if (first > end || end > size || size == 0) {
    return Found(ProblemKind::kMalformed,
                 fmt::format("entries {} to {} are no range of a tree of {}", first, end, size));
  }
  if (complement.size() != RangeSpans(first, end, size).size()) {
    return WrongLength(fmt::format("entries {} to {} of {}", first, end, size), complement.size());
  }
  const auto middle = complement.begin() + std::popcount(first);
  return RangeVerifier(CompactRange(first, Proof(complement.begin(), middle)), end, size,
                       Proof(middle, complement.end()));
}

void RangeVerifier::Append(const Sha256Digest& leaf_hash) {
  assert(!complete());
  range_.Append(leaf_hash);
}

Sha256Digest RangeVerifier::Root() const {
  assert(complete());
  CompactRange whole = range_;
  const std::vector<Span> spans = RightSpans(end_, size_);
  for (std::size_t i = 0; i < right_.size(); ++i) {
    const std::uint64_t leaves = spans[i].end - spans[i].begin;
    if (!std::has_single_bit(leaves)) {
      // Only the last one, at the tree's ragged edge; what is left of it is at least as large.
      return whole.RootWithLast(right_[i]);
    }
    whole.AppendSubtree(right_[i], leaves);
  }
  return whole.Root();
}

}  // namespace paliad::ledger
