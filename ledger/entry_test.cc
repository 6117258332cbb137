#include "ledger/entry.h"

#include <gtest/gtest.h>

#include <chrono>
#include <set>

#include "base/json.h"
#include "base/text.h"
#include "ledger/merkle.h"

namespace paliad::ledger {
namespace {

const RunIdentity kRun = {.run_id = "0b3c8f3e-0000-4000-8000-000000000001",
                          .target = "default",
                          .tracker = "paliad.applied_migrations"};
const WallTime kTime{std::chrono::microseconds(1'779'273'480'000'000)};

TEST(Entry, BytesAreCanonicalJsonAndTheHashIsOfThem) {
  const Result<Entry> entry =
      MakeEntry(kRun, 2, Kind::kApplied, kTime, {{"version", 3}, {"name", "späte \"Änderung\"\n"}});
  ASSERT_TRUE(entry);
  EXPECT_EQ(
      entry->leaf,
      R"({"at":"2026-05-20T10:38:00.000000Z","format":1,"kind":"applied","name":"späte \"Änderung\"\n",)"
      R"("ordinal":2,"run":"0b3c8f3e-0000-4000-8000-000000000001","target":"default",)"
      R"("tracker":"paliad.applied_migrations","version":3})");
  EXPECT_EQ(entry->leaf_hash, LeafHash(entry->leaf));
}

TEST(Entry, TheLogsIdIsAFieldOfEveryEntryOnceItIsKnown) {
  RunIdentity run = kRun;
  run.ledger = "5f0c7a52-0000-4000-8000-000000000000";
  const Json leaf = *ParseJson(MakeEntry(run, 0, Kind::kRunStarted, kTime, Json::object())->leaf);
  EXPECT_EQ(leaf.at("ledger"), run.ledger);
  EXPECT_FALSE(MakeEntry(run, 0, Kind::kGenesis, kTime, {{"ledger", run.ledger}}));
}

TEST(Entry, AFieldThatWouldReplaceACommonOneIsAnError) {
  const Result<Entry> entry = MakeEntry(kRun, 0, Kind::kApplied, kTime, {{"run", "forged"}});
  ASSERT_FALSE(entry);
  EXPECT_EQ(entry.error().kind, ErrorKind::kInternal);
}

TEST(Entry, ANumberWithAFractionIsAnError) {
  EXPECT_FALSE(MakeEntry(kRun, 0, Kind::kApplied, kTime, {{"duration_ms", 3.1}}));
}

TEST(Entry, TextThatPostgreSqlCannotHoldIsRepaired) {
  const Result<Entry> entry =
      MakeEntry(kRun, 0, Kind::kFailed, kTime, {{"message", std::string("a\0b\xff", 4)}, {"list", {"\xC0"}}});
  ASSERT_TRUE(entry);
  EXPECT_TRUE(IsValidUtf8(entry->leaf));
  EXPECT_EQ(entry->leaf.find('\0'), std::string::npos);
  EXPECT_NE(entry->leaf.find("a\uFFFDb\uFFFD"), std::string::npos);
}

TEST(Entry, AnOverlongTextIsCutAndSaysSo) {
  const std::string text(200'000, 'x');
  const Result<Entry> entry = MakeEntry(kRun, 0, Kind::kFailed, kTime,
                                        {{"message", text}, {"short", "kept"}, {"n", {{"deep", text}}}});
  ASSERT_TRUE(entry);
  EXPECT_LE(entry->leaf.size(), kMaxLeafBytes);
  const Json leaf = *ParseJson(entry->leaf);
  EXPECT_TRUE(leaf.at("truncated").get<bool>());
  EXPECT_EQ(leaf.at("short"), "kept");
}

TEST(Entry, TooManyFieldsAreAnErrorAndNotAnEndlessLoop) {
  Json versions = Json::array();
  for (int i = 0; i < 20'000; ++i) {
    versions.push_back(i);
  }
  const Result<Entry> entry = MakeEntry(kRun, 0, Kind::kBootstrapped, kTime, {{"versions", versions}});
  ASSERT_FALSE(entry);
  EXPECT_EQ(entry.error().kind, ErrorKind::kInternal);
}

TEST(Entry, UuidsAreVersionFourAndDiffer) {
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    const std::string uuid = NewUuid();
    ASSERT_EQ(uuid.size(), 36U);
    EXPECT_EQ(uuid[14], '4');
    EXPECT_NE(std::string("89ab").find(uuid[19]), std::string::npos);
    seen.insert(uuid);
  }
  EXPECT_EQ(seen.size(), 1000U);
}

TEST(Entry, AtAnotherPlaceOfItsRunOnlyTheOrdinalDiffers) {
  const RunIdentity run{.run_id = NewUuid(), .target = "t", .tracker = "a.b"};
  const Entry late = *MakeEntry(run, 7, Kind::kFailed, WallTime{}, {{"message", "ü"}});
  const Entry early = WithOrdinal(late, 3);
  EXPECT_EQ(early.leaf, MakeEntry(run, 3, Kind::kFailed, WallTime{}, {{"message", "ü"}})->leaf);
  EXPECT_EQ(early.leaf_hash, LeafHash(early.leaf));
  EXPECT_EQ(early.kind, Kind::kFailed);
}

}  // namespace
}  // namespace paliad::ledger
