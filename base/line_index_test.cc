#include "base/line_index.h"

#include <gtest/gtest.h>

#include <ostream>
#include <string>

namespace paliad {

void PrintTo(const Position& position, std::ostream* out) { *out << position.line << ":" << position.column; }

namespace {

TEST(LineIndex, CountsColumnsInCodePoints) {
  const std::string text = "aé漢😀b\nx";
  const LineIndex index(text);
  EXPECT_EQ(index.AtByte(0), (Position{1, 1}));
  EXPECT_EQ(index.AtByte(1), (Position{1, 2}));   // é
  EXPECT_EQ(index.AtByte(3), (Position{1, 3}));   // 漢
  EXPECT_EQ(index.AtByte(6), (Position{1, 4}));   // 😀
  EXPECT_EQ(index.AtByte(10), (Position{1, 5}));  // b
  EXPECT_EQ(index.AtByte(11), (Position{1, 6}));  // the line's end
  EXPECT_EQ(index.AtByte(12), (Position{2, 1}));
  EXPECT_EQ(index.AtByte(13), (Position{2, 2}));
  EXPECT_EQ(index.AtByte(999), (Position{2, 2}));
}

TEST(LineIndex, FindsCharactersAsPostgresqlCountsThem) {
  const std::string text = "aé漢😀b\nx";
  const LineIndex index(text);
  const std::size_t bytes[] = {0, 1, 3, 6, 10, 11, 12};
  for (std::size_t character = 1; character <= 7; ++character) {
    EXPECT_EQ(index.ByteOfCharacter(character), bytes[character - 1]) << character;
  }
  EXPECT_EQ(index.ByteOfCharacter(8), text.size());
  EXPECT_EQ(index.ByteOfCharacter(999), text.size());
}

TEST(LineIndex, GivesLinesWithoutTheirEnds) {
  const LineIndex index("one\r\ntwo\n\n\r\nlast\r");
  EXPECT_EQ(index.Line(1), "one");
  EXPECT_EQ(index.Line(2), "two");
  EXPECT_EQ(index.Line(3), "");
  EXPECT_EQ(index.Line(4), "");
  EXPECT_EQ(index.Line(5), "last");
  EXPECT_EQ(index.Line(6), "");
  EXPECT_EQ(index.Line(0), "");
  EXPECT_EQ(index.Line(-1), "");
}

TEST(LineIndex, CountsTheReturnOfCrlfToItsLine) {
  const LineIndex index("ab\r\nc");
  EXPECT_EQ(index.AtByte(2), (Position{1, 3}));
  EXPECT_EQ(index.AtByte(3), (Position{1, 4}));
  EXPECT_EQ(index.AtByte(4), (Position{2, 1}));
}

TEST(LineIndex, OfNothingHasOnePosition) {
  const LineIndex index("");
  EXPECT_EQ(index.AtByte(0), (Position{1, 1}));
  EXPECT_EQ(index.AtByte(5), (Position{1, 1}));
  EXPECT_EQ(index.ByteOfCharacter(1), 0U);
  EXPECT_EQ(index.Line(1), "");
}

TEST(LineIndex, AfterTheLastLineFeedAnotherLineBegins) {
  const LineIndex index("a\n");
  EXPECT_EQ(index.AtByte(2), (Position{2, 1}));
  EXPECT_EQ(index.Line(2), "");
}

TEST(LineIndex, ATabIsOneColumn) { EXPECT_EQ(LineIndex("\t\tx").AtByte(2), (Position{1, 3})); }

}  // namespace
}  // namespace paliad
