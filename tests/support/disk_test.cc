#include "tests/support/disk.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "tests/support/pg_client.h"
#include "tests/support/postgres_server.h"

namespace paliad::testing {
namespace {

TEST(SmallDisk, IsSmallAndGoneAfterwards) {
  std::string path;
  {
    const SmallDisk disk(1);
    path = disk.path();
    EXPECT_EQ(std::filesystem::space(path).capacity, 1U << 20);
    disk.FillUp(8192);
    EXPECT_EQ(std::filesystem::space(path).available, 8192U);
    disk.Relieve();
    EXPECT_GT(std::filesystem::space(path).available, 1'000'000U);
  }
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(SmallDisk, FullUnderAServerFailsItsStatementsOnly) {
  const SmallDisk disk(160);
  PostgresServer server({.data_parent = disk.path()});
  const std::string url = server.CreateDatabase();
  Exec(url, "CREATE TABLE t (x text)");
  disk.FillUp();
  try {
    Exec(url, "INSERT INTO t SELECT repeat('x', 1000) FROM generate_series(1, 20000)");
    ADD_FAILURE() << "20 MB fit on a full disk";
  } catch (const PgError& error) {
    EXPECT_EQ(error.sqlstate(), "53100") << error.what();
  }
  disk.Relieve();
  Exec(url, "INSERT INTO t VALUES ('y')");
  EXPECT_EQ(Value(url, "SELECT x FROM t"), "y");
}

}  // namespace
}  // namespace paliad::testing
