#include "ledger/checkpoint.h"

#include <gtest/gtest.h>

#include <string>

#include "base/text.h"
#include "ledger/checkpoint_set.h"
#include "ledger/encoding.h"
#include "ledger/sample_log.h"

namespace paliad::ledger {
namespace {

using testing::kOrigin;
using testing::SampleLog;
using testing::SignedCheckpoint;
using testing::SignerOf;

TrustedKeys Trust(const NoteSigner& signer) { return *TrustedKeys::Parse(signer.verifier.Format()); }

TEST(Checkpoint, TheExampleOfTheSpecificationIsReadAndWritten) {
  const std::string text =
      "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
  const auto checkpoint = ParseCheckpoint(text);
  ASSERT_TRUE(checkpoint);
  EXPECT_EQ(checkpoint->origin, "example.com/behind-the-sofa");
  EXPECT_EQ(checkpoint->size, 20852163U);
  EXPECT_EQ(FormatCheckpoint(*checkpoint), text);
  EXPECT_EQ(ParseCheckpoint(text + "an extension\n")->size, 20852163U);
}

TEST(Checkpoint, EveryOtherFormIsMalformed) {
  const std::string root = FormatHash(Sha256(""));
  for (const std::string& text :
       {std::string(), "o\n0\n" + root, std::string("o\n0\n"), "\n0\n" + root + "\n", "o\n00\n" + root + "\n",
        "o\n-1\n" + root + "\n", "o\n\n" + root + "\n", "o\nx\n" + root + "\n",
        "o\n9223372036854775808\n" + root + "\n", "o\n1\n" + root.substr(4) + "\n", "o\n1\n" + root + "=\n",
        "o\n1\n" + root + " \n", "o\t\n1\n" + root + "\n", "o\n1\n" + root + "\n\n",
        "o\n1\n" + root + "\nx\n\n", "\xFF\n1\n" + root + "\n"}) {
    const auto checkpoint = ParseCheckpoint(text);
    ASSERT_FALSE(checkpoint) << text;
    EXPECT_EQ(checkpoint.error().kind, ProblemKind::kMalformed) << text;
  }
}

TEST(Checkpoint, OpensForItsOriginAndKeyOnly) {
  const SampleLog log(2);
  const NoteSigner signer = SignerOf(1);
  const std::string bytes = SignedCheckpoint(log.leaves, 7, {signer});
  const auto opened = OpenCheckpoint(bytes, kOrigin, Trust(signer));
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->checkpoint.size, 7U);
  EXPECT_EQ(opened->signers, std::vector<std::string>{signer.verifier.Label()});
  EXPECT_EQ(OpenCheckpoint(bytes, "other", Trust(signer)).error().kind, ProblemKind::kUntrusted);
  EXPECT_EQ(OpenCheckpoint(bytes, kOrigin, Trust(SignerOf(2))).error().kind, ProblemKind::kUntrusted);
  EXPECT_EQ(OpenCheckpoint(SignedCheckpoint(log.leaves, 7, {}), kOrigin, Trust(signer)).error().kind,
            ProblemKind::kUnsigned);
}

TEST(Checkpoint, WithoutKeysNothingIsAskedForAndNothingIsSigned) {
  const SampleLog log(2);
  for (const auto& signers : {std::vector<NoteSigner>(), std::vector<NoteSigner>{SignerOf(1)}}) {
    const auto opened = OpenCheckpoint(SignedCheckpoint(log.leaves, 7, signers), kOrigin, TrustedKeys());
    ASSERT_TRUE(opened);
    EXPECT_TRUE(opened->signers.empty());
  }
}

TEST(Checkpoint, NoBitOfASignedCheckpointCanBeFlipped) {
  const SampleLog log(2);
  const NoteSigner signer = SignerOf(1);
  const std::string bytes = SignedCheckpoint(log.leaves, 7, {signer});
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    std::string flipped = bytes;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_FALSE(OpenCheckpoint(flipped, kOrigin, Trust(signer))) << "bit " << bit;
  }
}

TEST(Checkpoint, TwoOfOneSizeWithOtherRootsAreAFork) {
  const SampleLog log(2);
  std::vector<std::string> other = log.leaves;
  other[3] = testing::SampleLeaf(9, 0, "finding");
  const NoteSigner signer = SignerOf(1);
  CheckpointSet set;
  Problems problems;
  set.Add("one", SignedCheckpoint(log.leaves, 7, {signer}), kOrigin, Trust(signer), problems);
  set.Add("again", SignedCheckpoint(log.leaves, 7, {signer}), kOrigin, Trust(signer), problems);
  set.Add("smaller", SignedCheckpoint(log.leaves, 3, {signer}), kOrigin, Trust(signer), problems);
  EXPECT_TRUE(problems.empty());
  set.Add("two", SignedCheckpoint(other, 7, {signer}), kOrigin, Trust(signer), problems);
  ASSERT_EQ(problems.list().size(), 1U);
  EXPECT_EQ(problems.list()[0].kind, ProblemKind::kFork);
  EXPECT_EQ(problems.list()[0].detail, "one and two are of 7 entries and have different roots");
}

}  // namespace
}  // namespace paliad::ledger
