#include "migrations/plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace paliad {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Blob ids are the name doubled, so that a rename or an edit is visible in a test's text.
MigrationSet Desired(const std::vector<std::string>& names) {
  SourceTree tree;
  tree.path = "m";
  for (const std::string& name : names) {
    tree.entries.push_back(
        {.name = name, .kind = EntryKind::kFile, .blob_id = "blob:" + name, .nested_sql = {}});
  }
  return MakeMigrationSet(tree);
}

AppliedMigration Row(Version version, std::string name, std::optional<std::string> checksum = std::nullopt) {
  return {.version = version, .name = std::move(name), .checksum = std::move(checksum)};
}

RecordedMigration Applied(Version version, std::string blob_id = "",
                          std::optional<std::string> checksum = std::nullopt) {
  return {.version = version,
          .applied = true,
          .in_doubt = false,
          .blob_id = std::move(blob_id),
          .checksum = std::move(checksum)};
}

RecordedMigration NotApplied(Version version) {
  return {.version = version, .applied = false, .in_doubt = false, .blob_id = "", .checksum = {}};
}

RecordedMigration InDoubt(Version version) {
  return {.version = version, .applied = false, .in_doubt = true, .blob_id = "", .checksum = {}};
}

template <class T>
std::vector<Version> Versions(const std::vector<T>& items) {
  std::vector<Version> versions;
  for (const T& item : items) {
    versions.push_back(item.version);
  }
  return versions;
}

Plan PlanOf(const MigrationSet& desired, const AppliedSet& applied,
            const std::optional<LegacyState>& legacy = std::nullopt) {
  return MakePlan(desired, applied, {}, legacy);
}

TEST(Plan, EverythingDesiredIsPendingOnAVirginDatabase) {
  const Plan plan = PlanOf(Desired({"10_c.up.sql", "1_a.up.sql", "2_b.up.sql"}), {});
  EXPECT_THAT(Versions(plan.pending), ElementsAre(1, 2, 10));
  EXPECT_THAT(Versions(plan.Missing()), ElementsAre(1, 2, 10));
  EXPECT_THAT(plan.bootstrap, IsEmpty());
  EXPECT_FALSE(plan.InSync());
}

TEST(Plan, EqualSetsAreInSync) {
  const Plan plan = PlanOf(Desired({"1_a.up.sql", "2_b.up.sql"}),
                           {.rows = {Row(1, "a"), Row(2, "b", "cc")}, .recorded = {Applied(1), Applied(2)}});
  EXPECT_TRUE(plan.InSync());
  EXPECT_THAT(plan.unrecorded, IsEmpty());
  EXPECT_THAT(plan.lost, IsEmpty());
}

// The reason for this product: with a counter, version 103 would never run.
TEST(Plan, LateLowerVersionIsPending) {
  const Plan plan =
      PlanOf(Desired({"102_a.up.sql", "103_b.up.sql", "104_c.up.sql"}),
             {.rows = {Row(102, "a"), Row(104, "c")}, .recorded = {Applied(102), Applied(104)}});
  EXPECT_THAT(Versions(plan.pending), ElementsAre(103));
  EXPECT_FALSE(plan.InSync());
}

TEST(Plan, GapsInTheDesiredSetAreOrdinary) {
  const Plan plan = PlanOf(Desired({"1_a.up.sql", "500_b.up.sql"}),
                           {.rows = {Row(1, "a"), Row(500, "b")}, .recorded = {Applied(1), Applied(500)}});
  EXPECT_TRUE(plan.InSync());
}

TEST(Plan, RowsWithoutAFileAreOrphaned) {
  const Plan plan = PlanOf(Desired({"1_a.up.sql"}),
                           {.rows = {Row(1, "a"), Row(2, "b")}, .recorded = {Applied(1), Applied(2)}});
  EXPECT_THAT(Versions(plan.orphaned), ElementsAre(2));
  EXPECT_FALSE(plan.InSync());
}

TEST(Plan, VersionsInACollisionAreNeitherPendingNorOrphaned) {
  const MigrationSet desired = Desired({"007_a.up.sql", "7_b.up.sql", "008_a.up.sql", "8_b.up.sql"});
  const Plan plan = PlanOf(desired, {.rows = {Row(7, "a")}, .recorded = {Applied(7)}});
  EXPECT_THAT(plan.pending, IsEmpty());
  EXPECT_THAT(plan.Missing(), IsEmpty());
  EXPECT_THAT(plan.orphaned, IsEmpty());
  EXPECT_THAT(plan.renamed, IsEmpty());
}

TEST(Plan, AnotherNameForAnAppliedVersionIsRenamed) {
  const Plan plan = PlanOf(Desired({"2_bb.up.sql"}), {.rows = {Row(2, "b")}, .recorded = {Applied(2)}});
  ASSERT_EQ(plan.renamed.size(), 1U);
  EXPECT_EQ(plan.renamed[0].version, 2);
  EXPECT_EQ(plan.renamed[0].applied_name, "b");
  EXPECT_EQ(plan.renamed[0].desired_name, "bb");
  EXPECT_EQ(plan.renamed[0].path, "m/2_bb.up.sql");
  EXPECT_THAT(plan.pending, IsEmpty());
  EXPECT_FALSE(plan.InSync());
}

TEST(Plan, AnotherChecksumIsEditedAndNullIsNeverCompared) {
  const MigrationSet desired = Desired({"1_a.up.sql", "2_b.up.sql", "3_c.up.sql", "4_d.up.sql"});
  const AppliedSet applied = {
      .rows = {Row(1, "a", "old"), Row(2, "b"), Row(3, "c", "same"), Row(4, "d", "not given")},
      .recorded = {Applied(1), Applied(2), Applied(3), Applied(4)}};
  const Plan plan = MakePlan(desired, applied, {{1, "new"}, {2, "new"}, {3, "same"}}, std::nullopt);
  ASSERT_EQ(plan.edited.size(), 1U);
  EXPECT_EQ(plan.edited[0].version, 1);
  EXPECT_EQ(plan.edited[0].name, "a");
  EXPECT_EQ(plan.edited[0].path, "m/1_a.up.sql");
  EXPECT_EQ(plan.edited[0].applied_checksum, "old");
  EXPECT_EQ(plan.edited[0].desired_checksum, "new");
  EXPECT_FALSE(plan.InSync());
}

TEST(Plan, RowsThatTheLedgerDoesNotKnowAreUnrecorded) {
  const Plan plan =
      PlanOf(Desired({"1_a.up.sql", "2_b.up.sql", "3_c.up.sql"}),
             {.rows = {Row(1, "a"), Row(2, "b"), Row(3, "c")}, .recorded = {Applied(1), NotApplied(2)}});
  EXPECT_THAT(Versions(plan.unrecorded), ElementsAre(2, 3));
  EXPECT_TRUE(plan.InSync()) << "the schema is as desired; only the ledger has to catch up";
}

TEST(Plan, LostVersionsAreNeverRunAgainByThemselves) {
  const Plan plan = PlanOf(Desired({"1_a.up.sql", "2_b.up.sql"}),
                           {.rows = {Row(1, "a")}, .recorded = {Applied(1), Applied(2), Applied(3)}});
  EXPECT_THAT(Versions(plan.lost), ElementsAre(2, 3));
  EXPECT_THAT(Versions(plan.lost_desired), ElementsAre(2));
  EXPECT_THAT(plan.pending, IsEmpty());
  EXPECT_THAT(Versions(plan.Missing()), ElementsAre(2));
  EXPECT_FALSE(plan.InSync());
}

TEST(Plan, AVersionResolvedAsNotAppliedIsPendingAgain) {
  const Plan plan = PlanOf(Desired({"1_a.up.sql", "2_b.up.sql"}),
                           {.rows = {Row(1, "a")}, .recorded = {Applied(1), NotApplied(2)}});
  EXPECT_THAT(Versions(plan.pending), ElementsAre(2));
  EXPECT_THAT(plan.lost, IsEmpty());
}

TEST(Plan, VersionsInDoubtAreNotPending) {
  RecordedMigration unknown_outcome = InDoubt(3);
  unknown_outcome.applied = true;
  const Plan plan = PlanOf(Desired({"1_a.up.sql", "2_b.up.sql", "3_c.up.sql", "4_d.up.sql"}),
                           {.rows = {Row(1, "a")}, .recorded = {InDoubt(1), InDoubt(2), unknown_outcome}});
  EXPECT_THAT(plan.in_doubt, ElementsAre(1, 2, 3));
  EXPECT_THAT(Versions(plan.pending), ElementsAre(4));
  EXPECT_THAT(Versions(plan.Missing()), ElementsAre(2, 3, 4));
  EXPECT_THAT(plan.lost, IsEmpty()) << "in doubt is not lost";
  EXPECT_THAT(plan.unrecorded, IsEmpty()) << "the intent is the record of the row";
}

TEST(Plan, ACleanLegacyCounterBootstrapsWhatItCovers) {
  const Plan plan = PlanOf(Desired({"1_a.up.sql", "3_c.up.sql", "4_d.up.sql"}), {},
                           LegacyState{.version = 3, .dirty = false});
  EXPECT_THAT(Versions(plan.bootstrap), ElementsAre(1, 3));
  EXPECT_THAT(Versions(plan.pending), ElementsAre(4));
  EXPECT_THAT(Versions(plan.Missing()), ElementsAre(1, 3, 4));
  EXPECT_EQ(plan.legacy_version, 3);
  EXPECT_FALSE(plan.legacy_dirty);
  EXPECT_FALSE(plan.InSync());
}

TEST(Plan, ADirtyLegacyCounterBootstrapsNothing) {
  const Plan plan = PlanOf(Desired({"1_a.up.sql", "3_c.up.sql", "4_d.up.sql"}), {},
                           LegacyState{.version = 3, .dirty = true});
  EXPECT_TRUE(plan.legacy_dirty);
  EXPECT_EQ(plan.legacy_version, 3);
  EXPECT_THAT(plan.bootstrap, IsEmpty());
  EXPECT_THAT(Versions(plan.pending), ElementsAre(4)) << "what the counter covers must never look pending";
  EXPECT_FALSE(plan.InSync());
}

TEST(Plan, TheLegacyCounterIsReadOnlyWhileTheTrackerIsEmpty) {
  const Plan plan =
      PlanOf(Desired({"1_a.up.sql", "2_b.up.sql"}), {.rows = {Row(1, "a")}, .recorded = {Applied(1)}},
             LegacyState{.version = 2, .dirty = true});
  EXPECT_FALSE(plan.legacy_dirty);
  EXPECT_EQ(plan.legacy_version, 0);
  EXPECT_THAT(plan.bootstrap, IsEmpty());
  EXPECT_THAT(Versions(plan.pending), ElementsAre(2));
}

TEST(Plan, TheCounterOfAnEmptyHistoryCoversNothing) {
  // golang-migrate writes -1 after the last migration was rolled back.
  for (const std::int64_t version : {std::int64_t{-1}, std::int64_t{0}}) {
    const Plan plan = PlanOf(Desired({"1_a.up.sql"}), {}, LegacyState{.version = version, .dirty = false});
    EXPECT_THAT(plan.bootstrap, IsEmpty());
    EXPECT_THAT(Versions(plan.pending), ElementsAre(1));
  }
}

TEST(Plan, ATimestampCounterCoversEveryVersion) {
  const Plan plan = PlanOf(Desired({"1_a.up.sql", "2147483647_b.up.sql"}), {},
                           LegacyState{.version = 20170412214116, .dirty = false});
  EXPECT_THAT(Versions(plan.bootstrap), ElementsAre(1, 2147483647));
}

// Somebody emptied the tracker: the old counter must not bring back what the ledger knows better.
TEST(Plan, WhatTheLedgerKnowsIsNotBootstrapped) {
  const Plan plan = PlanOf(Desired({"1_a.up.sql", "2_b.up.sql", "3_c.up.sql", "4_d.up.sql"}),
                           {.rows = {}, .recorded = {Applied(1), NotApplied(2), InDoubt(3)}},
                           LegacyState{.version = 4, .dirty = false});
  EXPECT_THAT(Versions(plan.bootstrap), ElementsAre(4));
  EXPECT_THAT(Versions(plan.lost_desired), ElementsAre(1));
  EXPECT_THAT(Versions(plan.pending), ElementsAre(2));
  EXPECT_THAT(plan.in_doubt, ElementsAre(3));
}

TEST(Plan, ContentsAreNeededOnlyWhereNothingElseTellsWhetherTheyWereEdited) {
  const MigrationSet desired =
      Desired({"1_known.up.sql", "2_new_blob.up.sql", "3_no_entry.up.sql", "4_null.up.sql",
               "5_tampered_row.up.sql", "6_pending.up.sql", "7_resolved.up.sql", "8_no_blob_id.up.sql"});
  AppliedSet applied;
  applied.rows = {Row(1, "known", "c1"),        Row(2, "new_blob", "c2"),
                  Row(3, "no_entry", "c3"),     Row(4, "null"),
                  Row(5, "tampered_row", "cX"), Row(7, "resolved", "c7"),
                  Row(8, "no_blob_id", "c8"),   Row(9, "orphan", "c9")};
  applied.recorded = {Applied(1, "blob:1_known.up.sql", "c1"), Applied(2, "blob:old", "c2"),
                      Applied(4, "blob:4_null.up.sql"),        Applied(5, "blob:5_tampered_row.up.sql", "c5"),
                      Applied(7, "blob:7_resolved.up.sql"),    Applied(8, "", "c8")};
  EXPECT_THAT(Versions(NeedsChecksum(desired, applied)), ElementsAre(2, 3, 5, 7, 8));
}

}  // namespace
}  // namespace paliad
