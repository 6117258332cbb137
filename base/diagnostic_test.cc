#include "base/diagnostic.h"

#include <gtest/gtest.h>

#include <string>

namespace paliad {
namespace {

Diagnostic Example() {
  return {.path = "migrations/003_c.up.sql",
          .line = 3,
          .column = 8,
          .severity = "error",
          .message = "column \"x\" does not exist",
          .source_line = "SELECT x FROM t;",
          .hint = ""};
}

TEST(Diagnostic, ShowsPlaceLineAndCaret) {
  EXPECT_EQ(Render(Example()),
            "migrations/003_c.up.sql:3:8: error: column \"x\" does not exist\n"
            "  SELECT x FROM t;\n"
            "         ^\n");
}

TEST(Diagnostic, EndsWithItsHint) {
  Diagnostic d = Example();
  d.severity = "warning";
  d.hint = "did you mean \"y\"?\nOr \"z\"?";
  EXPECT_EQ(Render(d),
            "migrations/003_c.up.sql:3:8: warning: column \"x\" does not exist\n"
            "  SELECT x FROM t;\n"
            "         ^\n"
            "  hint: did you mean \"y\"?\nOr \"z\"?\n");
}

TEST(Diagnostic, NamesOnlyThePlaceItKnows) {
  Diagnostic d = Example();
  d.column = 0;
  EXPECT_EQ(Render(d), "migrations/003_c.up.sql:3: error: column \"x\" does not exist\n");
  d.line = 0;
  EXPECT_EQ(Render(d), "migrations/003_c.up.sql: error: column \"x\" does not exist\n");
  d = Example();
  d.source_line = "";
  EXPECT_EQ(Render(d), "migrations/003_c.up.sql:3:8: error: column \"x\" does not exist\n");
}

TEST(Diagnostic, PutsTheCaretUnderWhatIsShown) {
  Diagnostic d = Example();
  d.source_line = "\tgrün\x1b x";  // the tab and the escape character are shown wider than they count
  d.column = 8;
  EXPECT_EQ(Render(d),
            "migrations/003_c.up.sql:3:8: error: column \"x\" does not exist\n"
            "  \\tgrün\\x1b x\n"
            "             ^\n");
}

TEST(Diagnostic, PutsTheCaretBehindTheLineForItsEnd) {
  Diagnostic d = Example();
  d.source_line = "SELECT";
  d.column = 7;
  EXPECT_EQ(Render(d),
            "migrations/003_c.up.sql:3:7: error: column \"x\" does not exist\n"
            "  SELECT\n"
            "        ^\n");
}

TEST(Diagnostic, ShowsAWindowOfALongLine) {
  Diagnostic d = Example();
  d.source_line = std::string(1000, 'a') + "x" + std::string(1000, 'b');
  d.column = 1001;
  EXPECT_EQ(Render(d),
            "migrations/003_c.up.sql:3:1001: error: column \"x\" does not exist\n"
            "  …" +
                std::string(60, 'a') + "x" + std::string(59, 'b') + "…\n" + "  " + std::string(61, ' ') +
                "^\n");
}

TEST(Diagnostic, EscapesWhatComesFromOutside) {
  Diagnostic d = Example();
  d.path = "a\nb\x1b.sql";
  d.message = "first\nsecond\x07";
  d.hint = "\u202ehint";
  d.source_line = "";
  EXPECT_EQ(Render(d), "a\\nb\\x1b.sql:3:8: error: first\nsecond\\x07\n  hint: \\u202ehint\n");
}

TEST(Diagnostic, IsColouredOnRequest) {
  Diagnostic d = Example();
  d.hint = "try";
  EXPECT_EQ(Render(d, /*color=*/true),
            "\033[1mmigrations/003_c.up.sql:3:8:\033[0m \033[1;31merror:\033[0m column \"x\" does not exist\n"
            "  SELECT x FROM t;\n"
            "         \033[1;31m^\033[0m\n"
            "  \033[1mhint:\033[0m try\n");
  d.severity = "warning";
  EXPECT_NE(Render(d, /*color=*/true).find("\033[1;33mwarning:"), std::string::npos);
}

}  // namespace
}  // namespace paliad
