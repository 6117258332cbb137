#include "migrations/applied_set.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

namespace paliad {
namespace {

TEST(AppliedSet, FindReturnsTheRowAndTheRecordOfAVersion) {
  const AppliedSet set{.rows = {{.version = 1, .name = "a", .checksum = "aa"},
                                {.version = 3, .name = "c", .checksum = std::nullopt}},
                       .recorded = {{.version = 2, .applied = true, .blob_id = "b", .checksum = {}}}};
  ASSERT_NE(set.Find(3), nullptr);
  EXPECT_EQ(set.Find(3)->name, "c");
  EXPECT_EQ(set.Find(2), nullptr);
  EXPECT_EQ(set.Find(4), nullptr);
  ASSERT_NE(set.FindRecorded(2), nullptr);
  EXPECT_EQ(set.FindRecorded(2)->blob_id, "b");
  EXPECT_EQ(set.FindRecorded(1), nullptr);
  EXPECT_EQ(AppliedSet().Find(1), nullptr);
}

TEST(AppliedSet, DigestsAreEqualOnlyForEqualRows) {
  using Rows = std::vector<AppliedMigration>;
  const Rows kDifferent[] = {
      {},
      {{1, "a", std::nullopt}},
      {{1, "a", ""}},
      {{1, "a", "null"}},
      {{1, "a", "cc"}},
      {{2, "a", "cc"}},
      {{1, "b", "cc"}},
      {{1, "a", "cc"}, {2, "b", std::nullopt}},
      {{1, "a 2 cc\n2 1 b", std::nullopt}},  // a name that holds what separates rows
  };
  std::set<std::string> digests;
  for (const Rows& rows : kDifferent) {
    const AppliedSet set{.rows = rows, .recorded = {}};
    EXPECT_EQ(set.Digest().size(), 64U);
    EXPECT_EQ(set.Digest(), (AppliedSet{.rows = rows, .recorded = {}}.Digest()));
    digests.insert(set.Digest());
  }
  EXPECT_EQ(digests.size(), std::size(kDifferent));
}

TEST(AppliedSet, DigestDoesNotDependOnWhatTheLedgerRemembers) {
  const AppliedSet with{.rows = {{1, "a", "cc"}},
                        .recorded = {{.version = 1, .applied = true, .blob_id = "", .checksum = {}}}};
  const AppliedSet without{.rows = {{1, "a", "cc"}}, .recorded = {}};
  EXPECT_EQ(with.Digest(), without.Digest());
}

}  // namespace
}  // namespace paliad
