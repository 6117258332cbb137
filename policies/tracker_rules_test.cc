#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "policies/rendered.h"
#include "policies/rules.h"

namespace paliad {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

TEST(TrackerRules, AReferenceToTheTrackerHasItsPlace) {
  EXPECT_EQ(
      Rendered(CheckText("SELECT 'ü', version\n  FROM paliad.applied_migrations;\n")),
      "migrations/007_x.up.sql:2:8: error: paliad.applied_migrations is the controller's record of what was "
      "applied [tracker-touched]\n"
      "    FROM paliad.applied_migrations;\n"
      "         ^\n"
      "  hint: a migration neither reads nor changes it; `paliadctl verify` reads it, and `paliadctl "
      "resolve` "
      "corrects it\n");
}

TEST(TrackerRules, LocksOfTheSessionAreTheControllers) {
  EXPECT_EQ(
      Rendered(CheckText("SELECT pg_advisory_unlock_all();\n")),
      "migrations/007_x.up.sql:1:8: error: pg_advisory_unlock_all works on the session's advisory locks, and "
      "one "
      "of them is the controller's [tracker-touched]\n"
      "  SELECT pg_advisory_unlock_all();\n"
      "         ^\n"
      "  hint: use a function with _xact_ in its name, such as pg_advisory_xact_lock: its lock ends with the "
      "transaction\n");
}

TEST(TrackerRules, TheControllersSchemasAreItsOwn) {
  EXPECT_EQ(Rendered(CheckText("DROP SCHEMA paliad_ledger CASCADE;\n")),
            "migrations/007_x.up.sql:1:1: error: the schema paliad_ledger is the controller's own "
            "[tracker-touched]\n"
            "  DROP SCHEMA paliad_ledger CASCADE;\n"
            "  ^\n"
            "  hint: keep the application's objects in other schemas\n");
}

TEST(TrackerRules, TheTrackersSchemaCannotBeDroppedOrRenamed) {
  EXPECT_EQ(Rendered(CheckText("ALTER SCHEMA paliad RENAME TO old;\n")),
            "migrations/007_x.up.sql:1:1: error: the schema paliad holds paliad.applied_migrations, the "
            "controller's "
            "record [tracker-touched]\n"
            "  ALTER SCHEMA paliad RENAME TO old;\n"
            "  ^\n"
            "  hint: drop or change the objects in it one by one\n");
  EXPECT_EQ(
      Rendered(CheckText("DISCARD ALL;\n")).find("DISCARD ALL drops the lock that the controller holds") !=
          std::string::npos,
      true);
}

TEST(TrackerRules, EveryWayToReferIsFound) {
  const std::string kCases[] = {
      // the tracker as a relation
      "SELECT * FROM applied_migrations",
      "SELECT * FROM Paliad.Applied_Migrations",
      "SELECT * FROM \"paliad\".\"applied_migrations\"",
      "SELECT * FROM db.paliad.applied_migrations",
      "INSERT INTO paliad.applied_migrations VALUES (1)",
      "WITH d AS (DELETE FROM paliad.applied_migrations RETURNING *) SELECT * FROM d",
      "UPDATE t SET a = (SELECT max(version) FROM paliad.applied_migrations)",
      "MERGE INTO paliad.applied_migrations USING t ON true WHEN MATCHED THEN DELETE",
      "TRUNCATE t, paliad.applied_migrations",
      "LOCK TABLE paliad.applied_migrations",
      "COPY paliad.applied_migrations TO stdout",
      "CREATE VIEW v AS SELECT 1 UNION SELECT version FROM paliad.applied_migrations",
      "CREATE TABLE z (LIKE paliad.applied_migrations)",
      "CREATE TABLE z () INHERITS (paliad.applied_migrations)",
      "ALTER TABLE t ADD FOREIGN KEY (x) REFERENCES paliad.applied_migrations",
      "ALTER TABLE applied_migrations ADD COLUMN x int",
      "ALTER TABLE paliad.applied_migrations RENAME TO x",
      "CREATE INDEX i ON paliad.applied_migrations (name)",
      "CREATE TRIGGER g AFTER INSERT ON paliad.applied_migrations EXECUTE FUNCTION f()",
      "CREATE RULE r AS ON INSERT TO t DO ALSO (SELECT 1; DELETE FROM paliad.applied_migrations)",
      "CREATE POLICY p ON paliad.applied_migrations USING (true)",
      "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT version FROM paliad.applied_migrations; END",
      "GRANT SELECT ON paliad.applied_migrations TO x",
      "VACUUM paliad.applied_migrations",
      "EXPLAIN SELECT * FROM paliad.applied_migrations",
      "PREPARE p AS SELECT * FROM paliad.applied_migrations",
      "DECLARE c CURSOR FOR SELECT * FROM paliad.applied_migrations",
      // as a name in a list
      "DROP TABLE IF EXISTS x, paliad.applied_migrations",
      "DROP TABLE applied_migrations",
      "DROP TRIGGER g ON paliad.applied_migrations",
      "DROP TRIGGER g ON applied_migrations",
      "COMMENT ON TABLE applied_migrations IS 'x'",
      "COMMENT ON COLUMN paliad.applied_migrations.name IS 'x'",
      "COMMENT ON COLUMN applied_migrations.name IS 'x'",
      "ALTER EXTENSION e ADD TABLE paliad.applied_migrations",
      "CREATE FUNCTION f(x paliad.applied_migrations) RETURNS int LANGUAGE sql AS 'SELECT 1'",
      "CREATE FUNCTION f(x applied_migrations) RETURNS int LANGUAGE sql AS 'SELECT 1'",
      // in text
      "DO $$ BEGIN DELETE FROM paliad.applied_migrations; END $$",
      "DO $$ BEGIN EXECUTE 'DELETE FROM \"paliad\" . \"applied_migrations\"'; END $$",
      "CREATE FUNCTION f() RETURNS void LANGUAGE sql AS 'DELETE FROM PALIAD.APPLIED_MIGRATIONS'",
      "CREATE PROCEDURE f() LANGUAGE plperlu AS $$ spi('delete from paliad.applied_migrations') $$",
      "SELECT query_to_xml('DELETE FROM paliad.applied_migrations', true, false, '')",
      "SELECT f(g(x => 'SELECT ' || 'paliad.applied_migrations'))",
      "SELECT 'paliad.applied_migrations'::regclass",
      "SELECT pg_catalog.regclass 'paliad.applied_migrations'",
      // the tracker's schema
      "DROP SCHEMA other, paliad CASCADE",
      "ALTER SCHEMA paliad OWNER TO x",
      // the controller's schemas
      "CREATE SCHEMA paliad_ledger",
      "CREATE SCHEMA IF NOT EXISTS paliad_controller",
      "ALTER SCHEMA x RENAME TO paliad_ledger",
      "SELECT * FROM paliad_ledger.entries",
      "SELECT paliad_ledger.append('x')",
      "DROP FUNCTION paliad_ledger.append(text)",
      "ALTER FUNCTION f() SET SCHEMA paliad_ledger",
      "CREATE TYPE paliad_controller.t AS (a int)",
      "CREATE TABLE t (a paliad_ledger.kind)",
      "GRANT USAGE ON SCHEMA paliad_ledger TO x",
      "GRANT SELECT ON ALL TABLES IN SCHEMA paliad_controller TO x",
      "ALTER DEFAULT PRIVILEGES IN SCHEMA paliad_ledger GRANT SELECT ON TABLES TO x",
      "COMMENT ON SCHEMA paliad_ledger IS 'x'",
      "CREATE EXTENSION e SCHEMA paliad_ledger",
      "IMPORT FOREIGN SCHEMA a FROM SERVER s INTO paliad_ledger",
      "ALTER PUBLICATION x ADD TABLES IN SCHEMA paliad_ledger",
      "SET search_path = app, paliad_ledger",
      "SET LOCAL search_path = 'paliad_controller'",
      "SELECT set_config('search_path', 'app, paliad_ledger', true)",
      "CREATE FUNCTION f() RETURNS int LANGUAGE sql SET search_path = paliad_ledger AS 'SELECT 1'",
      "DO $$ BEGIN PERFORM paliad_ledger.append('x'); END $$",
      // the session's locks
      "SELECT pg_advisory_lock(1)",
      "SELECT pg_advisory_lock(1, 2) FROM t",
      "SELECT PG_CATALOG.pg_advisory_lock_shared(1)",
      "SELECT pg_try_advisory_lock(1)",
      "SELECT pg_try_advisory_lock_shared(1)",
      "SELECT pg_advisory_unlock(6041125926171106229)",
      "SELECT pg_advisory_unlock_shared(1)",
      "DO $$ BEGIN PERFORM Pg_Advisory_Unlock_All(); END $$",
      "GRANT EXECUTE ON FUNCTION pg_advisory_unlock_all() TO x",
      "SELECT 'pg_advisory_unlock_all'::regproc",
  };
  for (const std::string& text : kCases) {
    for (const std::string header : {"-- paliad:no-transaction\n", "-- paliad:no-transaction\nSELECT 1; "}) {
      std::vector<Finding> findings = CheckText(header + text);
      std::erase_if(findings, [](const Finding& finding) { return finding.rule != "tracker-touched"; });
      ASSERT_THAT(findings, SizeIs(1)) << text;
      EXPECT_EQ(findings[0].severity, Severity::kError);
    }
  }
}

TEST(TrackerRules, WhatIsTheApplicationsOwnIsNot) {
  const std::string kCases[] = {
      "CREATE SCHEMA IF NOT EXISTS paliad",
      "CREATE TABLE paliad.office (id int, applied_migrations int, paliad_ledger text)",
      "SELECT o.applied_migrations FROM paliad.office AS o",
      "DROP TABLE paliad.paliad_schema_migrations, public.paliad_schema_migrations",
      "CREATE TABLE billing.applied_migrations (id int)",
      "SELECT applied_migrations.id FROM billing.applied_migrations",
      "SELECT * FROM \"Applied_Migrations\"",
      "SELECT * FROM paliad.applied_migrations_old",
      "DROP TABLE billing.applied_migrations",
      "DROP FUNCTION applied_migrations()",
      "GRANT USAGE ON SCHEMA paliad TO x",
      "GRANT SELECT ON ALL TABLES IN SCHEMA paliad TO x",
      "GRANT USAGE ON SCHEMA app TO paliad_controller",
      "COMMENT ON SCHEMA paliad IS 'x'",
      "COMMENT ON TABLE t IS 'paliad.applied_migrations'",
      "INSERT INTO docs VALUES ('see paliad.applied_migrations and paliad_ledger')",
      "SET search_path = paliad, public",
      "SELECT pg_advisory_xact_lock(1), pg_try_advisory_xact_lock_shared(1)",
      "SELECT app.pg_advisory_lock(1)",
      "DO $$ BEGIN PERFORM pg_advisory_xact_lock(1); END $$",
      "DO $$ BEGIN PERFORM my_pg_advisory_lock(1); END $$",
      "DISCARD PLANS",
      "-- paliad.applied_migrations\nSELECT 1",
  };
  for (const std::string& text : kCases) {
    EXPECT_EQ(Rendered(CheckText(text)), "") << text;
  }
}

TEST(TrackerRules, ThePlaceIsTheFirstReferenceOfAStatement) {
  EXPECT_THAT(Places("SELECT 1;\nDELETE FROM t USING paliad.applied_migrations a, applied_migrations b;\n"
                     "SELECT\n  paliad_ledger.f(pg_advisory_lock(1))"),
              ElementsAre("2:21 tracker-touched", "4:3 tracker-touched"));
  EXPECT_THAT(Places("DO $$\nBEGIN\n  PERFORM pg_advisory_unlock_all();\nEND $$"),
              ElementsAre("3:11 tracker-touched"));
  EXPECT_THAT(Places("SELECT 1; DROP TABLE x, paliad.applied_migrations"),
              ElementsAre("1:11 tracker-touched"));
}

TEST(TrackerRules, AnotherTrackerIsProtectedInsteadOfTheDefault) {
  EXPECT_THAT(
      Places("SELECT * FROM app.runs; SELECT * FROM paliad.applied_migrations; DROP SCHEMA app", "app.runs"),
      ElementsAre("1:15 tracker-touched", "1:66 tracker-touched"));
}

}  // namespace
}  // namespace paliad
