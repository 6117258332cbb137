#include "base/csv.h"

#include <gtest/gtest.h>

namespace paliad {
namespace {

TEST(Csv, PlainTextStaysAsItIs) {
  EXPECT_EQ(CsvCell(""), "");
  EXPECT_EQ(CsvCell("12"), "12");
  EXPECT_EQ(CsvCell("größe x"), "größe x");
}

TEST(Csv, SeparatorsQuotesAndLinesAreQuoted) {
  EXPECT_EQ(CsvCell("a,b"), "\"a,b\"");
  EXPECT_EQ(CsvCell("say \"x\""), "\"say \"\"x\"\"\"");
  EXPECT_EQ(CsvCell("a\nb"), "\"a\nb\"");
  EXPECT_EQ(CsvCell(" a"), "\" a\"");
  EXPECT_EQ(CsvRow({"a", "b c", "", "d,e"}), "a,b c,,\"d,e\"\r\n");
  EXPECT_EQ(CsvRow({}), "\r\n");
}

TEST(Csv, NoCellIsRunByASpreadsheet) {
  for (const char* formula : {"=", "+", "-", "@", "＝", "＋", "－", "＠"}) {
    EXPECT_EQ(CsvCell(std::string(formula) + "1"), "'" + std::string(formula) + "1");
  }
  EXPECT_EQ(CsvCell("\t=1"), "\"'\t'=1\"");
  EXPECT_EQ(CsvCell("\r1"), "\"'\r1\"");
  EXPECT_EQ(CsvCell("=HYPERLINK(\"http://x\",\"y\")"), "\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\"");
}

TEST(Csv, NorOneThatAnotherSeparatorWouldMake) {
  EXPECT_EQ(CsvCell("a;=1"), "\"a;'=1\"");
  EXPECT_EQ(CsvCell("a; \"=1"), "\"a; \"\"'=1\"");
  EXPECT_EQ(CsvCell("a\n@x"), "\"a\n'@x\"");
  EXPECT_EQ(CsvCell("  =1"), "\"  '=1\"");
}

TEST(Csv, ASignInTheMiddleIsNoFormula) { EXPECT_EQ(CsvCell("a=b-c@d"), "a=b-c@d"); }

}  // namespace
}  // namespace paliad
