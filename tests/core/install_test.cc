// `ledger install`: what it makes, what it refuses, what it leaves alone, and what runs do afterwards.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "base/json.h"
#include "controller/reconcile/redact.h"
#include "ledger/ed25519.h"
#include "tests/core/installed_ledger.h"
#include "tests/support/postgres_server.h"

namespace paliad::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kDigestOfBody[] =  // SHA-256 of 16 times 0x01 and "secret": sha256sum's
    "SELECT encode(sha256(decode(repeat('01', 16), 'hex') || 'secret'), 'hex')";

std::string Text(const store::CatalogReport& report) {
  std::string text;
  for (const ledger::Problem& problem : report.problems.list()) {
    text += problem.detail + "\n";
  }
  return text;
}

// "run_started applied …", without the ledger's own.
std::string KindsOfRuns(InstalledLedger& ledger) {
  return ledger.AdminValue(
      "SELECT coalesce(string_agg(kind, ' ' ORDER BY seq), '') FROM paliad_ledger.entry"
      " WHERE tracker = 'paliad.applied_migrations'");
}

TEST(Install, ANewDatabaseGetsAllThatARunNeedsAndTheLoginOnlyWhatItMayHave) {
  InstalledLedger ledger;
  const auto installed = ledger.Install();
  ASSERT_TRUE(installed) << installed.error().Message();
  EXPECT_EQ(installed->login, ledger.login());
  EXPECT_EQ(installed->previous_owner, "");
  EXPECT_EQ(installed->applied.size(), 7U);
  EXPECT_TRUE(installed->code);
  EXPECT_EQ(
      ledger.AdminValue("SELECT string_agg(DISTINCT pg_get_userbyid(relowner)::text, ',') FROM pg_class"
                        " WHERE relnamespace = 'paliad_ledger'::regnamespace AND relkind IN ('r', 'v')"),
      "paliad_ledger_owner");
  EXPECT_EQ(ledger.AdminValue("SELECT rolcanlogin OR rolsuper OR rolcreaterole FROM pg_roles WHERE rolname ="
                              " 'paliad_ledger_owner'"),
            "f");
  // Every right on every table, view and function.
  const std::string quoted = "'\"" + ledger.login() + "\"'";
  EXPECT_EQ(
      ledger.AdminValue(
          "SELECT string_agg(p || ' ' || relname, ', ' ORDER BY p, relname) FROM pg_class,"
          " unnest(ARRAY['SELECT','INSERT','UPDATE','DELETE','TRUNCATE','REFERENCES','TRIGGER']) AS p"
          " WHERE relnamespace = 'paliad_ledger'::regnamespace AND relkind IN ('r', 'v')"
          " AND has_table_privilege('" +
          ledger.login() + "', oid, p)"),
      "SELECT applied_migrations, SELECT blob, SELECT checkpoint, SELECT entry, SELECT migration_history,"
      " SELECT operator_action, SELECT policy_exception, SELECT run");
  EXPECT_EQ(
      ledger.AdminValue("SELECT string_agg(proname, ', ' ORDER BY proname) FROM pg_proc WHERE pronamespace ="
                        " 'paliad_ledger'::regnamespace AND has_function_privilege('" +
                        ledger.login() + "', oid, 'EXECUTE')"),
      "append, look, put_blob, put_checkpoint, require, seal");
  EXPECT_EQ(
      ledger.AdminValue("SELECT string_agg(relname, ', ' ORDER BY relname) FROM pg_class WHERE relnamespace ="
                        " 'paliad_ledger'::regnamespace AND relkind IN ('r', 'v')"
                        " AND has_table_privilege('paliad_auditor', oid, 'SELECT')"),
      "applied_migrations, blob, checkpoint, entry, migration_history, operator_action, policy_exception, "
      "run");
  EXPECT_EQ(
      ledger.AdminValue("SELECT count(*) FROM pg_proc WHERE pronamespace = 'paliad_ledger'::regnamespace"
                        " AND has_function_privilege('paliad_auditor', oid, 'EXECUTE')"),
      "0");
  EXPECT_EQ(ledger.AdminValue("SELECT tableowner FROM pg_tables WHERE schemaname = 'paliad'"),
            ledger.login());
  EXPECT_EQ(ledger.scenario().Kinds(),
            "genesis schema_upgraded schema_upgraded schema_upgraded schema_upgraded schema_upgraded"
            " schema_upgraded schema_upgraded schema_upgraded");

  ledger.scenario().Commit({{"001_a.up.sql", "CREATE TABLE a (id int);"}});
  const auto run = ledger.Reconcile();
  ASSERT_TRUE(run) << run.error().Message();
  EXPECT_EQ(run->outcome, ledger::Outcome::kApplied);
  EXPECT_EQ(KindsOfRuns(ledger), "run_started applied run_finished");
  EXPECT_EQ(ledger.scenario().Inconsistency(), "");
  const store::CatalogReport catalog = ledger.Catalog();
  EXPECT_TRUE(catalog.installed);
  EXPECT_EQ(Text(catalog), "");
  EXPECT_THAT(catalog.notes, IsEmpty());
}

TEST(Install, ASecondTimeNothingIsToDoAndNothingIsRecorded) {
  InstalledLedger ledger;
  ASSERT_TRUE(ledger.Install());
  const std::string kinds = ledger.scenario().Kinds();
  const auto again = ledger.Install();
  ASSERT_TRUE(again) << again.error().Message();
  EXPECT_THAT(again->changes, IsEmpty());
  EXPECT_THAT(again->applied, IsEmpty());
  EXPECT_EQ(again->previous_owner, "paliad_ledger_owner");
  EXPECT_EQ(ledger.scenario().Kinds(), kinds);
}

TEST(Install, ALedgerOfASingleRoleIsTakenOverWithItsHistory) {
  InstalledLedger ledger;
  ledger.scenario().Commit({{"001_a.up.sql", "CREATE TABLE a (id int);"}});
  ASSERT_EQ(ledger.scenario().Reconcile().exit_code, 0);
  const store::CatalogReport before = ledger.Catalog();
  EXPECT_FALSE(before.installed);
  EXPECT_EQ(Text(before), "");
  ASSERT_EQ(before.notes.size(), 1U);
  EXPECT_EQ(before.notes[0], "single-role mode: the ledger belongs to " + ledger.login() +
                                 ", which may run migrations; only published checkpoints protect the record");
  ledger.scenario().Exec("GRANT SELECT, DELETE ON paliad_ledger.entry TO PUBLIC");
  const std::string rows =
      "SELECT string_agg(e::text, ',' ORDER BY seq) FROM paliad_ledger.entry AS e WHERE seq < 6";
  const std::string history = ledger.AdminValue(rows);

  const auto installed = ledger.Install();
  ASSERT_TRUE(installed) << installed.error().Message();
  EXPECT_EQ(installed->previous_owner, ledger.login());
  EXPECT_THAT(installed->applied, IsEmpty());
  EXPECT_EQ(ledger.AdminValue(rows), history);
  EXPECT_EQ(Text(ledger.Catalog()), "");
  EXPECT_THROW(ledger.scenario().Exec("DELETE FROM paliad_ledger.entry"), PgError);
  EXPECT_EQ(ledger.AdminValue("SELECT action || ' ' || actor || ' ' || (leaf ->> 'previous_owner')"
                              " FROM paliad_ledger.operator_action"),
            "schema_upgraded admin@test " + ledger.login());

  ledger.scenario().Commit({{"002_b.up.sql", "CREATE TABLE b (id int);"}});
  const auto run = ledger.Reconcile();
  ASSERT_TRUE(run) << run.error().Message();
  EXPECT_EQ(run->outcome, ledger::Outcome::kApplied);
  EXPECT_EQ(ledger.scenario().Inconsistency(), "");
}

TEST(Install, AnAdministratorWithoutSuperuserLeavesNoWayBackToTheOwner) {
  for (const bool single_role_before : {false, true}) {
    InstalledLedger ledger;
    ledger.scenario().Commit({{"001_a.up.sql", "CREATE TABLE a (id int);"}});
    if (single_role_before) {
      ASSERT_EQ(ledger.scenario().Reconcile().exit_code, 0);
    }
    const std::string database = ledger.AdminValue("SELECT current_database()");
    const std::string admin = "admin_" + database;
    PostgresServer::Shared().CreateRole(admin, /*login=*/true, "CREATEROLE");
    ledger.AdminExec(fmt::format("ALTER DATABASE {} OWNER TO {}", database, admin));
    const auto installed = ledger.Install(PostgresServer::Shared().Url(database, admin));
    ASSERT_TRUE(installed) << installed.error().Message() << "\n" << installed.error().hint;
    EXPECT_EQ(ledger.AdminValue(fmt::format("SELECT pg_has_role('{0}', 'paliad_ledger_owner', 'USAGE') OR"
                                            " pg_has_role('{0}', '{1}', 'USAGE')",
                                            admin, ledger.login())),
              "f");
    EXPECT_EQ(Text(ledger.Catalog()), "");
    const auto run = ledger.Reconcile();
    ASSERT_TRUE(run) << run.error().Message();
    EXPECT_NE(run->outcome, ledger::Outcome::kFailed) << (run->error ? run->error->Message() : "");
    EXPECT_EQ(ledger.scenario().Applied(), "1:a");
    ledger.AdminExec(fmt::format("ALTER DATABASE {} OWNER TO postgres", database));
  }
}

TEST(Install, ALoginThatCouldGetAroundTheGrantsIsRefusedAndEachOfItsRightsIsNamed) {
  InstalledLedger ledger;
  const std::string login = "\"" + ledger.login() + "\"";
  const std::string database = ledger.AdminValue("SELECT current_database()");
  ledger.AdminExec("CREATE ROLE writers_of_" + database + " CREATEROLE");
  struct Case {
    std::string give;
    std::string take;
    std::string said;
    std::string remedy;
  };
  const Case cases[] = {
      {"ALTER ROLE " + login + " SUPERUSER", "ALTER ROLE " + login + " NOSUPERUSER", "is a superuser",
       "ALTER ROLE " + login + " NOSUPERUSER"},
      {"ALTER ROLE " + login + " CREATEROLE REPLICATION",
       "ALTER ROLE " + login + " NOCREATEROLE NOREPLICATION", "has CREATEROLE, has REPLICATION",
       "NOCREATEROLE"},
      {"GRANT pg_write_all_data, pg_read_all_data TO " + login,
       "REVOKE pg_write_all_data, pg_read_all_data FROM " + login,
       "is a member of pg_read_all_data, is a member of pg_write_all_data",
       "REVOKE pg_write_all_data FROM " + login},
      {"GRANT writers_of_" + database + " TO " + login, "REVOKE writers_of_" + database + " FROM " + login,
       "is a member of writers_of_" + database + ", which has CREATEROLE", "REVOKE writers_of_"},
      {"ALTER DATABASE " + database + " OWNER TO " + login,
       "ALTER DATABASE " + database + " OWNER TO postgres", "owns database " + database,
       "ALTER DATABASE " + database + " OWNER TO"},
  };
  for (const Case& dangerous : cases) {
    SCOPED_TRACE(dangerous.give);
    ledger.AdminExec(dangerous.give);
    const auto installed = ledger.Install();
    ledger.AdminExec(dangerous.take);
    ASSERT_FALSE(installed);
    EXPECT_EQ(installed.error().kind, ErrorKind::kInvalidInput);
    EXPECT_THAT(installed.error().cause,
                HasSubstr("role " + ledger.login() + ", which runs the migrations, " + dangerous.said));
    EXPECT_THAT(installed.error().hint, HasSubstr(dangerous.remedy));
    EXPECT_EQ(ledger.AdminValue("SELECT to_regnamespace('paliad_ledger') IS NULL"), "t")
        << "nothing may have changed";
  }
  EXPECT_TRUE(ledger.Install());
  ledger.AdminExec("ALTER ROLE " + login + " CREATEROLE");
  EXPECT_THAT(Text(ledger.Catalog()),
              HasSubstr("role " + ledger.login() + ", which runs migrations, has CREATEROLE"));
  ledger.AdminExec("ALTER ROLE " + login + " NOCREATEROLE");
  EXPECT_EQ(Text(ledger.Catalog()), "");
}

TEST(Install, ASchemaThatThePreviousOwnerChangedIsNotTakenOver) {
  // A trigger of the login's would run with the administrator's rights.
  for (const char* change :
       {"CREATE TRIGGER mine AFTER INSERT ON paliad_ledger.applied_migrations FOR EACH ROW EXECUTE FUNCTION "
        "public.mine()",
        "CREATE TRIGGER mine AFTER INSERT ON paliad_ledger.entry FOR EACH ROW EXECUTE FUNCTION public.mine()",
        "ALTER TABLE paliad_ledger.applied_migrations RENAME TO hidden; CREATE VIEW "
        "paliad_ledger.applied_migrations AS SELECT *"
        " FROM paliad_ledger.hidden"}) {
    SCOPED_TRACE(change);
    InstalledLedger ledger;
    ledger.scenario().Commit({{"001_a.up.sql", "CREATE TABLE a (id int);"}});
    ASSERT_EQ(ledger.scenario().Reconcile().exit_code, 0);
    ledger.scenario().Exec(
        "CREATE FUNCTION public.mine() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN CREATE TABLE public.ran"
        " (id int); RETURN NULL; END $$");
    ledger.scenario().Exec(change);
    const auto installed = ledger.Install();
    ASSERT_FALSE(installed);
    EXPECT_EQ(installed.error().kind, ErrorKind::kCorruption);
    EXPECT_EQ(ledger.AdminValue("SELECT to_regclass('public.ran') IS NULL"), "t");
    EXPECT_EQ(ledger.AdminValue(
                  "SELECT pg_get_userbyid(nspowner) FROM pg_namespace WHERE nspname = 'paliad_ledger'"),
              ledger.login());
  }
}

TEST(Install, ALoginThatIsNotThereOrAnAdministratorThatMayNotIsSaid) {
  InstalledLedger ledger;
  const auto as_login = ledger.Install(ledger.scenario().url());
  ASSERT_FALSE(as_login);
  EXPECT_THAT(as_login.error().hint, HasSubstr("--as-admin needs a superuser, or a role with CREATEROLE"));
  ledger.target().database_url =
      PostgresServer::Shared().Url(ledger.AdminValue("SELECT current_database()"), "nobody");
  const auto no_login = ledger.Install();
  ASSERT_FALSE(no_login);
  EXPECT_THAT(no_login.error().cause, HasSubstr("has no role nobody"));
}

TEST(Install, ARunWithoutTheKeyOrWithAnotherOneFailsBeforeItAppliesAnything) {
  InstalledLedger ledger;
  ASSERT_TRUE(ledger.Install());
  ledger.scenario().Commit({{"001_a.up.sql", "CREATE TABLE a (id int);"}});
  const Outcome without = ledger.scenario().Reconcile();
  EXPECT_EQ(without.exit_code, 1);
  EXPECT_THAT(without.err,
              HasSubstr("the ledger takes no entry without the code that its signing key makes"));
  EXPECT_THAT(without.err,
              HasSubstr("hint: use the signing key and the origin that `paliadctl ledger install`"));
  ledger.target().ledger.origin = "another/origin";
  const auto other = ledger.Reconcile();
  EXPECT_TRUE(!other || other->outcome == ledger::Outcome::kFailed);
  EXPECT_EQ(ledger.scenario().Value("SELECT to_regclass('a') IS NULL"), "t");
  EXPECT_EQ(ledger.scenario().Applied(), "");
  EXPECT_EQ(KindsOfRuns(ledger), "");

  // A new key is the administrator's to make known.
  ledger.target().ledger.origin = "";
  std::ofstream(ledger.target().ledger.signing_key_file) << ledger::Ed25519PrivateKey::Generate().ToPem();
  const auto unknown = ledger.Reconcile();
  EXPECT_TRUE(!unknown || unknown->outcome == ledger::Outcome::kFailed);
  const auto installed = ledger.Install();
  ASSERT_TRUE(installed) << installed.error().Message();
  ASSERT_EQ(installed->changes.size(), 1U);
  EXPECT_THAT(installed->changes[0], HasSubstr("the secret of the codes on append is that of"));
  const auto run = ledger.Reconcile();
  ASSERT_TRUE(run) << run.error().Message();
  EXPECT_EQ(run->outcome, ledger::Outcome::kApplied);
}

TEST(Install, WithoutAKeyNoCodeIsAskedForAndTheCatalogSaysSo) {
  InstalledLedger ledger;
  ledger.target().ledger.signing_key_file = "";
  const auto installed = ledger.Install();
  ASSERT_TRUE(installed) << installed.error().Message();
  EXPECT_FALSE(installed->code);
  ledger.scenario().Commit({{"001_a.up.sql", "CREATE TABLE a (id int);"}});
  EXPECT_EQ(ledger.scenario().Reconcile().exit_code, 0);
  const store::CatalogReport catalog = ledger.Catalog();
  EXPECT_EQ(Text(catalog), "");
  ASSERT_EQ(catalog.notes.size(), 1U);
  EXPECT_THAT(catalog.notes[0], HasSubstr("no code is asked for on append"));
}

TEST(Install, TheControllerSaysWhichUpgradeTheAdministratorHasToRun) {
  InstalledLedger ledger;
  ASSERT_TRUE(ledger.Install());
  ledger.AdminExec(
      "DELETE FROM paliad_ledger.applied_migrations WHERE version = 2");  // as an older program left it
  ledger.scenario().Commit({{"001_a.up.sql", "CREATE TABLE a (id int);"}});
  const auto run = ledger.Reconcile();
  ASSERT_FALSE(run);
  EXPECT_THAT(run.error().cause, HasSubstr("002_evidence.up.sql is missing"));
  EXPECT_THAT(run.error().hint, HasSubstr("paliadctl ledger install --as-admin URL"));
  EXPECT_EQ(ledger.scenario().Value("SELECT to_regclass('a') IS NULL"), "t");
}

TEST(Install, TheCommandAnswersInTextAndJson) {
  InstalledLedger ledger;
  Scenario& scenario = ledger.scenario();
  const Outcome first = scenario.Run({"ledger", "install", "--as-admin", ledger.admin_url()});
  ASSERT_EQ(first.exit_code, 0) << first.err;
  EXPECT_EQ(first.json["login"], ledger.login());
  EXPECT_EQ(first.json["owner"], "paliad_ledger_owner");
  EXPECT_EQ(first.json["previous_owner"], nullptr);
  EXPECT_EQ(first.json["applied"],
            Json({"001_ledger.up.sql", "002_evidence.up.sql", "003_guard.up.sql", "004_index_use.up.sql",
                  "005_append_and_guard.up.sql", "010_controller.up.sql", "011_feedback.up.sql"}));
  EXPECT_EQ(first.json["code"], false);
  const Outcome again = scenario.Run({"ledger", "install", "--as-admin", ledger.admin_url(), "-o", "text"});
  ASSERT_EQ(again.exit_code, 0) << again.err;
  EXPECT_THAT(again.out, HasSubstr("nothing to do for the ledger in database"));
  EXPECT_EQ(scenario.Run({"ledger", "install"}).exit_code, 2);
}

TEST(AppendOnly, ChangesRaiseForTheOwnerAndForASuperuser) {
  InstalledLedger ledger;
  ASSERT_TRUE(ledger.Install());
  ledger.AdminExec("SELECT paliad_ledger.put_blob(decode(repeat('01', 16), 'hex'), 'secret')");
  ledger.AdminExec("SELECT paliad_ledger.put_checkpoint(1, '', E'o\\n1\\nr\\n')");
  for (const char* as : {"", "SET ROLE paliad_ledger_owner; ", "SET session_replication_role = replica; ",
                         "SET session_replication_role = replica; SET ROLE paliad_ledger_owner; "}) {
    for (const char* statement :
         {"DELETE FROM paliad_ledger.entry", "UPDATE paliad_ledger.entry SET kind = kind",
          "TRUNCATE paliad_ledger.entry", "DELETE FROM paliad_ledger.entry WHERE false",
          "DELETE FROM paliad_ledger.blob", "TRUNCATE paliad_ledger.blob",
          "UPDATE paliad_ledger.blob SET body = 'x'", "UPDATE paliad_ledger.blob SET body = NULL",
          "UPDATE paliad_ledger.blob SET digest = sha256('x'), salt = NULL, body = NULL",
          "DELETE FROM paliad_ledger.checkpoint", "TRUNCATE paliad_ledger.checkpoint",
          "UPDATE paliad_ledger.checkpoint SET note = note"}) {
      SCOPED_TRACE(std::string(as) + statement);
      try {
        ledger.AdminExec(std::string(as) + statement);
        ADD_FAILURE() << "it was not refused";
      } catch (const PgError& error) {
        EXPECT_EQ(error.sqlstate(), "PL003") << error.what();
      }
    }
  }
  for (const char* statement :
       {"INSERT INTO paliad_ledger.entry (seq) VALUES (99)",
        "INSERT INTO paliad_ledger.blob (digest) VALUES (sha256('x'))",
        "INSERT INTO paliad_ledger.checkpoint VALUES (1, '\\x00000000', E'o\\n1\\nr\\n')"}) {
    SCOPED_TRACE(statement);
    EXPECT_THROW(ledger.AdminExec(statement), PgError);
  }
  EXPECT_THROW(ledger.AdminExec("SELECT paliad_ledger.put_checkpoint(1, '', E'o\\n1\\nother\\n')"), PgError);
  ledger.AdminExec(
      "SELECT paliad_ledger.put_checkpoint(1, '', E'o\\n1\\nr\\n')");  // the same again is nothing
  EXPECT_EQ(ledger.AdminValue("SELECT count(*) FROM paliad_ledger.checkpoint"), "1");
}

TEST(Redact, ABodyGoesItsDigestStaysAndAnEntrySaysWhy) {
  InstalledLedger ledger;
  Scenario& scenario = ledger.scenario();
  ASSERT_TRUE(ledger.Install());
  ledger.AdminExec("SELECT paliad_ledger.put_blob(decode(repeat('01', 16), 'hex'), 'secret')");
  const std::string digest = ledger.AdminValue(kDigestOfBody);
  const std::vector<std::string> redact = {"ledger", "redact", digest, "--reason", "a person's name"};

  const Outcome as_login = scenario.Run(redact);
  EXPECT_EQ(as_login.exit_code, 1);
  EXPECT_THAT(as_login.err, HasSubstr("--as-admin"));
  EXPECT_EQ(ledger.AdminValue("SELECT count(*) FROM paliad_ledger.blob WHERE body = 'secret'"), "1");

  std::vector<std::string> as_admin = redact;
  as_admin.insert(as_admin.end(), {"--as-admin", ledger.admin_url()});
  const Outcome done = scenario.Run(as_admin);
  ASSERT_EQ(done.exit_code, 0) << done.err;
  EXPECT_EQ(done.json["bytes"], 6);
  EXPECT_EQ(ledger.AdminValue("SELECT body IS NULL AND salt IS NULL FROM paliad_ledger.blob"), "t");
  EXPECT_EQ(ledger.AdminValue(
                "SELECT kind || ' ' || (convert_from(leaf, 'UTF8')::jsonb ->> 'digest') || ' ' ||"
                " (convert_from(leaf, 'UTF8')::jsonb ->> 'reason') FROM paliad_ledger.entry ORDER BY seq DESC"
                " LIMIT 1"),
            "redaction " + digest + " a person's name");
  EXPECT_THAT(scenario.Run({"ledger", "entries", "--kind", "redaction", "-o", "text"}).out,
              HasSubstr("            body " + digest + "\n            reason: a person's name\n"));
  EXPECT_EQ(scenario.Inconsistency(), "");
  EXPECT_EQ(Text(ledger.Catalog()), "");

  const int entries = scenario.Entries("redaction");
  const Outcome again = scenario.Run(as_admin);
  EXPECT_EQ(again.exit_code, 2);
  EXPECT_THAT(again.err, HasSubstr("it was taken out before"));
  as_admin[2] = std::string(64, 'a');
  const Outcome unknown = scenario.Run(as_admin);
  EXPECT_EQ(unknown.exit_code, 2);
  EXPECT_THAT(unknown.err, HasSubstr("the ledger has no body with this digest"));
  as_admin[2] = "abc";
  EXPECT_EQ(scenario.Run(as_admin).exit_code, 2);
  EXPECT_EQ(scenario.Entries("redaction"), entries);
}

TEST(Redact, InSingleRoleModeTheTargetsOwnRoleMay) {
  InstalledLedger ledger;
  Scenario& scenario = ledger.scenario();
  scenario.Commit({{"001_a.up.sql", "CREATE TABLE a (id int);"}});
  ASSERT_EQ(scenario.Reconcile().exit_code, 0);
  scenario.Exec("SELECT paliad_ledger.put_blob(decode(repeat('01', 16), 'hex'), 'secret')");
  const Outcome done =
      scenario.Run({"ledger", "redact", scenario.Value(kDigestOfBody), "--reason", "a name", "-o", "text"});
  ASSERT_EQ(done.exit_code, 0) << done.err;
  EXPECT_THAT(done.out, HasSubstr("every proof holds"));
  EXPECT_EQ(scenario.Entries("redaction"), 1);
  EXPECT_EQ(scenario.Inconsistency(), "");
}

TEST(Views, AnAuditorReadsRunsMigrationsExceptionsAndActions) {
  InstalledLedger ledger;
  Scenario& scenario = ledger.scenario();
  scenario.Commit({{"001_a.up.sql", "CREATE TABLE a (id int);"}});
  ASSERT_TRUE(ledger.Install());
  ASSERT_TRUE(ledger.Reconcile());
  scenario.Commit({{"002_b.up.sql", "-- paliad:allow drop: nobody reads it\nDROP TABLE a;\n"},
                   {"003_c.up.sql", "CREATE TABLE c (id int); SELECT 1/0;"}});
  ASSERT_TRUE(ledger.Reconcile());
  const std::string auditor = "auditor_of_" + ledger.AdminValue("SELECT current_database()");
  PostgresServer::Shared().CreateRole(auditor);
  ledger.AdminExec("GRANT paliad_auditor TO " + auditor);
  PgConnection connection(
      PostgresServer::Shared().Url(ledger.AdminValue("SELECT current_database()"), auditor));
  EXPECT_EQ(
      connection.Value("SELECT string_agg(concat_ws(' ', outcome, applied, actor), ', ' ORDER BY first_seq)"
                       " FROM paliad_ledger.run"),
      "applied 1 test, failed 1 test");
  EXPECT_EQ(
      connection.Value("SELECT string_agg(concat_ws(' ', version, name, kind, sqlstate), ', ' ORDER BY seq)"
                       " FROM paliad_ledger.migration_history WHERE tracker = 'paliad.applied_migrations'"),
      "1 a applied, 2 b applied, 3 c failed 22012");
  EXPECT_EQ(connection.Value(
                "SELECT concat_ws(' ', rule, version, reason, actor) FROM paliad_ledger.policy_exception"),
            "drop 2 nobody reads it test");
  EXPECT_EQ(
      connection.Value("SELECT string_agg(action || ' ' || actor, ', ') FROM paliad_ledger.operator_action"),
      "schema_upgraded admin@test");
  EXPECT_THROW(connection.Exec("SELECT * FROM paliad_ledger.append_secret"), PgError);
  EXPECT_THROW(connection.Exec("SELECT paliad_ledger.append('{}')"), PgError);
}

}  // namespace
}  // namespace paliad::testing
