// What people and machines get wrong: one clear message each, and nothing lost.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/core/scenario.h"
#include "tests/support/pg_proxy.h"
#include "tests/support/pgbouncer.h"

namespace paliad::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

void AddOne(Scenario& scenario) { scenario.Commit({{"001_a.up.sql", "CREATE TABLE a (id int);"}}); }

// One JSON document with the error on stdout, one message on stderr.
void ExpectError(const Outcome& outcome, int exit_code, const std::string& message) {
  EXPECT_EQ(outcome.exit_code, exit_code) << outcome.err;
  ASSERT_TRUE(outcome.json.contains("error")) << outcome.out;
  EXPECT_THAT(outcome.json["error"]["message"].get<std::string>(), HasSubstr(message));
  EXPECT_TRUE(outcome.json["error"].contains("kind"));
  EXPECT_TRUE(outcome.json["error"].contains("hint"));
  EXPECT_THAT(outcome.err, StartsWith("error: "));
  EXPECT_THAT(outcome.err, HasSubstr(message));
}

TEST(BadInput, NoSuchRepository) {
  Scenario scenario;
  ExpectError(scenario.Reconcile({"--repo", "/nowhere/at/all"}), 1, "/nowhere/at/all");
}

TEST(BadInput, NoSuchBranchNamesTheOnesThatThereAre) {
  Scenario scenario;
  AddOne(scenario);
  const Outcome outcome = scenario.Reconcile({"--branch", "mian"});
  ExpectError(outcome, 1, "mian");
  EXPECT_THAT(outcome.err, HasSubstr("main"));
}

TEST(BadInput, NoSuchPath) {
  Scenario scenario;
  AddOne(scenario);
  ExpectError(scenario.Reconcile({"--path", "migration"}), 1, "migration");
}

TEST(BadInput, ARepositoryWithoutACommit) {
  Scenario scenario;
  const Outcome outcome = scenario.Reconcile();
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_TRUE(outcome.json.contains("error"));
}

TEST(BadInput, NoSuchDatabase) {
  Scenario scenario;
  AddOne(scenario);
  ExpectError(scenario.Reconcile({"--database", PostgresServer::Shared().Url("nope")}), 1,
              "\"nope\" does not exist");
}

TEST(BadInput, NobodyListens) {
  Scenario scenario;
  AddOne(scenario);
  const Outcome outcome =
      scenario.Reconcile({"--database", "postgresql://me:secret@127.0.0.1:1/x?connect_timeout=2"});
  ExpectError(outcome, 1, "127.0.0.1");
  EXPECT_EQ(outcome.json["error"]["kind"], "unavailable");
  EXPECT_EQ(outcome.err.find("secret"), std::string::npos);
  EXPECT_EQ(outcome.out.find("secret"), std::string::npos);
}

TEST(BadInput, AUrlThatIsNone) {
  Scenario scenario;
  AddOne(scenario);
  EXPECT_EQ(scenario.Reconcile({"--database", "postgresql://[::1"}).exit_code, 1);
}

TEST(BadInput, NoRightToCreateTheSchemaSaysWhatToGrant) {
  Scenario scenario;
  AddOne(scenario);
  PostgresServer::Shared().CreateRole("small", true);
  const std::string database = scenario.Value("SELECT current_database()");
  const Outcome outcome = scenario.Reconcile({"--database", PostgresServer::Shared().Url(database, "small")});
  ExpectError(outcome, 1, "permission denied");
  EXPECT_THAT(outcome.err, HasSubstr("GRANT CREATE ON DATABASE"));
  EXPECT_EQ(scenario.Value("SELECT to_regnamespace('paliad') IS NULL"), "t");
}

TEST(BadInput, AStandbyIsRefusedForARunAndReadForAPlan) {
  PostgresServer primary;
  Scenario scenario(primary.CreateDatabase());
  AddOne(scenario);
  ASSERT_EQ(scenario.Reconcile().exit_code, 0);
  const auto standby = primary.MakeStandby();
  standby->CatchUp(primary);
  const std::string url = standby->Url(scenario.Value("SELECT current_database()"));
  ExpectError(scenario.Reconcile({"--database", url}), 1, "standby");
  EXPECT_EQ(scenario.Run({"plan", "--database", url}).exit_code, 0);
  EXPECT_EQ(scenario.Run({"verify", "--database", url}).exit_code, 0);
}

TEST(BadInput, AServerOlderThan13) {
  Scenario scenario;
  AddOne(scenario);
  PgProxy proxy(PostgresServer::Shared().socket_dir(), {.server_version = "12.17"});
  const std::string url = proxy.Url(scenario.Value("SELECT current_database()"));
  ExpectError(scenario.Reconcile({"--database", url}), 1, "PostgreSQL 12.17; 13 or newer is needed");
}

TEST(BadInput, ATransactionPoolIsRefusedWithTheReason) {
  for (const int pool_size : {1, 5}) {
    SCOPED_TRACE(pool_size);
    Scenario scenario;
    AddOne(scenario);
    const PgBouncer bouncer(PostgresServer::Shared().socket_dir(),
                            {.pool_mode = "transaction", .pool_size = pool_size});
    const std::string url = bouncer.Url(scenario.Value("SELECT current_database()"));
    const Outcome outcome = scenario.Reconcile({"--database", url});
    ExpectError(outcome, 1, "transaction-pooling");
    EXPECT_THAT(outcome.err, HasSubstr("pool_mode = session"));
    EXPECT_EQ(scenario.Value("SELECT to_regnamespace('paliad') IS NULL"), "t");
  }
}

TEST(BadInput, ASessionPoolWillDo) {
  for (const int pool_size : {1, 5}) {
    SCOPED_TRACE(pool_size);
    Scenario scenario;
    AddOne(scenario);
    const PgBouncer bouncer(PostgresServer::Shared().socket_dir(),
                            {.pool_mode = "session", .pool_size = pool_size});
    const Outcome outcome =
        scenario.Reconcile({"--database", bouncer.Url(scenario.Value("SELECT current_database()"))});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_EQ(scenario.Applied(), "1:a");
  }
}

TEST(BadInput, ADatabaseInAnotherEncodingIsRefused) {
  Scenario scenario(PostgresServer::Shared().CreateDatabase("LATIN1", "C"));
  AddOne(scenario);
  ExpectError(scenario.Reconcile(), 1, "LATIN1");
}

TEST(BadInput, PoisonedDefaultsOfTheRoleDoNotMatter) {
  PostgresServer::Shared().CreateRole("poisoned", true, "SUPERUSER");
  for (const char* setting :
       {"default_transaction_read_only = on", "default_transaction_isolation = 'serializable'",
        "statement_timeout = '1ms'", "search_path = 'nowhere'", "standard_conforming_strings = off",
        "synchronous_commit = off", "DateStyle = 'German'", "client_min_messages = 'error'",
        "bytea_output = 'escape'", "session_replication_role = 'origin'"}) {
    SCOPED_TRACE(setting);
    Scenario scenario;
    scenario.Commit({{"001_a.up.sql", "CREATE TABLE public.a (id int);"}});
    const std::string database = scenario.Value("SELECT current_database()");
    PostgresServer& server = PostgresServer::Shared();
    Exec(server.Url(), std::string("ALTER ROLE poisoned IN DATABASE ") + database + " SET " + setting);
    const Outcome outcome = scenario.Reconcile({"--database", server.Url(database, "poisoned")});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_EQ(scenario.Inconsistency(), "");
  }
}

TEST(BadInput, WrongUsageIsExitCodeTwoWithAHint) {
  Scenario scenario;
  AddOne(scenario);
  for (const std::vector<std::string>& arguments :
       std::vector<std::vector<std::string>>{{},
                                             {"reconsile"},
                                             {"plan", "--brnach", "main"},
                                             {"reconcile", "--lock-wait", "soon"},
                                             {"reconcile", "--lock-timeout", "5"},
                                             {"reconcile", "--tracker", "nodot"},
                                             {"plan", "-o", "yaml"},
                                             {"ledger"},
                                             {"ledger", "runs", "--limit", "0"},
                                             {"resolve"}}) {
    const Outcome outcome = scenario.Run(arguments);
    SCOPED_TRACE(::testing::PrintToString(arguments));
    EXPECT_EQ(outcome.exit_code, 2) << outcome.out << outcome.err;
    EXPECT_THAT(outcome.err, StartsWith("error: "));
  }
}

TEST(BadInput, AFullStandardOutputIsAFailure) {
  Scenario scenario;
  AddOne(scenario);
  Command command = scenario.MakeCommand({"plan"});
  std::string line;
  for (const std::string& word : command.argv) {
    line += "'" + word + "' ";
  }
  EXPECT_EQ(RunProgram({.argv = {"/bin/sh", "-c", line + "> /dev/full"}}).exit_code, 1);
}

TEST(BadInput, EveryBadEntryOfTheFolderIsAFindingOfItsOwn) {
  Scenario scenario;
  scenario.Add("001_a.up.sql", "SELECT 1;");
  scenario.Add("README.md", "text");
  scenario.Add(".hidden", "");
  scenario.Add("1_other.up.sql", "SELECT 1;");
  scenario.Add("12-add.sql", "SELECT 1;");
  scenario.Add("0107_x.UP.SQL", "SELECT 1;");
  scenario.Add("20170412214116_x.up.sql", "SELECT 1;");
  scenario.Add("003_.up.sql", "SELECT 1;");
  scenario.Add("+4_x.up.sql", "SELECT 1;");
  scenario.Add("nested/005_x.up.sql", "SELECT 1;");
  scenario.Add("006_lfs.up.sql", "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n");
  scenario.repo().Symlink("migrations/007_link.up.sql", "001_a.up.sql");
  scenario.Commit();
  const Outcome outcome = scenario.Reconcile();
  EXPECT_EQ(outcome.exit_code, 3);
  std::string found;
  for (const Json& finding : outcome.json["findings"]) {
    found += finding["rule"].get<std::string>() + " " + finding["path"].get<std::string>() + "\n";
  }
  for (const char* expected :
       {"version-collision migrations/1_other.up.sql", "file-name migrations/12-add.sql",
        "file-name migrations/0107_x.UP.SQL", "version-range migrations/20170412214116_x.up.sql",
        "file-name migrations/003_.up.sql", "file-name migrations/+4_x.up.sql", "file-name migrations/nested",
        "unreadable migrations/006_lfs.up.sql", "unreadable migrations/007_link.up.sql"}) {
    EXPECT_THAT(found, HasSubstr(std::string(expected) + "\n"));
  }
  const Outcome plan = scenario.Run({"plan"});
  EXPECT_EQ(plan.exit_code, 3);
  EXPECT_EQ(plan.json["ignored"].size(), 2U);
}

}  // namespace
}  // namespace paliad::testing
