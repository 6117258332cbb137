// Migrations that try, by mistake or on purpose, what would break a run: each ends as the design says.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/core/scenario.h"

namespace paliad::testing {
namespace {

using ::testing::HasSubstr;

// The first migration stands for what was there before; the second is the hostile one; the third must never
// run after it.
Outcome RunBetween(Scenario& scenario, const std::string& sql) {
  scenario.Commit({{"001_before.up.sql", "CREATE TABLE before (id int);"}});
  EXPECT_EQ(scenario.Reconcile().exit_code, 0);
  scenario.Commit({{"002_hostile.up.sql", sql}, {"003_after.up.sql", "CREATE TABLE after (id int);"}});
  return scenario.Reconcile();
}

bool Exists(Scenario& scenario, const std::string& table) {
  return scenario.Value("SELECT to_regclass('" + table + "') IS NOT NULL") == "t";
}

void ExpectRejected(const std::string& sql, const std::string& rule, int line = 0, int column = 0) {
  SCOPED_TRACE(sql.substr(0, 80));
  Scenario scenario;
  const Outcome run = RunBetween(scenario, sql);
  EXPECT_EQ(run.exit_code, 3) << run.err;
  EXPECT_EQ(run.json["outcome"], "rejected");
  bool found = false;
  for (const Json& finding : run.json["findings"]) {
    const bool there = line == 0 || (finding["line"] == line && finding["column"] == column);
    if (finding["rule"] == rule && there) {
      found = true;
      EXPECT_EQ(finding["path"], "migrations/002_hostile.up.sql");
      EXPECT_EQ(finding["version"], 2);
    }
  }
  EXPECT_TRUE(found) << run.out;
  EXPECT_EQ(scenario.Applied(), "1:before");
  EXPECT_FALSE(Exists(scenario, "after"));
  EXPECT_EQ(scenario.Inconsistency(), "");
}

// Got past the parser's rules: the transaction is rolled back whole.
void ExpectRolledBack(const std::string& sql, const std::string& message) {
  SCOPED_TRACE(sql.substr(0, 120));
  Scenario scenario;
  const Outcome run = RunBetween(scenario, sql);
  EXPECT_EQ(run.exit_code, 1) << run.err;
  EXPECT_EQ(run.json["outcome"], "failed");
  EXPECT_THAT(run.err, HasSubstr(message));
  EXPECT_EQ(scenario.Applied(), "1:before");
  EXPECT_FALSE(Exists(scenario, "hostile"));
  EXPECT_FALSE(Exists(scenario, "after"));
  EXPECT_EQ(scenario.Entries("failed", 2), 1);
  EXPECT_EQ(scenario.Inconsistency(), "");
}

void ExpectApplied(const std::string& sql) {
  SCOPED_TRACE(sql.substr(0, 80));
  Scenario scenario;
  const Outcome run = RunBetween(scenario, sql);
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_EQ(scenario.Applied(), "1:before 2:hostile 3:after");
  EXPECT_EQ(scenario.Inconsistency(), "");
}

TEST(Hostile, TransactionControlIsRejected) {
  ExpectRejected("CREATE TABLE hostile (id int);\nCOMMIT;\nCREATE TABLE more (id int);",
                 "transaction-control", 2, 1);
  ExpectRejected("BEGIN; CREATE TABLE hostile (id int); COMMIT;", "transaction-control", 1, 1);
  ExpectRejected("ROLLBACK;", "transaction-control");
  ExpectRejected("SAVEPOINT a;", "transaction-control");
}

TEST(Hostile, ReleasingTheLockIsRejected) {
  ExpectRejected("SELECT pg_advisory_unlock_all();", "tracker-touched");
  ExpectRejected("SELECT pg_catalog.PG_ADVISORY_UNLOCK(6041125926171106229);", "tracker-touched");
}

TEST(Hostile, ReleasingTheLockBehindTheParsersBackIsRolledBack) {
  ExpectRolledBack(
      "CREATE TABLE hostile (id int);"
      "DO $$ BEGIN EXECUTE 'SELECT pg_advisory_' || 'unlock_all()'; END $$;",
      "advisory lock");
}

TEST(Hostile, WritingToTheTrackerIsRejected) {
  ExpectRejected("INSERT INTO paliad.applied_migrations (version, name) VALUES (3, 'after');",
                 "tracker-touched");
  ExpectRejected("DELETE FROM \"paliad\".applied_migrations;", "tracker-touched");
  ExpectRejected("DROP SCHEMA paliad_ledger CASCADE;", "tracker-touched");
}

TEST(Hostile, WritingToTheTrackerBehindTheParsersBackIsRolledBack) {
  const std::string table = "CREATE TABLE hostile (id int);";
  const auto execute = [&](const std::string& before, const std::string& after) {
    return table + "DO $$ BEGIN EXECUTE '" + before + "paliad.applied_' || 'migrations" + after +
           "'; END $$;";
  };
  ExpectRolledBack(execute("INSERT INTO ", " (version, name) VALUES (3, ''after'')"),
                   "paliad.applied_migrations");
  ExpectRolledBack(execute("DELETE FROM ", ""), "paliad.applied_migrations");
  ExpectRolledBack(execute("UPDATE ", " SET name = name"), "paliad.applied_migrations");
  ExpectRolledBack(execute("TRUNCATE ", ""), "paliad.applied_migrations");
  ExpectRolledBack(execute("INSERT INTO ", " (version, name) VALUES (2, ''hostile'')"), "");
  ExpectRolledBack(execute("DROP TABLE ", " CASCADE"), "");
}

TEST(Hostile, WritingToTheLedgerBehindTheParsersBackIsRolledBack) {
  const auto execute = [](const std::string& before, const std::string& after) {
    return "CREATE TABLE hostile (id int); DO $$ BEGIN EXECUTE '" + before + "paliad_' || 'ledger." + after +
           "'; END $$;";
  };
  ExpectRolledBack(execute("UPDATE ", "entry SET leaf = leaf"), "the ledger is only ever added to");
  ExpectRolledBack(execute("SELECT ",
                           "append(convert_to(''{\"at\":\"2026-05-20T10:38:00.000000Z\",\"kind\":\"applied\","
                           "\"run\":\"00000000-0000-4000-8000-000000000000\",\"ordinal\":0,\"target\":\"t\","
                           "\"tracker\":\"t\"}'', ''UTF8''))"),
                   "the migration changed the ledger");
  ExpectRolledBack(execute("TRUNCATE ", "entry"), "the ledger is only ever added to");
}

TEST(Hostile, ATriggerOnTheTrackerThatChangesItsRowsIsFound) {
  ExpectRolledBack(
      "CREATE TABLE hostile (id int);"
      "CREATE FUNCTION public.meddle() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.name := 'other'; "
      "RETURN NEW; END $$;"
      "DO $$ BEGIN EXECUTE 'CREATE TRIGGER meddle BEFORE INSERT ON paliad.applied_' || 'migrations"
      " FOR EACH ROW EXECUTE FUNCTION public.meddle()'; END $$;",
      "paliad.applied_migrations");
}

TEST(Hostile, ADeferredTriggerActsBeforeTheSealAndIsFound) {
  ExpectRolledBack(
      "CREATE TABLE hostile (id int);"
      "CREATE FUNCTION public.late() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
      " EXECUTE 'DELETE FROM paliad.applied_' || 'migrations'; RETURN NULL; END $$;"
      "CREATE CONSTRAINT TRIGGER late AFTER INSERT ON hostile DEFERRABLE INITIALLY DEFERRED"
      " FOR EACH ROW EXECUTE FUNCTION public.late(); INSERT INTO hostile VALUES (1);",
      "paliad.applied_migrations");
}

TEST(Hostile, AHonestDeferredTriggerSeesTheMigrationsOwnSearchPath) {
  ExpectApplied(
      "CREATE SCHEMA app; SET search_path = app; CREATE TABLE log (id int); CREATE TABLE hostile (id int);"
      "CREATE FUNCTION late() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO log VALUES (1); "
      "RETURN NULL; END $$;"
      "CREATE CONSTRAINT TRIGGER late AFTER INSERT ON hostile DEFERRABLE INITIALLY DEFERRED"
      " FOR EACH ROW EXECUTE FUNCTION late(); INSERT INTO hostile VALUES (1);");
}

TEST(Hostile, ADeferredConstraintFailsWithoutALine) {
  Scenario scenario;
  const Outcome run = RunBetween(scenario,
                                 "CREATE TABLE hostile (id int PRIMARY KEY, other int REFERENCES hostile"
                                 " DEFERRABLE INITIALLY DEFERRED); INSERT INTO hostile VALUES (1, 77);");
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_EQ(run.json["failed"]["sqlstate"], "23503");
  EXPECT_TRUE(run.json["failed"]["line"].is_null());
  EXPECT_EQ(scenario.Applied(), "1:before");
}

TEST(Hostile, SessionStateDoesNotOutlastItsMigration) {
  Scenario scenario;
  scenario.Exec(
      "CREATE ROLE hostile_role; GRANT ALL ON SCHEMA public TO hostile_role; GRANT hostile_role TO "
      "CURRENT_USER");
  const Outcome run = RunBetween(
      scenario,
      "CREATE SCHEMA elsewhere; SET search_path = elsewhere; SET standard_conforming_strings = off;"
      "SET client_encoding = 'LATIN1'; SET statement_timeout = '1h'; SET lock_timeout = '1h';"
      "SET default_transaction_isolation = 'serializable'; SET client_min_messages = 'error';"
      "CREATE TEMP TABLE leftover (id int); PREPARE p AS SELECT 1;"
      "DECLARE c CURSOR WITH HOLD FOR SELECT 1; SET ROLE hostile_role; LISTEN x;");
  ASSERT_EQ(run.exit_code, 0) << run.err;
  EXPECT_TRUE(Exists(scenario, "public.after"));
  EXPECT_EQ(scenario.Value("SELECT tableowner FROM pg_tables WHERE tablename = 'after'"), "postgres");
  EXPECT_EQ(scenario.Inconsistency(), "");
  scenario.Exec("DROP OWNED BY hostile_role; DROP ROLE hostile_role");
}

TEST(Hostile, AnUnterminatedCommentOrStringIsASyntaxFinding) {
  ExpectRejected("CREATE TABLE hostile (id int); /* no end", "syntax");
  ExpectRejected("CREATE TABLE hostile (id int); SELECT 'no end;", "syntax");
  ExpectRejected("DO $x$ BEGIN END;", "syntax");
  ExpectRejected("CREATE TABLE hostile (id int);\n  SELEC 1;", "syntax", 2, 3);
}

TEST(Hostile, CrlfLineEndsAreKeptAsTheyAre) {
  Scenario scenario;
  const Outcome run =
      RunBetween(scenario, "CREATE TABLE hostile (id int);\r\nINSERT INTO hostile\r\nVALUES (1);\r\n");
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_EQ(scenario.Value("SELECT count(*) FROM hostile"), "1");
}

TEST(Hostile, AByteOrderMarkIsUnreadable) {
  ExpectRejected(
      "\xEF\xBB\xBF"
      "CREATE TABLE hostile (id int);",
      "unreadable");
}

TEST(Hostile, ANulByteIsUnreadableAndNothingBeforeItIsSent) {
  ExpectRejected(std::string("CREATE TABLE hostile (id int);") + '\0' + " garbage", "unreadable");
}

TEST(Hostile, BytesThatAreNotUtf8AreUnreadable) { ExpectRejected("SELECT '\xff';", "unreadable"); }

TEST(Hostile, TwentyMebibytesOfInsertsAreApplied) {
  std::string sql = "CREATE TABLE hostile (id int, text text);\n";
  const std::string padding(180, 'x');
  int rows = 0;
  while (sql.size() < 20U << 20) {
    sql += "INSERT INTO hostile VALUES (" + std::to_string(rows++) + ", '" + padding + "');\n";
  }
  Scenario scenario;
  const Outcome run = RunBetween(scenario, sql);
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_EQ(scenario.Value("SELECT count(*) FROM hostile"), std::to_string(rows));
}

TEST(Hostile, AFileWithoutAStatementIsAppliedWithAWarning) {
  for (const std::string sql : {"", "-- only a comment\n", "/* another */ ;;\n"}) {
    SCOPED_TRACE(sql);
    Scenario scenario;
    const Outcome run = RunBetween(scenario, sql);
    EXPECT_EQ(run.exit_code, 0) << run.err;
    ASSERT_EQ(run.json["findings"].size(), 1U);
    EXPECT_EQ(run.json["findings"][0]["rule"], "empty");
    EXPECT_EQ(run.json["findings"][0]["severity"], "warning");
    EXPECT_EQ(scenario.Applied(), "1:before 2:hostile 3:after");
  }
}

TEST(Hostile, CopyFromStdinIsRefusedPlainly) {
  ExpectRejected("CREATE TABLE hostile (id int);\nCOPY hostile FROM stdin;\n1\n\\.\n", "syntax");
}

TEST(Hostile, AnswersThatNobodyReadsAreThrownAway) {
  ExpectApplied(
      "CREATE TABLE hostile (id int); SELECT repeat('x', 1000) FROM generate_series(1, 20000);"
      "COPY (SELECT generate_series(1, 1000)) TO STDOUT; NOTIFY x;");
}

TEST(Hostile, AFailureNamesFileLineColumnAndShowsTheLine) {
  Scenario scenario;
  scenario.Commit(
      {{"001_a.up.sql", "CREATE TABLE a (id int);\n-- Übergröße\nSELECT 'Größe', nope FROM a;\n"}});
  const Outcome run = scenario.Reconcile({"-o", "text"});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_THAT(
      run.err,
      HasSubstr("migrations/001_a.up.sql:3:17: error: column \"nope\" does not exist (SQLSTATE 42703)\n"
                "  SELECT 'Größe', nope FROM a;\n"
                "                  ^\n"));
}

TEST(Hostile, AFailureWithoutAPositionNamesTheStatement) {
  Scenario scenario;
  scenario.Commit(
      {{"001_a.up.sql",
        "CREATE TABLE a (id int PRIMARY KEY);\nINSERT INTO a VALUES (1);\n\n  INSERT INTO a VALUES (1);\n"}});
  const Outcome run = scenario.Reconcile();
  EXPECT_EQ(run.json["failed"]["sqlstate"], "23505");
  EXPECT_EQ(run.json["failed"]["line"], 4);
  EXPECT_EQ(run.json["failed"]["column"], 3);
}

TEST(Hostile, PositionsAreRightWhereTheServerCountsBytes) {
  Scenario scenario(PostgresServer::Shared().CreateDatabase("SQL_ASCII", "C"));
  scenario.Commit({{"001_a.up.sql", "SELECT 'Größe',\n  nope;\n"}});
  const Outcome run = scenario.Reconcile();
  EXPECT_EQ(run.json["failed"]["line"], 2) << run.err;
  EXPECT_EQ(run.json["failed"]["column"], 3);
}

TEST(Hostile, WhatWasAppliedBeforeAFailureStaysAndTheRestWaits) {
  Scenario scenario;
  scenario.Commit({{"001_a.up.sql", "CREATE TABLE a (id int);"},
                   {"002_b.up.sql", "SELECT 1/0;"},
                   {"003_c.up.sql", "CREATE TABLE c (id int);"}});
  const Outcome run = scenario.Reconcile();
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_EQ(run.json["applied"].size(), 1U);
  EXPECT_EQ(run.json["pending"], 2);
  EXPECT_EQ(scenario.Applied(), "1:a");
  scenario.Commit({{"002_b.up.sql", "SELECT 1;"}});
  EXPECT_EQ(scenario.Reconcile().exit_code, 0);
  EXPECT_EQ(scenario.Applied(), "1:a 2:b 3:c");
  EXPECT_EQ(scenario.Inconsistency(), "");
}

TEST(Hostile, NamesWithQuotesAndOtherAlphabetsAreKept) {
  Scenario scenario;
  scenario.Commit({{"001_it's a \"büro\" \\ 東京.up.sql", "CREATE TABLE a (id int);"}});
  ASSERT_EQ(scenario.Reconcile().exit_code, 0);
  EXPECT_EQ(scenario.Applied(), "1:it's a \"büro\" \\ 東京");
  EXPECT_EQ(scenario.Run({"verify"}).exit_code, 0);
}

}  // namespace
}  // namespace paliad::testing
