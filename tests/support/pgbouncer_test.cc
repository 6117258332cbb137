#include "tests/support/pgbouncer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

#include "tests/support/pg_client.h"
#include "tests/support/postgres_server.h"

namespace paliad::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Property;
using ::testing::Throws;

constexpr const char* kPid = "SELECT pg_backend_pid()";

TEST(PgBouncer, TransactionPoolingSharesOneBackend) {
  PgBouncer bouncer(PostgresServer::Shared().socket_dir(), {.pool_mode = "transaction", .pool_size = 1});
  PgConnection one(bouncer.Url());
  PgConnection two(bouncer.Url());
  EXPECT_EQ(one.Value(kPid), two.Value(kPid));
}

TEST(PgBouncer, TransactionPoolingGivesATransactionItsOwnBackend) {
  PgBouncer bouncer(PostgresServer::Shared().socket_dir(), {.pool_mode = "transaction", .pool_size = 2});
  PgConnection one(bouncer.Url());
  PgConnection two(bouncer.Url());
  one.Exec("BEGIN");
  EXPECT_NE(one.Value(kPid), two.Value(kPid));
}

TEST(PgBouncer, SessionPoolingKeepsTheBackend) {
  PgBouncer bouncer(PostgresServer::Shared().socket_dir(), {.pool_mode = "session", .pool_size = 2});
  PgConnection one(bouncer.Url());
  const std::string pid = one.Value(kPid);
  PgConnection two(bouncer.Url());
  EXPECT_NE(two.Value(kPid), pid);
  EXPECT_EQ(one.Value(kPid), pid);
}

TEST(PgBouncer, ServesTheUsersItKnows) {
  PostgresServer& server = PostgresServer::Shared();
  server.CreateRole("known");
  server.CreateRole("unknown");
  PgBouncer bouncer(server.socket_dir(), {.users = {"known"}});
  EXPECT_EQ(Value(bouncer.Url("postgres", "known"), "SELECT current_user"), "known");
  EXPECT_THROW(PgConnection(bouncer.Url("postgres", "unknown")), PgError);
}

TEST(PgBouncer, ThatDoesNotStartShowsItsLog) {
  EXPECT_THAT([] { PgBouncer("/nonexistent", {.settings = {"no_such_setting = 1"}}); },
              Throws<std::runtime_error>(Property(&std::runtime_error::what, HasSubstr("no_such_setting"))));
}

}  // namespace
}  // namespace paliad::testing
