#include "ledger/verify.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/json.h"
#include "ledger/encoding.h"
#include "ledger/run_set.h"
#include "ledger/sample_log.h"

namespace paliad::ledger {
namespace {

using testing::kOrigin;
using testing::RootOf;
using testing::SampleLeaf;
using testing::SampleLog;
using testing::SampleRunId;
using testing::SignedCheckpoint;
using testing::SignerOf;

using Leaves = std::vector<std::string>;

const NoteSigner kSigner = SignerOf(1);

struct Row {
  std::uint64_t seq = 0;
  std::string leaf;
};

std::vector<Row> Rows(const Leaves& leaves) {
  std::vector<Row> rows;
  for (const std::string& leaf : leaves) {
    rows.push_back({.seq = rows.size(), .leaf = leaf});
  }
  return rows;
}

// Of the rows as they are now, against checkpoints of `original` at `sizes`.
Report Verify(const std::vector<Row>& rows, const Leaves& original, const std::vector<std::size_t>& sizes) {
  const TrustedKeys keys = *TrustedKeys::Parse(kSigner.verifier.Format());
  CheckpointSet published;
  Problems problems;
  for (const std::size_t size : sizes) {
    published.Add("checkpoint " + std::to_string(size), SignedCheckpoint(original, size, {kSigner}), kOrigin,
                  keys, problems);
  }
  LogVerifier verifier(kOrigin, published, problems);
  for (const Row& row : rows) {
    verifier.Add(row.seq, row.leaf, std::nullopt);
  }
  return verifier.Finish();
}

// "edited@4 gap@5"
std::string Summary(const Report& report) {
  std::string text;
  for (const Problem& problem : report.problems.list()) {
    text += (text.empty() ? "" : " ") + std::string(ProblemKindName(problem.kind)) +
            (problem.seq ? "@" + std::to_string(*problem.seq) : "");
  }
  return text;
}

// A log of those leaves and nothing else.
std::string SummaryOf(const Leaves& leaves) { return Summary(Verify(Rows(leaves), leaves, {})); }

std::string Genesis() { return SampleLeaf(0, 0, "genesis"); }
std::string Started(int run) { return SampleLeaf(run, 0, "run_started"); }
std::string Finished(int run, int ordinal, const std::string& outcome = "in_sync") {
  return SampleLeaf(run, ordinal, "run_finished", "\"outcome\":\"" + outcome + "\"");
}

TEST(Verify, ACleanLogVerifiesAndSaysWhatIsNotAnchored) {
  const SampleLog log(4);
  const Report report = Verify(Rows(log.leaves), log.leaves, {1, 4, 10});
  EXPECT_TRUE(report.ok()) << ReportText(report);
  EXPECT_EQ(report.size, 13U);
  EXPECT_EQ(report.root, RootOf(log.leaves, 13));
  EXPECT_EQ(report.checkpoint->size, 10U);
  EXPECT_TRUE(report.checkpoint->is_signed);
  EXPECT_EQ(report.unanchored, 3U);
  EXPECT_EQ(Verify(Rows(log.leaves), log.leaves, {13}).unanchored, 0U);
}

TEST(Verify, WithoutACheckpointNothingIsAnchored) {
  const SampleLog log(1);
  const Report report = Verify(Rows(log.leaves), log.leaves, {});
  EXPECT_TRUE(report.ok());
  EXPECT_FALSE(report.checkpoint);
  EXPECT_EQ(report.unanchored, 4U);
}

TEST(Verify, AnEmptyLogIsTruncatedIfItEverHadAnEntry) {
  const SampleLog log(1);
  EXPECT_EQ(Summary(Verify({}, log.leaves, {})), "");
  EXPECT_EQ(Summary(Verify({}, log.leaves, {4})), "truncated@0");
}

TEST(Verify, AnEditIsFoundBetweenTheCheckpointsAroundIt) {
  const SampleLog log(4);
  for (std::size_t seq = 0; seq < 10; ++seq) {
    std::vector<Row> rows = Rows(log.leaves);
    const std::size_t at = rows[seq].leaf.find("default");
    rows[seq].leaf.replace(at, 7, "Default");
    EXPECT_EQ(Summary(Verify(rows, log.leaves, {4, 10})), seq < 4 ? "edited@0 edited" : "edited@4") << seq;
  }
  std::vector<Row> rows = Rows(log.leaves);
  rows[12].leaf = SampleLeaf(4, 2, "run_finished", R"("outcome":"failed")");
  EXPECT_EQ(Summary(Verify(rows, log.leaves, {10})), "");  // not anchored: not provable
}

TEST(Verify, AnInsertedEntryIsFound) {
  const SampleLog log(3);
  Leaves leaves = log.leaves;
  leaves.insert(leaves.begin() + 4, SampleLeaf(77, 0, "finding"));
  EXPECT_EQ(Summary(Verify(Rows(leaves), log.leaves, {4, 10})), "edited@4");
}

TEST(Verify, SwappedEntriesAreFound) {
  const SampleLog log(3);
  Leaves leaves = log.leaves;
  std::swap(leaves[3], leaves[4]);
  EXPECT_EQ(Summary(Verify(Rows(leaves), log.leaves, {10})), "edited@0");
}

TEST(Verify, ADeletedEntryIsAGap) {
  const SampleLog log(3);
  std::vector<Row> rows = Rows(log.leaves);
  rows.erase(rows.begin() + 5, rows.begin() + 7);
  EXPECT_EQ(Summary(Verify(rows, log.leaves, {10})), "gap@5 truncated@8 unfinished@4");
  rows = Rows(log.leaves);
  rows.erase(rows.begin());
  EXPECT_EQ(Summary(Verify(rows, log.leaves, {4})), "gap@0 edited@0");
}

TEST(Verify, ADeletedEntryIsFoundAfterRenumbering) {
  const SampleLog log(3);
  Leaves leaves = log.leaves;
  leaves.erase(leaves.begin() + 5);
  EXPECT_EQ(Summary(Verify(Rows(leaves), log.leaves, {4, 7})), "ordinal_gap@5 edited@4");
}

TEST(Verify, ACutTailIsFound) {
  const SampleLog log(3);
  Leaves leaves = log.leaves;
  leaves.resize(7);
  EXPECT_EQ(Summary(Verify(Rows(leaves), log.leaves, {4, 10})), "truncated@7");
}

TEST(Verify, AStoredHashThatIsNotTheLeafsNamesTheEntry) {
  const SampleLog log(1);
  LogVerifier verifier(kOrigin, {}, {});
  for (std::size_t seq = 0; seq < log.leaves.size(); ++seq) {
    verifier.Add(seq, log.leaves[seq], LeafHash(seq == 2 ? "another" : log.leaves[seq]));
  }
  EXPECT_EQ(Summary(verifier.Finish()), "edited@2");
}

TEST(Verify, ACheckpointByAStrangerIsAProblemAndAnchorsNothing) {
  const SampleLog log(1);
  const TrustedKeys keys = *TrustedKeys::Parse(kSigner.verifier.Format());
  CheckpointSet published;
  Problems problems;
  published.Add("latest", SignedCheckpoint(log.leaves, 4, {SignerOf(2)}), kOrigin, keys, problems);
  LogVerifier verifier(kOrigin, published, problems);
  for (std::size_t seq = 0; seq < log.leaves.size(); ++seq) {
    verifier.Add(seq, log.leaves[seq], std::nullopt);
  }
  const Report report = verifier.Finish();
  EXPECT_EQ(Summary(report), "untrusted");
  EXPECT_EQ(report.unanchored, 4U);
}

TEST(Verify, LeavesOfAWrongFormAreNamed) {
  const std::vector<std::string> wrong = {
      "",
      "{}",
      "[]",
      "rubbish",
      Started(1) + " ",
      Started(1) + "\n",
      R"({"a":1,)" + Started(1).substr(1) + "}",
      std::string(70'000, ' '),
  };
  for (const std::string& leaf : wrong) {
    EXPECT_EQ(SummaryOf({Genesis(), leaf}), "malformed@1") << leaf.substr(0, 100);
  }
}

TEST(Verify, EveryCommonFieldHasItsForm) {
  const Json good = *ParseJson(SampleLeaf(1, 0, "finding"));
  const auto with = [&](const char* key, const Json& value) {
    Json leaf = good;
    leaf[key] = value;
    return SummaryOf({Genesis(), *CanonicalJson(leaf)});
  };
  for (const auto& [key, value] : good.items()) {
    Json leaf = good;
    leaf.erase(key);
    EXPECT_EQ(SummaryOf({Genesis(), *CanonicalJson(leaf)}), "malformed@1") << "without " << key;
    EXPECT_EQ(with(key.c_str(), nullptr), "malformed@1") << key;
    EXPECT_EQ(with(key.c_str(), Json::array()), "malformed@1") << key;
    EXPECT_EQ(with(key.c_str(), ""), "malformed@1") << key;
  }
  for (const char* at : {"2026-05-20T10:38:00Z", "2026-13-20T10:38:00.000000Z", "2026-05-00T10:38:00.000000Z",
                         "2026-05-20T24:38:00.000000Z", "2026-05-20T10:60:00.000000Z",
                         "2026-05-20 10:38:00.000000Z", "2026-05-20T10:38:00.000000+"}) {
    EXPECT_EQ(with("at", at), "malformed@1") << at;
  }
  EXPECT_EQ(with("format", 2), "malformed@1");
  EXPECT_EQ(with("kind", "Applied"), "malformed@1");
  EXPECT_EQ(with("kind", "of_a_later_program"), "");
  EXPECT_EQ(with("ordinal", -1), "malformed@1");
  EXPECT_EQ(with("ordinal", std::int64_t{1} << 31), "malformed@1");
  EXPECT_EQ(with("run", "0B3C8F3E-0000-4000-8000-000000000001"), "malformed@1");
  EXPECT_EQ(with("run", "0b3c8f3e-0000-4000-8000-00000000000"), "malformed@1");
  EXPECT_EQ(with("version", 0), "malformed@1");
  EXPECT_EQ(with("version", "1"), "malformed@1");
  EXPECT_EQ(with("version", 7), "");
}

TEST(Verify, FieldsOfSomeKindsHaveTheirForm) {
  const std::string checksum = R"("checksum":")" + std::string(64, 'a') + R"(")";
  EXPECT_EQ(SummaryOf({Genesis(), Started(1), SampleLeaf(1, 1, "applied", R"("version":1,)" + checksum)}),
            "");
  EXPECT_EQ(SummaryOf({Genesis(), Started(1), SampleLeaf(1, 1, "applied", checksum)}), "malformed@2");
  EXPECT_EQ(SummaryOf({Genesis(), Started(1), SampleLeaf(1, 1, "applied", R"("version":1)")}), "malformed@2");
  EXPECT_EQ(SummaryOf({Genesis(), Started(1), Finished(1, 1, "fine")}), "malformed@2");
}

TEST(Verify, TheLogBeginsWithItsGenesisAndHasOne) {
  EXPECT_EQ(SummaryOf({Started(1), Finished(1, 1)}), "genesis@0");
  EXPECT_EQ(SummaryOf({Genesis(), SampleLeaf(5, 0, "genesis")}), "genesis@1");
}

TEST(Verify, EveryEntryThatSaysItsLogSaysTheGenesiss) {
  const std::string mine = R"("ledger":"5f0c7a52-0000-4000-8000-000000000000")";
  const std::string other = R"("ledger":"5f0c7a52-0000-4000-8000-000000000001")";
  const std::string genesis = SampleLeaf(0, 0, "genesis", mine);
  EXPECT_EQ(SummaryOf({genesis, SampleLeaf(1, 0, "run_started", mine), Finished(1, 1)}), "");
  EXPECT_EQ(SummaryOf({genesis, SampleLeaf(1, 0, "run_started", other), Finished(1, 1)}), "genesis@1");
  EXPECT_EQ(SummaryOf({genesis, SampleLeaf(1, 0, "run_started", R"("ledger":7)")}), "malformed@1");
}

TEST(Verify, OrdinalsOfARunAreDense) {
  EXPECT_EQ(SummaryOf({Genesis(), Started(1), Finished(1, 2)}), "ordinal_gap@2");
  EXPECT_EQ(SummaryOf({Genesis(), SampleLeaf(1, 1, "finding")}), "ordinal_gap@1");
}

TEST(Verify, ARunAndOrdinalComeOnce) {
  EXPECT_EQ(SummaryOf({Genesis(), Started(1), Started(1)}), "duplicate@2");
  EXPECT_EQ(SummaryOf({Genesis(), Started(1), Finished(1, 1), Finished(1, 1)}), "duplicate@3");
  EXPECT_EQ(SummaryOf({Genesis(), Started(1), Finished(1, 1), SampleLeaf(1, 2, "finding")}), "duplicate@3");
}

TEST(Verify, AnEffectNeedsARunThatBegan) {
  const std::string fields = R"("version":1,"checksum":")" + std::string(64, 'a') + R"(")";
  EXPECT_EQ(SummaryOf({Genesis(), SampleLeaf(1, 0, "applied", fields)}), "unstarted@1");
  EXPECT_EQ(SummaryOf({Genesis(), SampleLeaf(1, 0, "resolved")}), "");
}

TEST(Verify, ARunWithoutItsEndIsFoundWhenALaterOneHadTheLock) {
  EXPECT_EQ(SummaryOf({Genesis(), Started(1)}), "");  // it may be at work
  EXPECT_EQ(SummaryOf({Genesis(), Started(1), Started(2), Finished(2, 1)}), "unfinished@1");
  // A run that was refused did not have the lock: the first one may still be at work.
  EXPECT_EQ(SummaryOf({Genesis(), Started(1), Started(2), Finished(2, 1, "refused")}), "");
  // Another tracker has another lock.
  std::string other = Started(2);
  other.replace(other.find("paliad.applied_migrations"), 25, "elsewhere.applied_versions");
  EXPECT_EQ(SummaryOf({Genesis(), Started(1), other, Finished(2, 1)}), "");
}

TEST(Verify, ProblemsAreCountedPastTheLimit) {
  Leaves leaves = {Genesis()};
  leaves.resize(Problems::kLimit + 51, "rubbish");
  const Report report = Verify(Rows(leaves), leaves, {});
  EXPECT_EQ(report.problems.list().size(), Problems::kLimit);
  EXPECT_EQ(report.problems.more(), 50U);
}

TEST(Verify, TheReportHasThePublicShape) {
  const SampleLog log(1);
  Leaves leaves = log.leaves;
  leaves[2] = "x";
  const OrderedJson json = ReportJson(Verify(Rows(leaves), log.leaves, {1, 4}));
  EXPECT_EQ(
      DumpJson(json),
      R"({"ok":false,"size":4,"root":")" + FormatHash(RootOf(leaves, 4)) +
          R"(","checkpoint":{"size":1,"origin":"db.example.com/paliad","signed":true},"unanchored":3,)"
          R"("problems":[{"kind":"malformed","seq":2,"detail":"the leaf is not canonical JSON: )"
          R"(no canonical integer below 2^53 at byte 0"},)"
          R"({"kind":"ordinal_gap","seq":3,"detail":"run 0b3c8f3e-0000-4000-8000-000000000001 lacks the entry )"
          R"(with ordinal 1 before this one, with 2"},)"
          R"({"kind":"edited","seq":1,"detail":"entries 1 to 3 are not those of checkpoint 4, the checkpoint )"
          R"(of 4 entries"}],"more_problems":0,"first":0,"entries":4,"bodies":0})");
}

TEST(RunSet, HoldsWhatWasPutInAndNothingElse) {
  RunSet set;
  for (int i = 0; i < 5'000; ++i) {
    EXPECT_FALSE(set.Contains(*ParseRunId(SampleRunId(i))));
    set.Insert(*ParseRunId(SampleRunId(i)));
    set.Insert(*ParseRunId(SampleRunId(i)));
  }
  EXPECT_EQ(set.size(), 5'000U);
  for (int i = 0; i < 10'000; ++i) {
    EXPECT_EQ(set.Contains(*ParseRunId(SampleRunId(i))), i < 5'000);
  }
  EXPECT_FALSE(set.Contains(RunId()));
  set.Insert(RunId());
  EXPECT_TRUE(set.Contains(RunId()));
}

}  // namespace
}  // namespace paliad::ledger
