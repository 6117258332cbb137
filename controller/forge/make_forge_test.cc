#include "controller/forge/make_forge.h"

#include <gtest/gtest.h>

namespace paliad::forge {
namespace {

ForgeOptions Good() {
  return {
      .kind = ForgeKind::kGitea, .url = "https://git.example.com", .project = "m/paliad", .token = "t0ken"};
}

std::string Refusal(const ForgeOptions& options) {
  const SystemClock clock;
  const auto made = MakeForge(options, clock);
  return made ? "" : made.error().Message();
}

TEST(MakeForge, MakesTheClientOfEachKind) {
  for (const ForgeKind kind :
       {ForgeKind::kGitea, ForgeKind::kForgejo, ForgeKind::kGithub, ForgeKind::kGitlab}) {
    ForgeOptions options = Good();
    options.kind = kind;
    EXPECT_EQ(Refusal(options), "");
  }
}

TEST(MakeForge, LetsNoTokenTravelInTheClear) {
  ForgeOptions options = Good();
  options.url = "http://git.example.com";
  EXPECT_EQ(Refusal(options),
            "cannot use the forge http://git.example.com: the token would travel in the clear");
  options.url = "http://127.0.0.1:3000/";
  EXPECT_EQ(Refusal(options), "");
}

TEST(MakeForge, ShowsNoPasswordOfAnAddress) {
  ForgeOptions options = Good();
  options.url = "https://me:s3cret@git.example.com";
  EXPECT_NE(Refusal(options).find("it is not the address of a forge"), std::string::npos) << Refusal(options);
  EXPECT_EQ(Refusal(options).find("s3cret"), std::string::npos);
}

TEST(MakeForge, RefusesWhatIsNoProject) {
  for (const char* project : {"", "paliad", "/paliad", "m/", "m//paliad", "m/..", "./paliad", "a/b/c"}) {
    ForgeOptions options = Good();
    options.project = project;
    EXPECT_NE(Refusal(options), "") << project;
  }
  ForgeOptions nested = Good();
  nested.kind = ForgeKind::kGitlab;
  nested.project = "group/subgroup/paliad";
  EXPECT_EQ(Refusal(nested), "");
}

TEST(MakeForge, RefusesATokenThatWouldBreakOutOfItsHeaderAndDoesNotShowIt) {
  for (const char* token : {"", "s3cret\r\nHost: evil", "s3cret two", "s3crät"}) {
    ForgeOptions options = Good();
    options.token = token;
    EXPECT_NE(Refusal(options), "") << token;
    EXPECT_EQ(Refusal(options).find("s3cr"), std::string::npos);
  }
}

}  // namespace
}  // namespace paliad::forge
