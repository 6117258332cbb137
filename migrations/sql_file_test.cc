#include "migrations/sql_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pg_query.h>

#include <random>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/line_index.h"
#include "migrations/sql_tree.h"

namespace paliad {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;

// Each statement's text, or "offset: message | hint".
std::vector<std::string> Describe(const std::string& text) {
  const SqlFile file = ParseSqlFile(text);
  if (file.error) {
    EXPECT_TRUE(file.statements.empty());
    return {std::to_string(file.error->offset) + ": " + file.error->message +
            (file.error->hint.empty() ? "" : " | " + file.error->hint)};
  }
  std::vector<std::string> out;
  for (const Statement& statement : file.statements) {
    out.push_back(text.substr(statement.begin, statement.end - statement.begin));
  }
  return out;
}

struct FileCase {
  std::string text;
  std::vector<std::string> statements;
};

TEST(SqlFile, StatementsAreByteExact) {
  const std::string function =
      "CREATE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; SELECT CASE WHEN true THEN 1 ELSE "
      "2 END; "
      "END";
  const FileCase kCases[] = {
      {"", {}},
      {"-- only a comment\n/* and another */", {}},
      {";; ;", {}},
      {"SELECT 1", {"SELECT 1"}},
      {"SELECT 1; SELECT 2;\n\nSELECT 3", {"SELECT 1", "SELECT 2", "SELECT 3"}},
      {";;SELECT 1;; ;SELECT 2;;", {"SELECT 1", "SELECT 2"}},
      {"-- a\nSELECT 1 -- b\n; /* c /* d */ */ SELECT /* e */ 2 /* f */ -- g",
       {"SELECT 1", "SELECT /* e */ 2"}},
      {"SELECT $$a;b$$, $x$;$$;$x$; SELECT 'a;''b'", {"SELECT $$a;b$$, $x$;$$;$x$", "SELECT 'a;''b'"}},
      {R"(SELECT E'a\';b', E'\\'; SELECT U&'d;!0061' UESCAPE '!'; SELECT "a;b" FROM t)",
       {R"(SELECT E'a\';b', E'\\')", "SELECT U&'d;!0061' UESCAPE '!'", R"(SELECT "a;b" FROM t)"}},
      {"CREATE RULE r AS ON INSERT TO t DO ALSO (SELECT 1; SELECT 2); SELECT 3",
       {"CREATE RULE r AS ON INSERT TO t DO ALSO (SELECT 1; SELECT 2)", "SELECT 3"}},
      {function + "; SELECT 5", {function, "SELECT 5"}},
      {"CREATE PROCEDURE p() BEGIN ATOMIC END; SELECT 1",
       {"CREATE PROCEDURE p() BEGIN ATOMIC END", "SELECT 1"}},
      {"DO $$ BEGIN COMMIT; END $$; SELECT 1", {"DO $$ BEGIN COMMIT; END $$", "SELECT 1"}},
      {"SELECT 1;\r\nSELECT\r\n2;\r\n-- c\r\n", {"SELECT 1", "SELECT\r\n2"}},
      {"SELECT 'ü', \"größe\" FROM t; /* é */ SELECT '事' ; SELECT 1",
       {"SELECT 'ü', \"größe\" FROM t", "SELECT '事'", "SELECT 1"}},
      {"SELECT 'a'\n'b;c'; SELECT E'a'\n'\\';c'", {"SELECT 'a'\n'b;c'", "SELECT E'a'\n'\\';c'"}},
      {"BEGIN; SELECT 1; END", {"BEGIN", "SELECT 1", "END"}},
  };
  for (const FileCase& c : kCases) {
    EXPECT_THAT(Describe(c.text), ElementsAreArray(c.statements)) << c.text;
  }
}

// The lexer takes "case" here for the key word, and cuts too late; "end", and cuts too early. The parser's
// answer for the rest of the file counts.
TEST(SqlFile, StatementsThatWereCutWronglyAreParsedAsAWhole) {
  const std::string early = "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1 end; SELECT 2; END";
  EXPECT_THAT(Describe(early + "; SELECT 3; SELECT 4"), ElementsAre(early, "SELECT 3", "SELECT 4"));
  const std::string late = "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1 case; END";
  EXPECT_THAT(Describe(late + "; SELECT 3; SELECT 4"), ElementsAre(late, "SELECT 3", "SELECT 4"));
  EXPECT_THAT(Describe(early + "; SELECT 3; SELEC 4"), ElementsAre("84: syntax error at or near \"SELEC\""));
}

struct ErrorCase {
  std::string text;
  std::string error;
};

TEST(SqlFile, ErrorsHaveAByteOffsetAndTheParsersWords) {
  const std::string kNotPsql = " | migrations are sent to the server, not through psql: write ";
  const std::string kCopy =
      "COPY … FROM stdin reads data that a migration cannot send | write the rows as INSERT INTO … VALUES "
      "(…), "
      "(…); pg_dump does it with --inserts";
  const ErrorCase kCases[] = {
      {"SELEC 1", "0: syntax error at or near \"SELEC\""},
      {"SELECT 1; SELEC 2; SELECT 3", "10: syntax error at or near \"SELEC\""},
      {"-- ü\nSELECT 'é'; SELECT FROM FROM", "31: syntax error at or near \"FROM\""},
      {"SELECT (1; SELECT 2)", "9: syntax error at or near \";\""},
      {"SELECT 1) ; SELECT (2", "8: syntax error at or near \")\""},
      {"SELECT", ""},
      {"CREATE TABLE t (", "16: syntax error at end of input"},
      {"CREATE TABLE t (; SELECT 1", "16: syntax error at or near \";\""},
      {"SELECT 1; SELECT 'abc; SELECT 2", "17: unterminated quoted string at or near \"'abc; SELECT 2\""},
      {"SELECT 1; /* abc", "10: unterminated /* comment at or near \"/* abc\""},
      {"/* abc", "0: unterminated /* comment at or near \"/* abc\""},
      {"SELECT 1; SELECT $x$ abc $$;", "17: unterminated dollar-quoted string at or near \"$x$ abc $$;\""},
      {"SELECT \"a", "7: unterminated quoted identifier at or near \"\"a\""},
      {"SELECT E'\\xff'", "0: invalid byte sequence for encoding \"UTF8\": 0xff"},
      {"SELECT 1;\n\\d foo\nSELECT 2;",
       "10: \\d is a command of psql, not SQL" + kNotPsql + "what it does in SQL"},
      {"\\set ON_ERROR_STOP on\nSELECT 1;",
       "0: \\set is a command of psql, not SQL" + kNotPsql + "what it does in SQL"},
      {"SELECT 1 \\gexec", "9: \\gexec is a command of psql, not SQL" + kNotPsql + "what it does in SQL"},
      {"SELECT :'name';", "7: variables of psql, such as :name, are not SQL" + kNotPsql + "the value"},
      {"SELECT 1;\n<<<<<<< HEAD\nSELECT 2;\n=======\n",
       "10: this is a merge conflict that was committed | resolve it and remove git's markers"},
      {"SELECT 1; COPY t FROM stdin;", "10: " + kCopy},
      {"-- c\nCOPY t (a, b) FROM STDIN WITH (FORMAT csv);\n1,'x\n\\.\nSELECT 1;", "5: " + kCopy},
      {"SELECT 1;\nCOPY t FROM stdin;\n1\tit's\n\\.\nSELECT 1;", "10: " + kCopy},
  };
  for (const ErrorCase& c : kCases) {
    if (c.error.empty()) {
      EXPECT_FALSE(ParseSqlFile(c.text).error) << c.text;
      continue;
    }
    EXPECT_THAT(Describe(c.text), ElementsAre(c.error)) << c.text;
  }
}

TEST(SqlFile, CopyFromAFileAndCopyToAreStatements) {
  EXPECT_THAT(Describe("COPY t FROM '/tmp/x'; COPY t TO stdout; COPY t FROM PROGRAM 'x'"),
              ElementsAre("COPY t FROM '/tmp/x'", "COPY t TO stdout", "COPY t FROM PROGRAM 'x'"));
}

TEST(SqlFile, AMessageDoesNotQuoteTheWholeFile) {
  const std::string text = "SELECT '" + std::string(100000, 'x');
  const SqlFile file = ParseSqlFile(text);
  ASSERT_TRUE(file.error);
  EXPECT_LE(file.error->message.size(), 200U);
  EXPECT_THAT(file.error->message, ::testing::StartsWith("unterminated quoted string at or near \"'xxx"));
}

// PostgreSQL cuts names after 63 bytes; a character that is cut in half would not be JSON.
TEST(SqlFile, LongNamesAreCutAtACharactersEdge) {
  const std::string name = std::string(62, 'x') + "é";
  const SqlFile file = ParseSqlFile("DROP TABLE " + name);
  ASSERT_FALSE(file.error) << file.error->message;
  EXPECT_THAT(file.statements.at(0).tree->dump(), ::testing::HasSubstr("\"" + std::string(62, 'x') + "\""));
}

// Every `location` with its text, to compare two ways of parsing.
std::vector<std::size_t> Locations(const Json& tree) {
  std::vector<std::size_t> locations;
  VisitObjects(tree, [&](std::string_view, const Json& object) {
    const auto at = object.find("location");
    if (at != object.end() && at->is_number_unsigned()) {
      locations.push_back(at->get<std::size_t>());
    }
  });
  return locations;
}

TEST(SqlFile, LocationsAreOffsetsInTheWholeFile) {
  const std::string text =
      "SELECT 1;\n-- é\nCREATE TABLE a (x int);;WITH q AS (SELECT 1) SELECT * FROM q, \"ü\".b";
  const SqlFile file = ParseSqlFile(text);
  ASSERT_EQ(file.statements.size(), 3U);
  const Json& create = file.statements[1].tree->at("CreateStmt");
  EXPECT_EQ(create.at("relation").at("location"), text.find("a (x"));
  const Json& select = file.statements[2].tree->at("SelectStmt");
  EXPECT_EQ(select.at("withClause").at("location"), text.find("WITH"));
  EXPECT_EQ(select.at("fromClause").at(1).at("RangeVar").at("location"), text.find("\"ü\".b"));
}

// Files made of statements that are hard to cut, parsed by parts here and as a whole by libpg_query:
// boundaries, trees and locations must be the same.
TEST(SqlFile, PartsGiveWhatTheWholeGives) {
  const std::vector<std::string> kStatements = {
      "SELECT 1",
      "WITH a AS (SELECT 1) INSERT INTO t SELECT * FROM a",
      "CREATE RULE r AS ON INSERT TO t DO ALSO (SELECT 1; SELECT ';')",
      "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE 1 WHEN 1 THEN 2 END; RETURN 3; END",
      "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1 AS end; SELECT 2 end; END",
      "CREATE PROCEDURE p() BEGIN ATOMIC END",
      "SELECT $$;$$ || $a$;$b$;$a$",
      "SELECT E'\\';' || 'x'\n';' || U&'\\00fc;'",
      "/* /* ; */ */ SELECT -- ;\n 1",
      "SELECT a.end, b.\"case\" FROM \"ü;\" a",
      "SELECT '" + std::string(3000, 'x') + "'",
      "CREATE TABLE s.t (a int PRIMARY KEY, CHECK (a > 0))",
      "",
  };
  std::mt19937 random(7);  // NOLINT: the same files each time
  for (int round = 0; round < 60; ++round) {
    std::string text;
    const std::size_t size = round % 10 == 0 ? 150000 : 300;
    while (text.size() < size) {
      text += kStatements[random() % kStatements.size()] + ";" + (random() % 2 == 0 ? "\n" : " -- ü;\n");
    }
    const PgQueryParseResult whole = pg_query_parse(text.c_str());
    ASSERT_EQ(whole.error, nullptr);
    const Json document = Json::parse(whole.parse_tree);
    pg_query_free_parse_result(whole);

    const SqlFile file = ParseSqlFile(text);
    ASSERT_FALSE(file.error) << file.error->message;
    ASSERT_EQ(file.statements.size(), document["stmts"].size());
    std::size_t previous_end = 0;
    for (std::size_t i = 0; i < file.statements.size(); ++i) {
      const Statement& statement = file.statements[i];
      ASSERT_GE(statement.begin, previous_end);
      ASSERT_LT(statement.begin, statement.end);
      previous_end = statement.end;
      const Json& raw = document["stmts"][i];
      ASSERT_FALSE(statement.compact);
      ASSERT_EQ(*statement.tree, raw["stmt"])
          << text.substr(statement.begin, statement.end - statement.begin);
      ASSERT_GE(statement.begin, raw.value("stmt_location", 0U));
      ASSERT_LE(statement.end, raw.value("stmt_location", 0U) + raw.value("stmt_len", 0U));
      ASSERT_FALSE(Locations(*statement.tree).empty() && statement.tree->contains("SelectStmt"));
    }
  }
}

// Whatever the lexer makes of a text: it is accepted where the parser accepts the whole, as the same
// statements, and refused at the same place.
TEST(SqlFile, CuttingNeverChangesWhatTheParserSays) {
  const std::vector<std::string> kParts = {"SELECT ",
                                           "1",
                                           "a",
                                           ";",
                                           ";",
                                           ";\n",
                                           "'",
                                           "'",
                                           "\"",
                                           "$$",
                                           "$a$",
                                           "E'",
                                           "U&'",
                                           "\\",
                                           "--",
                                           "\n",
                                           " ",
                                           "/*",
                                           "*/",
                                           "(",
                                           ")",
                                           ",",
                                           "+",
                                           ".",
                                           "é",
                                           "CREATE RULE r AS ON INSERT TO t DO ALSO (SELECT 1",
                                           "SELECT 1;",
                                           "SELECT 2;",
                                           "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC ",
                                           " END",
                                           " CASE 1 WHEN 1 THEN 2",
                                           " AS ",
                                           "$1",
                                           "INSERT INTO t VALUES "};
  std::mt19937 random(11);  // NOLINT: the same texts each time
  int accepted = 0;
  for (int round = 0; round < 20000; ++round) {
    std::string text;
    const std::size_t parts = 1 + random() % 14;
    for (std::size_t i = 0; i < parts; ++i) {
      text += kParts[random() % kParts.size()];
    }
    const PgQueryParseResult whole = pg_query_parse(text.c_str());
    const SqlFile file = ParseSqlFile(text);
    ASSERT_EQ(whole.error != nullptr, file.error.has_value()) << text;
    if (whole.error != nullptr) {
      const LineIndex index(text);
      const int character = whole.error->cursorpos;
      ASSERT_EQ(file.error->offset, character > 0 ? index.ByteOfCharacter(character) : 0) << text;
    } else {
      const Json document = Json::parse(whole.parse_tree);
      ASSERT_EQ(document["stmts"].size(), file.statements.size()) << text;
      for (std::size_t i = 0; i < file.statements.size(); ++i) {
        ASSERT_EQ(document["stmts"][i]["stmt"], *file.statements[i].tree) << text;
      }
      accepted += file.statements.empty() ? 0 : 1;
    }
    pg_query_free_parse_result(whole);
  }
  EXPECT_GT(accepted, 200) << "too few texts were SQL";
}

TEST(SqlFile, TheHeaderStandsInTheLeadingComments) {
  const std::string twenty(19, '\n');
  const std::string kYes[] = {
      "-- paliad:no-transaction",
      "-- paliad:no-transaction\r\nSELECT 1;",
      "\n/* licence */\n-- first\n--  paliad:no-transaction because of CONCURRENTLY\nVACUUM;",
      "--paliad:no-transaction\t\nSELECT 1",
      twenty + "-- paliad:no-transaction",
  };
  for (const std::string& text : kYes) {
    EXPECT_TRUE(HasNoTransactionHeader(text)) << text;
    EXPECT_TRUE(ParseSqlFile(text).no_transaction) << text;
  }
  const std::string kNo[] = {
      "",
      "SELECT 1; -- paliad:no-transaction",
      "SELECT 1;\n-- paliad:no-transaction\nVACUUM;",
      "/* -- paliad:no-transaction */ VACUUM",
      "-- paliad:no-transactions\nVACUUM",
      "-- not paliad:no-transaction\nVACUUM",
      "-- PALIAD:no-transaction\nVACUUM",
      "--",
      ";-- paliad:no-transaction\nVACUUM",
      twenty + "\n-- paliad:no-transaction",
      "SELECT '\n-- paliad:no-transaction\n'",
  };
  for (const std::string& text : kNo) {
    EXPECT_FALSE(HasNoTransactionHeader(text)) << text;
  }
}

}  // namespace
}  // namespace paliad
