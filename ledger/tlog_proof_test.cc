#include "ledger/tlog_proof.h"

#include <gtest/gtest.h>

#include <string>

#include "ledger/encoding.h"
#include "ledger/sample_log.h"
#include "ledger/verify_bundle.h"

namespace paliad::ledger {
namespace {

using testing::kOrigin;
using testing::ProofOf;
using testing::SampleLog;
using testing::SignedCheckpoint;
using testing::SignerOf;

const NoteSigner kSigner = SignerOf(1);

TrustedKeys Trusted() { return *TrustedKeys::Parse(kSigner.verifier.Format()); }

std::string ProofFile(const SampleLog& log, std::size_t index) {
  return FormatTlogProof({.index = index,
                          .path = ProofOf(log.leaves, InclusionSpans(index, log.leaves.size())),
                          .checkpoint = SignedCheckpoint(log.leaves, log.leaves.size(), {kSigner}),
                          .extra = std::nullopt});
}

TEST(TlogProof, OfEveryEntryHoldsForItAndForNoOther) {
  const SampleLog log(4);
  for (std::size_t index = 0; index < log.leaves.size(); ++index) {
    const std::string file = ProofFile(log, index);
    for (std::size_t other = 0; other < log.leaves.size(); ++other) {
      const Report report = VerifyEntryProof(file, log.leaves[other], kOrigin, Trusted());
      ASSERT_EQ(report.ok(), other == index) << index << ", " << other;
    }
  }
}

TEST(TlogProof, HasTheFormOfTheSpecification) {
  const SampleLog log(1);
  const std::string file = ProofFile(log, 2);
  EXPECT_EQ(file, "c2sp.org/tlog-proof@v1\nindex 2\n" + FormatHash(LeafHash(log.leaves[3])) + "\n" +
                      FormatHash(testing::RootOf(log.leaves, 2)) + "\n\n" +
                      SignedCheckpoint(log.leaves, 4, {kSigner}));
}

TEST(TlogProof, ExtraDataIsReadAndKept) {
  const SampleLog log(1);
  std::string file = ProofFile(log, 2);
  file.insert(file.find("index"), "extra aGVsbG8=\n");
  const auto proof = ParseTlogProof(file);
  ASSERT_TRUE(proof);
  EXPECT_EQ(proof->extra, "hello");
  EXPECT_EQ(FormatTlogProof(*proof), file);
  EXPECT_TRUE(VerifyEntryProof(file, log.leaves[2], kOrigin, Trusted()).ok());
}

TEST(TlogProof, NoBitOfItCanBeFlipped) {
  const SampleLog log(4);
  const std::string file = ProofFile(log, 5);
  ASSERT_TRUE(VerifyEntryProof(file, log.leaves[5], kOrigin, Trusted()).ok());
  for (std::size_t bit = 0; bit < file.size() * 8; ++bit) {
    std::string flipped = file;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_FALSE(VerifyEntryProof(flipped, log.leaves[5], kOrigin, Trusted()).ok()) << "bit " << bit;
  }
}

TEST(TlogProof, EveryOtherFormIsMalformed) {
  const SampleLog log(1);
  const std::string file = ProofFile(log, 2);
  const auto replaced = [&](const std::string& what, const std::string& with) {
    std::string text = file;
    return text.replace(text.find(what), what.size(), with);
  };
  for (const std::string& text :
       {std::string(), replaced("@v1", "@v2"), replaced("index 2", "index 02"), replaced("index 2", "index"),
        replaced("index 2\n", ""), replaced("index 2\n", "extra aGVsbG8\nindex 2\n"),
        replaced("index 2\n", "index 2\nAAAA\n"), file.substr(0, file.find("\n\n") + 1),
        replaced("\n\n", "\n"), file + "x\n", file.substr(0, file.size() - 1)}) {
    const Report report = VerifyEntryProof(text, log.leaves[2], kOrigin, Trusted());
    ASSERT_EQ(report.problems.list().size(), 1U) << text;
    EXPECT_EQ(report.problems.list()[0].kind, ProblemKind::kMalformed) << text;
  }
}

}  // namespace
}  // namespace paliad::ledger
