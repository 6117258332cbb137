// What policies/volatility.cc says of PostgreSQL's own functions, against the catalog of a real server.
#include "policies/volatility.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "migrations/sql_file.h"
#include "tests/support/pg_client.h"
#include "tests/support/postgres_server.h"

namespace paliad {
namespace {

TEST(Volatilities, AreThoseOfTheServersCatalog) {
  testing::PgConnection connection(testing::PostgresServer::Shared().CreateDatabase());
  const testing::PgRows rows = connection.Query(
      "SELECT proname, bool_or(provolatile = 'v'), bool_and(provolatile = 'v') FROM pg_catalog.pg_proc "
      "WHERE pronamespace = 'pg_catalog'::regnamespace AND prokind = 'f' GROUP BY proname");
  const SqlFile none;
  const Volatilities volatilities(none);
  std::map<Volatility, int> count;
  for (const testing::PgRow& row : rows) {
    const std::string& name = row.at(0);
    const Volatility said = volatilities.Of({.schema = "", .name = name});
    ++count[said];
    if (said == Volatility::kSteady) {
      EXPECT_EQ(row.at(1), "f") << name << " has a volatile form";
    } else if (said == Volatility::kVolatile) {
      EXPECT_EQ(row.at(2), "t") << name << " is not volatile";
    }
  }
  EXPECT_GT(count[Volatility::kSteady], 250) << "the list is of another server's functions";
  EXPECT_GT(count[Volatility::kVolatile], 10);
}

}  // namespace
}  // namespace paliad
