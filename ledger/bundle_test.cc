#include "ledger/bundle.h"

#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

#include "base/text.h"
#include "ledger/body.h"
#include "ledger/encoding.h"
#include "ledger/sample_log.h"
#include "ledger/verify_bundle.h"

namespace paliad::ledger {
namespace {

using testing::kOrigin;
using testing::ProofOf;
using testing::RootOf;
using testing::SampleBundle;
using testing::SampleLog;
using testing::SignedCheckpoint;
using testing::SignerOf;

const NoteSigner kSigner = SignerOf(1);

TrustedKeys Trusted() { return *TrustedKeys::Parse(kSigner.verifier.Format()); }

Report Verify(const std::string& bundle, const CheckpointSet& published = {}) {
  std::istringstream source(bundle);
  return VerifyBundle(source, kOrigin, Trusted(), published, {});
}

std::string Summary(const Report& report) {
  std::string text;
  for (const Problem& problem : report.problems.list()) {
    text += (text.empty() ? "" : " ") + std::string(ProblemKindName(problem.kind)) +
            (problem.seq ? "@" + std::to_string(*problem.seq) : "");
  }
  return text;
}

std::string Replaced(std::string text, const std::string& what, const std::string& with) {
  const std::size_t at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return text.replace(at, what.size(), with);
}

void ExpectEveryFlipFound(const std::string& bundle) {
  ASSERT_TRUE(Verify(bundle).ok()) << ReportText(Verify(bundle));
  for (std::size_t bit = 0; bit < bundle.size() * 8; ++bit) {
    std::string flipped = bundle;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
    ASSERT_FALSE(Verify(flipped).ok()) << "bit " << bit % 8 << " of byte " << bit / 8 << ":\n" << flipped;
  }
}

TEST(Bundle, EveryRangeOfALogVerifies) {
  const SampleLog log(4);
  for (std::size_t first = 0; first <= log.leaves.size(); ++first) {
    for (std::size_t end = first; end <= log.leaves.size(); ++end) {
      const Report report = Verify(SampleBundle(log, first, end, {kSigner}, /*with_bodies=*/true));
      ASSERT_TRUE(report.ok()) << first << " to " << end << "\n" << ReportText(report);
      EXPECT_EQ(report.first, first);
      EXPECT_EQ(report.entries, end - first);
      EXPECT_EQ(report.size, 13U);
      EXPECT_EQ(report.root, RootOf(log.leaves, 13));
      EXPECT_EQ(report.checkpoint->size, 13U);
      EXPECT_EQ(report.unanchored, 0U);
    }
  }
}

TEST(Bundle, AnEmptyRangeIsAnAnswer) {
  const Report report = Verify(SampleBundle(SampleLog(4), 6, 6, {kSigner}));
  EXPECT_TRUE(report.ok());
  EXPECT_NE(ReportText(report).find("entries     0 of 13\n"), std::string::npos) << ReportText(report);
}

TEST(Bundle, NoBitOfAWholeLogCanBeFlipped) {
  ExpectEveryFlipFound(SampleBundle(SampleLog(4), 0, 13, {kSigner}));
}

TEST(Bundle, NoBitOfADozenEntriesAmongOthersCanBeFlipped) {
  const SampleLog log(6);
  ExpectEveryFlipFound(SampleBundle(log, 4, 16, {kSigner}, /*with_bodies=*/true, /*earlier_size=*/9));
}

TEST(Bundle, NoBitOfAnEmptyRangeCanBeFlipped) {
  const SampleLog log(4);
  for (const std::size_t at : {0, 4, 6, 13}) {
    ExpectEveryFlipFound(SampleBundle(log, at, at, {kSigner}));
  }
}

TEST(Bundle, NoByteCanBeLeftOutOrPutIn) {
  const std::string bundle = SampleBundle(SampleLog(2), 1, 6, {kSigner}, /*with_bodies=*/true, 3);
  for (std::size_t at = 0; at <= bundle.size(); ++at) {
    if (at < bundle.size()) {
      EXPECT_FALSE(Verify(std::string(bundle).erase(at, 1)).ok()) << "without byte " << at;
      EXPECT_FALSE(Verify(bundle.substr(0, at)).ok()) << "cut at " << at;
    }
    for (const char c : {' ', '\n', '\r', '0', '=', '\0', 'a'}) {
      EXPECT_FALSE(Verify(std::string(bundle).insert(at, 1, c)).ok()) << "with " << c << " at " << at;
    }
  }
}

TEST(Bundle, NoLineCanBeLeftOutDoubledOrSwapped) {
  const std::string bundle = SampleBundle(SampleLog(4), 2, 9, {kSigner}, /*with_bodies=*/false, 5);
  std::vector<std::string> lines;
  std::istringstream stream(bundle);
  for (std::string line; std::getline(stream, line);) {
    lines.push_back(line + "\n");
  }
  const auto joined = [](const std::vector<std::string>& parts) {
    std::string text;
    for (const std::string& part : parts) {
      text += part;
    }
    return text;
  };
  ASSERT_TRUE(Verify(joined(lines)).ok());
  for (std::size_t i = 0; i < lines.size(); ++i) {
    std::vector<std::string> without = lines;
    without.erase(without.begin() + static_cast<std::ptrdiff_t>(i));
    EXPECT_FALSE(Verify(joined(without)).ok()) << "without " << lines[i];
    std::vector<std::string> doubled = lines;
    doubled.insert(doubled.begin() + static_cast<std::ptrdiff_t>(i), lines[i]);
    EXPECT_FALSE(Verify(joined(doubled)).ok()) << "twice " << lines[i];
    for (std::size_t j = i + 1; j < lines.size(); ++j) {
      std::vector<std::string> swapped = lines;
      std::swap(swapped[i], swapped[j]);
      EXPECT_TRUE(swapped == lines || !Verify(joined(swapped)).ok()) << lines[i] << lines[j];
    }
  }
}

TEST(Bundle, AnEditSaysBetweenWhichCheckpoints) {
  const SampleLog log(4);
  const std::string bundle = SampleBundle(log, 0, 13, {kSigner}, false, 7);
  EXPECT_EQ(Summary(Verify(Replaced(bundle, R"("name":"t1")", R"("name":"t9")"))), "edited@0");
  EXPECT_EQ(Summary(Verify(Replaced(bundle, R"("name":"t4")", R"("name":"t9")"))), "edited@7");
}

TEST(Bundle, TheSignerAndTheOriginHaveToBeTheExpectedOnes) {
  const SampleLog log(1);
  EXPECT_EQ(Summary(Verify(SampleBundle(log, 0, 4, {SignerOf(2)}))), "untrusted");
  EXPECT_EQ(Summary(Verify(SampleBundle(log, 0, 4, {}))), "unsigned");
  std::istringstream source(SampleBundle(log, 0, 4, {kSigner}));
  EXPECT_EQ(Summary(VerifyBundle(source, "another.example.com", Trusted(), {}, {})), "untrusted");
}

TEST(Bundle, ALogThatWasRewrittenAndSignedByAnotherKeyIsUntrusted) {
  SampleLog log(3);
  log.leaves[5] = testing::SampleLeaf(2, 1, "finding");
  const Report report = Verify(SampleBundle(log, 0, 10, {SignerOf(9)}));
  EXPECT_EQ(Summary(report), "untrusted");
  EXPECT_FALSE(report.checkpoint);
}

TEST(Bundle, AgreesWithPublishedCheckpointsOrSaysWhyNot) {
  const SampleLog log(4);
  SampleLog other(4);
  other.leaves[1] = testing::SampleLeaf(1, 0, "run_started", R"("actor":"another")");
  SampleLog longer(6);
  const auto published = [&](const SampleLog& of, std::size_t size) {
    CheckpointSet set;
    Problems problems;
    set.Add("latest", SignedCheckpoint(of.leaves, size, {kSigner}), kOrigin, Trusted(), problems);
    EXPECT_TRUE(problems.empty());
    return set;
  };
  const std::string whole = SampleBundle(log, 0, 13, {kSigner});
  const std::string part = SampleBundle(log, 8, 11, {kSigner}, false, 5);
  EXPECT_EQ(Summary(Verify(whole, published(log, 13))), "");
  EXPECT_EQ(Summary(Verify(whole, published(log, 8))), "");
  EXPECT_EQ(Summary(Verify(part, published(log, 5))), "");
  EXPECT_EQ(Summary(Verify(part, published(log, 13))), "");
  EXPECT_EQ(Summary(Verify(whole, published(other, 13))), "fork");
  EXPECT_EQ(Summary(Verify(whole, published(other, 8))), "fork");
  EXPECT_EQ(Summary(Verify(part, published(other, 5))), "fork");
  EXPECT_EQ(Summary(Verify(part, published(log, 6))), "unproven");
  EXPECT_EQ(Summary(Verify(whole, published(longer, 19))), "truncated@13");
}

TEST(Bundle, AForkAmongItsOwnCheckpointsIsFound) {
  const SampleLog log(4);
  SampleLog other(4);
  other.leaves[1] = testing::SampleLeaf(1, 0, "run_started", R"("actor":"another")");
  std::ostringstream out;
  BundleWriter writer(out);
  ASSERT_TRUE(writer.Begin({.first = 6,
                            .end = 6,
                            .size = 13,
                            .complement = ProofOf(log.leaves, RangeSpans(6, 6, 13)),
                            .checkpoint = SignedCheckpoint(log.leaves, 13, {kSigner}),
                            .earlier = {{.note = SignedCheckpoint(other.leaves, 5, {kSigner}),
                                         .consistency = ProofOf(log.leaves, ConsistencySpans(5, 13))}}}));
  ASSERT_TRUE(writer.Finish());
  EXPECT_EQ(Summary(Verify(out.str())), "fork");
}

TEST(Bundle, ABodyHasToBeTheOneThatItsEntryNames) {
  const SampleLog log(2);
  const std::string bundle = SampleBundle(log, 0, 7, {kSigner}, /*with_bodies=*/true);
  EXPECT_EQ(Verify(bundle).bodies, 2U);
  EXPECT_EQ(
      Summary(Verify(Replaced(bundle, Base64Encode(log.bodies[0].body), Base64Encode("DROP TABLE t1;")))),
      "body@2");
  // A body that is itself right, behind an entry that does not speak of it.
  const std::string line = "body " + HexEncode(AsBytes(BodyDigest(log.bodies[1].salt, log.bodies[1].body))) +
                           " " + HexEncode(log.bodies[1].salt) + " " + Base64Encode(log.bodies[1].body) +
                           "\n";
  EXPECT_EQ(Summary(Verify(Replaced(bundle, "entries\n{", "entries\n" + line + "{"))), "body");
  EXPECT_EQ(Summary(Verify(Replaced(bundle, "end\n", line + "end\n"))), "body@6");
  // One that was redacted is absent.
  EXPECT_EQ(Summary(Verify(Replaced(bundle, line, ""))), "");
}

TEST(Bundle, BodiesOfAnyBytesAndLengthsComeBack) {
  for (const std::string& body : {std::string(), std::string("\0\n\r\xFF", 4), std::string(300'000, 'x')}) {
    const std::string salt = NewSalt();
    SampleLog log(1);
    log.leaves[1] =
        testing::SampleLeaf(1, 0, "run_started",
                            R"("nested":{"list":[")" + HexEncode(AsBytes(BodyDigest(salt, body))) + R"("]})");
    std::ostringstream out;
    BundleWriter writer(out);
    ASSERT_TRUE(writer.Begin({.first = 1,
                              .end = 2,
                              .size = 4,
                              .complement = ProofOf(log.leaves, RangeSpans(1, 2, 4)),
                              .checkpoint = SignedCheckpoint(log.leaves, 4, {kSigner}),
                              .earlier = {}}));
    ASSERT_TRUE(writer.AddEntry(log.leaves[1]));
    ASSERT_TRUE(writer.AddBody(salt, body));
    ASSERT_TRUE(writer.Finish());
    const Report report = Verify(out.str());
    EXPECT_TRUE(report.ok()) << ReportText(report);
    EXPECT_EQ(report.bodies, 1U);
  }
}

TEST(Bundle, TheWriterRefusesWhatTheGrammarCannotHold) {
  const SampleLog log(1);
  std::ostringstream out;
  BundleWriter writer(out);
  ASSERT_TRUE(writer.Begin({.first = 0,
                            .end = 1,
                            .size = 4,
                            .complement = ProofOf(log.leaves, RangeSpans(0, 1, 4)),
                            .checkpoint = SignedCheckpoint(log.leaves, 4, {kSigner}),
                            .earlier = {}}));
  for (const std::string& leaf :
       {std::string(), std::string("end"), std::string("{\n}"), std::string(70'000, '{')}) {
    EXPECT_EQ(writer.AddEntry(leaf).error().kind, ErrorKind::kCorruption);
  }
  EXPECT_EQ(writer.Finish().error().kind, ErrorKind::kCorruption);  // one is missing
  ASSERT_TRUE(writer.AddEntry(log.leaves[0]));
  EXPECT_EQ(writer.AddEntry(log.leaves[1]).error().kind, ErrorKind::kCorruption);  // one too many
  EXPECT_EQ(writer.AddBody("short salt", "").error().kind, ErrorKind::kCorruption);
  EXPECT_TRUE(writer.Finish());
  out.setstate(std::ios::badbit);
  EXPECT_EQ(writer.Finish().error().kind, ErrorKind::kUnavailable);
}

TEST(Bundle, AnEndlessLineIsRefusedWithoutBeingHeld) {
  const std::string bundle = SampleBundle(SampleLog(1), 0, 4, {kSigner});
  EXPECT_EQ(Summary(Verify(std::string(1'000'000, 'x'))), "malformed");
  EXPECT_EQ(Summary(Verify(Replaced(bundle, "entries\n", "entries\n{" + std::string(70'000, ' ') + "\n"))),
            "malformed");
}

}  // namespace
}  // namespace paliad::ledger
