// What entries say, kind by kind, after real runs.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/core/scenario.h"

namespace paliad::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

// The leaves of a kind, in the order of the log.
std::vector<Json> Leaves(const Scenario& scenario, const std::string& kind) {
  std::vector<Json> leaves;
  for (const PgRow& row :
       Query(scenario.url(), fmt::format("SELECT convert_from(leaf, 'UTF8') FROM paliad_ledger.entry"
                                         " WHERE kind = '{}' ORDER BY seq",
                                         kind))) {
    leaves.push_back(*ParseJson(row[0]));
  }
  return leaves;
}

Json LastLeaf(const Scenario& scenario, const std::string& kind) {
  const std::vector<Json> leaves = Leaves(scenario, kind);
  return leaves.empty() ? Json(nullptr) : leaves.back();
}

// The body that a leaf names, as the ledger keeps it.
std::string Body(const Scenario& scenario, const Json& digest) {
  return scenario.Value(
      fmt::format("SELECT coalesce((SELECT convert_from(body, 'UTF8') FROM paliad_ledger.blob"
                  " WHERE digest = decode('{}', 'hex') AND digest = sha256(salt || body)), '')",
                  digest.get<std::string>()));
}

TEST(LedgerEntry, EveryEntrySaysWhichLogItIsOf) {
  Scenario scenario;
  scenario.Commit({{"1_a.up.sql", "SELECT 1;"}});
  ASSERT_EQ(scenario.Reconcile().exit_code, 0);
  ASSERT_EQ(scenario.Reconcile().exit_code, 0);
  ASSERT_EQ(scenario.Run({"resolve", "1", "--as", "not-applied", "--reason", "again"}).exit_code, 0);
  PgConnection holder(scenario.url());
  holder.Exec("SELECT pg_advisory_lock(6041125926171106229)");
  ASSERT_EQ(scenario.Reconcile({"--lock-wait", "0"}).exit_code, 5);
  EXPECT_EQ(scenario.Value("SELECT count(DISTINCT convert_from(leaf, 'UTF8')::jsonb ->> 'ledger') || ' ' ||"
                           " count(*) FILTER (WHERE convert_from(leaf, 'UTF8')::jsonb -> 'ledger' IS NULL)"
                           " FROM paliad_ledger.entry"),
            "1 0");
}

TEST(LedgerEntry, AppliedSaysFromWhereByWhomAndWhatWasRun) {
  Scenario scenario;
  const std::string sql = "CREATE TABLE a (id int);\nCREATE TABLE b (id int);\n";
  const std::string commit = scenario.Commit({{"1_a.up.sql", sql}});
  ASSERT_EQ(scenario.Reconcile().exit_code, 0);
  const Json leaf = LastLeaf(scenario, "applied");
  EXPECT_EQ(leaf["commit"], commit);
  EXPECT_EQ(leaf["blob"], scenario.repo().ObjectAt("HEAD", "migrations/1_a.up.sql"));
  EXPECT_EQ(leaf["path"], "migrations/1_a.up.sql");
  EXPECT_EQ(leaf["statements"], 2);
  EXPECT_EQ(leaf["attempts"], 1);
  EXPECT_EQ(leaf["author"]["name"], scenario.repo().Git({"log", "-1", "--format=%an"}));
  EXPECT_EQ(leaf["author"]["email"], scenario.repo().Git({"log", "-1", "--format=%ae"}));
  const std::string committed =
      scenario.repo().Git({"log", "-1", "--format=%cd", "--date=format-local:%Y-%m-%dT%H:%M:%S"});
  EXPECT_EQ(leaf["committer"]["at"].get<std::string>().size(), 27U);
  EXPECT_EQ(leaf["committer"]["at"].get<std::string>().substr(13, 6), committed.substr(13, 6));
  EXPECT_EQ(leaf["signed"], false);
  EXPECT_EQ(leaf["summary"], "migrations");
  EXPECT_EQ(leaf["database"], scenario.Value("SELECT current_database()"));
  EXPECT_EQ(leaf["database_oid"],
            scenario.Value("SELECT oid FROM pg_database WHERE datname = current_database()"));
  EXPECT_EQ(leaf["system_identifier"], scenario.Value("SELECT system_identifier FROM pg_control_system()"));
  EXPECT_EQ(leaf["role"], scenario.Value("SELECT session_user"));
  EXPECT_EQ(leaf["xid"], scenario.Value("SELECT xid FROM paliad_ledger.entry WHERE kind = 'applied'"));
  EXPECT_EQ(Body(scenario, leaf["sql"]), sql);
}

TEST(LedgerEntry, AnyTextIsStoredAsItIs) {
  Scenario scenario;
  const std::string sql =
      "SELECT 'größe', $paliad$x$paliad$, E'\\\\', '$paliad';\nSET client_encoding = 'LATIN1'; -- $paliad";
  scenario.Commit({{"1_a.up.sql", sql}, {"2_b.up.sql", "SELECT $paliad$ $paliad1$ $paliad$; -- $paliad"}});
  ASSERT_EQ(scenario.Reconcile().exit_code, 0);
  const std::vector<Json> leaves = Leaves(scenario, "applied");
  ASSERT_EQ(leaves.size(), 2U);
  EXPECT_EQ(Body(scenario, leaves[0]["sql"]), sql);
  EXPECT_EQ(Body(scenario, leaves[1]["sql"]), "SELECT $paliad$ $paliad1$ $paliad$; -- $paliad");
}

TEST(LedgerEntry, FailedSaysWhereAndKeepsTheSqlThatFailed) {
  Scenario scenario;
  const std::string sql = "CREATE TABLE a (id int);\nINSERT INTO a VALUES (1);\nSELECT nope FROM a;\n";
  const std::string commit = scenario.Commit({{"1_a.up.sql", sql}});
  ASSERT_EQ(scenario.Reconcile().exit_code, 1);
  const Json leaf = LastLeaf(scenario, "failed");
  EXPECT_EQ(leaf["sqlstate"], "42703");
  EXPECT_THAT(leaf["message"].get<std::string>(), HasSubstr("nope"));
  EXPECT_EQ(leaf["line"], 3);
  EXPECT_EQ(leaf["column"], 8);
  EXPECT_EQ(leaf["statement"], 3);
  EXPECT_EQ(leaf["statements_done"], 2);
  EXPECT_EQ(leaf["commit"], commit);
  EXPECT_EQ(leaf["checksum"].get<std::string>().size(), 64U);
  EXPECT_EQ(Body(scenario, leaf["sql"]), sql);
  EXPECT_THAT(scenario.Inconsistency(), IsEmpty());
}

TEST(LedgerEntry, WhatFailsAgainAndAgainIsStoredOnce) {
  Scenario scenario;
  scenario.Commit({{"1_a.up.sql", "SELECT nope;"}});
  for (int i = 0; i < 3; ++i) {
    ASSERT_EQ(scenario.Reconcile().exit_code, 1);
  }
  EXPECT_EQ(Leaves(scenario, "failed").size(), 3U);
  EXPECT_EQ(scenario.Value("SELECT count(*) FROM paliad_ledger.blob"), "1");
  EXPECT_EQ(Body(scenario, LastLeaf(scenario, "failed")["sql"]), "SELECT nope;");
}

TEST(LedgerEntry, IntentAndAppliedShareOneBody) {
  Scenario scenario;
  const std::string sql =
      "-- paliad:no-transaction\nCREATE TABLE a (id int);\nCREATE INDEX CONCURRENTLY i ON a (id);\n";
  scenario.Commit({{"1_a.up.sql", sql}});
  ASSERT_EQ(scenario.Reconcile().exit_code, 0);
  EXPECT_EQ(LastLeaf(scenario, "intent")["sql"], LastLeaf(scenario, "applied")["sql"]);
  EXPECT_EQ(Body(scenario, LastLeaf(scenario, "intent")["sql"]), sql);
  EXPECT_EQ(scenario.Value("SELECT count(*) FROM paliad_ledger.blob"), "1");
}

TEST(LedgerEntry, TheRunsEndAccountsForEveryEntryOfTheFolder) {
  Scenario scenario;
  scenario.Commit({{"1_a.up.sql", "SELECT 1;"}});
  ASSERT_EQ(scenario.Reconcile().exit_code, 0);
  scenario.Commit({{"2_b.up.sql", "SELECT 1;"},
                   {"2_b.down.sql", "SELECT 1;"},
                   {"3_c.up.sql", "SELECT nope;"},
                   {"4_d.up.sql", "SELECT 1;"},
                   {"README.md", "words"}});
  ASSERT_EQ(scenario.Reconcile().exit_code, 1);
  const Json leaf = LastLeaf(scenario, "run_finished");
  EXPECT_EQ(leaf["folder"], Json({{"applied_before", 1},
                                  {"applied_now", 1},
                                  {"bootstrapped", 0},
                                  {"down", 1},
                                  {"ignored", 1},
                                  {"in_doubt", 0},
                                  {"lost", 0},
                                  {"pending", 2},
                                  {"rejected", 0}}))
      << leaf.dump();
  const Json& lists = leaf["folder_lists"];
  EXPECT_EQ(lists["applied_before"], Json::parse("[[1,1]]"));
  EXPECT_EQ(lists["applied_now"], Json::parse("[[2,2]]"));
  EXPECT_EQ(lists["pending"], Json::parse("[[3,4]]"));
  EXPECT_EQ(lists["down"], Json::parse(R"(["migrations/2_b.down.sql"])"));
  EXPECT_EQ(lists["ignored"][0]["path"], "migrations/README.md");
  EXPECT_FALSE(lists["ignored"][0]["reason"].get<std::string>().empty());
}

TEST(LedgerEntry, WhatIsRejectedIsAccountedForWithItsReason) {
  Scenario scenario;
  scenario.Commit({{"1_a.up.sql", "SELECT 1;"}, {"1_b.up.sql", "SELECT 1;"}, {"2-c.up.sql", "SELECT 1;"}});
  ASSERT_EQ(scenario.Reconcile().exit_code, 3);
  const Json leaf = LastLeaf(scenario, "run_finished");
  EXPECT_EQ(leaf["folder"]["rejected"], 3);
  EXPECT_EQ(leaf["folder_lists"]["rejected"].size(), 3U);
  EXPECT_THAT(leaf["folder_lists"]["rejected"].dump(), HasSubstr("claimed by several files"));
}

TEST(LedgerEntry, ARunThatHadNothingToListSaysWhichRunDid) {
  Scenario scenario;
  scenario.Commit({{"1_a.up.sql", "SELECT 1;"}});
  const Outcome first = scenario.Reconcile();
  scenario.Reconcile();
  const Outcome third = scenario.Reconcile();
  ASSERT_EQ(third.exit_code, 0);
  const Json leaf = LastLeaf(scenario, "run_finished");
  EXPECT_EQ(leaf["run"], third.json["run_id"]);
  EXPECT_EQ(leaf["folder"]["applied_before"], 1);
  EXPECT_EQ(leaf["folder"]["applied_now"], 0);
  EXPECT_EQ(leaf["folder_listed_by"], first.json["run_id"]);
}

TEST(LedgerEntry, ALongAccountIsABody) {
  Scenario scenario;
  for (int i = 0; i < 300; ++i) {
    scenario.Add(fmt::format("{}-{}.txt", i, std::string(60, 'x')), "");
  }
  scenario.Commit({{"1_a.up.sql", "SELECT 1;"}});
  ASSERT_EQ(scenario.Reconcile().exit_code, 0);
  const Json leaf = LastLeaf(scenario, "run_finished");
  EXPECT_EQ(leaf["folder"]["ignored"], 300);
  const auto lists = ParseJson(Body(scenario, leaf["folder_lists"]));
  ASSERT_TRUE(lists);
  EXPECT_EQ((*lists)["ignored"].size(), 300U);
}

TEST(LedgerEntry, OperatorsAndExceptionsAreNamedWithTheirReasons) {
  Scenario scenario;
  scenario.Commit({{"1_a.up.sql", "CREATE TABLE a (id int, x int);"},
                   {"2_b.up.sql", "-- paliad:allow drop: not read since 41\nALTER TABLE a DROP COLUMN x;"}});
  ASSERT_EQ(scenario.Reconcile().exit_code, 0);
  const Json finding = LastLeaf(scenario, "finding");
  EXPECT_EQ(finding["waived"], true);
  EXPECT_EQ(finding["waiver"], "not read since 41");
  ASSERT_EQ(scenario.Run({"resolve", "2", "--as", "not-applied", "--reason", "put back by hand"}).exit_code,
            0);
  const Json resolved = LastLeaf(scenario, "resolved");
  EXPECT_EQ(resolved["reason"], "put back by hand");
  EXPECT_FALSE(resolved["actor"].get<std::string>().empty());
  EXPECT_FALSE(resolved["host"].get<std::string>().empty());
  EXPECT_EQ(resolved["was"], "applied");
}

}  // namespace
}  // namespace paliad::testing
