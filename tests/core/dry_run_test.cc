// What `check --scratch` says of migrations that are tried on a scratch server.
#include <gtest/gtest.h>

#include <string>

#include "base/json.h"
#include "tests/core/scratch_fixture.h"

namespace paliad::testing {
namespace {

class DryRunTest : public ScratchFixture {
 protected:
  Outcome RunCheck(const Files& files, const std::vector<std::string>& more = {}) {
    return ToOutcome(RunProgram(Check(files, more)));
  }
};

// "public.a AccessExclusiveLock reads and writes; public.b …"
std::string Locks(const scratch::MigrationReport& report) {
  std::string text;
  for (const scratch::TableLock& lock : report.locks) {
    text += (text.empty() ? "" : "; ") + lock.table + " " + std::string(LockModeName(lock.mode)) + " " +
            std::string(Blocks(lock.mode));
  }
  return text;
}

std::string Rows(const scratch::MigrationReport& report) {
  return report.rows ? std::to_string(report.rows->inserted) + " " + std::to_string(report.rows->updated) +
                           " " + std::to_string(report.rows->deleted)
                     : "none";
}

const Files kTable = {{"001_t.up.sql", "CREATE TABLE t (id bigint PRIMARY KEY, v int, w text);"}};

scratch::MigrationReport Only(const scratch::DryRun& run) {
  EXPECT_TRUE(run.ok()) << run.failed->message;
  EXPECT_EQ(run.migrations.size(), 1U);
  return run.migrations.at(0);
}

TEST_F(DryRunTest, TheJsonOfCheckHasEveryMigrationInOrder) {
  const Outcome outcome =
      RunCheck({{"001_a.up.sql", "CREATE TABLE a (id int);"},
                {"002_b.up.sql", "ALTER TABLE a ADD COLUMN v int; INSERT INTO a VALUES (1);"}});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.out << outcome.err;
  const Json& run = outcome.json["dry_run"];
  EXPECT_EQ(run["ok"], true);
  EXPECT_EQ(run["base"], 0);
  EXPECT_EQ(run["failed"], nullptr);
  EXPECT_EQ(run["warnings"], Json::array());
  ASSERT_EQ(run["migrations"].size(), 2U);
  EXPECT_EQ(run["migrations"][0]["version"], 1);
  EXPECT_EQ(run["migrations"][0]["locks"], Json::array());
  const Json& second = run["migrations"][1];
  EXPECT_EQ(second["name"], "b");
  EXPECT_EQ(second["transactional"], true);
  EXPECT_GT(second["duration_ms"], 0.0);
  EXPECT_EQ(second["locks"], Json::parse(R"([{"table":"public.a","mode":"AccessExclusiveLock",
                                              "blocks":"reads and writes"}])"));
  EXPECT_EQ(second["rewritten"], Json::array());
  EXPECT_EQ(second["rows"], Json::parse(R"({"inserted":1,"updated":0,"deleted":0})"));
}

TEST_F(DryRunTest, TheTextNamesLocksRewritesAndRows) {
  const Outcome outcome =
      RunCheck({{"001_a.up.sql", "CREATE TABLE a (id int, v int);"},
                {"002_b.up.sql", "INSERT INTO a VALUES (1, 1); ALTER TABLE a ALTER COLUMN v TYPE bigint;"}},
               {"-o", "text"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_NE(outcome.out.find("dry run: 2 migrations applied"), std::string::npos) << outcome.out;
  EXPECT_NE(outcome.out.find("    locks     public.a: AccessExclusiveLock, blocks reads and writes\n"
                             "    rewrites  public.a\n"
                             "    rows      1 inserted\n"),
            std::string::npos)
      << outcome.out;
}

TEST_F(DryRunTest, OnlyWhatTheBaseLacksIsTried) {
  Scenario scenario("postgresql:///nowhere");
  const std::string base = scenario.Commit({{"002_t.up.sql", "CREATE TABLE t (id int);"}});
  scenario.Commit({{"001_early.up.sql", "ALTER TABLE t ADD COLUMN v int;"}});
  const Outcome outcome = scenario.Run({"check", "--base", base, "--scratch", Url()});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.out << outcome.err;
  EXPECT_EQ(outcome.json["base"], base);
  EXPECT_EQ(outcome.json["dry_run"]["base"], 1);
  ASSERT_EQ(outcome.json["dry_run"]["migrations"].size(), 1U);
  EXPECT_EQ(outcome.json["dry_run"]["migrations"][0]["version"], 1);
  EXPECT_EQ(outcome.json["dry_run"]["migrations"][0]["locks"][0]["table"], "public.t");
}

TEST_F(DryRunTest, MarkdownAndSarifAreRejectedTooAndSayWhy) {
  const Files files = {{"001_a.up.sql", "SELECT 1/0 AS \"```\";"}};
  const Outcome markdown = RunCheck(files, {"-o", "markdown"});
  EXPECT_EQ(markdown.exit_code, 3);
  EXPECT_NE(markdown.out.find("\n````\ndry run: "), std::string::npos) << markdown.out;
  EXPECT_NE(markdown.out.find("division by zero"), std::string::npos);
  const Outcome sarif = RunCheck(files, {"-o", "sarif"});
  EXPECT_EQ(sarif.exit_code, 3);
  EXPECT_EQ(sarif.json["version"], "2.1.0");
  EXPECT_NE(sarif.err.find("division by zero"), std::string::npos);
}

TEST_F(DryRunTest, AMigrationThatFailsIsARejectionAtItsPlace) {
  const Outcome outcome = RunCheck({{"001_a.up.sql", "CREATE TABLE a (id int);"},
                                    {"002_b.up.sql", "SELECT 1;\n  ALTER TABLE nope ADD COLUMN v int;"},
                                    {"003_c.up.sql", "CREATE TABLE c (id int);"}});
  EXPECT_EQ(outcome.exit_code, 3);
  const Json& run = outcome.json["dry_run"];
  EXPECT_EQ(run["ok"], false);
  EXPECT_EQ(run["migrations"].size(), 1U);
  EXPECT_EQ(run["failed"]["version"], 2);
  EXPECT_EQ(run["failed"]["line"], 2);
  EXPECT_EQ(run["failed"]["column"], 3);
  EXPECT_EQ(run["failed"]["sqlstate"], "42P01");
  EXPECT_NE(run["failed"]["path"].get<std::string>().find("002_b.up.sql"), std::string::npos);
}

TEST_F(DryRunTest, NothingIsTriedWherePolicyFindsAnError) {
  const Command command =
      Check({{"001_a.up.sql", "CREATE TABEL a (id int);"}}, {}, "postgresql:///x?host=/nowhere");
  const Outcome outcome = ToOutcome(RunProgram(command));
  EXPECT_EQ(outcome.exit_code, 3);
  EXPECT_TRUE(outcome.json.contains("dry_run"));
  EXPECT_EQ(outcome.json["dry_run"], nullptr);
}

TEST_F(DryRunTest, TheServerMayBeNamedInTheEnvironment) {
  Command command = Check({{"001_a.up.sql", "CREATE TABLE a (id int);"}});
  command.argv.erase(command.argv.begin() + 4, command.argv.begin() + 6);
  command.env["PALIAD_SCRATCH_URL"] = "";
  EXPECT_EQ(ToOutcome(RunProgram(command)).json["dry_run"], nullptr);
  command.env["PALIAD_SCRATCH_URL"] = Url();
  EXPECT_EQ(ToOutcome(RunProgram(command)).json["dry_run"]["ok"], true);
}

TEST_F(DryRunTest, AnUnreachableServerIsAnErrorAndNoRejection) {
  const Outcome outcome = ToOutcome(RunProgram(
      Check({{"001_a.up.sql", "CREATE TABLE a (id int);"}}, {}, "postgresql://ci:geheim@127.0.0.1:1/x")));
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_EQ(outcome.json["error"]["kind"], "unavailable");
  EXPECT_EQ((outcome.out + outcome.err).find("geheim"), std::string::npos);
}

TEST_F(DryRunTest, ATemplateWithoutAServerIsWrongUsage) {
  Command command = Check(kTable, {"--scratch-template", "kept"});
  command.argv.erase(command.argv.begin() + 4, command.argv.begin() + 6);
  command.env["PALIAD_SCRATCH_URL"] = "";
  EXPECT_EQ(RunProgram(command).exit_code, 2);
}

TEST_F(DryRunTest, ALimitOfNothingIsWrongUsage) {
  EXPECT_EQ(RunCheck(kTable, {"--scratch-timeout", "0"}).exit_code, 2);
}

TEST_F(DryRunTest, ARoleWithoutTheRightsIsToldWhich) {
  const std::pair<const char*, const char*> cases[] = {
      {"", "the role weak may not create databases and roles"},
      {"CREATEDB", "the role weak may not create roles"},
      {"CREATEROLE", "the role weak may not create databases"}};
  for (const auto& [attributes, cause] : cases) {
    Server().CreateRole("weak", true, attributes);
    options_.url = Url("weak");
    const auto run = TryDry(kTable);
    AdminExec("DROP ROLE weak");
    ASSERT_FALSE(run) << attributes;
    EXPECT_EQ(run.error().cause, cause);
    EXPECT_EQ(run.error().hint, "ALTER ROLE \"weak\" CREATEDB CREATEROLE");
    EXPECT_EQ(run.error().kind, ErrorKind::kInvalidInput);
  }
}

TEST_F(DryRunTest, AStandbyIsRefused) {
  const auto standby = Server().MakeStandby();
  options_.url = standby->Url("postgres", "ci");
  const auto run = TryDry(kTable);
  ASSERT_FALSE(run);
  EXPECT_NE(run.error().cause.find("read-only standby"), std::string::npos) << run.error().Message();
}

TEST_F(DryRunTest, ASuperuserAndAnOwnerOfClonesGetTheSameReport) {
  const Files pending = {{"002_x.up.sql", "CREATE INDEX i ON t (v); DELETE FROM t;"}};
  for (const char* role : {"ci", "postgres"}) {
    options_.url = Url(role);
    const auto report = Only(Dry(pending, kTable));
    EXPECT_EQ(Locks(report), "public.t ShareLock writes") << role;
  }
}

TEST_F(DryRunTest, EachLockIsNamedWithWhatItBlocks) {
  const std::pair<std::string, std::string> cases[] = {
      {"SELECT count(*) FROM t;", "public.t AccessShareLock schema changes"},
      {"SELECT * FROM t FOR UPDATE;", "public.t RowShareLock schema changes"},
      {"INSERT INTO t VALUES (1);", "public.t RowExclusiveLock schema changes"},
      {"COMMENT ON TABLE t IS 'x';", "public.t ShareUpdateExclusiveLock schema changes"},
      {"CREATE INDEX i ON t (v);", "public.t ShareLock writes"},
      {"CREATE TRIGGER g BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION "
       "suppress_redundant_updates_trigger();",
       "public.t ShareRowExclusiveLock writes"},
      {"REFRESH MATERIALIZED VIEW CONCURRENTLY m;",
       "public.m ExclusiveLock writes; public.t AccessShareLock schema changes"},
      {"DROP TABLE t CASCADE;",
       "public.m AccessExclusiveLock reads and writes; public.t AccessExclusiveLock reads and writes"},
  };
  const Files base = {{"001_t.up.sql", kTable[0].second + "CREATE MATERIALIZED VIEW m AS SELECT id FROM t;"
                                                          "CREATE UNIQUE INDEX mi ON m (id);"}};
  for (const auto& [sql, locks] : cases) {
    EXPECT_EQ(Locks(Only(Dry({{"002_x.up.sql", sql}}, base))), locks) << sql;
  }
}

TEST_F(DryRunTest, ALockThatADeferredTriggerTakesIsSeen) {
  const Files base = {{"001_t.up.sql", R"(
CREATE TABLE t (id int); CREATE TABLE other (id int);
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN LOCK TABLE other IN SHARE MODE; RETURN NULL; END $$;
CREATE CONSTRAINT TRIGGER g AFTER INSERT ON t DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION f();)"}};
  EXPECT_EQ(Locks(Only(Dry({{"002_x.up.sql", "INSERT INTO t VALUES (1);"}}, base))),
            "public.other ShareLock writes; public.t RowExclusiveLock schema changes");
}

TEST_F(DryRunTest, NamesThatNeedQuotesHaveThem) {
  const Files base = {{"001_t.up.sql", R"(CREATE SCHEMA "Ä b"; CREATE TABLE "Ä b"."T""x" (id int);)"}};
  const auto report = Only(Dry({{"002_x.up.sql", R"(ALTER TABLE "Ä b"."T""x" RENAME TO plain;)"}}, base));
  EXPECT_EQ(Locks(report), R"("Ä b"."T""x" AccessExclusiveLock reads and writes)");
}

TEST_F(DryRunTest, OnlyARewriteIsARewrite) {
  const std::pair<std::string, bool> cases[] = {
      {"ALTER TABLE t ALTER COLUMN v TYPE bigint;", true},
      {"ALTER TABLE t ADD COLUMN x uuid DEFAULT gen_random_uuid();", true},
      {"ALTER TABLE t ADD COLUMN x int DEFAULT 3;", false},
      {"ALTER TABLE t ALTER COLUMN w TYPE varchar;", false},
      {"ALTER TABLE t SET UNLOGGED;", true},
      {"CREATE INDEX i ON t (v);", false},
      {"DROP TABLE t;", false},
      {"-- paliad:no-transaction\nVACUUM FULL t;", true},
  };
  for (const auto& [sql, rewritten] : cases) {
    const auto report = Only(Dry({{"002_x.up.sql", sql}}, kTable));
    EXPECT_EQ(report.rewritten, rewritten ? std::vector<std::string>{"public.t"} : std::vector<std::string>())
        << sql;
  }
}

TEST_F(DryRunTest, RowsAreCountedForEachMigrationAlone) {
  const auto run = Dry({{"002_x.up.sql", "INSERT INTO t SELECT g, g FROM generate_series(1, 100) AS g;"},
                        {"003_y.up.sql", "UPDATE t SET v = 0 WHERE id <= 40; DELETE FROM t WHERE id > 90;"},
                        {"004_z.up.sql", "CREATE TABLE u AS SELECT * FROM t; SELECT count(*) FROM u;"},
                        {"005_n.up.sql", "-- paliad:no-transaction\nVACUUM t;"}},
                       kTable);
  ASSERT_TRUE(run.ok());
  ASSERT_EQ(run.migrations.size(), 4U);
  EXPECT_EQ(Rows(run.migrations[0]), "100 0 0");
  EXPECT_EQ(Rows(run.migrations[1]), "0 40 10");
  EXPECT_EQ(Rows(run.migrations[2]), "90 0 0");
  EXPECT_EQ(Rows(run.migrations[3]), "none");
}

TEST_F(DryRunTest, ALockOutsideOfATransactionIsSeenWhileItIsHeld) {
  const auto report = Only(Dry(
      {{"002_x.up.sql", "-- paliad:no-transaction\nCREATE INDEX CONCURRENTLY i ON t (slow(v));\nVACUUM t;"}},
      {{"001_t.up.sql",
        "CREATE TABLE t (id int, v int); INSERT INTO t VALUES (1, 1);"
        "CREATE FUNCTION slow(int) RETURNS int IMMUTABLE LANGUAGE plpgsql"
        " AS 'BEGIN PERFORM pg_sleep(0.5); RETURN $1; END';"}}));
  EXPECT_FALSE(report.transactional);
  EXPECT_EQ(Locks(report), "public.t ShareUpdateExclusiveLock schema changes");
}

TEST_F(DryRunTest, TheBaseSetIsBuiltOnceAndItsTablesAreTheMigrationsOwn) {
  const Files base = {{"001_t.up.sql",
                       "CREATE SCHEMA s; CREATE TABLE s.once (id serial);"
                       "CREATE FUNCTION s.f() RETURNS int LANGUAGE sql AS 'SELECT 1';"
                       "CREATE TYPE s.e AS ENUM ('a'); CREATE EXTENSION pgcrypto SCHEMA s;"}};
  const Files pending = {
      {"002_x.up.sql",
       "ALTER TABLE s.once ADD v int; ALTER TYPE s.e RENAME TO e2; DROP EXTENSION pgcrypto;"
       "CREATE OR REPLACE FUNCTION s.f() RETURNS int LANGUAGE sql AS 'SELECT 2';"
       "DROP SCHEMA s CASCADE; CREATE SCHEMA s;"}};
  for (const char* role : {"ci", "postgres"}) {
    options_.url = Url(role);
    const auto first = Dry(pending, base);
    EXPECT_TRUE(first.ok()) << first.failed->message;
    EXPECT_EQ(first.origin, scratch::TemplateOrigin::kBuilt);
    EXPECT_EQ(first.base, 1U);
    const auto second = Dry(pending, base);
    EXPECT_TRUE(second.ok());
    EXPECT_EQ(second.origin, scratch::TemplateOrigin::kCached);
  }
}

TEST_F(DryRunTest, ABaseSetWithOtherBytesIsAnotherTemplate) {
  const Files pending = {{"002_x.up.sql", "INSERT INTO b VALUES (1);"}};
  EXPECT_TRUE(Dry(pending, {{"001_b.up.sql", "CREATE TABLE b (id int);"}}).ok());
  const auto edited = Dry(pending, {{"001_b.up.sql", "CREATE TABLE b (id uuid);"}});
  ASSERT_FALSE(edited.ok());
  EXPECT_EQ(edited.failed->sqlstate, "42804");
}

TEST_F(DryRunTest, ABaseSetThatCannotBeBuiltSaysWhatToDo) {
  const auto run = TryDry(kTable, {{"001_b.up.sql", "SELECT 1;\nALTER TABLE made_by_hand ADD v int;"}});
  ASSERT_FALSE(run);
  EXPECT_EQ(run.error().Message(),
            "cannot build the base set from an empty database: migrations/001_b.up.sql: line 2: relation "
            "\"made_by_hand\" does not exist");
  EXPECT_NE(run.error().hint.find("--scratch-template"), std::string::npos);
}

TEST_F(DryRunTest, PendingMayLieBelowTheBase) {
  const auto run = Dry({{"001_early.up.sql", "ALTER TABLE t ADD COLUMN x int;"}},
                       {{"002_t.up.sql", "CREATE TABLE t (id int);"}});
  EXPECT_TRUE(run.ok());
}

TEST_F(DryRunTest, ALoginNeedsNothingButItsPassword) {
  PostgresServer server;
  server.CreateRole("ci", true, "CREATEDB CREATEROLE PASSWORD 'geheim'");
  Exec(server.Url(),
       "COPY (SELECT 'local all postgres trust' UNION ALL SELECT 'local all all scram-sha-256')"
       " TO '" +
           server.data_dir() + "/pg_hba.conf'");
  Exec(server.Url(), "SELECT pg_reload_conf()");
  options_.url = server.Url("postgres", "ci") + "&password=geheim";
  EXPECT_TRUE(Dry(kTable).ok());
}

}  // namespace
}  // namespace paliad::testing
