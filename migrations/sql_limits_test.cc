// What strangers may send: large, deep, and both. Every case must end in statements or a SyntaxError.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <string>

#include "base/json.h"
#include "base/sanitizers.h"
#include "migrations/sql_file.h"
#include "migrations/sql_tree.h"

namespace paliad {
namespace {

using ::testing::HasSubstr;

constexpr std::size_t kLarge = std::size_t{20} << 20;

std::string Repeat(const std::string& part, std::size_t count) {
  std::string out;
  out.reserve(part.size() * count);
  for (std::size_t i = 0; i < count; ++i) {
    out += part;
  }
  return out;
}

long PeakMebibytes() {
  struct rusage usage {};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss / 1024;
}

// The sanitizers' own memory is not what is measured.
constexpr long kMaxPeakMebibytes = PALIAD_SANITIZED != 0 ? 4000 : 400;

TEST(SqlLimits, ManyStatementsShareTheirTreesAndKeepTheirPlaces) {
  const std::string row = "INSERT INTO t (a, b, c) VALUES (12345, 'some text here', now());\n";
  const std::string text = Repeat(row, kLarge / row.size());
  const SqlFile file = ParseSqlFile(text);
  ASSERT_FALSE(file.error) << file.error->message;
  ASSERT_EQ(file.statements.size(), kLarge / row.size());
  for (std::size_t i = 0; i < file.statements.size(); ++i) {
    ASSERT_EQ(file.statements[i].begin, i * row.size());
    ASSERT_EQ(file.statements[i].end, (i + 1) * row.size() - 2);
    ASSERT_EQ(file.statements[i].tree, file.statements[0].tree);
  }
  EXPECT_TRUE(file.statements[0].compact);
  EXPECT_EQ(file.statements[0].tree->at("InsertStmt").at("relation").at("relname"), "t");
  EXPECT_THAT(file.statements[0].tree->dump(), HasSubstr("now"));
  EXPECT_LT(PeakMebibytes(), kMaxPeakMebibytes);
}

TEST(SqlLimits, OneInsertOfManyRowsIsParsedByParts) {
  const std::string row = "(12345, 'some text here', now()),\n";
  const std::string text =
      "-- é\nWITH q AS (SELECT 1) INSERT INTO s.t AS u (a, b, c) OVERRIDING SYSTEM VALUE VALUES " +
      Repeat(row, kLarge / row.size()) +
      "(1, 'é', f(2)) ON CONFLICT (a) DO UPDATE SET (a, b) = (1, 2), (c, d) = (3, 4) "
      "RETURNING g(1), (h(2)), (3)";
  const SqlFile file = ParseSqlFile(text + " ;\n-- end");
  ASSERT_FALSE(file.error) << file.error->message;
  ASSERT_EQ(file.statements.size(), 1U);
  EXPECT_EQ(file.statements[0].begin, text.find("WITH"));
  EXPECT_EQ(file.statements[0].end, text.size());
  const Json& insert = file.statements[0].tree->at("InsertStmt");
  EXPECT_EQ(insert.at("relation").at("schemaname"), "s");
  EXPECT_TRUE(insert.contains("withClause"));
  EXPECT_TRUE(insert.contains("onConflictClause"));
  EXPECT_EQ(insert.at("returningList").size(), 3U);
  EXPECT_EQ(insert.at("override"), "OVERRIDING_SYSTEM_VALUE");
  // The two kinds of rows that there are.
  EXPECT_EQ(insert.at("selectStmt").at("SelectStmt").at("valuesLists").size(), 2U);
  EXPECT_THAT(insert.dump(), HasSubstr("now"));
  EXPECT_LT(PeakMebibytes(), kMaxPeakMebibytes);
}

TEST(SqlLimits, SmallRowsAreTheWorstOfManyRows) {
  const std::string text = "INSERT INTO t VALUES " + Repeat("(1,2,3),", kLarge / 40) + "(1,2,3);";
  const SqlFile file = ParseSqlFile(text);
  ASSERT_FALSE(file.error) << file.error->message;
  EXPECT_EQ(file.statements.size(), 1U);
  EXPECT_LT(PeakMebibytes(), kMaxPeakMebibytes);
}

TEST(SqlLimits, AnErrorAmongManyRowsHasItsPlace) {
  const std::string rows = Repeat("(1, 'é', 3),", 100000);
  const std::string text = "INSERT INTO t VALUES " + rows + "(1 2)," + rows + "(1);";
  const SqlFile file = ParseSqlFile(text);
  ASSERT_TRUE(file.error);
  EXPECT_EQ(file.error->offset, text.find("2)"));
  EXPECT_EQ(file.error->message, "syntax error at or near \"2\"");
}

// A wrong cut would make another statement of it: here a comma between rows is one between sort keys.
TEST(SqlLimits, WhatIsNotOnlyRowsIsNotParsedByParts) {
  const std::string rows = Repeat("(1,2),", 20000);
  for (const std::string tail : {" ORDER BY (1), (2)", " UNION VALUES (1), (2)", " RETURNING (1), (2)"}) {
    const std::string text = "INSERT INTO t VALUES " + rows + "(1,2)" + tail;
    const SqlFile file = ParseSqlFile(text);
    ASSERT_FALSE(file.error) << tail << file.error->message;
    ASSERT_EQ(file.statements.size(), 1U);
    const Json& insert = file.statements[0].tree->at("InsertStmt");
    const Json& query = insert.at("selectStmt").at("SelectStmt");
    EXPECT_TRUE(query.contains("sortClause") || query.at("op") == "SETOP_UNION" ||
                insert.contains("returningList"))
        << tail;
  }
}

TEST(SqlLimits, ALiteralMayBeLargeUpToABound) {
  for (const std::string quote : {"'", "$$"}) {
    const std::string too_long = "SELECT 1; SELECT " + quote + std::string(kLarge, 'x') + quote;
    ASSERT_TRUE(ParseSqlFile(too_long).error);
    EXPECT_EQ(ParseSqlFile(too_long).error->offset, 17U);
    EXPECT_EQ(ParseSqlFile(too_long).error->message,
              "a literal of 20.0 MiB is too long to be judged, where 16 MiB is the most");
    const std::string text =
        "INSERT INTO t VALUES (" + quote + std::string(kLarge / 2, 'x') + quote + "); SELECT 1";
    const SqlFile file = ParseSqlFile(text);
    ASSERT_FALSE(file.error) << file.error->message;
    ASSERT_EQ(file.statements.size(), 2U);
    EXPECT_LT(file.statements[0].tree->dump().size(), 1000U) << "the literal is left out";
    EXPECT_EQ(text.substr(file.statements[1].begin), "SELECT 1");
  }
  EXPECT_LT(PeakMebibytes(), kMaxPeakMebibytes);
}

TEST(SqlLimits, AStatementOfTooManyTokensIsRefused) {
  const std::string text = "SELECT 1; SELECT x IN (" + Repeat("1,", 600000) + "1) FROM t";
  const SqlFile file = ParseSqlFile(text);
  ASSERT_TRUE(file.error);
  EXPECT_EQ(file.error->offset, 10U);
  EXPECT_EQ(
      file.error->message,
      "the statement is too large to be judged: 1.1 MiB outside of literals and comments, where 1 MiB is the "
      "most");
  EXPECT_NE(file.error->hint, "");
}

TEST(SqlLimits, AStatementAtTheLimitIsJudgedAndOneByteMoreIsRefused) {
  const std::string begin = "SELECT x IN (" + Repeat("1,", kMaxStatementBytes / 2 - 9) + "1) FROM ";
  // 18 bytes are no pair of the list's, without white space.
  const SqlFile file = ParseSqlFile(begin + "tt");
  ASSERT_FALSE(file.error) << file.error->message;
  EXPECT_EQ(file.statements.size(), 1U);
  EXPECT_LT(PeakMebibytes(), kMaxPeakMebibytes);
  EXPECT_FALSE(ParseSqlFile(begin + "/* none of it */ tt ;\n-- nor this\n").error);
  const SqlFile larger = ParseSqlFile(begin + "ttt");
  ASSERT_TRUE(larger.error);
  EXPECT_THAT(larger.error->message, HasSubstr("the statement is too large to be judged"));
}

TEST(SqlLimits, ALiteralAtTheLimitIsJudgedAndOneByteMoreIsRefused) {
  const std::string most(kMaxLiteralBytes - 2, 'x');  // with its quotes
  EXPECT_FALSE(ParseSqlFile("SELECT '" + most + "'").error);
  const SqlFile longer = ParseSqlFile("SELECT '" + most + "x'");
  ASSERT_TRUE(longer.error);
  EXPECT_THAT(longer.error->message, HasSubstr("a literal of 16.0 MiB is too long"));
}

// Control characters take six bytes each in JSON, so that little text makes large trees.
TEST(SqlLimits, TreesThatAreTooLargeInAllAreRefused) {
  std::string text;
  for (int i = 0; i < 12; ++i) {
    text += "DO '" + std::to_string(i) + std::string(std::size_t{1} << 20, '\1') + "';\n";
  }
  const SqlFile file = ParseSqlFile(text);
  ASSERT_TRUE(file.error);
  EXPECT_EQ(file.error->message, "the file's statements are too large and too different to be judged");
  EXPECT_EQ(text.substr(file.error->offset, 6), "DO '10");
  EXPECT_LT(PeakMebibytes(), kMaxPeakMebibytes);
}

struct DeepCase {
  std::string name;
  std::string text;
};

TEST(SqlLimits, DeepNestingEndsInAnAnswer) {
  const std::size_t kDeep = 200000;
  const std::size_t kMost = kMaxStatementBytes / 2 - 10;  // the longest chain that is parsed at all
  const DeepCase kCases[] = {
      {"chain of operators, 160 KB", "SELECT 1" + Repeat("+1", 80000)},
      {"longest chain of operators", "SELECT 1" + Repeat("+1", kMost)},
      {"longest chain of casts", "SELECT 1" + Repeat("::a", kMaxStatementBytes / 3 - 10)},
      {"chain of UNION", "SELECT 1" + Repeat(" UNION SELECT 1", 60000)},
      {"chain of joins", "SELECT 1 FROM a" + Repeat(" NATURAL JOIN b", 60000)},
      {"chain of IS NULL", "SELECT 1" + Repeat(" IS NULL", 100000)},
      {"parentheses", "SELECT " + Repeat("(", kDeep) + "1" + Repeat(")", kDeep)},
      {"open parentheses", "SELECT " + Repeat("(", kDeep)},
      {"sub-selects", Repeat("SELECT (", 100000) + "1" + Repeat(")", 100000)},
      {"arrays", "SELECT " + Repeat("ARRAY[", kDeep / 2) + "1" + Repeat("]", kDeep / 2)},
      {"minus", "SELECT " + Repeat("- ", kDeep) + "1"},
      {"NOT", "SELECT " + Repeat("NOT ", kDeep) + "true"},
      {"CASE", "SELECT " + Repeat("CASE WHEN a THEN ", 50000) + "1" + Repeat(" END", 50000)},
      {"comments", Repeat("/*", kDeep) + Repeat("*/", kDeep) + " SELECT 1"},
      {"comments apart", Repeat("/* ", kDeep) + Repeat("*/", kDeep) + " SELEC"},
      {"small file", "SELECT 1" + Repeat("+1", 4050)},
  };
  for (const DeepCase& c : kCases) {
    const SqlFile file = ParseSqlFile(c.text);
    EXPECT_TRUE(file.error || file.statements.size() == 1) << c.name;
    if (c.name != "small file") {
      EXPECT_TRUE(file.error) << c.name;
      EXPECT_LE(file.error->offset, c.text.size()) << c.name;
    }
  }
  EXPECT_EQ(ParseSqlFile(kCases[0].text).error->message,
            "this nests too deeply to be judged; the server would refuse it too");
  EXPECT_EQ(ParseSqlFile(kCases[6].text).error->message, "this nests too deeply to be parsed");
}

TEST(SqlLimits, TooDeepNamesTheStatement) {
  const std::string before = "SELECT 1; SELECT 2;; -- é\n";
  const SqlFile file = ParseSqlFile(before + "SELECT 1" + Repeat("+1", 20000) + "; SELECT 3");
  ASSERT_TRUE(file.error);
  EXPECT_EQ(file.error->offset, before.size());
}

TEST(SqlLimits, WhatAServerAcceptsIsNotTooDeep) {
  // max_stack_depth's default lets about 5,000 operators and 7,000 UNIONs through.
  EXPECT_FALSE(ParseSqlFile("SELECT 1" + Repeat("+1", 5500)).error);
  EXPECT_FALSE(ParseSqlFile("SELECT 1" + Repeat(" UNION ALL SELECT 1", 7500)).error);
}

}  // namespace
}  // namespace paliad
