#include "controller/audit/subtree_cache.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "ledger/merkle.h"

namespace paliad::audit {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAreArray;
using ::testing::IsEmpty;

class SubtreeCacheTest : public ::testing::Test {
 protected:
  SubtreeCacheTest() : folder_(fs::path(::testing::TempDir()) / "subtree_cache") { fs::remove_all(folder_); }

  SubtreeCache Cache(char log = 'a') const { return {folder_.string(), std::string(64, log)}; }
  fs::path File() const { return folder_ / "ledger" / (std::string(32, 'a') + ".subtrees"); }

  static std::vector<Sha256Digest> Roots(int count) {
    std::vector<Sha256Digest> roots;
    for (int i = 0; i < count; ++i) {
      roots.push_back(ledger::LeafHash(std::to_string(i)));
    }
    return roots;
  }

  const fs::path folder_;
};

TEST_F(SubtreeCacheTest, WhatWasSavedIsLoadedInOrder) {
  for (const int count : {1, 2, 1'000, 0}) {
    Cache().Save(Roots(count));
    EXPECT_THAT(Cache().Load(), ElementsAreArray(Roots(count)));
  }
}

TEST_F(SubtreeCacheTest, AnotherLogHasAnotherFile) {
  Cache('a').Save(Roots(3));
  EXPECT_THAT(Cache('b').Load(), IsEmpty());
}

TEST_F(SubtreeCacheTest, OfAFileThatWasCutOnlyWholeRootsAreLoaded) {
  Cache().Save(Roots(3));
  fs::resize_file(File(), 3 * 32 - 1);
  EXPECT_THAT(Cache().Load(), ElementsAreArray(Roots(2)));
  fs::resize_file(File(), 31);
  EXPECT_THAT(Cache().Load(), IsEmpty());
}

TEST_F(SubtreeCacheTest, WithoutAFolderOrALogNothingIsKept) {
  for (const SubtreeCache& cache :
       {SubtreeCache("", std::string(64, 'a')), SubtreeCache(folder_.string(), "")}) {
    cache.Save(Roots(3));
    EXPECT_THAT(cache.Load(), IsEmpty());
  }
  EXPECT_FALSE(fs::exists(folder_));
}

TEST_F(SubtreeCacheTest, AFolderThatCannotBeWrittenCostsTimeOnly) {
  const SubtreeCache cache("/proc/nowhere", std::string(64, 'a'));
  cache.Save(Roots(3));
  EXPECT_THAT(cache.Load(), IsEmpty());
}

TEST_F(SubtreeCacheTest, NoTemporaryFileIsLeft) {
  Cache().Save(Roots(3));
  int files = 0;
  for ([[maybe_unused]] const auto& entry : fs::directory_iterator(folder_ / "ledger")) {
    ++files;
  }
  EXPECT_EQ(files, 1);
}

}  // namespace
}  // namespace paliad::audit
