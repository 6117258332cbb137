#include "ledger/proof.h"

#include <gtest/gtest.h>

#include <bit>
#include <string>
#include <vector>

#include "base/text.h"
#include "ledger/encoding.h"
#include "ledger/proof_builder.h"

namespace paliad::ledger {
namespace {

constexpr std::uint64_t kMost = 66;  // past two powers of two, with every shape of a ragged edge

std::vector<Sha256Digest> Leaves(std::uint64_t size) {
  std::vector<Sha256Digest> hashes;
  for (std::uint64_t i = 0; i < size; ++i) {
    hashes.push_back(LeafHash("leaf " + std::to_string(i)));
  }
  return hashes;
}

// The definitions of RFC 9162, section 2.1, word by word, and nothing of the code that is tested.
Sha256Digest Mth(const std::vector<Sha256Digest>& d, std::size_t begin, std::size_t end) {
  if (begin == end) {
    return Sha256("");
  }
  if (end - begin == 1) {
    return d[begin];
  }
  std::size_t k = 1;
  while (k * 2 < end - begin) {
    k *= 2;
  }
  return NodeHash(Mth(d, begin, begin + k), Mth(d, begin + k, end));
}

Proof NaivePath(const std::vector<Sha256Digest>& d, std::size_t m, std::size_t begin, std::size_t end) {
  if (end - begin == 1) {
    return {};
  }
  std::size_t k = 1;
  while (k * 2 < end - begin) {
    k *= 2;
  }
  Proof path = m < k ? NaivePath(d, m, begin, begin + k) : NaivePath(d, m - k, begin + k, end);
  path.push_back(m < k ? Mth(d, begin + k, end) : Mth(d, begin, begin + k));
  return path;
}

Proof NaiveSubproof(const std::vector<Sha256Digest>& d, std::size_t m, std::size_t begin, std::size_t end,
                    bool whole) {
  if (m == end - begin) {
    return whole ? Proof() : Proof{Mth(d, begin, end)};
  }
  std::size_t k = 1;
  while (k * 2 < end - begin) {
    k *= 2;
  }
  Proof proof =
      m <= k ? NaiveSubproof(d, m, begin, begin + k, whole) : NaiveSubproof(d, m - k, begin + k, end, false);
  proof.push_back(m <= k ? Mth(d, begin + k, end) : Mth(d, begin, begin + k));
  return proof;
}

Proof Collect(const std::vector<Sha256Digest>& leaves, const std::vector<Span>& spans) {
  SubtreeCollector collector(spans);
  for (const Sha256Digest& leaf : leaves) {
    collector.Append(leaf);
  }
  EXPECT_TRUE(collector.complete());
  return collector.Hashes();
}

Sha256Digest Flipped(Sha256Digest digest, std::size_t bit) {
  digest[bit / 8] ^= static_cast<unsigned char>(1U << (bit % 8));
  return digest;
}

// Every proof that is almost `proof`: bits flipped, hashes dropped, added, swapped, doubled.
std::vector<Proof> Spoilt(const Proof& proof) {
  std::vector<Proof> spoilt;
  for (std::size_t i = 0; i < proof.size(); ++i) {
    for (std::size_t bit = 0; bit < 256; ++bit) {
      Proof flipped = proof;
      flipped[i] = Flipped(flipped[i], bit);
      spoilt.push_back(flipped);
    }
    Proof dropped = proof;
    dropped.erase(dropped.begin() + static_cast<std::ptrdiff_t>(i));
    spoilt.push_back(dropped);
    for (std::size_t j = i + 1; j < proof.size(); ++j) {
      Proof swapped = proof;
      std::swap(swapped[i], swapped[j]);
      spoilt.push_back(swapped);
    }
  }
  for (std::size_t i = 0; i <= proof.size(); ++i) {
    for (const Sha256Digest& extra : {Sha256Digest{}, proof.empty() ? Sha256("") : proof.back()}) {
      Proof added = proof;
      added.insert(added.begin() + static_cast<std::ptrdiff_t>(i), extra);
      spoilt.push_back(added);
    }
  }
  return spoilt;
}

// The reference tree of certificate-transparency: its leaves stand in merkle_test.cc.
std::vector<Sha256Digest> ReferenceLeaves() {
  std::vector<Sha256Digest> hashes;
  for (const char* hex :
       {"", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"}) {
    hashes.push_back(LeafHash(*HexDecode(hex)));
  }
  return hashes;
}

Proof Hashes(const std::vector<std::string>& hex) {
  Proof proof;
  for (const std::string& digits : hex) {
    proof.push_back(*ParseHexHash(digits));
  }
  return proof;
}

const std::string kCa85 = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0";
const std::string k0Ebc = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a";
const std::string kRoot4 = "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7";

TEST(Proof, VectorsOfTheReferenceTree) {
  const std::vector<Sha256Digest> leaves = ReferenceLeaves();
  const Proof first = Hashes({"96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                              "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                              "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"});
  EXPECT_EQ(Collect(leaves, InclusionSpans(0, 8)), first);
  EXPECT_EQ(Collect(leaves, ConsistencySpans(1, 8)), first);
  EXPECT_EQ(Collect(leaves, InclusionSpans(5, 8)),
            Hashes({"bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b", kCa85, kRoot4}));
  EXPECT_EQ(Collect(leaves, ConsistencySpans(6, 8)), Hashes({k0Ebc, kCa85, kRoot4}));
  EXPECT_EQ(Collect(leaves, ConsistencySpans(6, 7)),
            Hashes({k0Ebc, "b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f", kRoot4}));
}

TEST(Proof, WholeSubtreesMayStandForTheirLeaves) {
  constexpr std::uint64_t kSubtree = 4;
  for (std::uint64_t size = 1; size <= kMost; ++size) {
    const std::vector<Sha256Digest> leaves = Leaves(size);
    for (std::uint64_t index = 0; index < size; ++index) {
      SubtreeCollector collector(InclusionSpans(index, size));
      int subtrees = 0;
      for (std::uint64_t at = 0; at < size;) {
        const bool whole = at % kSubtree == 0 && at + kSubtree <= size;
        if (whole && collector.TakesSubtree(kSubtree)) {
          collector.AppendSubtree(Mth(leaves, at, at + kSubtree), kSubtree);
          at += kSubtree;
          ++subtrees;
        } else {
          collector.Append(leaves[at++]);
        }
      }
      ASSERT_TRUE(collector.complete());
      EXPECT_EQ(collector.Hashes(), Collect(leaves, InclusionSpans(index, size))) << index << " of " << size;
      // All but the one that the leaf itself is in.
      const std::uint64_t all = size / kSubtree;
      EXPECT_EQ(subtrees, static_cast<int>(all - (index / kSubtree < all ? 1 : 0)))
          << index << " of " << size;
    }
  }
}

TEST(Proof, EveryInclusionProofIsThatOfTheDefinitionAndHolds) {
  for (std::uint64_t size = 1; size <= kMost; ++size) {
    const std::vector<Sha256Digest> leaves = Leaves(size);
    const Sha256Digest root = Mth(leaves, 0, size);
    for (std::uint64_t index = 0; index < size; ++index) {
      const Proof path = Collect(leaves, InclusionSpans(index, size));
      ASSERT_EQ(path, NaivePath(leaves, index, 0, size)) << index << " of " << size;
      ASSERT_TRUE(VerifyInclusion(index, size, leaves[index], path, root)) << index << " of " << size;
      ASSERT_EQ(InclusionRoot(index, size, leaves[index], path).value(), root);
    }
  }
}

TEST(Proof, EveryConsistencyProofIsThatOfTheDefinitionAndHolds) {
  for (std::uint64_t size = 1; size <= kMost; ++size) {
    const std::vector<Sha256Digest> leaves = Leaves(size);
    const Sha256Digest root = Mth(leaves, 0, size);
    for (std::uint64_t first = 1; first <= size; ++first) {
      const Proof path = Collect(leaves, ConsistencySpans(first, size));
      ASSERT_EQ(path, NaiveSubproof(leaves, first, 0, size, true)) << first << " of " << size;
      ASSERT_TRUE(VerifyConsistency(first, size, Mth(leaves, 0, first), root, path))
          << first << " of " << size;
    }
  }
}

TEST(Proof, AnInclusionProofHoldsForNoOtherIndexSizeLeafOrRoot) {
  for (std::uint64_t size = 1; size <= 17; ++size) {
    const std::vector<Sha256Digest> leaves = Leaves(size);
    const Sha256Digest root = Mth(leaves, 0, size);
    for (std::uint64_t index = 0; index < size; ++index) {
      const Proof path = Collect(leaves, InclusionSpans(index, size));
      for (std::uint64_t other = 0; other <= size + 1; ++other) {
        if (other != index) {
          ASSERT_FALSE(VerifyInclusion(other, size, leaves[index], path, root)) << other << " for " << index;
        }
      }
      for (const Proof& spoilt : Spoilt(path)) {
        ASSERT_FALSE(VerifyInclusion(index, size, leaves[index], spoilt, root)) << index << " of " << size;
      }
      for (std::size_t bit = 0; bit < 256; ++bit) {
        ASSERT_FALSE(VerifyInclusion(index, size, Flipped(leaves[index], bit), path, root));
        ASSERT_FALSE(VerifyInclusion(index, size, leaves[index], path, Flipped(root, bit)));
      }
      ASSERT_FALSE(VerifyInclusion(index, 0, leaves[index], path, root));
    }
  }
}

TEST(Proof, AnInclusionProofOfAnotherLengthHoldsForNoSize) {
  // A size off by one may have a proof of the same shape; its number of levels decides, and the signed
  // checkpoint has the size. Without the test that sn is 0 at the end a proof of a smaller tree would pass.
  const std::vector<Sha256Digest> leaves = Leaves(8);
  const Proof path = Collect(leaves, InclusionSpans(2, 4));
  EXPECT_TRUE(VerifyInclusion(2, 4, leaves[2], path, Mth(leaves, 0, 4)));
  EXPECT_FALSE(VerifyInclusion(2, 5, leaves[2], path, Mth(leaves, 0, 4)));
  EXPECT_FALSE(VerifyInclusion(2, 8, leaves[2], path, Mth(leaves, 0, 4)));
  EXPECT_FALSE(VerifyInclusion(2, 3, leaves[2], path, Mth(leaves, 0, 4)));
  EXPECT_FALSE(VerifyInclusion(2, 2, leaves[2], path, Mth(leaves, 0, 4)));
}

TEST(Proof, AConsistencyProofHoldsForNoOtherSizesRootsOrHashes) {
  for (std::uint64_t size = 1; size <= 17; ++size) {
    const std::vector<Sha256Digest> leaves = Leaves(size);
    const Sha256Digest root = Mth(leaves, 0, size);
    for (std::uint64_t first = 1; first <= size; ++first) {
      const Proof path = Collect(leaves, ConsistencySpans(first, size));
      const Sha256Digest first_root = Mth(leaves, 0, first);
      for (const Proof& spoilt : Spoilt(path)) {
        ASSERT_FALSE(VerifyConsistency(first, size, first_root, root, spoilt)) << first << " of " << size;
      }
      for (std::size_t bit = 0; bit < 256; ++bit) {
        ASSERT_FALSE(VerifyConsistency(first, size, Flipped(first_root, bit), root, path));
        ASSERT_FALSE(VerifyConsistency(first, size, first_root, Flipped(root, bit), path));
      }
      ASSERT_FALSE(VerifyConsistency(0, size, first_root, root, path));
      ASSERT_FALSE(VerifyConsistency(size + 1, size, first_root, root, path));
      ASSERT_FALSE(VerifyConsistency(first, 0, first_root, root, path));
      if (first < size) {
        ASSERT_FALSE(VerifyConsistency(first, first, first_root, root, path));
        ASSERT_FALSE(VerifyConsistency(size, first, root, first_root, path));
        ASSERT_FALSE(VerifyConsistency(first, size, root, first_root, path));
        ASSERT_FALSE(VerifyConsistency(first, size, first_root, root, {}));
      }
    }
  }
}

TEST(Proof, EveryRangeOfEveryTreeHoldsAndNoOther) {
  for (std::uint64_t size = 1; size <= 34; ++size) {
    const std::vector<Sha256Digest> leaves = Leaves(size);
    const Sha256Digest root = Mth(leaves, 0, size);
    for (std::uint64_t first = 0; first <= size; ++first) {
      for (std::uint64_t end = first; end <= size; ++end) {
        const std::vector<Span> spans = RangeSpans(first, end, size);
        const Proof complement = Collect(leaves, spans);
        for (std::size_t i = 0; i < spans.size(); ++i) {
          ASSERT_EQ(complement[i], Mth(leaves, spans[i].begin, spans[i].end));
        }
        auto verifier = RangeVerifier::Make(first, end, size, complement);
        ASSERT_TRUE(verifier);
        for (std::uint64_t i = first; i < end; ++i) {
          verifier->Append(leaves[i]);
        }
        ASSERT_TRUE(verifier->complete());
        ASSERT_EQ(verifier->Root(), root) << first << " to " << end << " of " << size;
      }
    }
  }
}

TEST(Proof, ARangeAtAnotherPlaceHasAnotherRootOrLength) {
  constexpr std::uint64_t kSize = 13;
  const std::vector<Sha256Digest> leaves = Leaves(kSize);
  const Sha256Digest root = Mth(leaves, 0, kSize);
  for (std::uint64_t first = 0; first <= kSize; ++first) {
    for (std::uint64_t end = first + 1; end <= kSize; ++end) {
      const Proof complement = Collect(leaves, RangeSpans(first, end, kSize));
      for (std::uint64_t other = 0; other + (end - first) <= kSize; ++other) {
        auto verifier = RangeVerifier::Make(other, other + (end - first), kSize, complement);
        if (other == first || !verifier) {
          continue;
        }
        for (std::uint64_t i = first; i < end; ++i) {
          verifier->Append(leaves[i]);
        }
        ASSERT_NE(verifier->Root(), root) << first << " to " << end << " claimed at " << other;
      }
    }
  }
}

TEST(Proof, RangesThatCannotBeAreRefused) {
  EXPECT_FALSE(RangeVerifier::Make(0, 0, 0, {}));
  EXPECT_FALSE(RangeVerifier::Make(3, 2, 4, {}));
  EXPECT_FALSE(RangeVerifier::Make(0, 5, 4, {}));
  EXPECT_FALSE(RangeVerifier::Make(0, 4, 4, Proof(1)));
  EXPECT_FALSE(RangeVerifier::Make(1, 4, 4, {}));
  const std::uint64_t most = ~std::uint64_t{0} >> 1;
  EXPECT_FALSE(RangeVerifier::Make(most - 1, most, most, Proof(3)));
}

TEST(Proof, AProofOfAMillionLeavesComesFromOnePass) {
  constexpr std::uint64_t kSize = 1'000'000;
  constexpr std::uint64_t kIndex = 777'777;
  constexpr std::uint64_t kFirst = 600'001;
  SubtreeCollector inclusion(InclusionSpans(kIndex, kSize));
  SubtreeCollector consistency(ConsistencySpans(kFirst, kSize));
  CompactRange range;
  Sha256Digest first_root{};
  for (std::uint64_t i = 0; i < kSize; ++i) {
    const Sha256Digest leaf = LeafHash(std::to_string(i));
    inclusion.Append(leaf);
    consistency.Append(leaf);
    range.Append(leaf);
    if (range.size() == kFirst) {
      first_root = range.Root();
    }
  }
  EXPECT_LE(inclusion.Hashes().size(), 20U);
  EXPECT_TRUE(
      VerifyInclusion(kIndex, kSize, LeafHash(std::to_string(kIndex)), inclusion.Hashes(), range.Root()));
  EXPECT_TRUE(VerifyConsistency(kFirst, kSize, first_root, range.Root(), consistency.Hashes()));
}

}  // namespace
}  // namespace paliad::ledger
