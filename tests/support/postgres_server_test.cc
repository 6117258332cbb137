#include "tests/support/postgres_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <stdexcept>
#include <thread>

#include "tests/support/pg_client.h"

namespace paliad::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Property;
using ::testing::Throws;

TEST(PostgresServer, GivesEachTestADatabaseOfItsOwn) {
  PostgresServer& server = PostgresServer::Shared();
  const std::string one = server.CreateDatabase();
  const std::string two = server.CreateDatabase();
  Exec(one, "CREATE TABLE t (x int)");
  EXPECT_EQ(Value(one, "SELECT to_regclass('t')"), "t");
  EXPECT_EQ(Value(two, "SELECT to_regclass('t')"), "NULL");
  EXPECT_EQ(Value(one, "SHOW server_encoding"), "UTF8");
  EXPECT_EQ(Value(one, "SHOW listen_addresses"), "");
  EXPECT_EQ(Value(one, "SHOW max_connections"), "100");
  EXPECT_EQ(Value(one, "SHOW fsync"), "off");
}

TEST(PostgresServer, MakesDatabasesOfOtherEncodings) {
  const std::string url = PostgresServer::Shared().CreateDatabase("SQL_ASCII", "C");
  EXPECT_EQ(Value(url, "SHOW server_encoding"), "SQL_ASCII");
  PostgresServer latin({.encoding = "LATIN1", .locale = "C"});
  EXPECT_EQ(Value(latin.CreateDatabase(), "SHOW server_encoding"), "LATIN1");
}

TEST(PostgresServer, MakesRolesAndTheirUrls) {
  PostgresServer& server = PostgresServer::Shared();
  server.CreateRole("some body", true, "CREATEDB");
  server.CreateRole("group", false);
  EXPECT_EQ(Query(server.Url("postgres", "some body"),
                  "SELECT current_user, rolcreatedb, rolsuper"
                  " FROM pg_roles WHERE rolname = current_user"),
            (PgRows{{"some body", "t", "f"}}));
  EXPECT_THROW(PgConnection(server.Url("postgres", "group")), PgError);
  EXPECT_EQ(server.Url("d", "u", "/h"), "postgresql:///d?host=/h&user=u");
}

TEST(PostgresServer, TakesSettings) {
  PostgresServer server({.fsync = true, .settings = {"wal_level = logical"}});
  EXPECT_EQ(Value(server.Url(), "SHOW fsync"), "on");
  EXPECT_EQ(Value(server.Url(), "SHOW wal_level"), "logical");
  server.Configure({"max_prepared_transactions = 7"});
  EXPECT_EQ(Value(server.Url(), "SHOW max_prepared_transactions"), "7");
}

TEST(PostgresServer, ThatDoesNotStartShowsItsLog) {
  EXPECT_THAT([] { PostgresServer({.settings = {"no_such_setting = 1"}}); },
              Throws<std::runtime_error>(Property(&std::runtime_error::what, HasSubstr("no_such_setting"))));
}

TEST(PostgresServer, KeepsWhatWasCommittedThroughEveryKindOfEnd) {
  PostgresServer server;
  const std::string url = server.CreateDatabase();
  Exec(url, "CREATE TABLE t (x int)");
  PgConnection open(url);
  open.Exec("INSERT INTO t VALUES (1)");
  open.Exec("BEGIN; INSERT INTO t VALUES (2)");
  server.Kill();
  EXPECT_THROW(open.Exec("COMMIT"), PgError);
  EXPECT_THROW(PgConnection{url}, PgError);
  server.Start();
  EXPECT_EQ(Value(url, "SELECT sum(x) FROM t"), "1");
  EXPECT_THAT(server.Log(), HasSubstr("was not properly shut down"));
  server.Restart(PostgresServer::Stopping::kImmediate);
  EXPECT_EQ(Value(url, "SELECT sum(x) FROM t"), "1");
  server.Restart(PostgresServer::Stopping::kFast);
  EXPECT_EQ(Value(url, "SELECT sum(x) FROM t"), "1");
}

TEST(PostgresServer, RestartedByAThreadOutlivesIt) {
  PostgresServer server;
  std::thread([&] { server.Restart(PostgresServer::Stopping::kFast); }).join();
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  EXPECT_EQ(Value(server.Url(), "SELECT 1"), "1");
}

TEST(PostgresServer, LeavesNothingBehind) {
  std::string folder;
  {
    PostgresServer server;
    folder = server.socket_dir();
    server.Kill();
  }
  EXPECT_FALSE(std::filesystem::exists(folder));
}

TEST(PostgresServer, StandbyFollowsAndRefusesWrites) {
  PostgresServer primary;
  const std::string url = primary.CreateDatabase();
  const auto standby = primary.MakeStandby();
  Exec(url, "CREATE TABLE t AS SELECT 1 AS x");
  standby->CatchUp(primary);
  const std::string copy = standby->Url("t1");
  EXPECT_EQ(Value(copy, "SELECT x FROM t"), "1");
  EXPECT_EQ(Value(copy, "SELECT pg_is_in_recovery()"), "t");
  EXPECT_THROW(Exec(copy, "INSERT INTO t VALUES (2)"), PgError);
}

TEST(PgClient, ReportsTheServersErrors) {
  try {
    Exec(PostgresServer::Shared().Url(), "SELECT no_such_column");
    FAIL() << "no exception";
  } catch (const PgError& error) {
    EXPECT_EQ(error.sqlstate(), "42703");
    EXPECT_THAT(error.what(), HasSubstr("column \"no_such_column\" does not exist"));
  }
  EXPECT_THROW(Value(PostgresServer::Shared().Url(), "SELECT 1, 2"), PgError);
}

TEST(PgClient, HoldsLocksWhileItIsOpen) {
  const std::string url = PostgresServer::Shared().Url();
  {
    PgConnection holder(url);
    holder.Exec("SELECT pg_advisory_lock(42)");
    EXPECT_EQ(Value(url, "SELECT pid FROM pg_locks WHERE locktype = 'advisory'"),
              std::to_string(holder.backend_pid()));
    EXPECT_EQ(Value(url, "SELECT pg_try_advisory_lock(42)"), "f");
  }
  PgConnection next(url);
  next.Exec("SELECT pg_advisory_lock(42)");
}

}  // namespace
}  // namespace paliad::testing
