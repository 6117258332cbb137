// What is found of a schema that was changed, and that the list it is compared with is the schema's own.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <string>

#include "controller/postgres/session.h"
#include "controller/store/catalog.h"
#include "tests/core/installed_ledger.h"

namespace paliad::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string Text(const store::CatalogReport& report) {
  std::string text;
  for (const ledger::Problem& problem : report.problems.list()) {
    EXPECT_EQ(problem.kind, ledger::ProblemKind::kCatalog);
    text += problem.detail + "\n";
  }
  return text;
}

// In single-role mode: an installation ends where the list and the schema differ.
TEST(Catalog, TheShippedListIsWhatTheSchemaMakes) {
  InstalledLedger ledger;
  ledger.scenario().Commit({{"001_a.up.sql", "CREATE TABLE public.a (id int);"}});
  const auto run = ledger.Reconcile();
  ASSERT_TRUE(run) << run.error().Message();
  pg::Session session = *pg::Session::Connect({.url = ledger.admin_url()});
  const auto lines = store::ReadCatalogLines(session);
  ASSERT_TRUE(lines) << lines.error().Message();
  if (const char* path = std::getenv("PALIAD_WRITE_CATALOG")) {
    std::ofstream file(path, std::ios::trunc);
    for (const auto& [name, value] : *lines) {
      file << name << ": " << value << "\n";
    }
    ASSERT_TRUE(file.flush()) << "cannot write " << path;
    return;
  }
  EXPECT_EQ(Text(ledger.Catalog()), "")
      << "migrations/schema changed and its list did not. Where the change is meant, write the list anew:\n"
         "  bazel test //tests/core:catalog_test --test_filter='*ShippedList*'"
         " --test_env=PALIAD_WRITE_CATALOG=$PWD/migrations/schema/catalog.txt";
}

// Each change is made by a superuser, found, and undone.
TEST(Catalog, EveryChangeIsFoundAndNamed) {
  InstalledLedger ledger;
  ASSERT_TRUE(ledger.Install());
  ledger.AdminExec("CREATE ROLE bystander");
  ledger.AdminExec("CREATE FUNCTION public.fire() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'");
  const std::string login = "\"" + ledger.login() + "\"";
  const std::string function =
      ledger.AdminValue("SELECT pg_get_functiondef('paliad_ledger.append(bytea,bytea)'::regprocedure)");
  struct Case {
    std::string change;
    std::string undo;
    std::string found;
  };
  const Case cases[] = {
      {"ALTER TABLE paliad_ledger.entry DISABLE TRIGGER refuse_change",
       "ALTER TABLE paliad_ledger.entry ENABLE ALWAYS TRIGGER refuse_change",
       "table entry trigger refuse_change is '"},
      // Put back, and not as it was: replicas may change rows.
      {"ALTER TABLE paliad_ledger.entry DISABLE TRIGGER refuse_change, ENABLE TRIGGER refuse_change",
       "ALTER TABLE paliad_ledger.entry ENABLE ALWAYS TRIGGER refuse_change", "enabled' and was made as"},
      {"ALTER TABLE paliad_ledger.entry DISABLE TRIGGER ALL",
       "ALTER TABLE paliad_ledger.entry ENABLE TRIGGER ALL, ENABLE ALWAYS TRIGGER refuse_change, ENABLE "
       "ALWAYS TRIGGER"
       " refuse_others",
       "table entry trigger RI_FKey_check_ins of constraint entry_prev_fkey is 'disabled'"},
      {"ALTER FUNCTION paliad_ledger.append(bytea, bytea) SECURITY INVOKER", function, "function append("},
      {"CREATE OR REPLACE FUNCTION paliad_ledger.refuse_change() RETURNS trigger LANGUAGE plpgsql SET "
       "search_path ="
       " pg_catalog, pg_temp AS 'BEGIN RETURN NULL; END'",
       ledger.AdminValue("SELECT pg_get_functiondef('paliad_ledger.refuse_change()'::regprocedure)"),
       "function refuse_change() body is"},
      {"CREATE FUNCTION paliad_ledger.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
       "DROP FUNCTION paliad_ledger.mine()", "function mine() is not part of the ledger"},
      {"ALTER TABLE paliad_ledger.entry DROP CONSTRAINT entry_prev_fkey",
       "ALTER TABLE paliad_ledger.entry ADD CONSTRAINT entry_prev_fkey FOREIGN KEY (prev) REFERENCES "
       "paliad_ledger.entry",
       "table entry constraint entry_prev_fkey is gone"},
      {"ALTER TABLE paliad_ledger.entry ADD COLUMN x int", "ALTER TABLE paliad_ledger.entry DROP COLUMN x",
       "table entry column x is not part of the ledger"},
      {"CREATE RULE r AS ON DELETE TO paliad_ledger.entry DO INSTEAD NOTHING",
       "DROP RULE r ON paliad_ledger.entry", "table entry rule r is not part"},
      {"CREATE TABLE public.child () INHERITS (paliad_ledger.entry)", "DROP TABLE public.child",
       "table entry is inherited by is not part"},
      {"ALTER TABLE paliad_ledger.entry ENABLE ROW LEVEL SECURITY",
       "ALTER TABLE paliad_ledger.entry DISABLE ROW LEVEL SECURITY",
       "table entry is 'permanent, row security'"},
      {"CREATE POLICY p ON paliad_ledger.entry", "DROP POLICY p ON paliad_ledger.entry",
       "table entry policy p is not part"},
      {"DROP INDEX paliad_ledger.entry_tracker",
       "CREATE INDEX entry_tracker ON paliad_ledger.entry (tracker, seq)", "index entry_tracker is gone"},
      {"CREATE OR REPLACE VIEW paliad_ledger.policy_exception AS " +
           ledger.AdminValue(
               "SELECT rtrim(pg_get_viewdef('paliad_ledger.policy_exception'::regclass), ';')") +
           " AND false",
       "CREATE OR REPLACE VIEW paliad_ledger.policy_exception AS " +
           ledger.AdminValue("SELECT pg_get_viewdef('paliad_ledger.policy_exception'::regclass)"),
       "view policy_exception body on PostgreSQL"},
      {"ALTER TABLE paliad_ledger.entry OWNER TO bystander",
       "ALTER TABLE paliad_ledger.entry OWNER TO paliad_ledger_owner", "table entry owner is 'bystander'"},
      {"ALTER SCHEMA paliad_ledger OWNER TO bystander",
       "ALTER SCHEMA paliad_ledger OWNER TO paliad_ledger_owner",
       "schema paliad_ledger belongs to bystander, and was installed for paliad_ledger_owner"},
      {"GRANT DELETE ON paliad_ledger.entry TO " + login,
       "REVOKE DELETE ON paliad_ledger.entry FROM " + login, "has DELETE on table entry"},
      {"GRANT UPDATE (kind) ON paliad_ledger.entry TO bystander",
       "REVOKE UPDATE (kind) ON paliad_ledger.entry FROM bystander",
       "role bystander has UPDATE on column entry.kind"},
      {"GRANT EXECUTE ON FUNCTION paliad_ledger.append(bytea, bytea) TO PUBLIC",
       "REVOKE EXECUTE ON FUNCTION paliad_ledger.append(bytea, bytea) FROM PUBLIC",
       "everybody has EXECUTE on function append"},
      {"GRANT SELECT ON paliad_ledger.append_secret TO paliad_auditor",
       "REVOKE SELECT ON paliad_ledger.append_secret FROM paliad_auditor",
       "role paliad_auditor has SELECT on table append_secret"},
      {"GRANT CREATE ON SCHEMA paliad_ledger TO " + login,
       "REVOKE CREATE ON SCHEMA paliad_ledger FROM " + login, "has CREATE on schema paliad_ledger"},
      {"GRANT paliad_ledger_owner TO bystander", "REVOKE paliad_ledger_owner FROM bystander",
       "role bystander is a member of paliad_ledger_owner"},
      {"GRANT pg_read_all_data TO " + login, "REVOKE pg_read_all_data FROM " + login,
       "is a member of pg_read_all_data"},
      {"ALTER ROLE paliad_ledger_owner LOGIN", "ALTER ROLE paliad_ledger_owner NOLOGIN",
       "role paliad_ledger_owner may log in"},
      {"ALTER DEFAULT PRIVILEGES FOR ROLE paliad_ledger_owner GRANT ALL ON TABLES TO bystander",
       "ALTER DEFAULT PRIVILEGES FOR ROLE paliad_ledger_owner REVOKE ALL ON TABLES FROM bystander",
       "default privileges of"},
      {"CREATE FUNCTION public.hole() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'; ALTER "
       "FUNCTION public.hole()"
       " OWNER TO paliad_ledger_owner",
       "DROP FUNCTION public.hole()", "hole() belongs to paliad_ledger_owner, and is not the ledger's"},
      {"ALTER FUNCTION public.fire() OWNER TO bystander; CREATE EVENT TRIGGER fire ON ddl_command_end "
       "EXECUTE FUNCTION"
       " public.fire()",
       "DROP EVENT TRIGGER fire", "event trigger fire of role postgres runs"},
      // What every query would ask.
      {"CREATE FUNCTION pg_catalog.mine(int) RETURNS int LANGUAGE sql AS 'SELECT 1'",
       "DROP FUNCTION pg_catalog.mine(int)", "function mine(integer) stands in pg_catalog and is not"},
      {"CREATE OPERATOR pg_catalog.<<<=>>> (LEFTARG = int, RIGHTARG = int, FUNCTION = int4eq)",
       "DROP OPERATOR pg_catalog.<<<=>>> (int, int)", "stands in pg_catalog and is not"},
      {"CREATE OR REPLACE FUNCTION pg_catalog.octet_length(bytea) RETURNS int LANGUAGE sql IMMUTABLE STRICT "
       "PARALLEL "
       "SAFE AS 'SELECT 33'",
       "CREATE OR REPLACE FUNCTION pg_catalog.octet_length(bytea) RETURNS int LANGUAGE internal IMMUTABLE "
       "STRICT "
       "PARALLEL SAFE AS 'byteaoctetlen'",
       "function octet_length(bytea) of pg_catalog was replaced: its language is sql"},
  };
  for (const Case& attack : cases) {
    SCOPED_TRACE(attack.change);
    ledger.AdminExec(attack.change);
    EXPECT_THAT(Text(ledger.Catalog()), HasSubstr(attack.found));
    ledger.AdminExec(attack.undo);
    ASSERT_EQ(Text(ledger.Catalog()), "") << "it was not undone";
  }
}

TEST(Catalog, WhoMayOnlyReadIsANote) {
  InstalledLedger ledger;
  ASSERT_TRUE(ledger.Install());
  EXPECT_THAT(ledger.Catalog().notes, IsEmpty());
  ledger.AdminExec(
      "CREATE ROLE reader; GRANT USAGE ON SCHEMA paliad_ledger TO reader; GRANT SELECT ON "
      "paliad_ledger.entry TO"
      " reader");
  const store::CatalogReport report = ledger.Catalog();
  EXPECT_EQ(Text(report), "");
  EXPECT_THAT(report.notes, ::testing::UnorderedElementsAre("role reader has USAGE on schema paliad_ledger",
                                                            "role reader has SELECT on table entry"));
  ledger.AdminExec("DROP OWNED BY reader; DROP ROLE reader");
}

TEST(Catalog, ADatabaseWithoutALedgerIsAnError) {
  InstalledLedger ledger;
  pg::Session session = *pg::Session::Connect({.url = ledger.admin_url()});
  const auto report = store::CompareCatalog(session);
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().kind, ErrorKind::kInvalidInput);
  EXPECT_EQ(report.error().cause, "this database has no ledger");
}

}  // namespace
}  // namespace paliad::testing
