// The worked example of docs/ledger-format.md: the page, the files beside it and the code say the same bytes.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>

#include "base/text.h"
#include "ledger/append_mac.h"
#include "ledger/body.h"
#include "ledger/encoding.h"
#include "ledger/sample_log.h"
#include "ledger/tlog_proof.h"
#include "ledger/verify_bundle.h"

namespace paliad::ledger {
namespace {

using testing::kOrigin;
using testing::SampleLog;

const NoteSigner kSigner = testing::SignerOf(1);

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file) << path;
  std::ostringstream bytes;
  bytes << file.rdbuf();
  return bytes.str();
}

std::string Example(const std::string& name) { return ReadFile("ledger/testdata/example/" + name); }

void ExpectOnThePage(const std::string& bytes) {
  static const std::string page = ReadFile("docs/ledger-format.md");
  EXPECT_NE(page.find(bytes), std::string::npos) << bytes;
}

TEST(FormatExample, TheFilesAreWhatTheCodeWrites) {
  const SampleLog log(1);
  EXPECT_EQ(Example("vkey"), kSigner.verifier.Format() + "\n");
  EXPECT_EQ(Example("checkpoint"), testing::SignedCheckpoint(log.leaves, 4, {kSigner}));
  EXPECT_EQ(Example("bundle"),
            testing::SampleBundle(log, 1, 3, {kSigner}, /*with_bodies=*/true, /*earlier_size=*/3));
  EXPECT_EQ(Example("entry"), log.leaves[2]);
  EXPECT_EQ(Example("entry.tlog-proof"),
            FormatTlogProof({.index = 2,
                             .path = testing::ProofOf(log.leaves, InclusionSpans(2, 4)),
                             .checkpoint = testing::SignedCheckpoint(log.leaves, 4, {kSigner}),
                             .extra = std::nullopt}));
}

TEST(FormatExample, TheFilesVerify) {
  const TrustedKeys keys = *TrustedKeys::Parse(Example("vkey"));
  std::istringstream bundle(Example("bundle"));
  const Report report = VerifyBundle(bundle, kOrigin, keys, {}, {});
  EXPECT_TRUE(report.ok()) << ReportText(report);
  EXPECT_EQ(report.bodies, 1U);
  EXPECT_TRUE(VerifyEntryProof(Example("entry.tlog-proof"), Example("entry"), kOrigin, keys).ok());
}

TEST(FormatExample, ThePageShowsThem) {
  for (const char* name : {"vkey", "checkpoint", "bundle", "entry", "entry.tlog-proof"}) {
    ExpectOnThePage(Example(name));
  }
}

TEST(FormatExample, ThePageShowsTheHashesOnTheWay) {
  const SampleLog log(1);
  for (const std::string& leaf : log.leaves) {
    ExpectOnThePage(HexEncode(AsBytes(LeafHash(leaf))));
  }
  for (const std::size_t size : {2, 3, 4}) {
    ExpectOnThePage(HexEncode(AsBytes(testing::RootOf(log.leaves, size))));
  }
  ExpectOnThePage(HexEncode(AsBytes(NodeHash(LeafHash(log.leaves[2]), LeafHash(log.leaves[3])))));
  ExpectOnThePage(HexEncode(AsBytes(BodyDigest(log.bodies[0].salt, log.bodies[0].body))));
  const MacSecret secret = DeriveMacSecret(kSigner.key, kOrigin);
  ExpectOnThePage(HexEncode(AsBytes(secret)));
  ExpectOnThePage(HexEncode(AsBytes(AppendMac(secret, testing::SampleRunId(1), 1, LeafHash(log.leaves[2])))));
}

}  // namespace
}  // namespace paliad::ledger
