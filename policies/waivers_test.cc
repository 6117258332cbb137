#include "policies/waivers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "policies/rendered.h"

namespace paliad {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// "line:column rule", with what is waived as "line:column rule (reason)".
std::vector<std::string> Judged(std::string_view text, const Policy& policy = DefaultPolicy()) {
  std::vector<std::string> all;
  for (const Finding& finding : CheckTextBy(policy, text)) {
    all.push_back(std::to_string(finding.line) + ":" + std::to_string(finding.column) + " " + finding.rule +
                  (finding.waiver ? " (" + *finding.waiver + ")" : ""));
  }
  return all;
}

std::string WaiverMessage(std::string_view text) {
  for (const Finding& finding : CheckTextBy(DefaultPolicy(), text)) {
    if (finding.rule == "waiver") {
      return finding.message;
    }
  }
  return "";
}

TEST(Waivers, AWaiverAboveAStatementHoldsForIt) {
  EXPECT_THAT(
      Judged("SELECT 1;\n-- paliad:allow drop: unused since v3, see #812\nDROP TABLE a;\nDROP TABLE b;\n"),
      ElementsAre("3:1 drop (unused since v3, see #812)", "4:1 drop"));
}

TEST(Waivers, OtherCommentsMayStandBetween) {
  EXPECT_THAT(
      Judged("SELECT 1;\n  -- paliad:allow drop: r\n-- more about it\n/* and\nmore */\nDROP TABLE a;\n"),
      ElementsAre("6:1 drop (r)"));
}

TEST(Waivers, AWaiverInTheHeaderHoldsForTheFile) {
  EXPECT_THAT(Judged("-- A header.\n-- paliad:allow drop: all of v2 goes\n\nDROP TABLE a;\nDROP TABLE b;\n"),
              ElementsAre("4:1 drop (all of v2 goes)", "5:1 drop (all of v2 goes)"));
}

TEST(Waivers, AWaiverThatTouchesTheFirstStatementIsOfThatStatement) {
  EXPECT_THAT(Judged("-- paliad:allow drop: r\nDROP TABLE a;\nDROP TABLE b;\n"),
              ElementsAre("2:1 drop (r)", "3:1 drop"));
}

TEST(Waivers, TheNearerReasonCounts) {
  EXPECT_THAT(
      Judged("-- paliad:allow drop: file\n\nDROP TABLE a;\n-- paliad:allow drop: statement\nDROP TABLE b;\n"),
      ElementsAre("3:1 drop (file)", "5:1 drop (statement)"));
}

TEST(Waivers, OneLineMayNameSeveralRules) {
  EXPECT_THAT(Judged("-- paliad:allow drop , drop: r\n\nDROP TABLE a;\n"),
              ElementsAre("1:1 waiver", "3:1 drop (r)"));
}

TEST(Waivers, CrlfIsALineEnd) {
  EXPECT_THAT(Judged("SELECT 1;\r\n-- paliad:allow drop: r\r\nDROP TABLE a;\r\n"),
              ElementsAre("3:1 drop (r)"));
}

TEST(Waivers, AReasonIsRequired) {
  for (const char* text : {"-- paliad:allow drop\nDROP TABLE a;", "-- paliad:allow drop:  \nDROP TABLE a;"}) {
    EXPECT_THAT(Judged(text), ElementsAre("1:1 waiver", "2:1 drop")) << text;
    EXPECT_EQ(WaiverMessage(text), "a waiver needs a reason: who reads it later wants to know why");
  }
}

TEST(Waivers, AnUnknownRuleIsFoundWithTheOneThatIsMeant) {
  EXPECT_EQ(WaiverMessage("-- paliad:allow dorp: r\nDROP TABLE a;"),
            "there is no rule 'dorp' to waive (did you mean 'drop'?)");
  EXPECT_EQ(WaiverMessage("-- paliad:allow : r\nDROP TABLE a;"), "a waiver needs the name of a rule");
}

TEST(Waivers, AnUnknownDirectiveIsFoundWithTheOneThatIsMeant) {
  EXPECT_EQ(WaiverMessage("-- paliad:no-transactoin\nSELECT 1;"),
            "nothing is known of `paliad:no-transactoin` (did you mean 'no-transaction'?)");
  EXPECT_EQ(WaiverMessage("-- paliad:no-transaction because of the index\nSELECT 1;"), "");
}

TEST(Waivers, AWaiverThatNothingNeedsIsFound) {
  EXPECT_EQ(WaiverMessage("-- paliad:allow drop: r\nSELECT 1;"),
            "the rule 'drop' finds nothing here that this waiver would be needed for");
}

TEST(Waivers, AWaiverAboveNothingIsFound) {
  const std::string message = "the waiver stands above no statement, so nothing is waived";
  for (const char* text : {
           "SELECT 1;\n-- paliad:allow drop: r\n\nDROP TABLE a;",  // an empty line between
           "SELECT 1; -- paliad:allow drop: r\nDROP TABLE a;",     // behind another statement
           "SELECT 1;\nDROP -- paliad:allow drop: r\nTABLE a;",    // inside of the statement
           "DROP TABLE a;\n-- paliad:allow drop: r\n",             // at the end
       }) {
    EXPECT_EQ(WaiverMessage(text), message) << text;
  }
}

TEST(Waivers, TextThatOnlyLooksLikeAWaiverIsNone) {
  EXPECT_THAT(Judged("SELECT '\n-- paliad:allow drop: r\n';\nDO $$\n-- paliad:allow drop: r\nBEGIN END $$;\n"
                     "/* -- paliad:allow drop: r */\nSELECT 2;\n-- see paliad:allow drop: r\nSELECT 3;"),
              ::testing::Not(::testing::Contains("waiver")));
}

TEST(Waivers, WhatTheCoreRestsOnCannotBeWaived) {
  EXPECT_THAT(Judged("-- paliad:allow transaction-control: r\nCOMMIT;\n"),
              ElementsAre("1:1 waiver", "2:1 transaction-control"));
}

TEST(Waivers, APolicyMayForbidThem) {
  Policy policy = DefaultPolicy();
  policy.rules["drop"] = {.severity = Severity::kError, .waivable = false};
  EXPECT_THAT(Judged("-- paliad:allow drop: r\nDROP TABLE a;\n", policy),
              ElementsAre("1:1 waiver", "2:1 drop"));
}

TEST(Waivers, ARuleThatIsOffStillUsesItsWaiver) {
  Policy policy = DefaultPolicy();
  policy.rules["drop"].severity = Severity::kOff;
  EXPECT_THAT(Judged("-- paliad:allow drop: r\nDROP TABLE a;\nDROP TABLE b;\n", policy), IsEmpty());
}

TEST(Waivers, WhatIsWaivedRejectsNothingAndHidesNothing) {
  Policy policy = DefaultPolicy();
  policy.rules["drop"].severity = Severity::kError;
  EXPECT_FALSE(HasErrors(CheckTextBy(policy, "-- paliad:allow drop: r\nDROP TABLE a;\n")));
  std::string text;
  for (int i = 0; i < 150; ++i) {
    text += "-- paliad:allow drop: r\nDROP TABLE a;\n";
  }
  EXPECT_FALSE(HasErrors(CheckTextBy(policy, text)));
  EXPECT_TRUE(HasErrors(CheckTextBy(policy, text + "DROP TABLE b;\n")));
}

TEST(Waivers, AWaivedFindingIsShownWithItsReason) {
  EXPECT_EQ(Rendered(CheckTextBy(DefaultPolicy(), "-- paliad:allow drop: see #812\nDROP TABLE é;\n")),
            "migrations/007_x.up.sql:2:1: waived: DROP TABLE takes é away from running code [drop]\n"
            "  DROP TABLE é;\n"
            "  ^\n"
            "  hint: waived: see #812\n");
}

}  // namespace
}  // namespace paliad
