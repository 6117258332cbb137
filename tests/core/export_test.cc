// What an auditor takes away: proofs and exports of a real ledger, verified by the stand-alone verifier.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "tests/core/evidence_fixture.h"

namespace paliad::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

// paliad-ledger-verify with the ledger's origin and key.
Outcome VerifyOutside(const SignedLedger& ledger, std::vector<std::string> arguments) {
  std::vector<std::string> argv = {fs::absolute("tools/paliad-ledger-verify").string()};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  argv.insert(argv.end(), {"--origin", kTestOrigin, "--key", ledger.vkey(), "-o", "json"});
  return ToOutcome(RunProgram({.argv = std::move(argv)}));
}

std::string Leaves(const Scenario& scenario, const std::string& condition = "true") {
  return scenario.Value(
      "SELECT coalesce(string_agg(convert_from(leaf, 'UTF8') || E'\\n', '' ORDER BY seq), '')"
      " FROM paliad_ledger.entry WHERE " +
      condition);
}

TEST(Prove, EachEntrysProofVerifiesWithoutTheDatabase) {
  SignedLedger ledger;
  ASSERT_EQ(ledger.ApplyNext().exit_code, 0);
  for (int seq = 0; seq < ledger.Size(); ++seq) {
    const std::string file = ledger.File(fmt::format("{}.tlog-proof", seq));
    const Outcome proof = ledger.Run({"ledger", "prove", std::to_string(seq), "--out", file});
    ASSERT_EQ(proof.exit_code, 0) << proof.err;
    EXPECT_EQ(proof.json["proof"], ReadFile(file));
    EXPECT_EQ(proof.json["leaf"], ReadFile(file + ".entry"));
    const Outcome verified = VerifyOutside(ledger, {"--proof", file, "--entry", file + ".entry"});
    EXPECT_EQ(verified.exit_code, 0) << verified.out;
    EXPECT_EQ(verified.json["first"], seq);
  }
}

// The hashes beside the leaves are as they were.
TEST(Export, LeavesThatAreNotTheCheckpointsAreNotExported) {
  SignedLedger ledger;
  ASSERT_EQ(ledger.ApplyNext().exit_code, 0);
  ledger.Attack(
      "UPDATE paliad_ledger.entry SET leaf = convert_to(replace(convert_from(leaf, 'UTF8'), '\"at\":\"2',"
      " '\"at\":\"1'), 'UTF8') WHERE kind = 'applied'");
  for (const std::string format : {"bundle", "jsonl", "csv"}) {
    for (const std::vector<std::string>& range :
         std::vector<std::vector<std::string>>{{}, {"--until", "2001-01-01T00:00:00Z"}}) {
      SCOPED_TRACE(format);
      std::vector<std::string> arguments = {"ledger", "export", "-o", format, "--out", ledger.File(format)};
      arguments.insert(arguments.end(), range.begin(), range.end());
      const Outcome exported = ledger.Run(arguments);
      EXPECT_EQ(exported.exit_code, 6) << exported.out;
      EXPECT_THAT(exported.err, HasSubstr("is not the one that"));
      EXPECT_FALSE(fs::exists(ledger.File(format)));
    }
  }
}

TEST(Prove, KeepsSubtreesOfALongLogAndBelievesNothingOfThem) {
  SignedLedger ledger;
  ASSERT_EQ(ledger.ApplyNext().exit_code, 0);
  ledger.scenario().Exec(
      "DO $$ BEGIN FOR i IN 1..2500 LOOP PERFORM paliad_ledger.append(convert_to("
      "'{\"at\":\"2026-05-20T10:38:00.000000Z\",\"format\":1,\"kind\":\"drift\",\"ordinal\":0,\"run\":"
      "\"0b3c8f3e-0000-4000-8000-' || lpad(i::text, 12, '0') || '\",\"target\":\"default\","
      "\"tracker\":\"paliad.applied_migrations\"}', 'UTF8')); END LOOP; END $$");
  ASSERT_EQ(ledger.Run({"ledger", "checkpoint"}).exit_code, 0);
  const std::string file = ledger.File("tlog-proof");
  const auto expect_proved = [&](int seq) {
    const Outcome proof = ledger.Run({"ledger", "prove", std::to_string(seq), "--out", file});
    EXPECT_EQ(proof.exit_code, 0) << proof.err;
    EXPECT_EQ(VerifyOutside(ledger, {"--proof", file, "--entry", file + ".entry"}).exit_code, 0);
  };
  expect_proved(7);
  std::string kept;
  for (const auto& entry : fs::directory_iterator(ledger.scenario().data_dir() + "/ledger")) {
    kept = entry.path().extension() == ".subtrees" ? entry.path().string() : kept;
  }
  const std::string good = ReadFile(kept);
  EXPECT_EQ(good.size(), 2 * 32U) << "two of 1024 entries each";
  for (const int seq : {7, 1023, 1024, 2047, 2048, ledger.Size() - 1}) {
    expect_proved(seq);
  }
  // Another history's, half of one, and more than there is.
  for (const std::string& bad : {std::string(64, 'x'), good.substr(0, 40), good + good, std::string()}) {
    WriteFile(kept, bad);
    expect_proved(1500);
    expect_proved(2400);
    EXPECT_EQ(ReadFile(kept).substr(0, 64), good);
  }
  // What the subtrees stand for is not read any more; what the entry is in is.
  ledger.Attack("UPDATE paliad_ledger.entry SET leaf_hash = sha256('x') WHERE seq = 2");
  EXPECT_EQ(ledger.Run({"ledger", "prove", "3"}).exit_code, 6);
  expect_proved(1500);
}

TEST(Prove, RefusesWhatNoCheckpointCoversAndALogThatIsAnotherOne) {
  SignedLedger ledger;
  ASSERT_EQ(ledger.ApplyNext().exit_code, 0);
  const Outcome absent = ledger.Run({"ledger", "prove", "1000"});
  EXPECT_EQ(absent.exit_code, 1);
  EXPECT_THAT(absent.err, HasSubstr("has no such entry"));
  ASSERT_EQ(ledger.scenario().Reconcile().exit_code, 0);
  const Outcome newer = ledger.Run({"ledger", "prove", std::to_string(ledger.Size() - 1)});
  EXPECT_EQ(newer.exit_code, 1);
  EXPECT_THAT(newer.err, HasSubstr("`paliadctl ledger checkpoint` makes a newer one"));
  ledger.Attack("UPDATE paliad_ledger.entry SET leaf_hash = sha256('x') WHERE seq = 2");
  const Outcome edited = ledger.Run({"ledger", "prove", "1"});
  EXPECT_EQ(edited.exit_code, 6);
}

TEST(Export, ABundleVerifiesWithoutTheDatabaseAndNamesWhatWasChanged) {
  SignedLedger ledger;
  ASSERT_EQ(ledger.ApplyNext().exit_code, 0);
  fs::copy_file(ledger.folder() + "/latest", ledger.File("last_quarter"));
  ASSERT_EQ(ledger.ApplyNext().exit_code, 0);
  const std::string bundle = ledger.File("bundle");
  const Outcome made =
      ledger.Run({"ledger", "export", "--out", bundle, "--checkpoint", ledger.File("last_quarter")});
  ASSERT_EQ(made.exit_code, 0) << made.err;
  EXPECT_EQ(made.json["entries"], ledger.Size());
  EXPECT_EQ(made.json["left_out"], 0);
  const Outcome verified = VerifyOutside(ledger, {bundle, "--checkpoint", ledger.File("last_quarter")});
  EXPECT_EQ(verified.exit_code, 0) << verified.out;
  EXPECT_EQ(verified.json["entries"], ledger.Size());
  std::string changed = ReadFile(bundle);
  changed.replace(changed.find("\"m2\""), 4, "\"x2\"");
  WriteFile(bundle, changed);
  const Outcome refused = VerifyOutside(ledger, {bundle});
  EXPECT_EQ(refused.exit_code, 6);
  EXPECT_THAT(Problems(refused), HasSubstr("edited"));
}

TEST(Export, JsonlHasTheExactLeavesOfAHalfOpenRange) {
  SignedLedger ledger;
  ASSERT_EQ(ledger.ApplyNext().exit_code, 0);
  const std::string file = ledger.File("leaves");
  ASSERT_EQ(ledger.Run({"ledger", "export", "-o", "jsonl", "--out", file}).exit_code, 0);
  EXPECT_EQ(ReadFile(file), Leaves(ledger.scenario()));
  const std::string from = ledger.scenario().Value(
      "SELECT to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') FROM paliad_ledger.entry"
      " WHERE seq = 3");
  ASSERT_EQ(ledger.Run({"ledger", "export", "-o", "jsonl", "--since", from, "--out", file}).exit_code, 0);
  EXPECT_EQ(ReadFile(file), Leaves(ledger.scenario(), fmt::format("at >= '{}'", from)));
  ASSERT_EQ(ledger.Run({"ledger", "export", "-o", "jsonl", "--until", from, "--out", file}).exit_code, 0);
  EXPECT_EQ(ReadFile(file), Leaves(ledger.scenario(), fmt::format("at < '{}'", from)));
}

TEST(Export, AnEmptyRangeIsAnAnswerWithTheCheckpointThatMakesItOne) {
  SignedLedger ledger;
  ASSERT_EQ(ledger.ApplyNext().exit_code, 0);
  const std::string bundle = ledger.File("bundle");
  for (const auto& [since, until] :
       {std::pair("1999-01-01", "1999-04-01"), std::pair("2999-01-01", "2999-04-01"),
        std::pair("2999-01-01", "1999-01-01")}) {
    const Outcome made =
        ledger.Run({"ledger", "export", "--since", since, "--until", until, "--out", bundle});
    ASSERT_EQ(made.exit_code, 0) << made.err;
    EXPECT_EQ(made.json["entries"], 0);
    EXPECT_EQ(made.json["size"], ledger.Size());
    const Outcome verified = VerifyOutside(ledger, {bundle});
    EXPECT_EQ(verified.exit_code, 0) << verified.out;
    EXPECT_EQ(verified.json["entries"], 0);
    EXPECT_EQ(verified.json["size"], ledger.Size());
  }
  std::vector<std::string> text = {"ledger",  "export",     "--since", "1999-01-01",
                                   "--until", "1999-04-01", "--out",   ledger.File("empty"),
                                   "-o",      "csv"};
  EXPECT_THAT(ledger.Run(text).out, HasSubstr(fmt::format("0 of {} entries", ledger.Size())));
}

TEST(Export, CsvRunsNoCell) {
  SignedLedger ledger;
  ASSERT_EQ(ledger.ApplyNext().exit_code, 0);
  int number = 0;
  for (const char* target : {"=HYPERLINK(1)", "+1", "-1", "@SUM(1)", "\\t=1", "\\r=1"}) {
    ledger.scenario().Exec(fmt::format(
        "SELECT paliad_ledger.append(convert_to('{{\"at\":\"2026-05-20T10:38:00.000000Z\",\"format\":1,"
        "\"kind\":\"drift\",\"ordinal\":0,\"run\":\"0b3c8f3e-0000-4000-8000-00000000000{}\","
        "\"target\":\"{}\",\"tracker\":\"t\"}}', 'UTF8'))",
        number++, target));
  }
  const std::string file = ledger.File("csv");
  ASSERT_EQ(ledger.Run({"ledger", "export", "-o", "csv", "--out", file}).exit_code, 0);
  const std::string csv = ReadFile(file);
  EXPECT_THAT(csv, HasSubstr("seq,at,kind,target,version,"));
  EXPECT_THAT(csv, HasSubstr(",drift,'=HYPERLINK(1),"));
  EXPECT_THAT(csv, HasSubstr(",drift,'+1,"));
  EXPECT_THAT(csv, HasSubstr(",drift,'-1,"));
  EXPECT_THAT(csv, HasSubstr(",drift,'@SUM(1),"));
  EXPECT_THAT(csv, HasSubstr(",drift,\"'\t"));
  EXPECT_THAT(csv, HasSubstr(",drift,\"'\r"));
}

}  // namespace
}  // namespace paliad::testing
