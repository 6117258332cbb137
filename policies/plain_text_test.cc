#include "policies/plain_text.h"

#include <gtest/gtest.h>

#include <string>

namespace paliad {
namespace {

TEST(PlainText, WordsStandByThemselvesInAnyCase) {
  EXPECT_EQ(PlainText("a FOO b").Find("foo"), 2U);
  EXPECT_EQ(PlainText("foo").Find("foo"), 0U);
  EXPECT_EQ(PlainText("'foo'.").Find("foo"), 1U);
  EXPECT_EQ(PlainText("xfoo foox foo1 _foo éfoo foo$ foo").Find("foo"),
            std::string("xfoo foox foo1 _foo éfoo foo$ ").size());
  EXPECT_EQ(PlainText("fo").Find("foo"), PlainText::kNone);
  EXPECT_EQ(PlainText("").Find("foo"), PlainText::kNone);
}

TEST(PlainText, QualifiedNamesMayBeQuotedAndSpaced) {
  const std::string kYes[] = {"s.t", "x S.T", "x \"s\".\"t\"", "x s . t", "x \"s\"\n.\t\"t\"", "t, s.t"};
  for (const std::string& text : kYes) {
    EXPECT_NE(PlainText(text).FindQualified("s", "t"), PlainText::kNone) << text;
  }
  EXPECT_EQ(PlainText("x \"s\".\"t\"").FindQualified("s", "t"), 3U);
  const std::string kNo[] = {"", "t", "s t", ".t", "s..t", "xs.t", "s.tx", "t.s", "s.x.t"};
  for (const std::string& text : kNo) {
    EXPECT_EQ(PlainText(text).FindQualified("s", "t"), PlainText::kNone) << text;
  }
}

}  // namespace
}  // namespace paliad
