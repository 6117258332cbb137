#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ctime>
#include <string>

#include "policies/rendered.h"
#include "policies/rules.h"

namespace paliad {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(SqlRules, OrdinaryMigrationsHaveNoFinding) {
  EXPECT_EQ(Rendered(CheckText(
                "-- office\nCREATE SCHEMA IF NOT EXISTS paliad;\nCREATE TABLE paliad.office (id int);\n"
                "DROP TABLE paliad.paliad_schema_migrations;\n")),
            "");
}

TEST(SqlRules, SyntaxSaysWhoseGrammarItIs) {
  EXPECT_EQ(
      Rendered(CheckText("SELECT 1;\n  SELEC 'é';\n")),
      "migrations/007_x.up.sql:2:3: error: syntax error at or near \"SELEC\" (by PostgreSQL 15's grammar) "
      "[syntax]\n"
      "    SELEC 'é';\n"
      "    ^\n"
      "  hint: correct it; if it is the syntax of a newer server, the policy may set `syntax` to "
      "\"warning\"\n");
}

TEST(SqlRules, SyntaxIsPlainAboutPsql) {
  EXPECT_EQ(Rendered(CheckText("SELECT 1;\n\\i other.sql\n")),
            "migrations/007_x.up.sql:2:1: error: \\i is a command of psql, not SQL [syntax]\n"
            "  \\i other.sql\n"
            "  ^\n"
            "  hint: migrations are sent to the server, not through psql: write what it does in SQL\n");
  EXPECT_EQ(Rendered(CheckText("COPY public.t (a) FROM stdin;\n1\n\\.\n")),
            "migrations/007_x.up.sql:1:1: error: COPY … FROM stdin reads data that a migration cannot send "
            "[syntax]\n"
            "  COPY public.t (a) FROM stdin;\n"
            "  ^\n"
            "  hint: write the rows as INSERT INTO … VALUES (…), (…); pg_dump does it with --inserts\n");
}

TEST(SqlRules, AnErrorAtTheEndPointsPastTheLastCharacter) {
  EXPECT_THAT(Places("CREATE TABLE t (\n"), ElementsAre("2:1 syntax"));
  EXPECT_THAT(Places("CREATE TABLE t ("), ElementsAre("1:17 syntax"));
}

TEST(SqlRules, AFileWithoutAStatementIsEmpty) {
  EXPECT_EQ(Rendered(CheckText("-- nothing yet\n")),
            "migrations/007_x.up.sql:1:1: warning: the file has no statement [empty]\n"
            "  -- nothing yet\n"
            "  ^\n"
            "  hint: write what it should do, or remove the file if no database has applied it\n");
  EXPECT_THAT(Places(""), ElementsAre("1:1 empty"));
  EXPECT_THAT(Places(";;\n"), ElementsAre("1:1 empty"));
}

TEST(SqlRules, FindingsOfOneFileAreInOrder) {
  EXPECT_THAT(Places("SELECT pg_advisory_lock(1); VACUUM;\nBEGIN; DISCARD ALL"),
              ElementsAre("1:8 tracker-touched", "1:29 needs-no-transaction", "2:1 transaction-control",
                          "2:8 needs-no-transaction", "2:8 tracker-touched"));
}

TEST(SqlRules, ManyFilesTakeLittleTime) {
  std::string text = "-- paliad\n";
  for (int i = 0; i < 8; ++i) {
    const std::string n = std::to_string(i);
    text += "CREATE TABLE paliad.office_" + n +
            " (id bigint PRIMARY KEY, name text NOT NULL DEFAULT 'x', at timestamptz);\n" +
            "CREATE INDEX office_name_" + n + " ON paliad.office_" + n + " (name) WHERE name <> '';\n";
  }
  const std::clock_t start = std::clock();
  for (int i = 0; i < 1000; ++i) {
    ASSERT_THAT(CheckText(text), IsEmpty());
  }
  // A second of a core in an optimised build; the limit only catches what grows by orders of magnitude.
  EXPECT_LT(std::clock() - start, 30 * CLOCKS_PER_SEC);
}

// Trees may be 16,000 levels deep; a rule that recursed over them would overflow the stack.
TEST(SqlRules, DeepStatementsAreJudged) {
  std::string sum = "1";
  for (int i = 0; i < 7900; ++i) {
    sum += "+1";
  }
  EXPECT_THAT(CheckText("SELECT " + sum), IsEmpty());
  EXPECT_THAT(Places("ALTER TYPE e ADD VALUE 'x'; SELECT f(" + sum + "+length('x'))"),
              ElementsAre("1:1 needs-no-transaction"));
  EXPECT_THAT(Places("SELECT pg_advisory_lock(1)+" + sum), ElementsAre("1:8 tracker-touched"));
}

TEST(SqlRules, ALargeFileOfRowsIsJudged) {
  std::string text;
  while (text.size() < (std::size_t{4} << 20)) {
    text += "INSERT INTO app.t (a, b) VALUES (12345, 'some text here');\n";
  }
  EXPECT_THAT(CheckText(text), IsEmpty());
  text += "INSERT INTO app.t (a, b) SELECT version, name FROM paliad.applied_migrations;\nCOMMIT;";
  const std::vector<Finding> findings = CheckText(text);
  ASSERT_EQ(findings.size(), 2U);
  EXPECT_EQ(findings[0].rule, "tracker-touched");
  EXPECT_EQ(findings[0].column, 1) << "a compact tree has no locations: the statement's place";
  EXPECT_EQ(findings[1].rule, "transaction-control");
}

}  // namespace
}  // namespace paliad
