#include "migrations/sql_lexer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace paliad {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;

std::vector<std::string> Tokens(std::string_view text) {
  constexpr std::string_view kNames[] = {"word", "name", "string", "number", "", "unterminated", "end"};
  std::vector<std::string> out;
  SqlLexer lexer(text);
  for (SqlToken token = lexer.Next(); token.kind != SqlTokenKind::kEnd; token = lexer.Next()) {
    const std::string_view name = kNames[static_cast<int>(token.kind)];
    out.push_back(std::string(name) + (name.empty() ? "" : " ") +
                  std::string(text.substr(token.begin, token.end - token.begin)));
  }
  return out;
}

struct TokenCase {
  std::string text;
  std::vector<std::string> tokens;
};

TEST(SqlLexer, TokensFollowPostgresLexicalRules) {
  const TokenCase kCases[] = {
      {"", {}},
      {" \t\r\n\f", {}},
      {"SELECT a1$b, _x", {"word SELECT", "word a1$b", ",", "word _x"}},
      {"größe x", {"word größe", "word x"}},
      {"1.5e3", {"number 1.5", "word e3"}},
      {"'it''s;' x", {"string 'it''s;'", "word x"}},
      {R"('a\' x)", {R"(string 'a\')", "word x"}},
      {R"(E'a\';' e'\\' x)", {R"(string E'a\';')", R"(string e'\\')", "word x"}},
      {"B'1' x'F' N'n' U&'\\0061'", {"string B'1'", "string x'F'", "string N'n'", "string U&'\\0061'"}},
      {"fe'x'", {"word fe", "string 'x'"}},
      {"u & 'x'", {"word u", "&", "string 'x'"}},
      {R"("a;""b" U&"c;" x)", {R"(name "a;""b")", R"(name U&"c;")", "word x"}},
      {"'a'\n  'b;' x", {"string 'a'\n  'b;'", "word x"}},
      {"'a' -- c\n 'b'", {"string 'a' -- c\n 'b'"}},
      {"'a' 'b'", {"string 'a'", "string 'b'"}},
      {"E'a'\n'\\';' x",
       {"string E'a'\n'\\';'", "word x"}},  // the continuation escapes as its beginning does
      {"\"a\"\n\"b\"", {"name \"a\"", "name \"b\""}},
      {"$$a;b$$ x", {"string $$a;b$$", "word x"}},
      {"$a$;$$;$b$;$a$ x", {"string $a$;$$;$b$;$a$", "word x"}},
      {"$1 $ $2a$", {"$", "number 1", "$", "$", "number 2", "word a$"}},
      {"a$$b$$", {"word a$$b$$"}},
      {"1$$;$$", {"number 1", "string $$;$$"}},
      {"-- c;\nx", {"word x"}},
      {"-- c;\rx", {"word x"}},
      {"/* a /* ; */ b */ x", {"word x"}},
      {"/*/ ; */ x", {"word x"}},
      {"/**/x/***/y", {"word x", "word y"}},
      {"a+-/*c*/-b--d", {"word a", "+", "-", "-", "word b"}},
      {"a::b", {"word a", ":", ":", "word b"}},
      {"x 'abc;", {"word x", "unterminated 'abc;"}},
      {"x E'abc\\", {"word x", "unterminated E'abc\\"}},
      {"x \"abc;", {"word x", "unterminated \"abc;"}},
      {"x $$abc;$", {"word x", "unterminated $$abc;$"}},
      {"x /* /* */ ;", {"word x", "unterminated /* /* */ ;"}},
      {"x /*", {"word x", "unterminated /*"}},
      {"'a'\n", {"string 'a'"}},
  };
  for (const TokenCase& c : kCases) {
    EXPECT_THAT(Tokens(c.text), ElementsAreArray(c.tokens)) << c.text;
  }
}

TEST(SqlLexer, ReportsTheCommentsThatItSkips) {
  const std::string text = "-- one\r\n/* two\n*/ -- three\nSELECT 1 -- four";
  std::vector<SqlComment> comments;
  SqlLexer lexer(text);
  const SqlToken token = lexer.Next(&comments);
  EXPECT_TRUE(IsWord(text, token, "select"));
  std::vector<std::string> got;
  for (const SqlComment& comment : comments) {
    got.push_back((comment.line ? "line " : "block ") +
                  text.substr(comment.begin, comment.end - comment.begin));
  }
  EXPECT_THAT(got, ElementsAre("line -- one", "block /* two\n*/", "line -- three"));
}

TEST(SqlLexer, KeyWordsAreComparedWithoutCase) {
  const std::string text = "SeLeCt \"select\" selects";
  SqlLexer lexer(text);
  EXPECT_TRUE(IsWord(text, lexer.Next(), "select"));
  EXPECT_FALSE(IsWord(text, lexer.Next(), "select"));
  EXPECT_FALSE(IsWord(text, lexer.Next(), "select"));
  EXPECT_FALSE(IsWord(text, lexer.Next(), "select"));
}

std::vector<std::string> Chunks(std::string_view text) {
  std::vector<std::string> out;
  for (const SqlChunk& chunk : CutStatements(text)) {
    out.emplace_back(text.substr(chunk.begin, chunk.end - chunk.begin));
  }
  return out;
}

TEST(SqlLexer, StatementsAreCutAtSemicolonsAtTheTopLevel) {
  EXPECT_THAT(Chunks(";; /* c */ a ; -- d\n ; b"), ElementsAre("a", "b"));
  EXPECT_THAT(Chunks("-- only\n;;"), ElementsAre());
  EXPECT_THAT(Chunks("CREATE OR REPLACE RULE r AS ON INSERT TO t DO ALSO (a; b); c"),
              ElementsAre("CREATE OR REPLACE RULE r AS ON INSERT TO t DO ALSO (a; b)", "c"));
  EXPECT_THAT(Chunks("SELECT (1; SELECT 2"), ElementsAre("SELECT (1", "SELECT 2"));
  EXPECT_THAT(Chunks("a; /* b"), ElementsAre("a", "/* b"));
}

TEST(SqlLexer, BeginAtomicHoldsItsStatements) {
  const std::string function =
      "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1 AS end, t.case; SELECT CASE WHEN a THEN CASE b "
      "WHEN "
      "1 THEN 2 END END; END";
  EXPECT_THAT(Chunks(function + "; c; END; d"), ElementsAre(function, "c", "END", "d"));
  EXPECT_THAT(Chunks("BEGIN; ATOMIC; END"), ElementsAre("BEGIN", "ATOMIC", "END"));
  EXPECT_THAT(Chunks("BEGIN ATOMIC; c"), ElementsAre("BEGIN ATOMIC", "c"));
}

TEST(SqlLexer, ComplexityCountsNeitherCommentsNorWhatLiteralsHold) {
  const std::vector<SqlChunk> chunks =
      CutStatements("INSERT  INTO t /* long comment */ VALUES (12345, 'abcdef', $$xyz$$);");
  ASSERT_EQ(chunks.size(), 1U);
  EXPECT_EQ(chunks[0].complexity, std::string_view("INSERTINTOtVALUES(1,',"
                                                   "$)")
                                      .size());
}

TEST(SqlLexer, OnlyManyCommentsInOneRunOfOperatorCharactersAreAFlood) {
  const auto repeat = [](const std::string& part, int count) {
    std::string out;
    for (int i = 0; i < count; ++i) out += part;
    return out;
  };
  EXPECT_EQ(FindCommentFlood(""), std::string_view::npos);
  EXPECT_EQ(FindCommentFlood(repeat("/* a */", 1000)), std::string_view::npos);
  EXPECT_EQ(FindCommentFlood("/" + std::string(1000, '*') + "/"), std::string_view::npos);
  EXPECT_EQ(FindCommentFlood(repeat("/*", 64)), std::string_view::npos);
  EXPECT_EQ(FindCommentFlood("SELECT " + repeat("/*", 65)), 7U);
  EXPECT_EQ(FindCommentFlood("/* x */ a/**/" + repeat("+/**/-", 64)), 9U);
}

}  // namespace
}  // namespace paliad
