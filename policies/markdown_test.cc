#include "policies/markdown.h"

#include <gtest/gtest.h>

namespace paliad {
namespace {

Finding Example() {
  Finding finding;
  finding.rule = "drop";
  finding.severity = Severity::kWarning;
  finding.path = "migrations/003_c.up.sql";
  finding.line = 2;
  finding.column = 4;
  finding.message = "DROP TABLE takes a_b away";
  finding.hint = "keep it";
  return finding;
}

TEST(Markdown, FindingsAreATableWithACount) {
  Finding waived = Example();
  waived.waiver = "unused, see #812";
  Finding error = Example();
  error.severity = Severity::kError;
  EXPECT_EQ(FindingsMarkdown({Example(), waived, error}),
            "**1 error, 1 warning, 1 waived**\n"
            "\n"
            "| | where | what | what to do |\n"
            "|---|---|---|---|\n"
            "| warning | <code>migrations/003&#95;c.up.sql:2:4</code> | DROP TABLE takes a&#95;b away "
            "(<code>drop</code>) | keep it |\n"
            "| waived | <code>migrations/003&#95;c.up.sql:2:4</code> | DROP TABLE takes a&#95;b away "
            "(<code>drop</code>) | waived: unused, see &#35;&#8203;812 |\n"
            "| error | <code>migrations/003&#95;c.up.sql:2:4</code> | DROP TABLE takes a&#95;b away "
            "(<code>drop</code>) | keep it |\n");
}

TEST(Markdown, NoFindingsIsASentence) { EXPECT_EQ(FindingsMarkdown({}), "No findings.\n"); }

TEST(Markdown, TextFromOutsideIsText) {
  EXPECT_EQ(EscapeMarkdown("a|b `c` **d** <img src=x> @admin #1 [x](y) \\ https://x www.x.org"),
            "a&#124;b &#96;c&#96; &#42;&#42;d&#42;&#42; &#60;img src=x&#62; &#64;admin &#35;1 "
            "&#91;x&#93;&#40;y&#41; &#92; https&#58;//x www&#46;x.org");
  EXPECT_EQ(EscapeMarkdown("two\nlines\r"), "two&#92;nlines&#92;x0d");
  EXPECT_EQ(EscapeMarkdown("\u202egnp.exe"), "&#92;u202egnp.exe");
}

// Markdown's character references are resolved before forges look for what they link: "&#64;admin" was a
// mention on GitHub all the same.
TEST(Markdown, InProseTheSignsOfForgesAreKeptFromWhatFollows) {
  EXPECT_EQ(EscapeMarkdownProse("@admin #1 !2 GH-3 a@b.org https://x www.x.org :cat: 5 @ 3: 4"),
            "&#64;&#8203;admin &#35;&#8203;1 &#33;&#8203;2 GH-&#8203;3 a&#64;&#8203;b.org "
            "https&#58;&#8203;//x www&#8203;.x.org &#58;&#8203;cat&#58; 5 &#64; 3&#58; 4");
  EXPECT_EQ(EscapeMarkdownProse("commit 4571a25"), "commit 4571a2&#8203;5");
  EXPECT_EQ(EscapeMarkdownProse("**b** <img> \u202egnp\n"),
            "&#42;&#42;b&#42;&#42; &#60;img&#62; &#92;u202egnp&#92;n");
  EXPECT_EQ(EscapeMarkdownProse("001_add_2fa.up.sql"), "001&#95;add&#95;2fa.up.sql");
}

// GitLab takes "/approve" at a line's beginning for a command.
TEST(Markdown, NoTextBeginsWithASlash) {
  EXPECT_EQ(EscapeMarkdown("/approve"), "&#47;approve");
  EXPECT_EQ(EscapeMarkdownProse("  /approve a/b"), "  &#47;approve a/b");
}

}  // namespace
}  // namespace paliad
