#include "controller/scratch/names.h"

#include <gtest/gtest.h>

#include <regex>
#include <set>

#include "controller/scratch/lock_mode.h"

namespace paliad::scratch {
namespace {

const WallTime kNoon =
    WallTime(std::chrono::microseconds(1'779'273'480'123'456));  // 2026-05-20T10:38:00.123456Z

TEST(ScratchNames, ARunsNameHoldsTheTimeAndMatchesItsPattern) {
  const std::string name = MakeRunName(RunNameKind::kClone, kNoon);
  EXPECT_EQ(name.substr(0, 28), "paliad_dry_c_20260520103800_");
  EXPECT_TRUE(std::regex_match(name, std::regex(kRunNamePattern)));
  EXPECT_TRUE(std::regex_match(MakeRunName(RunNameKind::kBuild, kNoon), std::regex(kRunNamePattern)));
  EXPECT_FALSE(std::regex_match(name, std::regex(kTemplateNamePattern)));
  EXPECT_LE(name.size(), 63U) << "PostgreSQL cuts it";
}

TEST(ScratchNames, NoTwoRunsHaveOneName) {
  std::set<std::string> names;
  for (int i = 0; i < 1000; ++i) {
    names.insert(MakeRunName(RunNameKind::kClone, kNoon));
  }
  EXPECT_EQ(names.size(), 1000U);
}

TEST(ScratchNames, ATemplateIsNamedAfterItsDigest) {
  const std::string name = TemplateName("0123456789abcdef0123456789abcdef");
  EXPECT_EQ(name, "paliad_dry_t_0123456789abcdef01234567");
  EXPECT_TRUE(std::regex_match(name, std::regex(kTemplateNamePattern)));
  EXPECT_FALSE(std::regex_match(name, std::regex(kRunNamePattern)));
}

TEST(LockMode, EveryNameIsReadBack) {
  for (int i = 0; i <= static_cast<int>(LockMode::kAccessExclusive); ++i) {
    const auto mode = static_cast<LockMode>(i);
    EXPECT_EQ(ParseLockMode(LockModeName(mode)), mode);
    EXPECT_FALSE(Blocks(mode).empty());
  }
  EXPECT_FALSE(ParseLockMode("SIReadLock"));
  EXPECT_FALSE(ParseLockMode(""));
}

}  // namespace
}  // namespace paliad::scratch
