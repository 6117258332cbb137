#include "tests/support/pg_proxy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <postgresql/libpq-fe.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "tests/support/pg_client.h"
#include "tests/support/postgres_server.h"

namespace paliad::testing {
namespace {

using ::testing::HasSubstr;

class PgProxyTest : public ::testing::Test {
 protected:
  PostgresServer& server_ = PostgresServer::Shared();
  const std::string direct_ = server_.CreateDatabase();
  const std::string database_ = Value(direct_, "SELECT current_database()");
};

std::string Types(const PgProxy& proxy) {
  std::string types;
  for (const PgProxy::Message& message : proxy.Messages()) {
    types += message.type == 0 ? '0' : message.type;
  }
  return types;
}

TEST_F(PgProxyTest, ForwardsAndLists) {
  PgProxy proxy(server_.socket_dir());
  {
    PgConnection client(proxy.Url(database_));
    EXPECT_EQ(client.Value("SELECT repeat('x', 1000000)").size(), 1'000'000U);
    EXPECT_EQ(client.Value("SELECT length('" + std::string(1'000'000, 'x') + "')"), "1000000");
    const char* values[] = {"7"};
    PQclear(PQexecParams(client.raw(), "SELECT $1::int", 1, nullptr, values, nullptr, nullptr, 0));
  }
  // The proxy reads the client's goodbye after the client has gone on.
  while (Types(proxy).find('X') == std::string::npos) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  EXPECT_EQ(Types(proxy), "0QQPBDESX");
  const auto messages = proxy.Messages();
  EXPECT_EQ(messages[1].number, 2);
  EXPECT_EQ(messages[1].connection, 1);
  EXPECT_THAT(messages[1].text, HasSubstr("SELECT repeat("));
  EXPECT_EQ(messages[2].text.size(), 200U);
}

TEST_F(PgProxyTest, DropsBeforeTheServerSeesIt) {
  Exec(direct_, "CREATE TABLE t (x int)");
  PgProxy proxy(server_.socket_dir());
  PgConnection client(proxy.Url(database_));
  proxy.Inject({.at = 2, .when = PgProxy::When::kBeforeForwarding, .then = PgProxy::Then::kDropBoth});
  client.Exec("INSERT INTO t VALUES (1)");
  EXPECT_FALSE(proxy.Fired());
  EXPECT_THROW(client.Exec("INSERT INTO t VALUES (2)"), PgError);
  EXPECT_TRUE(proxy.Fired());
  EXPECT_EQ(Value(direct_, "SELECT array_agg(x) FROM t"), "{1}");
}

TEST_F(PgProxyTest, LosesTheAnswerOfWhatWasDone) {
  Exec(direct_, "CREATE TABLE t (x int)");
  PgProxy proxy(server_.socket_dir());
  PgConnection client(proxy.Url(database_));
  proxy.Inject(
      {.containing = "VALUES (2)", .when = PgProxy::When::kBeforeAnswer, .then = PgProxy::Then::kDropBoth});
  client.Exec("INSERT INTO t VALUES (1)");
  EXPECT_THROW(client.Exec("INSERT INTO t VALUES (2)"), PgError);
  EXPECT_TRUE(proxy.Fired());
  EXPECT_EQ(Value(direct_, "SELECT array_agg(x) FROM t"), "{1,2}");
}

TEST_F(PgProxyTest, HoldsTheAnswerUntilTheActionIsDone) {
  Exec(direct_, "CREATE TABLE t (x int)");
  PgProxy proxy(server_.socket_dir());
  PgConnection client(proxy.Url(database_));
  std::atomic<bool> answered = false;
  bool answered_early = true;
  std::string seen;
  proxy.Inject({.at = 1, .when = PgProxy::When::kBeforeAnswer, .action = [&] {
                  seen = Value(direct_, "SELECT x FROM t");
                  std::this_thread::sleep_for(std::chrono::milliseconds(50));
                  answered_early = answered;
                }});
  client.Exec("INSERT INTO t VALUES (5)");
  answered = true;
  EXPECT_TRUE(proxy.Fired());
  EXPECT_EQ(seen, "5");
  EXPECT_FALSE(answered_early);
  EXPECT_EQ(client.Value("SELECT 6"), "6");
}

TEST_F(PgProxyTest, DropsTheClientAndLeavesTheServerWithItsLocks) {
  auto proxy = std::make_unique<PgProxy>(server_.socket_dir());
  PgConnection client(proxy->Url(database_));
  client.Exec("SELECT pg_advisory_lock(7)");
  proxy->Inject({.at = 1, .then = PgProxy::Then::kDropClient});
  EXPECT_THROW(client.Exec("SELECT 1"), PgError);
  EXPECT_EQ(Value(direct_, "SELECT pg_try_advisory_lock(7)"), "f");
  proxy.reset();
  PgConnection next(direct_);
  next.Exec("SELECT pg_advisory_lock(7)");
}

TEST_F(PgProxyTest, EveryFaultOfATransactionLeavesAllOrNothing) {
  Exec(direct_, "CREATE TABLE t (x int)");
  int faults = 0;
  for (const auto when : {PgProxy::When::kBeforeForwarding, PgProxy::When::kBeforeAnswer}) {
    for (int at = 1;; ++at) {
      PgProxy proxy(server_.socket_dir());
      proxy.Inject({.at = at, .when = when, .then = PgProxy::Then::kDropBoth});
      try {
        PgConnection client(proxy.Url(database_));
        client.Exec("BEGIN");
        client.Exec("INSERT INTO t VALUES (1), (2)");
        client.Exec("COMMIT");
      } catch (const PgError&) {
        ++faults;
      }
      // 5 is the client's goodbye, whose loss nobody sees.
      if (at == 5) {
        break;
      }
      EXPECT_TRUE(proxy.Fired()) << at;
    }
  }
  EXPECT_EQ(faults, 8);  // start-up and three statements, before and after
  EXPECT_EQ(Value(direct_, "SELECT count(*) FROM t"), "6");  // a lost COMMIT's answer, and twice no fault
}

TEST_F(PgProxyTest, CountsTheFirstConnectionOrAll) {
  for (const bool all : {false, true}) {
    PgProxy proxy(server_.socket_dir(), {.all_connections = all});
    PgConnection first(proxy.Url(database_));
    PgConnection second(proxy.Url(database_));
    second.Exec("SELECT 1");
    first.Exec("SELECT 1");
    EXPECT_EQ(Types(proxy), all ? "00QQ" : "0Q");
  }
}

TEST_F(PgProxyTest, PassesCancelRequests) {
  PgProxy proxy(server_.socket_dir());
  PgConnection client(proxy.Url(database_));
  ASSERT_EQ(PQsendQuery(client.raw(), "SELECT pg_sleep(60)"), 1);
  while (Value(direct_, "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'") == "0") {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  PGcancel* const cancel = PQgetCancel(client.raw());
  char message[256];
  EXPECT_EQ(PQcancel(cancel, message, sizeof message), 1) << message;
  PQfreeCancel(cancel);
  PGresult* const result = PQgetResult(client.raw());
  EXPECT_STREQ(PQresultErrorField(result, PG_DIAG_SQLSTATE), "57014");
  PQclear(result);
}

TEST_F(PgProxyTest, PretendsAnotherVersion) {
  PgProxy proxy(server_.socket_dir(), {.server_version = "12.22"});
  PgConnection client(proxy.Url(database_));
  EXPECT_EQ(PQserverVersion(client.raw()), 120022);
  EXPECT_EQ(client.Value("SELECT 1"), "1");
}

TEST(PgProxy, SurvivesTheServersDeathInItsAction) {
  PostgresServer server;
  PgProxy proxy(server.socket_dir());
  const std::string url = server.CreateDatabase();
  Exec(url, "CREATE TABLE t (x int)");
  PgConnection client(proxy.Url("t1"));
  proxy.Inject({.at = 1, .when = PgProxy::When::kBeforeAnswer, .action = [&] { server.Kill(); }});
  // The answer had been given before the server died.
  client.Exec("INSERT INTO t VALUES (1)");
  EXPECT_THROW(client.Exec("SELECT 1"), PgError);
  EXPECT_THROW(PgConnection{proxy.Url("t1")}, PgError);
  server.Start();
  EXPECT_EQ(Value(proxy.Url("t1"), "SELECT count(*) FROM t"), "1");
}

TEST(PgProxy, RestartsTheServerUnderItsClient) {
  PostgresServer server;
  PgProxy proxy(server.socket_dir());
  PgConnection client(proxy.Url());
  proxy.Inject({.at = 1, .action = [&] { server.Restart(PostgresServer::Stopping::kImmediate); }});
  EXPECT_THROW(client.Exec("SELECT 1"), PgError);
  EXPECT_EQ(Value(proxy.Url(), "SELECT 1"), "1");
}

}  // namespace
}  // namespace paliad::testing
