#include "ledger/merkle.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "base/text.h"

namespace paliad::ledger {
namespace {

std::string Hex(const Sha256Digest& digest) { return HexEncode(AsBytes(digest)); }

// The leaves and roots of certificate-transparency's reference tree.
const std::array<std::string, 8> kLeaves = {
    "",
    std::string("\x00", 1),
    "\x10",
    "\x20\x21",
    "\x30\x31",
    "\x40\x41\x42\x43",
    "\x50\x51\x52\x53\x54\x55\x56\x57",
    "\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
};
const std::array<std::string, 9> kRoots = {
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
};

TEST(Merkle, RootsOfTheReferenceTreeAtEverySize) {
  CompactRange range;
  EXPECT_EQ(Hex(range.Root()), kRoots[0]);
  for (std::size_t i = 0; i < kLeaves.size(); ++i) {
    range.Append(LeafHash(kLeaves[i]));
    EXPECT_EQ(range.size(), i + 1);
    EXPECT_EQ(Hex(range.Root()), kRoots[i + 1]) << "size " << i + 1;
  }
}

TEST(Merkle, HashesOfALeafAndANode) {
  EXPECT_EQ(Hex(LeafHash("L123456")), "395aa064aa4c29f7010acfe3f25db9485bbd4b91897b6ad7ad547639252b4d56");
  // RFC 6962's node hash takes 32-byte hashes; the vector of transparency-dev/merkle uses four bytes.
  EXPECT_EQ(Hex(Sha256(std::string_view("\x01", 1), "N123", "N456")),
            "aa217fe888e47007fa15edab33c2b492a722cb106c64667fc2b044444de66bbb");
  const Sha256Digest zero{};
  EXPECT_EQ(NodeHash(zero, zero), Sha256("\x01" + std::string(64, '\0')));
}

TEST(Merkle, ARangeSavedAtAnySizeGoesOnAsIfItHadNotBeen) {
  CompactRange whole;
  for (const std::string& leaf : kLeaves) {
    whole.Append(LeafHash(leaf));
  }
  for (std::size_t cut = 0; cut <= kLeaves.size(); ++cut) {
    CompactRange before;
    for (std::size_t i = 0; i < cut; ++i) {
      before.Append(LeafHash(kLeaves[i]));
    }
    CompactRange resumed(before.size(), before.roots());
    for (std::size_t i = cut; i < kLeaves.size(); ++i) {
      resumed.Append(LeafHash(kLeaves[i]));
    }
    EXPECT_EQ(resumed.Root(), whole.Root()) << "cut at " << cut;
  }
}

}  // namespace
}  // namespace paliad::ledger
