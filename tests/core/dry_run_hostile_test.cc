// Strangers' SQL in a dry run: every way out that PostgreSQL has, tried without any policy before it.
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <thread>

#include "tests/core/scratch_fixture.h"

namespace paliad::testing {
namespace {

using std::chrono::milliseconds;

class HostileDryRun : public ScratchFixture {
 protected:
  HostileDryRun() {
    (void)Dry({});  // the template is there
    before_ = SharedState();
  }

  // Every one leaves the server as it was.
  ~HostileDryRun() override { EXPECT_EQ(SharedState(), before_); }

  // The SQLSTATE that stops it; "" if nothing does.
  std::string Try(const std::string& sql, const Files& base = {}) {
    const auto run = Dry({{"009_x.up.sql", sql}}, base);
    EXPECT_TRUE(run.warnings.empty()) << run.warnings.front();
    return run.failed ? run.failed->sqlstate : "";
  }

  // The same for SQL that a DO block hides from every parser.
  std::string TryHidden(const std::string& sql) {
    return Try("DO $do$ BEGIN EXECUTE $sql$" + sql + "$sql$; END $do$;");
  }

  // A URL of `victim` for SQL: "host=… dbname=victim user=boss".
  static std::string VictimConnection() {
    return "host=" + Server().socket_dir() + " dbname=victim user=boss password=x";
  }

  // Waits until the dry run's login runs something, and returns its name.
  static std::string WaitForLogin() {
    const std::string sleeping =
        "FROM pg_stat_activity WHERE usename ~ '^paliad_dry_c' AND query ~ 'pg_sleep' AND state = 'active'";
    WaitFor("EXISTS (SELECT " + sleeping + ")");
    return Admin("SELECT max(usename) " + sleeping);
  }

 private:
  std::string before_;
};

constexpr char kDenied[] = "42501";

TEST_F(HostileDryRun, AnotherDatabaseCannotBeReached) {
  EXPECT_EQ(Try("CREATE EXTENSION dblink;"), kDenied);
  EXPECT_EQ(Try("CREATE EXTENSION postgres_fdw;"), kDenied);
  EXPECT_EQ(Try("SELECT * FROM victim.public.secret;"), "0A000");
  EXPECT_EQ(Try("CREATE FUNCTION f(text) RETURNS text LANGUAGE c AS '$libdir/dblink', 'dblink_connect';"),
            kDenied);
  EXPECT_EQ(Try("CREATE SUBSCRIPTION s CONNECTION '" + VictimConnection() +
                "' PUBLICATION p WITH (connect = false);"),
            kDenied);
  EXPECT_EQ(TryHidden("ALTER DATABASE victim SET work_mem = '64kB'"), kDenied);
  EXPECT_EQ(TryHidden("ALTER DATABASE victim OWNER TO CURRENT_USER"), kDenied);
  EXPECT_EQ(TryHidden("COMMENT ON DATABASE victim IS 'x'"), kDenied);
  // PostgreSQL only warns: nothing was granted, nothing was taken away.
  EXPECT_EQ(TryHidden("GRANT ALL ON DATABASE victim TO PUBLIC"), "");
  EXPECT_EQ(TryHidden("REVOKE ALL ON DATABASE victim FROM PUBLIC"), "");
  EXPECT_EQ(Try("-- paliad:no-transaction\nDROP DATABASE victim;"), kDenied);
  EXPECT_EQ(Try("-- paliad:no-transaction\nCREATE DATABASE mine TEMPLATE victim;"), kDenied);
  EXPECT_EQ(Try("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'ci';"), kDenied);
  EXPECT_EQ(Try("SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE usename = 'ci';"), kDenied);
}

// The test's server trusts everybody: what keeps a second session out is that the login may not log in.
TEST_F(HostileDryRun, AKnownPasswordOpensNoSecondSession) {
  std::string refused;
  std::optional<PgConnection> release;
  std::thread accomplice([&] {
    const std::string name = WaitForLogin();
    for (const char* database : {"victim", "postgres", name.c_str()}) {
      try {
        Value(Server().Url(database, name) + "&password=known", "SELECT n FROM secret");
        refused += "let in; ";
      } catch (const PgError& error) {
        refused += std::string(error.what()).find("not permitted to log in") == std::string::npos
                       ? error.what()
                       : "refused; ";
      }
    }
    release = Release();
  });
  const std::string state = Try(std::string("ALTER ROLE CURRENT_USER PASSWORD 'known'; ") + kUntilReleased);
  accomplice.join();
  EXPECT_EQ(state, "");
  EXPECT_EQ(refused, "refused; refused; refused; ");
}

TEST_F(HostileDryRun, TheLoginCannotOpenItsDoorAgain) {
  for (const char* change : {"LOGIN", "CONNECTION LIMIT 9", "VALID UNTIL 'infinity'", "SUPERUSER", "CREATEDB",
                             "CREATEROLE", "REPLICATION", "BYPASSRLS", "RENAME TO x"}) {
    EXPECT_EQ(Try(std::string("DO $do$ BEGIN EXECUTE format($$ALTER ROLE %I ") + change +
                  "$$, current_user); END $do$;"),
              std::string_view(change) == "RENAME TO x" ? "0A000" : kDenied)
        << change;
  }
}

TEST_F(HostileDryRun, NoFileCanBeReadOrWritten) {
  const std::string file = Server().socket_dir() + "/written";
  EXPECT_EQ(Try("CREATE TABLE x (t text); COPY x FROM '/etc/passwd';"), kDenied);
  EXPECT_EQ(Try("COPY (SELECT 1) TO '" + file + "';"), kDenied);
  EXPECT_EQ(TryHidden("SELECT pg_read_file('/etc/passwd')"), kDenied);
  EXPECT_EQ(Try("SELECT pg_read_file('/etc/passwd');"), kDenied);
  EXPECT_EQ(Try("SELECT pg_read_binary_file('postgresql.conf');"), kDenied);
  EXPECT_EQ(Try("SELECT * FROM pg_ls_dir('.');"), kDenied);
  EXPECT_EQ(Try("SELECT pg_stat_file('postgresql.conf');"), kDenied);
  EXPECT_EQ(Try("SELECT lo_import('/etc/passwd');"), kDenied);
  EXPECT_EQ(Try("SELECT lo_export(lo_from_bytea(0, 'x'), '" + file + "');"), kDenied);
  EXPECT_EQ(Try("CREATE EXTENSION file_fdw;"), kDenied);
  EXPECT_EQ(Try("CREATE EXTENSION adminpack;"), kDenied);
  EXPECT_EQ(Try("SELECT current_setting('hba_file');"), kDenied);
  EXPECT_EQ(Try("-- paliad:no-transaction\nCREATE TABLESPACE x LOCATION '/tmp';"), kDenied);
  EXPECT_EQ(Try("-- paliad:no-transaction\nALTER SYSTEM SET archive_command = 'touch " + file + "';"),
            kDenied);
  EXPECT_EQ(Try("SET log_directory = '/tmp';"), "55P02");
  EXPECT_FALSE(std::filesystem::exists(file));
}

TEST_F(HostileDryRun, NoProgramCanBeRun) {
  const std::string file = Server().socket_dir() + "/ran";
  EXPECT_EQ(Try("CREATE TABLE x (t text); COPY x FROM PROGRAM 'touch " + file + "';"), kDenied);
  EXPECT_EQ(TryHidden("COPY (SELECT 1) TO PROGRAM 'touch " + file + "'"), kDenied);
  EXPECT_EQ(Try("CREATE FUNCTION f(cstring) RETURNS int LANGUAGE c AS 'libc.so.6', 'system';"), kDenied);
  EXPECT_EQ(Try("CREATE FUNCTION f() RETURNS int LANGUAGE internal AS 'pg_backend_pid';"), kDenied);
  EXPECT_EQ(Try("LOAD 'dblink';"), kDenied);
  EXPECT_EQ(Try("SET session_preload_libraries = 'dblink';"), kDenied);
  EXPECT_EQ(Try("CREATE EXTENSION plpython3u;"), "0A000");  // not installed; refused in any case
  EXPECT_EQ(Try("CREATE LANGUAGE x HANDLER plpgsql_call_handler;"), kDenied);
  EXPECT_FALSE(std::filesystem::exists(file));
}

TEST_F(HostileDryRun, NoRoleCanBeHadMadeOrChanged) {
  for (const char* role : {"ci", "boss", "postgres", "pg_read_server_files", "pg_execute_server_program",
                           "pg_signal_backend", "pg_read_all_data"}) {
    EXPECT_EQ(Try(std::string("SET ROLE ") + role + ";"), kDenied) << role;
    EXPECT_EQ(Try(std::string("GRANT ") + role + " TO CURRENT_USER;"), kDenied) << role;
    EXPECT_EQ(TryHidden(std::string("SET SESSION AUTHORIZATION ") + role), kDenied) << role;
  }
  EXPECT_EQ(Try("CREATE ROLE mine;"), kDenied);
  EXPECT_EQ(Try("ALTER ROLE boss PASSWORD 'x';"), kDenied);
  EXPECT_EQ(Try("ALTER ROLE boss SET work_mem = '64kB';"), kDenied);
  EXPECT_EQ(Try("DROP ROLE boss;"), kDenied);
  EXPECT_EQ(Try("COMMENT ON ROLE boss IS 'x';"), kDenied);
  EXPECT_EQ(Try("SELECT rolpassword FROM pg_authid;"), kDenied);
  EXPECT_EQ(Try("UPDATE pg_database SET datallowconn = false;"), kDenied);
  EXPECT_EQ(Try("SELECT pg_create_physical_replication_slot('x');"), kDenied);
  EXPECT_EQ(Try("SELECT pg_create_logical_replication_slot('x', 'pgoutput');"), kDenied);
}

// The role that owns the clone, here a superuser, looks at tables after each migration. What a stranger puts
// in the way of its operators must not run.
TEST_F(HostileDryRun, TheOwnersOwnQueriesCallNothingOfTheirs) {
  options_.url = Url("postgres");
  (void)Dry({});
  const std::string trap =
      "CREATE FUNCTION public.trap(name, name) RETURNS bool LANGUAGE plpgsql AS $$ BEGIN"
      "  IF current_user = 'postgres' THEN CREATE ROLE trapped SUPERUSER; END IF; RETURN true; END $$;"
      "CREATE FUNCTION public.quote_ident(name) RETURNS text LANGUAGE plpgsql AS $$ BEGIN"
      "  PERFORM public.trap('x', 'x'); RETURN 'trapped'; END $$;"
      "CREATE OPERATOR public.!~ (LEFTARG = name, RIGHTARG = name, FUNCTION = public.trap);"
      "CREATE OPERATOR public.<> (LEFTARG = name, RIGHTARG = name, FUNCTION = public.trap);"
      "CREATE OPERATOR public.= (LEFTARG = name, RIGHTARG = name, FUNCTION = public.trap);";
  EXPECT_EQ(Try(trap), "");
  EXPECT_TRUE(Dry({{"009_x.up.sql", "SELECT 1;"}}, {{"001_trap.up.sql", trap}}).ok());
  EXPECT_EQ(Admin("SELECT count(*) FROM pg_roles WHERE rolname = 'trapped'"), "0");
}

// The clone cannot be kept from being dropped: it is not the login's.
TEST_F(HostileDryRun, TheCloneBelongsToSomebodyElse) {
  for (const char* change : {"IS_TEMPLATE true", "ALLOW_CONNECTIONS false", "CONNECTION LIMIT 0",
                             "RENAME TO x", "SET work_mem = '64kB'", "OWNER TO CURRENT_USER"}) {
    EXPECT_EQ(Try(std::string("DO $do$ BEGIN EXECUTE format($$ALTER DATABASE %I ") + change +
                  "$$, current_database()); END $do$;"),
              kDenied)
        << change;
  }
}

TEST_F(HostileDryRun, TimeCannotBeHadByLiftingTheSettings) {
  options_.limits.run_time = milliseconds(1'000);
  const std::string forever[] = {
      "SET statement_timeout = 0; SELECT pg_sleep(600);",
      R"(SET client_connection_check_interval = 0; DO $$ BEGIN LOOP BEGIN PERFORM pg_sleep(600);
         EXCEPTION WHEN query_canceled OR OTHERS THEN NULL; END; END LOOP; END $$;)",
      "DO $$ BEGIN LOOP END LOOP; END $$;",
      R"(CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(600); RETURN NULL; END $$;
         CREATE TABLE x (id int); CREATE CONSTRAINT TRIGGER g AFTER INSERT ON x DEFERRABLE INITIALLY DEFERRED
         FOR EACH ROW EXECUTE FUNCTION f(); INSERT INTO x VALUES (1);)",
      "-- paliad:no-transaction\nSELECT pg_sleep(600);",
  };
  for (const std::string& sql : forever) {
    const auto started = std::chrono::steady_clock::now();
    const auto run = Dry({{"009_x.up.sql", sql}});
    ASSERT_FALSE(run.ok()) << sql;
    EXPECT_EQ(run.failed->sqlstate, "57014") << sql;
    EXPECT_EQ(run.failed->message, "the dry run was ended after 1s, before the migration was done");
    EXPECT_LT(std::chrono::steady_clock::now() - started, std::chrono::minutes(2)) << sql;
  }
}

TEST_F(HostileDryRun, ABaseSetThatNeverEndsIsEndedToo) {
  options_.limits.build_time = milliseconds(500);
  const auto run = TryDry({}, {{"001_b.up.sql", "SELECT pg_sleep(600);"}});
  ASSERT_FALSE(run);
  EXPECT_NE(run.error().cause.find("not done within 500ms"), std::string::npos) << run.error().Message();
}

TEST_F(HostileDryRun, TemporaryFilesHaveALimitWhereTheRoleMaySetOne) {
  const std::string sort =
      "SET work_mem = '64kB'; SELECT count(*) FROM (SELECT g FROM generate_series(1, 500000) AS g ORDER BY "
      "-g) AS s;";
  options_.limits.temp_file_kb = 1'024;
  EXPECT_FALSE(Dry({{"009_x.up.sql", sort}}).temp_files_limited);  // ci may not
  const auto expect_limit = [&] {
    const auto run = Dry({{"009_x.up.sql", sort}});
    EXPECT_TRUE(run.temp_files_limited);
    ASSERT_FALSE(run.ok());
    EXPECT_EQ(run.failed->sqlstate, "53400");
    EXPECT_EQ(Try("SET temp_file_limit = -1;"), kDenied);
    EXPECT_EQ(TryHidden("ALTER ROLE CURRENT_USER RESET temp_file_limit"), kDenied);
  };
  AdminExec("GRANT SET ON PARAMETER temp_file_limit TO ci");
  expect_limit();
  AdminExec("REVOKE SET ON PARAMETER temp_file_limit FROM ci");
  options_.url = Url("postgres");
  expect_limit();
}

TEST_F(HostileDryRun, NothingOutlivesTheRun) {
  EXPECT_EQ(Try("LISTEN x; NOTIFY x; SELECT pg_advisory_lock(1); CREATE TEMP TABLE y (id int);"
                "DECLARE c CURSOR WITH HOLD FOR SELECT 1; PREPARE p AS SELECT 1;"
                "ALTER ROLE CURRENT_USER SET work_mem = '64kB';"
                "ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO PUBLIC; CREATE PUBLICATION q;"
                "SELECT lo_from_bytea(0, 'x'); GRANT USAGE ON SCHEMA public TO boss;"),
            "");
  const auto prepared = Dry({{"009_x.up.sql", "CREATE TABLE x (id int); PREPARE TRANSACTION 'x';"}});
  ASSERT_FALSE(prepared.ok());
  EXPECT_NE(prepared.failed->message.find("ended its own transaction"), std::string::npos);
  EXPECT_EQ(Admin("SELECT count(*) FROM pg_prepared_xacts"), "0");
}

TEST_F(HostileDryRun, AMigrationThatEndsItsOwnConnectionHasFailed) {
  const auto run = Dry({{"009_x.up.sql", "SELECT pg_terminate_backend(pg_backend_pid());"}});
  ASSERT_FALSE(run.ok());
  EXPECT_EQ(run.failed->sqlstate, "57P01");
  EXPECT_NE(run.failed->message.find("the migration ended its own connection"), std::string::npos);
}

// A database that somebody keeps may have doors of its own.
class GivenTemplate : public HostileDryRun {
 protected:
  GivenTemplate() {
    AdminExec("CREATE DATABASE kept");
    Exec(Kept(), R"(
CREATE EXTENSION dblink; CREATE EXTENSION postgres_fdw; CREATE EXTENSION hstore;
CREATE SCHEMA app AUTHORIZATION boss;
CREATE TYPE app.e AS ENUM ('a'); CREATE DOMAIN app.d AS int; CREATE TYPE app.c AS (x int);
CREATE TYPE app.r AS RANGE (subtype = int4);
CREATE TABLE app.t (id serial PRIMARY KEY, v app.e, x bigint GENERATED ALWAYS AS IDENTITY);
CREATE TABLE app.parted (id int) PARTITION BY RANGE (id); CREATE TABLE app.part PARTITION OF app.parted DEFAULT;
CREATE VIEW app.v AS SELECT * FROM app.t; CREATE MATERIALIZED VIEW app.m AS SELECT * FROM app.t;
CREATE SEQUENCE app.s; CREATE STATISTICS app.st ON id, v FROM app.t;
CREATE AGGREGATE app.agg(int) (SFUNC = int4pl, STYPE = int);
CREATE PROCEDURE app.p() LANGUAGE sql AS 'SELECT 1';
CREATE OPERATOR app.=== (LEFTARG = int, RIGHTARG = int, FUNCTION = int4eq);
CREATE TEXT SEARCH CONFIGURATION app.ts (COPY = simple);
CREATE FUNCTION app.who() RETURNS text LANGUAGE sql SECURITY DEFINER AS 'SELECT current_user::text';
CREATE FUNCTION app.peek() RETURNS text LANGUAGE sql SECURITY DEFINER AS $$ SELECT pg_read_file('PG_VERSION') $$;
SELECT lo_from_bytea(0, 'x');
CREATE SERVER elsewhere FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host ')" +
                     Server().socket_dir() + R"(', dbname 'victim');
GRANT USAGE ON FOREIGN SERVER elsewhere TO PUBLIC;
CREATE USER MAPPING FOR PUBLIC SERVER elsewhere OPTIONS (user 'boss', password_required 'false');
CREATE FOREIGN TABLE app.secret (n int) SERVER elsewhere OPTIONS (schema_name 'public', table_name 'secret');
GRANT SELECT ON app.secret TO PUBLIC;)");
    options_.given_template = "kept";
    options_.url = Url("postgres");
    kept_ = SharedState();
  }

  ~GivenTemplate() override {
    EXPECT_EQ(SharedState(), kept_);
    EXPECT_EQ(Value(Kept(), "SELECT n FROM app.secret"), "42") << "the kept database lost something";
    AdminExec("DROP DATABASE kept");
  }

  static std::string Kept() { return Server().Url("kept"); }

 private:
  std::string kept_;
};

TEST_F(GivenTemplate, WhatIsInItIsTheMigrationsOwn) {
  const auto run =
      Dry({{"009_x.up.sql",
            "ALTER TABLE app.t ADD COLUMN w text; ALTER TYPE app.e ADD VALUE 'b'; DROP VIEW app.v;"
            "DROP MATERIALIZED VIEW app.m; DROP SEQUENCE app.s; DROP AGGREGATE app.agg(int);"
            "DROP PROCEDURE app.p(); DROP OPERATOR app.=== (int, int); DROP STATISTICS app.st;"
            "DROP DOMAIN app.d; DROP TYPE app.c; DROP TYPE app.r; DROP TABLE app.parted;"
            "DROP TEXT SEARCH CONFIGURATION app.ts; DROP FOREIGN TABLE app.secret;"
            "ALTER SCHEMA app RENAME TO app2; CREATE TABLE public.new (h hstore);"}});
  EXPECT_TRUE(run.ok()) << run.failed->message;
  EXPECT_EQ(run.origin, scratch::TemplateOrigin::kGiven);
}

TEST_F(GivenTemplate, ItsDoorsAreClosed) {
  EXPECT_EQ(Try("SELECT * FROM dblink('" + VictimConnection() + "', 'SELECT n FROM secret') AS x (n int);"),
            kDenied);
  EXPECT_EQ(Try("SELECT dblink_connect_u('" + VictimConnection() + "');"), kDenied);
  EXPECT_EQ(Try("SELECT * FROM app.secret;"), "42704");  // no user mapping
  EXPECT_EQ(Try("CREATE USER MAPPING FOR CURRENT_USER SERVER elsewhere OPTIONS (user 'boss', password 'x');"),
            kDenied);
  EXPECT_EQ(Try("GRANT USAGE ON FOREIGN SERVER elsewhere TO CURRENT_USER;"), kDenied);
  EXPECT_EQ(Try("CREATE SERVER mine FOREIGN DATA WRAPPER postgres_fdw;"), kDenied);
  // What a superuser's function might do for others, it does for its new owner.
  EXPECT_EQ(Try("SELECT app.peek();"), kDenied);
  EXPECT_EQ(Try("SELECT 1 / (app.who() ~ '^paliad_dry_c_')::int;"), "");
}

TEST_F(GivenTemplate, WithoutATrackerTheBaseSetIsTakenAsThere) {
  const auto run = Dry({{"002_x.up.sql", "ALTER TABLE app.t ADD COLUMN w text;"}},
                       {{"001_t.up.sql", "CREATE TABLE app.t (id int);"}});
  EXPECT_TRUE(run.ok()) << run.failed->message;
}

TEST_F(GivenTemplate, WhatItsTrackerLacksOfTheBaseIsAppliedFirst) {
  Exec(Kept(),
       "CREATE SCHEMA paliad; CREATE TABLE paliad.applied_migrations (version int NOT NULL PRIMARY KEY,"
       " name text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now(), checksum text NULL);"
       "INSERT INTO paliad.applied_migrations VALUES (1, 't')");
  const auto run = Dry({{"003_x.up.sql", "ALTER TABLE app.t RENAME COLUMN w TO y;"}},
                       {{"001_t.up.sql", "CREATE TABLE app.t (id int);"},
                        {"002_w.up.sql", "ALTER TABLE app.t ADD COLUMN w text;"}});
  ASSERT_TRUE(run.ok()) << run.failed->message;
  ASSERT_EQ(run.migrations.size(), 1U);
  EXPECT_EQ(run.migrations[0].version, 3);
}

TEST_F(GivenTemplate, WhoIsConnectedToItIsNamedAsTheReason) {
  const PgConnection somebody(Kept());
  const auto run = TryDry({});
  ASSERT_FALSE(run);
  EXPECT_EQ(run.error().kind, ErrorKind::kUnavailable);
  EXPECT_NE(run.error().hint.find("end those sessions"), std::string::npos);
}

TEST_F(GivenTemplate, ARoleThatMayNotCloneOrHandOverIsToldSo) {
  options_.url = Url();
  const auto not_owner = TryDry({});
  ASSERT_FALSE(not_owner);
  EXPECT_NE(not_owner.error().hint.find("ALTER DATABASE \"kept\" OWNER TO \"ci\""), std::string::npos);
  AdminExec("ALTER DATABASE kept IS_TEMPLATE true");
  const auto not_member = TryDry({});
  AdminExec("ALTER DATABASE kept IS_TEMPLATE false");
  ASSERT_FALSE(not_member);
  EXPECT_NE(not_member.error().hint.find("a superuser's URL"), std::string::npos)
      << not_member.error().Message();
  options_.given_template = "nothing";
  const auto missing = TryDry({});
  ASSERT_FALSE(missing);
  EXPECT_NE(missing.error().cause.find("does not exist"), std::string::npos);
}

}  // namespace
}  // namespace paliad::testing
