#include "policies/policy_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "policies/rules.h"

namespace paliad {
namespace {

using ::testing::ElementsAre;

std::string Problems(std::string_view text) {
  const auto policy = ParsePolicy(text, "policy.toml");
  std::string all;
  if (!policy) {
    for (const Diagnostic& problem : policy.error()) {
      all += Render(problem);
    }
  }
  return all;
}

TEST(PolicyFile, TheDefaultSaysOfEveryRuleWhatTheTableSays) {
  for (const RuleInfo& rule : AllRules()) {
    const RuleSetting expected = {.severity = rule.default_severity,
                                  .waivable = rule.latitude == Latitude::kFree};
    EXPECT_EQ(DefaultPolicy().Of(rule.id), expected) << rule.id;
  }
}

TEST(PolicyFile, StrictIsNowhereMilder) {
  for (const RuleInfo& rule : AllRules()) {
    EXPECT_GE(StrictPolicy().Of(rule.id).severity, rule.default_severity) << rule.id;
  }
  EXPECT_EQ(StrictPolicy().Of("drop").severity, Severity::kError);
}

TEST(PolicyFile, AFileChangesWhatItNames) {
  const auto policy = ParsePolicy(
      "extends = 'default'\nignore = ['*.md', 'archive/']\n[rules]\nedited-after-apply = 'error'\n"
      "drop = 'off'\nindex-not-concurrent = { severity = 'error', waivable = false }\n"
      "rename = { waivable = false }\n",
      "policy.toml");
  ASSERT_TRUE(policy.has_value());
  EXPECT_THAT(policy->ignore, ElementsAre("*.md", "archive/"));
  EXPECT_EQ(policy->Of("edited-after-apply").severity, Severity::kError);
  EXPECT_EQ(policy->Of("drop").severity, Severity::kOff);
  EXPECT_EQ(policy->Of("index-not-concurrent"),
            (RuleSetting{.severity = Severity::kError, .waivable = false}));
  EXPECT_EQ(policy->Of("rename"), (RuleSetting{.severity = Severity::kWarning, .waivable = false}));
  EXPECT_EQ(policy->Of("data-loss"), DefaultPolicy().Of("data-loss"));
}

TEST(PolicyFile, ApprovalsAreRequiredWhereItSaysSo) {
  EXPECT_FALSE(ParsePolicy("extends = 'strict'\n", "policy.toml")->require_approval);
  EXPECT_TRUE(ParsePolicy("extends = 'strict'\nrequire_approval = true\n", "policy.toml")->require_approval);
  EXPECT_EQ(Problems("require_approval = 'yes'\n"),
            "policy.toml:1:20: error: `require_approval` is true or false\n"
            "  require_approval = 'yes'\n"
            "                     ^\n");
}

TEST(PolicyFile, WithoutExtendsItBeginsWithTheDefault) {
  const auto policy = ParsePolicy("", "policy.toml");
  ASSERT_TRUE(policy.has_value());
  EXPECT_EQ(policy->rules, DefaultPolicy().rules);
}

TEST(PolicyFile, StrictCanBeExtendedFromAnyPlaceInTheFile) {
  const auto policy = ParsePolicy("ignore = ['x']\nextends = 'strict'\n", "policy.toml");
  ASSERT_TRUE(policy.has_value());
  EXPECT_EQ(policy->rules, StrictPolicy().rules);
  EXPECT_THAT(policy->ignore, ElementsAre("x"));
}

TEST(PolicyFile, TheDigestTellsPoliciesApart) {
  const auto one = ParsePolicy("extends = 'default'", "p");
  const auto two = ParsePolicy("extends = 'strict'", "p");
  EXPECT_EQ(one->digest.size(), 64U);
  EXPECT_NE(one->digest, two->digest);
  EXPECT_EQ(one->digest, ParsePolicy("extends = 'default'", "q")->digest);
}

TEST(PolicyFile, EveryMistakeIsReportedAtOnceInTheFilesOrder) {
  EXPECT_EQ(
      Problems("extend = 'default'\n"
               "ignore = ['ü', 3, 'a/b']\n"
               "[rules]\n"
               "version-collision = 'warning'\n"
               "orphaned = 'off'\n"
               "dorp = 'error'\n"
               "drop = 'fatal'\n"
               "rename = { severity = 'error', waiveable = true }\n"
               "syntax = { waivable = true }\n"
               "types = 1\n"),
      "policy.toml:1:1: error: unknown key 'extend' (did you mean 'extends'?)\n"
      "  extend = 'default'\n"
      "  ^\n"
      "policy.toml:2:16: error: a glob is a text that is not empty, such as \"*.md\"\n"
      "  ignore = ['ü', 3, 'a/b']\n"
      "                 ^\n"
      "policy.toml:2:19: error: the glob 'a/b' cannot match: it is compared with the names of the "
      "folder's entries, which have no '/'\n"
      "  ignore = ['ü', 3, 'a/b']\n"
      "                    ^\n"
      "policy.toml:4:21: error: `version-collision` stays \"error\": the core's safety and the ledger's "
      "meaning rest on it\n"
      "  version-collision = 'warning'\n"
      "                      ^\n"
      "policy.toml:5:12: error: `orphaned` cannot be turned off; it may be \"warning\" or \"error\"\n"
      "  orphaned = 'off'\n"
      "             ^\n"
      "policy.toml:6:1: error: unknown rule 'dorp' (did you mean 'drop'?)\n"
      "  dorp = 'error'\n"
      "  ^\n"
      "policy.toml:7:8: error: a severity is \"off\", \"warning\" or \"error\"\n"
      "  drop = 'fatal'\n"
      "         ^\n"
      "policy.toml:8:32: error: unknown key 'waiveable' (did you mean 'waivable'?)\n"
      "  rename = { severity = 'error', waiveable = true }\n"
      "                                 ^\n"
      "policy.toml:9:23: error: `syntax` can never be waived\n"
      "  syntax = { waivable = true }\n"
      "                        ^\n"
      "policy.toml:10:9: error: a severity is \"off\", \"warning\" or \"error\"\n"
      "  types = 1\n"
      "          ^\n");
}

TEST(PolicyFile, TextThatIsNotTomlIsLocated) {
  const std::string problems = Problems("[rules]\ndrop = \n");
  EXPECT_TRUE(problems.starts_with("policy.toml:2:")) << problems;
}

TEST(PolicyFile, WrongShapesAreSaid) {
  EXPECT_NE(Problems("rules = 1"), "");
  EXPECT_NE(Problems("ignore = 'x'"), "");
  EXPECT_NE(Problems("extends = 'other'"), "");
  EXPECT_NE(Problems("[rules]\ndrop = { waivable = 'no' }"), "");
  EXPECT_NE(Problems(std::string("a = \"\xff\"")), "");
}

TEST(PolicyFile, AsOneErrorItHasAllMistakes) {
  const auto policy = ReadPolicy("extend = 1\n[rules]\ndorp = 'off'\n", ".paliad/policy.toml");
  ASSERT_FALSE(policy.has_value());
  EXPECT_EQ(policy.error().kind, ErrorKind::kInvalidInput);
  EXPECT_EQ(policy.error().Message(),
            "cannot use the policy .paliad/policy.toml: it has 2 mistakes\n"
            ".paliad/policy.toml:1:1: error: unknown key 'extend' (did you mean 'extends'?)\n"
            "  extend = 1\n"
            "  ^\n"
            ".paliad/policy.toml:3:1: error: unknown rule 'dorp' (did you mean 'drop'?)\n"
            "  dorp = 'off'\n"
            "  ^");
}

}  // namespace
}  // namespace paliad
