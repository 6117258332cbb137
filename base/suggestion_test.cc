#include "base/suggestion.h"

#include <gtest/gtest.h>

#include <string>

namespace paliad {
namespace {

TEST(Suggestion, TheNearestWordIsMeant) {
  const std::vector<std::string_view> keys = {"branch", "path", "policy", "database_env", "database_file"};
  EXPECT_EQ(Nearest("brnach", keys), "branch");
  EXPECT_EQ(Nearest("Policy", keys), "policy");
  EXPECT_EQ(Nearest("database_fiel", keys), "database_file");
  EXPECT_EQ(Nearest("path", keys), "path");
}

TEST(Suggestion, WhatIsFarFromEverythingMeansNothing) {
  EXPECT_EQ(Nearest("colour", {"branch", "path"}), std::nullopt);
  EXPECT_EQ(Nearest("", {"a"}), std::nullopt);
  EXPECT_EQ(Nearest("x", {}), std::nullopt);
  EXPECT_EQ(Nearest(std::string(100'000, 'a'), {"a", "b"}), std::nullopt);
}

}  // namespace
}  // namespace paliad
