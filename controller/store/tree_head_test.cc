#include "controller/store/tree_head.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "base/text.h"

namespace paliad::store {
namespace {

namespace fs = std::filesystem;

class RangeCacheTest : public ::testing::Test {
 protected:
  RangeCacheTest() : folder_(fs::path(::testing::TempDir()) / "range_cache") { fs::remove_all(folder_); }

  RangeCache Cache(char genesis = 'a') const { return {folder_.string(), std::string(64, genesis)}; }
  fs::path File() const { return folder_ / "ledger" / (std::string(32, 'a') + ".range"); }

  static RangeCache::Saved RangeOf(int size) {
    RangeCache::Saved saved;
    for (int i = 0; i < size; ++i) {
      saved.last_leaf_hash = ledger::LeafHash(std::to_string(i));
      saved.range.Append(saved.last_leaf_hash);
    }
    return saved;
  }

  const fs::path folder_;
};

TEST_F(RangeCacheTest, WhatWasSavedIsLoaded) {
  for (const int size : {1, 2, 3, 255, 256, 1000}) {
    const RangeCache::Saved saved = RangeOf(size);
    Cache().Save(saved);
    const RangeCache::Saved loaded = Cache().Load();
    EXPECT_EQ(loaded.range.size(), saved.range.size());
    EXPECT_EQ(loaded.range.Root(), saved.range.Root());
    EXPECT_EQ(loaded.last_leaf_hash, saved.last_leaf_hash);
  }
}

TEST_F(RangeCacheTest, AnotherLogHasAnotherFile) {
  Cache('a').Save(RangeOf(5));
  EXPECT_EQ(Cache('b').Load().range.size(), 0U);
}

TEST_F(RangeCacheTest, NothingIsKeptWithoutAFolderOrALog) {
  RangeCache("", std::string(64, 'a')).Save(RangeOf(5));
  EXPECT_EQ(RangeCache("", std::string(64, 'a')).Load().range.size(), 0U);
  RangeCache(folder_.string(), "").Save(RangeOf(5));
  EXPECT_FALSE(fs::exists(folder_));
}

TEST_F(RangeCacheTest, AFileWithAnyByteChangedOrCutIsNotBelieved) {
  Cache().Save(RangeOf(11));
  std::ifstream in(File());
  const std::string whole{std::istreambuf_iterator<char>(in), {}};
  ASSERT_GT(whole.size(), 200U);
  for (std::size_t i = 0; i + 1 < whole.size(); ++i) {
    std::string broken = whole;
    broken[i] = broken[i] == '0' ? '1' : '0';
    std::ofstream(File(), std::ios::trunc) << broken;
    ASSERT_EQ(Cache().Load().range.size(), 0U) << "byte " << i;
  }
  for (std::size_t length = 0; length + 1 < whole.size(); ++length) {
    std::ofstream(File(), std::ios::trunc) << whole.substr(0, length);
    ASSERT_EQ(Cache().Load().range.size(), 0U) << "cut at " << length;
  }
}

}  // namespace
}  // namespace paliad::store
