// Migrations that try to change the ledger where it was installed: each is carried out by the login that runs
// migrations, past every rule, and leaves the ledger as honest runs made it.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "base/sha256.h"
#include "base/text.h"
#include "ledger/append_mac.h"
#include "tests/core/installed_ledger.h"

namespace paliad::testing {
namespace {

using ::testing::HasSubstr;

constexpr char kForgedLeaf[] =
    "convert_to('{\"at\":\"2026-05-20T10:38:00.000000Z\",\"format\":1,\"kind\":\"applied\",\"ordinal\":0,"
    "\"run\":\"00000000-0000-4000-8000-000000000000\",\"target\":\"default\",\"tracker\":\"paliad.applied_"
    "migrations\"}',"
    " 'UTF8')";

// One database for all attacks: each has to leave it as it was.
class Privileges : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    ledger_ = std::make_unique<InstalledLedger>();
    ledger_->scenario().Commit({{"001_before.up.sql", "CREATE TABLE before (id int);"}});
    const auto installed = ledger_->Install();
    ASSERT_TRUE(installed) << installed.error().Message();
    const auto run = ledger_->Reconcile();
    ASSERT_TRUE(run) << run.error().Message();
    ASSERT_EQ(run->outcome, ledger::Outcome::kApplied) << (run->error ? run->error->Message() : "");
  }
  static void TearDownTestSuite() { ledger_.reset(); }

  void SetUp() override {
    ledger_->AdminExec("SELECT paliad_ledger.put_blob(decode(repeat('01', 16), 'hex'), 'kept')");
    size_ = std::stoi(ledger_->AdminValue("SELECT count(*) FROM paliad_ledger.entry"));
    before_ = State();
  }

  void TearDown() override {
    const store::CatalogReport catalog = ledger_->Catalog();
    for (const ledger::Problem& problem : catalog.problems.list()) {
      ADD_FAILURE() << problem.detail;
    }
  }

  // Everything that was there before the attack, the secret too.
  std::string State() const {
    return ledger_->AdminValue(
        fmt::format("SELECT concat_ws('|', (SELECT string_agg(e::text, ',' ORDER BY seq) FROM "
                    "paliad_ledger.entry AS e WHERE seq < {}),"
                    " (SELECT string_agg(b::text, ',' ORDER BY digest) FROM paliad_ledger.blob AS b),"
                    " (SELECT string_agg(c::text, ',' ORDER BY size) FROM paliad_ledger.checkpoint AS c),"
                    " (SELECT string_agg(s::text, ',') FROM paliad_ledger.append_secret AS s),"
                    " (SELECT string_agg(m::text, ',') FROM paliad_ledger.applied_migrations AS m))",
                    size_));
  }

  void ExpectIntact(int added) {
    EXPECT_EQ(State(), before_);
    EXPECT_EQ(ledger_->AdminValue("SELECT count(*) FROM paliad_ledger.entry"), std::to_string(size_ + added));
    EXPECT_EQ(ledger_->AdminValue(
                  "SELECT count(*) FROM paliad_ledger.entry WHERE leaf_hash <> sha256('\\x00'::bytea || leaf)"
                  " OR run_id = '00000000-0000-4000-8000-000000000000'"),
              "0");
  }

  // The server refuses it; the migration is rolled back.
  void ExpectRefused(const std::string& sql, const std::string& why) {
    SCOPED_TRACE(sql.substr(0, 200));
    const JobResult result = ledger_->Migrate(sql);
    EXPECT_EQ(result.effect, Effect::kNone);
    ASSERT_TRUE(result.failure);
    EXPECT_THAT(result.failure->message, HasSubstr(why));
    ExpectIntact(0);
  }

  // The migration is applied, and what it did to the ledger is nothing.
  void ExpectWithoutEffect(const std::string& sql) {
    SCOPED_TRACE(sql.substr(0, 200));
    const JobResult result = ledger_->Migrate(sql);
    EXPECT_EQ(result.effect, Effect::kApplied) << (result.failure ? result.failure->message : "");
    ExpectIntact(1);
    size_ += 1;
    before_ = State();
  }

  static std::unique_ptr<InstalledLedger> ledger_;
  int size_ = 0;
  std::string before_;
};

std::unique_ptr<InstalledLedger> Privileges::ledger_;

TEST_F(Privileges, NoStatementChangesRows) {
  for (const char* table : {"entry", "blob", "checkpoint", "applied_migrations"}) {
    const std::string name = fmt::format("paliad_ledger.{}", table);
    const std::string denied = fmt::format("permission denied for table {}", table);
    ExpectRefused("DELETE FROM " + name, denied);
    ExpectRefused("TRUNCATE " + name + " CASCADE", denied);
    ExpectRefused("LOCK TABLE " + name + " IN ACCESS EXCLUSIVE MODE", denied);
  }
  ExpectRefused("UPDATE paliad_ledger.entry SET leaf = 'x'", "permission denied");
  ExpectRefused("UPDATE paliad_ledger.entry SET seq = seq WHERE false", "permission denied");
  ExpectRefused("UPDATE paliad_ledger.blob SET salt = NULL, body = NULL", "permission denied");
  ExpectRefused("INSERT INTO paliad_ledger.entry (seq, leaf) VALUES (99, 'x')", "permission denied");
  ExpectRefused("INSERT INTO paliad_ledger.blob (digest) VALUES (sha256('x'))", "permission denied");
  ExpectRefused("INSERT INTO paliad_ledger.applied_migrations VALUES (9, 'x')", "permission denied");
  ExpectRefused("LOCK TABLE paliad_ledger.turn", "permission denied");
  ExpectRefused("COPY paliad_ledger.entry (seq) FROM PROGRAM 'echo 99'", "pg_execute_server_program");
}

TEST_F(Privileges, NoStatementChangesTheSchema) {
  ExpectRefused("ALTER TABLE paliad_ledger.entry DISABLE TRIGGER ALL", "must be owner");
  ExpectRefused("ALTER TABLE paliad_ledger.entry DISABLE TRIGGER refuse_change", "must be owner");
  ExpectRefused("ALTER TABLE paliad_ledger.entry ADD COLUMN x int", "must be owner");
  ExpectRefused("ALTER TABLE paliad_ledger.entry OWNER TO CURRENT_USER", "must be owner");
  ExpectRefused("DROP TRIGGER refuse_change ON paliad_ledger.entry", "must be owner");
  ExpectRefused("DROP TABLE paliad_ledger.entry CASCADE", "must be owner");
  ExpectRefused("DROP SCHEMA paliad_ledger CASCADE", "must be owner");
  ExpectRefused("ALTER SCHEMA paliad_ledger RENAME TO gone", "must be owner");
  ExpectRefused("CREATE RULE r AS ON INSERT TO paliad_ledger.entry DO INSTEAD NOTHING", "must be owner");
  ExpectRefused("CREATE TABLE child () INHERITS (paliad_ledger.entry)", "must be owner");
  ExpectRefused("CREATE TABLE other (seq bigint REFERENCES paliad_ledger.entry ON DELETE CASCADE)",
                "permission denied");
  ExpectRefused("CREATE TABLE paliad_ledger.mine (id int)", "permission denied for schema");
  ExpectRefused(
      "CREATE TRIGGER t BEFORE INSERT ON paliad_ledger.entry FOR EACH ROW EXECUTE FUNCTION"
      " suppress_redundant_updates_trigger()",
      "permission denied");
  ExpectRefused("ALTER FUNCTION paliad_ledger.append(bytea, bytea) SECURITY INVOKER", "must be owner");
  ExpectRefused("DROP FUNCTION paliad_ledger.append(bytea, bytea)", "must be owner");
  for (const char* arguments : {"p_leaf bytea, p_mac bytea DEFAULT NULL", "p_leaf text", "p_leaf bytea"}) {
    ExpectRefused(
        fmt::format("CREATE OR REPLACE FUNCTION paliad_ledger.append({}) RETURNS bigint LANGUAGE sql AS"
                    " 'SELECT 1::bigint'",
                    arguments),
        "permission denied for schema");
  }
  ExpectWithoutEffect("GRANT ALL ON paliad_ledger.entry TO PUBLIC");  // PostgreSQL only warns
}

TEST_F(Privileges, NoStatementMakesTheLoginMoreThanItIs) {
  const std::string remove = "; DELETE FROM paliad_ledger.entry";
  ExpectRefused("RESET ROLE" + remove, "permission denied");
  ExpectRefused("RESET SESSION AUTHORIZATION" + remove, "permission denied");
  ExpectRefused("SET SESSION AUTHORIZATION DEFAULT; RESET ALL" + remove, "permission denied");
  ExpectRefused("SET ROLE paliad_ledger_owner", "permission denied");
  ExpectRefused("SET ROLE postgres", "permission denied");
  ExpectRefused("SET SESSION AUTHORIZATION paliad_ledger_owner", "permission denied");
  ExpectRefused("SET session_replication_role = replica", "permission denied");
  ExpectRefused("SELECT set_config('session_replication_role', 'replica', false)", "permission denied");
  ExpectRefused("GRANT paliad_ledger_owner TO CURRENT_USER", "admin option");
  ExpectRefused("ALTER ROLE CURRENT_USER SUPERUSER", "must be superuser");
  ExpectRefused("ALTER ROLE CURRENT_USER CREATEROLE", "permission denied");
  ExpectRefused("ALTER ROLE CURRENT_USER SET session_replication_role = replica", "permission denied");
  ExpectRefused("DROP OWNED BY paliad_ledger_owner", "permission denied");
  ExpectRefused("REASSIGN OWNED BY paliad_ledger_owner TO CURRENT_USER", "permission denied");
  ExpectRefused(
      "CREATE FUNCTION public.fire() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';"
      " CREATE EVENT TRIGGER fire ON ddl_command_end EXECUTE FUNCTION public.fire()",
      "permission denied");
  ExpectRefused("ALTER DEFAULT PRIVILEGES FOR ROLE paliad_ledger_owner GRANT ALL ON TABLES TO PUBLIC",
                "must be member of role");
}

TEST_F(Privileges, TheSecretCannotBeRead) {
  ExpectRefused("SELECT * FROM paliad_ledger.append_secret", "permission denied for table append_secret");
  ExpectRefused("COPY paliad_ledger.append_secret TO STDOUT", "permission denied for table append_secret");
  ExpectRefused("CREATE VIEW public.peep AS TABLE paliad_ledger.append_secret; SELECT * FROM public.peep",
                "permission denied for table append_secret");
  ExpectRefused("SELECT pg_read_file('PG_VERSION')", "permission denied");
}

TEST_F(Privileges, AForgedCallOfAppendIsRefused) {
  const std::string append = "SELECT paliad_ledger.append(" + std::string(kForgedLeaf);
  ExpectRefused(append + ")", "the ledger takes no entry without the code that its signing key makes");
  ExpectRefused(append + ", NULL)", "without the code");
  ExpectRefused(append + ", '')", "its code was made with another key or origin, or for another entry");
  ExpectRefused(append + ", sha256('guess'))", "its code was made with another key");
  ExpectRefused("DO $$ BEGIN EXECUTE 'SELECT paliad_' || 'ledger.append($1)' USING " +
                    std::string(kForgedLeaf) + "; END $$",
                "without the code");
  ExpectRefused("SET ROLE NONE; " + append + ")", "without the code");
  // The code of another entry.
  const PgRow entry =
      Query(ledger_->scenario().url(),
            "SELECT run_id, ordinal, encode(leaf_hash, 'hex') FROM paliad_ledger.entry WHERE seq = 0")[0];
  const Sha256Digest code = ledger::AppendMac(
      ledger_->secret(), entry[0], std::stoi(entry[1]),
      Sha256(std::string(1, '\0'),
             Value(ledger_->scenario().url(),
                   "SELECT convert_from(leaf, 'UTF8') FROM paliad_ledger.entry WHERE seq = 0")));
  ExpectRefused(append + ", decode('" + HexEncode(AsBytes(code)) + "', 'hex'))", "or for another entry");
}

TEST_F(Privileges, AReplayedCallOfAppendIsRefused) {
  const std::string url = ledger_->scenario().url();
  const std::string last = "WHERE seq = (SELECT max(seq) FROM paliad_ledger.entry)";
  const PgRow entry =
      Query(url, "SELECT run_id, ordinal, convert_from(leaf, 'UTF8') FROM paliad_ledger.entry " + last)[0];
  const Sha256Digest code = ledger::AppendMac(ledger_->secret(), entry[0], std::stoi(entry[1]),
                                              Sha256(std::string(1, '\0'), entry[2]));
  ExpectRefused("SELECT paliad_ledger.append((SELECT leaf FROM paliad_ledger.entry " + last + "), decode('" +
                    HexEncode(AsBytes(code)) + "', 'hex'))",
                "already: the call was replayed");
}

TEST_F(Privileges, AFloodOfCallsLeavesNothing) {
  ExpectWithoutEffect("DO $$ BEGIN FOR i IN 1..200 LOOP BEGIN PERFORM paliad_ledger.append(" +
                      std::string(kForgedLeaf) +
                      ", sha256(i::text::bytea)); EXCEPTION WHEN OTHERS THEN NULL; END; END LOOP; END $$");
}

TEST_F(Privileges, ACheckpointOfAnotherTreeIsRefused) {
  ExpectRefused("SELECT paliad_ledger.put_checkpoint(100000, '', E'o\\n100000\\nroot\\n')",
                "the ledger has no 100000 entries");
  ExpectRefused("SELECT paliad_ledger.put_checkpoint(1, '', E'o\\n2\\nroot\\n')",
                "violates check constraint");
}

TEST_F(Privileges, WhatIsPutBesideTheEntriesIsNoticed) {
  ExpectRefused("SELECT paliad_ledger.put_blob(decode(repeat('02', 16), 'hex'), 'planted')",
                "the migration changed the ledger");
  ExpectRefused("SELECT paliad_ledger.put_checkpoint(1, '', E'o\\n1\\nroot\\n')",
                "the migration changed the ledger");
}

// Entries may come of it: an approval, a verdict, an operator's word.
TEST_F(Privileges, WhatTheControllerKeepsIsNotForMigrations) {
  for (const char* call :
       {"await_attribution('t.t', 'f', gen_random_uuid(), 'c')",
        "put_pull_request('t.t', 'f', 7, '', '', '', '{}')", "put_feedback('t.t', 'f', 's', 7, '{}')",
        "suspend('t.t', 't', 'eve', 'x')", "set_state('t.t', 't', 'stalled', 'x', false, 0, now(), 1)"}) {
    ExpectRefused(fmt::format("SELECT paliad_controller.{}", call),
                  "the migration changed the ledger or what");
    ExpectRefused(fmt::format("DO $$ BEGIN EXECUTE 'SELECT paliad_' || $x$controller.{}$x$; END $$", call),
                  "the migration changed the ledger or what");
  }
}

TEST_F(Privileges, NothingActsAtTheCommit) {
  ExpectRefused(
      "CREATE TABLE late (id int); CREATE FUNCTION public.late() RETURNS trigger LANGUAGE plpgsql AS"
      " $$ BEGIN DELETE FROM paliad_ledger.entry; RETURN NULL; END $$;"
      "CREATE CONSTRAINT TRIGGER late AFTER INSERT ON late DEFERRABLE INITIALLY DEFERRED FOR EACH ROW"
      " EXECUTE FUNCTION public.late(); INSERT INTO late VALUES (1)",
      "permission denied for table entry");
  ExpectRefused(
      "CREATE TABLE late (id int); CREATE FUNCTION public.late() RETURNS trigger LANGUAGE plpgsql AS"
      " $$ BEGIN PERFORM paliad_ledger.append(" +
          std::string(kForgedLeaf) +
          "); RETURN NULL; END $$;"
          "CREATE CONSTRAINT TRIGGER late AFTER INSERT ON late DEFERRABLE INITIALLY DEFERRED FOR EACH ROW"
          " EXECUTE FUNCTION public.late(); INSERT INTO late VALUES (1)",
      "without the code");
  ExpectWithoutEffect(
      "CREATE FUNCTION public.cursor_late() RETURNS int LANGUAGE plpgsql AS $$ BEGIN PERFORM"
      " paliad_ledger.put_blob(decode(repeat('03', 16), 'hex'), 'at commit'); RETURN 1; END $$;"
      "DECLARE late CURSOR WITH HOLD FOR SELECT public.cursor_late()");
}

TEST_F(Privileges, ALoginThatPoisonsItsOwnSettingsChangesNothing) {
  ExpectWithoutEffect(
      "ALTER ROLE CURRENT_USER SET search_path = evil, public; ALTER ROLE CURRENT_USER SET"
      " default_transaction_isolation = 'serializable'; ALTER ROLE CURRENT_USER SET"
      " default_transaction_read_only = on; ALTER ROLE CURRENT_USER SET bytea_output = 'escape';"
      " ALTER ROLE CURRENT_USER SET standard_conforming_strings = off");
  ExpectWithoutEffect("SELECT 1");  // a session that starts with them
  ledger_->AdminExec(fmt::format("ALTER ROLE \"{}\" RESET ALL", ledger_->login()));
}

TEST_F(Privileges, FunctionsAndOperatorsOfTheSameNameAreNotCalled) {
  std::string sql = "CREATE SCHEMA evil; ";
  for (const char* schema : {"evil", "public"}) {
    sql += fmt::format(
        "CREATE FUNCTION {0}.sha256(bytea) RETURNS bytea LANGUAGE sql AS 'SELECT decode(repeat(''00'', 32), "
        "''hex'')';"
        "CREATE FUNCTION {0}.pg_has_role(name, name, text) RETURNS boolean LANGUAGE sql AS 'SELECT true';"
        "CREATE FUNCTION {0}.bytea_eq(bytea, bytea) RETURNS boolean LANGUAGE sql AS 'SELECT true';"
        "CREATE FUNCTION {0}.never(name, name) RETURNS boolean LANGUAGE sql AS 'SELECT false';"
        "CREATE OPERATOR {0}.= (FUNCTION = {0}.bytea_eq, LEFTARG = bytea, RIGHTARG = bytea);"
        "CREATE OPERATOR {0}.<> (FUNCTION = {0}.never, LEFTARG = name, RIGHTARG = name);"
        "CREATE TABLE {0}.append_secret (origin text, inner_pad bytea, outer_pad bytea);"
        "CREATE TABLE {0}.entry (seq bigint);",
        schema);
  }
  ExpectWithoutEffect(sql + "SET search_path = evil, public, pg_catalog");
  ExpectRefused("SET search_path = evil, public, pg_catalog; SELECT paliad_ledger.append(" +
                    std::string(kForgedLeaf) + ", sha256('x'))",
                "its code was made with another key");
  ExpectRefused(
      "CREATE TEMP TABLE append_secret (origin text, inner_pad bytea, outer_pad bytea); CREATE TEMP TABLE "
      "entry"
      " (seq bigint); SET search_path = pg_temp, evil, pg_catalog; SELECT paliad_ledger.append(" +
          std::string(kForgedLeaf) + ")",
      "without the code");
}

TEST_F(Privileges, AfterAllAttacksAnHonestRunWorks) {
  ledger_->scenario().Commit(
      {{"001_before.up.sql", "CREATE TABLE before (id int);"},
       {"002_index.up.sql", "-- paliad:no-transaction\nCREATE INDEX CONCURRENTLY i ON before (id);\n"},
       {"003_after.up.sql", "CREATE TABLE after (id int);"}});
  ledger_->AdminExec("DELETE FROM paliad.applied_migrations WHERE version >= 1000");
  const auto run = ledger_->Reconcile();
  ASSERT_TRUE(run) << run.error().Message();
  EXPECT_EQ(run->outcome, ledger::Outcome::kApplied) << (run->error ? run->error->Message() : "");
  EXPECT_EQ(ledger_->scenario().Applied(), "1:before 2:index 3:after");
}

}  // namespace
}  // namespace paliad::testing
