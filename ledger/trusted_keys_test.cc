#include "ledger/trusted_keys.h"

#include <gtest/gtest.h>

#include <string>

#include "ledger/checkpoint.h"
#include "ledger/sample_log.h"

namespace paliad::ledger {
namespace {

using testing::kOrigin;
using testing::SampleLog;
using testing::SignedCheckpoint;
using testing::SignerOf;

const NoteSigner kOld = SignerOf(1);
const NoteSigner kNew = SignerOf(2);

TrustedKeys Keys(const std::string& text) { return *TrustedKeys::Parse(text); }

TEST(TrustedKeys, TheTextFormIsReadAndWritten) {
  const std::string text = kOld.verifier.Format() + " 0 5000\n" + kNew.verifier.Format() + " 5000\n" +
                           SignerOf(3).verifier.Format() + "\n";
  const auto keys = TrustedKeys::Parse("# comment\n\n" + text);
  ASSERT_TRUE(keys);
  EXPECT_EQ(keys->keys().size(), 3U);
  EXPECT_EQ(keys->Format(), text);
  EXPECT_TRUE(TrustedKeys::Parse(kOld.verifier.Format()));  // without a final newline
}

TEST(TrustedKeys, BadLinesAreRefused) {
  const std::string vkey = kOld.verifier.Format();
  for (const std::string& line : {vkey + " ", vkey + " x", vkey + " 5 5", vkey + " 5 4", vkey + " 1 2 3",
                                  vkey + " 01", vkey + "  1", " " + vkey, std::string("no key")}) {
    EXPECT_FALSE(TrustedKeys::Parse(line)) << line;
  }
}

TEST(TrustedKeys, ARotatedKeyIsTrustedForItsSizesOnly) {
  const SampleLog log(4);
  const TrustedKeys keys = Keys(kOld.verifier.Format() + " 0 5\n" + kNew.verifier.Format() + " 5\n");
  const auto kind = [&](std::size_t size, const std::vector<NoteSigner>& signers) {
    const auto opened = OpenCheckpoint(SignedCheckpoint(log.leaves, size, signers), kOrigin, keys);
    return opened ? std::string("ok by ") + opened->signers.at(0)
                  : std::string(ProblemKindName(opened.error().kind));
  };
  EXPECT_EQ(kind(4, {kOld}), "ok by " + kOld.verifier.Label());
  EXPECT_EQ(kind(5, {kOld}), "untrusted");
  EXPECT_EQ(kind(5, {kNew}), "ok by " + kNew.verifier.Label());
  EXPECT_EQ(kind(4, {kNew}), "untrusted");
  EXPECT_EQ(kind(4, {kOld, kNew}), "ok by " + kOld.verifier.Label());
  EXPECT_EQ(kind(5, {kOld, kNew}), "ok by " + kNew.verifier.Label());
  EXPECT_EQ(kind(5, {SignerOf(3)}), "untrusted");
}

TEST(TrustedKeys, ABadSignatureOfAKnownKeyRejectsWhateverItsRange) {
  const SampleLog log(4);
  Note note = *ParseNote(SignedCheckpoint(log.leaves, 8, {kOld, kNew}));
  note.signatures[0].signature[9] ^= 4;
  const auto opened = OpenCheckpoint(
      FormatNote(note), kOrigin, Keys(kOld.verifier.Format() + " 0 5\n" + kNew.verifier.Format() + " 5\n"));
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().kind, ProblemKind::kBadSignature);
}

TEST(TrustedKeys, AnUntrustedNoteSaysWhoSignedItAndWhoMayNot) {
  const SampleLog log(1);
  const auto opened = OpenCheckpoint(SignedCheckpoint(log.leaves, 4, {kOld}), kOrigin,
                                     Keys(kOld.verifier.Format() + " 5 9\n"));
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().detail, "no key that is trusted for 4 entries signed it; it is signed by " +
                                       kOld.verifier.Label() + "; " + kOld.verifier.Label() +
                                       " is trusted for 5 to 8 entries");
}

}  // namespace
}  // namespace paliad::ledger
