#include <gtest/gtest.h>

#include <string>

#include "policies/rendered.h"
#include "policies/rules.h"

namespace paliad {
namespace {

using namespace std::string_literals;  // texts that hold NUL

std::string Contents(const std::string& text) {
  return Rendered(CheckContents(MigrationNamed("007_x.up.sql"), text));
}

TEST(ContentRules, PlainUtf8IsReadable) {
  for (const std::string& text : {""s, "SELECT 1;\r\n"s, "-- größe 事務所\nSELECT 1;"s,
                                  "-- version https://git-lfs.github.com/spec/v1"s}) {
    EXPECT_EQ(Contents(text), "") << text;
  }
}

TEST(ContentRules, ANulByteHasItsPlace) {
  EXPECT_EQ(Contents("SELECT 1;\nab\0cd"s),
            "migrations/007_x.up.sql:2:3: error: there is a NUL byte here; a server would see nothing of "
            "what follows "
            "it [unreadable]\n"
            "  ab\\x00cd\n"
            "    ^\n"
            "  hint: remove it; if this is a binary file, it is no migration\n");
}

TEST(ContentRules, AByteThatIsNotUtf8HasItsPlace) {
  EXPECT_EQ(Contents("-- ü\n-- \xFC x"),
            "migrations/007_x.up.sql:2:4: error: the byte 0xfc here is not UTF-8 [unreadable]\n"
            "  -- \\xfc x\n"
            "     ^\n"
            "  hint: save the file as UTF-8\n");
}

TEST(ContentRules, AByteOrderMarkIsNamed) {
  const std::string out = Contents("\xEF\xBB\xBFSELECT 1;");
  EXPECT_EQ(out.substr(0, out.find('\n')),
            "migrations/007_x.up.sql:1:1: error: the file begins with a byte-order mark, which PostgreSQL "
            "takes for "
            "SQL [unreadable]");
}

TEST(ContentRules, Utf16IsNamedAndNothingElseIsSaidOfIt) {
  EXPECT_EQ(CheckContents(MigrationNamed("007_x.up.sql"), "\xFF\xFES\0E\0"s).size(), 1U);
  EXPECT_NE(Contents("\xFF\xFES\0"s).find("the file is UTF-16, not UTF-8 [unreadable]"), std::string::npos);
}

TEST(ContentRules, ALfsPointerIsNamed) {
  EXPECT_EQ(
      Contents("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n"),
      "migrations/007_x.up.sql:1:1: error: the file is a pointer to Git LFS, not SQL [unreadable]\n"
      "  version https://git-lfs.github.com/spec/v1\n"
      "  ^\n"
      "  hint: keep migrations in git itself: `git lfs untrack` the pattern and commit the file again\n");
}

TEST(ContentRules, AnOversizedFileSaysItsSize) {
  const std::vector<Finding> findings =
      CheckOversized(MigrationNamed("007_x.up.sql"), kMaxFileBytes + (1 << 19));
  EXPECT_EQ(Rendered(findings),
            "migrations/007_x.up.sql:1:1: error: the file has 32.5 MiB, and 32 MiB is the most [unreadable]\n"
            "  hint: split it into several migrations, or load the data by other means than a migration\n");
  EXPECT_EQ(findings.at(0).version, 7);
}

}  // namespace
}  // namespace paliad
