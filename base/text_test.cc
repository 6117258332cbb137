#include "base/text.h"

#include <gtest/gtest.h>

#include <string>

namespace paliad {
namespace {

using namespace std::string_literals;

TEST(Text, Utf8IsValidUpToTheLastCodePoint) {
  for (const std::string& text :
       {""s, "plain"s, "a\0b"s, "\x7f"s, "\xc2\x80"s, "\xdf\xbf"s, "\xe0\xa0\x80"s, "\xed\x9f\xbf"s,
        "\xee\x80\x80"s, "\xef\xbf\xbf"s, "\xf0\x90\x80\x80"s, "\xf4\x8f\xbf\xbf"s, "grün 漢字 😀"s}) {
    EXPECT_TRUE(IsValidUtf8(text)) << testing::PrintToString(text);
  }
}

TEST(Text, BytesThatAreNotUtf8AreFound) {
  struct Case {
    const char* what;
    std::string text;
    std::size_t bad_offset;
  };
  const Case cases[] = {
      {"continuation alone", "ab\x80", 2},
      {"two bytes cut", "a\xc3", 1},
      {"three bytes cut", "\xe2\x82", 0},
      {"four bytes cut", "ab\xf0\x9f\x98", 2},
      {"lead and no continuation", "\xc3(", 0},
      {"third byte wrong", "\xe2\x82(", 0},
      {"overlong NUL", "\xc0\x80", 0},
      {"overlong slash", "\xc1\xaf", 0},
      {"overlong in three", "\xe0\x9f\xbf", 0},
      {"overlong in four", "\xf0\x8f\xbf\xbf", 0},
      {"first surrogate", "\xed\xa0\x80", 0},
      {"last surrogate", "x\xed\xbf\xbf", 1},
      {"past U+10FFFF", "\xf4\x90\x80\x80", 0},
      {"lead of five", "\xf8\x88\x80\x80\x80", 0},
      {"0xFE", "\xfe", 0},
      {"0xFF", "é\xff", 2},
      {"Latin-1", "gr\xfcn", 2},
  };
  for (const Case& c : cases) {
    std::size_t bad_offset = 99;
    EXPECT_FALSE(IsValidUtf8(c.text, &bad_offset)) << c.what;
    EXPECT_EQ(bad_offset, c.bad_offset) << c.what;
    EXPECT_FALSE(IsValidUtf8(c.text)) << c.what;
  }
}

TEST(Text, EscapesWhatATerminalWouldObey) {
  struct Case {
    std::string text, one_line, multiline;
  };
  const Case cases[] = {
      {"plain, grün, 漢 😀 \\", "plain, grün, 漢 😀 \\", "plain, grün, 漢 😀 \\"},
      {"\x1b[31mred", "\\x1b[31mred", "\\x1b[31mred"},
      {"a\0b"s, "a\\x00b", "a\\x00b"},
      {"a\r\nb\tc", "a\\x0d\\nb\\tc", "a\\x0d\nb\tc"},
      {"\x07\x7f", "\\x07\\x7f", "\\x07\\x7f"},
      {"\u0080\u009b", "\\x80\\x9b", "\\x80\\x9b"},
      {"\u00a0", "\u00a0", "\u00a0"},
      {"\u202e\u2066\u2069\u061c\u200f", "\\u202e\\u2066\\u2069\\u061c\\u200f",
       "\\u202e\\u2066\\u2069\\u061c\\u200f"},
      {"\u2028\u2029", "\\u2028\\u2029", "\\u2028\\u2029"},
      {"\u2029x\u2030\u2065\u206a", "\\u2029x\u2030\u2065\u206a", "\\u2029x\u2030\u2065\u206a"},
      {"gr\xfcn", "gr\\xfcn", "gr\\xfcn"},
      {"\xe2\x80", "\\xe2\\x80", "\\xe2\\x80"},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(EscapeForTerminal(c.text), c.one_line);
    EXPECT_EQ(EscapeForTerminal(c.text, /*multiline=*/true), c.multiline);
  }
}

TEST(Text, IsMadeValidByReplacingWhatIsNot) {
  EXPECT_EQ(ToValidUtf8("grün 😀\n\x1b"), "grün 😀\n\x1b");
  EXPECT_EQ(ToValidUtf8("a\0b"s), "a\uFFFDb");
  EXPECT_EQ(ToValidUtf8("gr\xfcn"), "gr\uFFFDn");
  EXPECT_EQ(ToValidUtf8("\xe2\x82"), "\uFFFD\uFFFD");
  EXPECT_EQ(ToValidUtf8("\xed\xa0\x80"), "\uFFFD\uFFFD\uFFFD");
}

TEST(Text, IsTruncatedAtACharactersEdge) {
  EXPECT_EQ(Truncate("abcdef", 6), "abcdef");
  EXPECT_EQ(Truncate("abcdefg", 6), "abc…");
  EXPECT_EQ(Truncate("abäöü", 7), "abä…");
  EXPECT_EQ(Truncate("abäöü", 6), "ab…");
  EXPECT_EQ(Truncate("😀😀", 6), "…");
  EXPECT_EQ(Truncate("abcd", 3), "…");
  EXPECT_EQ(Truncate("", 3), "");
}

TEST(TextDeathTest, TruncateNeedsRoomForTheEllipsis) { EXPECT_DEATH(Truncate("abc", 2), "max_bytes >= 3"); }

TEST(Text, HexIsLowerCase) {
  EXPECT_EQ(HexEncode(""), "");
  EXPECT_EQ(HexEncode("\x00\x0f\xa0\xff"s), "000fa0ff");
}

TEST(Text, Base64GivesTheVectorsOfRfc4648) {
  EXPECT_EQ(Base64Encode(""), "");
  EXPECT_EQ(Base64Encode("f"), "Zg==");
  EXPECT_EQ(Base64Encode("fo"), "Zm8=");
  EXPECT_EQ(Base64Encode("foo"), "Zm9v");
  EXPECT_EQ(Base64Encode("foob"), "Zm9vYg==");
  EXPECT_EQ(Base64Encode("fooba"), "Zm9vYmE=");
  EXPECT_EQ(Base64Encode("foobar"), "Zm9vYmFy");
  EXPECT_EQ(Base64Encode("\xfb\xff\xfe\x00"s), "+//+AA==");
}

TEST(RedactUrl, LeavesNoSecret) {
  struct Case {
    std::string url, shown;
  };
  const Case cases[] = {
      // URLs
      {"postgresql://user:secret@host:5432/db", "postgresql://user@host:5432/db"},
      {"postgres://user:@host/db", "postgres://user@host/db"},
      {"postgresql://:secret@host/db", "postgresql://@host/db"},
      {"postgresql://u:secret@h1:1,h2:2/db", "postgresql://u@h1:1,h2:2/db"},
      {"postgresql://u:s@e@cret@host/db", "postgresql://u@host/db"},
      {"postgresql://u:s?e#c ret@host/db", "postgresql://u@host/db"},
      {"postgresql:///db?host=/tmp&user=u&password=secret", "postgresql:///db?host=/tmp&user=u&password=***"},
      {"postgresql://h/db?password=secret&user=u", "postgresql://h/db?password=***&user=u"},
      {"postgresql://h/db?sslpassword=secret&sslmode=require",
       "postgresql://h/db?sslpassword=***&sslmode=require"},
      {"postgresql://u:one@h/db?password=two", "postgresql://u@h/db?password=***"},
      {"https://user:token@git.example.com/m/p.git", "https://user@git.example.com/m/p.git"},
      {"https://ghp_token@git.example.com/m/p.git", "https://***@git.example.com/m/p.git"},
      {"https://git.example.com/p.git?private_token=secret#x",
       "https://git.example.com/p.git?private_token=***#x"},
      {"cannot read https://u:one@a/ and ssh://v:two@b/", "cannot read https://u@a/ and ssh://v@b/"},
      // connection strings
      {"host=h password=secret user=u", "host=h password=*** user=u"},
      {"password=secret", "password=***"},
      {"password = secret user=u", "password = *** user=u"},
      {"password='se cret' user=u", "password=*** user=u"},
      {"password = 'it\\'s secret' user=u", "password = *** user=u"},
      {"user=u password='never closed", "user=u password=***"},
      {"password=se\\ cret user=u", "password=*** user=u"},
      {"password=sec&ret=x user=u", "password=*** user=u"},
      {"password=a=b user=u", "password=*** user=u"},
      {"password=", "password=***"},
      {"password=s://x:secret@y user=u", "password=*** user=u"},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(RedactUrl(c.url), c.shown) << c.url;
  }
}

TEST(RedactUrl, LeavesTheRestAsItIs) {
  for (const std::string url :
       {"", "plain", "a=b", "=", "host=h user=u dbname=d", "postgresql:///t1?host=/tmp/x&user=postgres",
        "postgresql://user@host/db", "ssh://git@git.example.com:22/m/p.git", "git@git.example.com:m/p.git",
        "/srv/git/p.git", "file:///srv/git/p.git", "https://git.example.com/a@b/c:d@e",
        "passwords=3 password_file=x", "postgresql://host:5432/db?application_name=a@b"}) {
    EXPECT_EQ(RedactUrl(url), url);
  }
}

// A regular expression recursed once for each character and overflowed the stack.
TEST(RedactUrl, TakesLongText) {
  const std::string secret(4 << 20, 'x');
  EXPECT_EQ(RedactUrl("postgresql://u:" + secret + "@host/db"), "postgresql://u@host/db");
  EXPECT_EQ(RedactUrl("password='" + secret + "'"), "password=***");
}

}  // namespace
}  // namespace paliad
