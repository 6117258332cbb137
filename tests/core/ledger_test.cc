// The ledger that runs write: its entries' bytes and its root, computed a second time from outside.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "base/text.h"
#include "ledger/merkle.h"
#include "tests/core/scenario.h"
#include "tests/support/wait_for.h"

namespace paliad::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// From the stored leaves, not from leaf_hash.
std::string RootOfLeaves(const Scenario& scenario) {
  ledger::CompactRange range;
  for (const PgRow& row :
       Query(scenario.url(), "SELECT convert_from(leaf, 'UTF8') FROM paliad_ledger.entry ORDER BY seq")) {
    range.Append(ledger::LeafHash(row[0]));
  }
  return Base64Encode(AsBytes(range.Root()));
}

TEST(Ledger, TheRootIsThatOfTheStoredLeavesRunAfterRun) {
  Scenario scenario;
  for (int i = 1; i <= 4; ++i) {
    scenario.Commit({{std::to_string(i) + "_t.up.sql", "CREATE TABLE t" + std::to_string(i) + " (id int);"}});
    const Outcome run = scenario.Reconcile();
    ASSERT_EQ(run.exit_code, 0) << run.err;
    EXPECT_EQ(run.json["ledger"]["root"], RootOfLeaves(scenario));
    const Outcome again = scenario.Reconcile();
    EXPECT_EQ(again.json["ledger"]["root"], RootOfLeaves(scenario));
  }
}

TEST(Ledger, TheRootDoesNotDependOnThisMachinesCache) {
  Scenario scenario;
  scenario.Commit({{"1_t.up.sql", "SELECT 1;"}});
  ASSERT_EQ(scenario.Reconcile().exit_code, 0);
  const TempDir other;
  const Outcome elsewhere = scenario.Reconcile({"--data-dir", other.path()});
  EXPECT_EQ(elsewhere.json["ledger"]["root"], RootOfLeaves(scenario));
  const Outcome unwritable = scenario.Reconcile({"--data-dir", "/proc/nowhere"});
  EXPECT_EQ(unwritable.exit_code, 0) << unwritable.err;
  EXPECT_EQ(unwritable.json["ledger"]["root"], RootOfLeaves(scenario));
}

TEST(Ledger, ALogOfAnotherHistoryIsHashedFromTheBeginning) {
  // The saved range of a database that was restored from a backup is of a history that this one does not
  // have.
  Scenario scenario;
  scenario.Commit({{"1_t.up.sql", "SELECT 1;"}});
  ASSERT_EQ(scenario.Reconcile().exit_code, 0);
  const std::string size = scenario.Value("SELECT count(*) FROM paliad_ledger.entry");
  ASSERT_EQ(scenario.Reconcile().exit_code, 0);
  scenario.Exec(
      "ALTER TABLE paliad_ledger.entry DISABLE TRIGGER ALL; DELETE FROM paliad_ledger.entry WHERE seq >= " +
      size);
  const Outcome run = scenario.Reconcile();
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_EQ(run.json["ledger"]["root"], RootOfLeaves(scenario));
}

// The run that makes the ledger plans the look-ups of `append` while the table has one page. A plan that
// reads it whole would be kept, and each entry would cost what there is before it.
TEST(Ledger, AppendingReadsNoMoreWhereTheRunAlsoMadeTheLedger) {
  Scenario scenario;
  constexpr int kFiles = 100;
  for (int i = 1; i <= kFiles; ++i) {
    scenario.Add(std::to_string(i) + "_t.up.sql", "SELECT 1;");
  }
  scenario.Commit();
  ASSERT_EQ(scenario.Reconcile().exit_code, 0);
  const auto stat = [](const std::string& column) {
    return "(SELECT " + column + " FROM pg_stat_user_tables WHERE relid = 'paliad_ledger.entry'::regclass)";
  };
  WaitFor(scenario.url(), stat("n_tup_ins > " + std::to_string(kFiles)));
  EXPECT_LT(std::stol(scenario.Value("SELECT " + stat("seq_tup_read"))), 10 * kFiles)
      << "rows of sequential scans";
}

TEST(Ledger, EveryLeafIsCanonicalJson) {
  Scenario scenario;
  scenario.Commit({{"1_größe.up.sql", "CREATE TABLE t (id int);"}, {"2_bad.up.sql", "SELECT 'ä', \"nö\";"}});
  scenario.Reconcile();
  for (const PgRow& row :
       Query(scenario.url(), "SELECT convert_from(leaf, 'UTF8') FROM paliad_ledger.entry ORDER BY seq")) {
    const auto json = ParseJson(row[0]);
    ASSERT_TRUE(json) << row[0];
    EXPECT_EQ(*CanonicalJson(*json), row[0]);
  }
}

TEST(Ledger, ProjectionsAreTakenFromTheLeaf) {
  Scenario scenario;
  scenario.Commit({{"1_t.up.sql", "SELECT 1;"}});
  ASSERT_EQ(scenario.Reconcile().exit_code, 0);
  EXPECT_EQ(
      scenario.Value(
          "SELECT count(*) FROM (SELECT *, convert_from(leaf, 'UTF8')::jsonb AS j FROM paliad_ledger.entry) "
          "AS e"
          " WHERE kind <> j ->> 'kind' OR run_id::text <> j ->> 'run' OR ordinal::text <> j ->> 'ordinal'"
          " OR target <> j ->> 'target' OR tracker <> j ->> 'tracker' OR version::text IS DISTINCT FROM j "
          "->> 'version'"
          " OR \"commit\" IS DISTINCT FROM j ->> 'commit' OR checksum IS DISTINCT FROM j ->> 'checksum'"),
      "0");
}

TEST(Ledger, ARefusalWithoutTheLockLeavesNoWarningBehind) {
  Scenario scenario;
  scenario.Commit({{"1_t.up.sql", "SELECT 1;"}});
  ASSERT_EQ(scenario.Reconcile().exit_code, 0);
  PgConnection holder(scenario.url());
  holder.Exec("SELECT pg_advisory_lock(6041125926171106229)");
  const Outcome refused = scenario.Reconcile({"--lock-wait", "0"});
  EXPECT_EQ(refused.exit_code, 5);
  EXPECT_THAT(refused.err, Not(HasSubstr("WARNING")));
  EXPECT_EQ(refused.json["ledger"]["root"], RootOfLeaves(scenario));
}

}  // namespace
}  // namespace paliad::testing
