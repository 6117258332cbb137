#include <gtest/gtest.h>

#include "base/text.h"
#include "controller/forge/forge.h"

namespace paliad::forge {
namespace {

TEST(StatusContext, AShortOneStaysAsItIs) {
  EXPECT_EQ(StatusContext("paliad/default/policy"), "paliad/default/policy");
  EXPECT_EQ(StatusContext(std::string(255, 'x')), std::string(255, 'x'));
}

TEST(StatusContext, ALongOneIsCutAndToldApartByItsDigest) {
  const std::string one = StatusContext(std::string(300, 'x') + "1");
  const std::string other = StatusContext(std::string(300, 'x') + "2");
  EXPECT_EQ(one.size(), 255u);
  EXPECT_NE(one, other);
  EXPECT_EQ(one.substr(0, 243), std::string(242, 'x') + "-");
  EXPECT_EQ(StatusContext(one), one);
}

// The SHA-256 of 256 letters "x", by sha256sum.
TEST(StatusContext, HasTwelveDigitsOfSha256) {
  EXPECT_EQ(StatusContext(std::string(256, 'x')), std::string(242, 'x') + "-85e62acd750c");
}

TEST(StatusContext, IsNotCutWithinACharacter) {
  std::string umlauts;
  while (umlauts.size() < 300) {
    umlauts += "ä";
  }
  for (const std::string& context : {umlauts, "x" + umlauts}) {
    EXPECT_TRUE(IsValidUtf8(StatusContext(context)));
    EXPECT_LE(StatusContext(context).size(), 255u);
  }
}

}  // namespace
}  // namespace paliad::forge
