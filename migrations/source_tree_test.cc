#include "migrations/source_tree.h"

#include <gtest/gtest.h>

namespace paliad {
namespace {

TEST(SourceTree, JoinPathPutsOneSlashBetweenFolderAndName) {
  EXPECT_EQ(JoinPath("migrations", "003_c.up.sql"), "migrations/003_c.up.sql");
  EXPECT_EQ(JoinPath("migrations/", "003_c.up.sql"), "migrations/003_c.up.sql");
  EXPECT_EQ(JoinPath("db/migrations", "a"), "db/migrations/a");
}

TEST(SourceTree, JoinPathAtTheRootIsTheNameAlone) {
  EXPECT_EQ(JoinPath("", "003_c.up.sql"), "003_c.up.sql");
  EXPECT_EQ(JoinPath("/", "003_c.up.sql"), "/003_c.up.sql");
}

}  // namespace
}  // namespace paliad
