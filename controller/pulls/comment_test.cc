#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "controller/pulls/example_verdicts.h"
#include "controller/pulls/feedback.h"
#include "policies/rule_advice.h"

namespace paliad::pulls {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::size_t kLimit = 65'536;

std::string UrlOf(const std::string& commit, std::string_view path, int line) {
  return "https://git.example.com/f/" + commit.substr(0, 4) + "/" + std::string(path) + "#L" +
         std::to_string(line);
}

std::string BodyOf(const Verdict& verdict, std::size_t limit = kLimit) {
  const Comment comment = CommentOf(verdict, "default", limit, UrlOf);
  EXPECT_THAT(comment.body, HasSubstr(comment.marker));
  EXPECT_LE(comment.body.size(), limit);
  return comment.body;
}

std::string Advice(const std::string& rule, const std::string& summary) {
  return "\n<details><summary>How to fix <code>" + rule + "</code></summary>\n\n" + rule + ": " + summary +
         ".\n\n" + std::string(RuleAdvice(rule)) + "\n</details>\n";
}

TEST(Comment, ACleanPullRequestIsTalkedOfOnlyWhereItWasBefore) {
  const Comment comment = CommentOf(CleanVerdict(), "default", kLimit, UrlOf);
  EXPECT_TRUE(comment.only_existing);
  EXPECT_EQ(comment.body,
            "<!-- paliad-gitops target=default pull=7 -->\n"
            "**Migrations of <code>default</code>: policy passes**\n"
            "\n"
            "<code>111111111111</code> as merged into <code>main</code>.\n");
}

TEST(Comment, OneThatTouchesNothingAnyMoreSaysSo) {
  Verdict verdict = CleanVerdict();
  verdict.touches = false;
  const Comment comment = CommentOf(verdict, "default", kLimit, UrlOf);
  EXPECT_TRUE(comment.only_existing);
  EXPECT_EQ(comment.body,
            "<!-- paliad-gitops target=default pull=7 -->\n"
            "**Migrations of <code>default</code>: none is changed here**\n");
}

TEST(Comment, ErrorsComeFirstAndWhatIsWaivedHasATableOfItsOwn) {
  Verdict verdict = CleanVerdict();
  Finding warning =
      FindingOf("drop", Severity::kWarning, "migrations/107_a.up.sql", "DROP TABLE takes t away", "keep it");
  warning.line = 3;
  warning.column = 2;
  Finding waived = warning;
  waived.line = 9;
  waived.waiver = "unused, see #812";
  verdict.findings = {warning, waived,
                      FindingOf("version-claimed", Severity::kError, "migrations/107_a.up.sql",
                                "version 107 is also claimed by #9", "rename 107_a.up.sql to 108_a.up.sql")};
  const Comment comment = CommentOf(verdict, "default", kLimit, UrlOf);
  EXPECT_FALSE(comment.only_existing);
  EXPECT_EQ(comment.body,
            "<!-- paliad-gitops target=default pull=7 -->\n"
            "**Migrations of <code>default</code>: rejected by policy** (1 error, 1 warning, 1 waived)\n"
            "\n"
            "<code>111111111111</code> as merged into <code>main</code>.\n"
            "\n"
            "| | where | what | what to do |\n"
            "|---|---|---|---|\n"
            "| error | [<code>migrations/107&#95;a.up.sql:1:1</code>]"
            "(https://git.example.com/f/1111/migrations/107_a.up.sql#L1) "
            "| version 107 is also claimed by &#35;&#8203;9 (<code>version-claimed</code>) "
            "| rename 107&#95;a.up.sql to 108&#95;a.up.sql |\n"
            "| warning | [<code>migrations/107&#95;a.up.sql:3:2</code>]"
            "(https://git.example.com/f/1111/migrations/107_a.up.sql#L3) "
            "| DROP TABLE takes t away (<code>drop</code>) | keep it |\n"
            "\n"
            "Waived:\n"
            "\n"
            "| where | what | why |\n"
            "|---|---|---|\n"
            "| [<code>migrations/107&#95;a.up.sql:9:2</code>]"
            "(https://git.example.com/f/1111/migrations/107_a.up.sql#L9) "
            "| DROP TABLE takes t away (<code>drop</code>) | unused, see &#35;&#8203;812 |\n" +
                Advice("drop", "something is dropped that running code may still use") +
                Advice("version-claimed", "another open pull request claims the same version"));
}

TEST(Comment, TheDryRunIsATable) {
  Verdict verdict = CleanVerdict();
  verdict.dry_run = scratch::DryRun{};
  scratch::MigrationReport report = ReportOf(107, "a");
  report.locks = {{"public.s", scratch::LockMode::kShare}, {"public.t", scratch::LockMode::kAccessExclusive}};
  report.rewritten = {"public.t"};
  verdict.dry_run->migrations = {report, ReportOf(108, "b")};
  EXPECT_TRUE(CommentOf(verdict, "default", kLimit, UrlOf).only_existing);
  EXPECT_THAT(BodyOf(verdict),
              EndsWith("\nDry run: 2 migrations applied.\n"
                       "\n"
                       "| migration | duration | strongest lock | blocks | rewrites |\n"
                       "|---|---|---|---|---|\n"
                       "| <code>107&#95;a</code> | 3.1 ms | AccessExclusiveLock on <code>public.t</code>, "
                       "1 table more | reads and writes | <code>public.t</code> |\n"
                       "| <code>108&#95;b</code> | 3.1 ms | none | nothing |  |\n"));
  verdict.dry_run->failed = Failure{.version = 109,
                                    .path = "migrations/109_c.up.sql",
                                    .line = 2,
                                    .column = 8,
                                    .sqlstate = "22012",
                                    .message = "division by zero",
                                    .detail = "a @detail",
                                    .hint = "a hint"};
  const Comment failing = CommentOf(verdict, "default", kLimit, UrlOf);
  EXPECT_FALSE(failing.only_existing);
  EXPECT_THAT(failing.body, HasSubstr(": policy passes, the dry run fails**\n"));
  EXPECT_THAT(failing.body, HasSubstr("\nThe dry run fails at [<code>migrations/109&#95;c.up.sql:2:8</code>]"
                                      "(https://git.example.com/f/1111/migrations/109_c.up.sql#L2): "
                                      "division by zero (SQLSTATE 22012)\n"
                                      "\nDetail: a &#64;&#8203;detail\n"
                                      "\nHint: a hint\n"
                                      "\nDry run: 2 migrations applied.\n"));
}

TEST(Comment, WhyNothingWasJudgedOrTriedIsToldAsItIs) {
  Verdict verdict = CleanVerdict();
  verdict.policy_changed = true;
  verdict.error = {.kind = ErrorKind::kInvalidInput,
                   .doing = "read the policy",
                   .subject = ".paliad/policy.toml",
                   .cause = "2 mistakes\n  </pre> <b>@m</b>",
                   .hint = "mend it"};
  verdict.no_dry_run = kNotJudged;
  const Comment comment = CommentOf(verdict, "default", kLimit, UrlOf);
  EXPECT_FALSE(comment.only_existing);
  EXPECT_EQ(comment.body,
            "<!-- paliad-gitops target=default pull=7 -->\n"
            "**Migrations of <code>default</code>: not judged**\n"
            "\n"
            "<code>111111111111</code> as merged into <code>main</code>.\n"
            "\n"
            "This changes the policy file. What judges it is the branch's policy all the same.\n"
            "\n"
            "<pre>\n"
            "cannot read the policy .paliad/policy.toml&#58; 2 mistakes\n"
            "  &#60;/pre&#62; &#60;b&#62;&#64;m&#60;/b&#62;\n"
            "</pre>\n"
            "\n"
            "Hint: mend it\n"
            "\n"
            "No dry run: policy could not be judged.\n");
}

TEST(Comment, WhatChangesThePolicyIsToldSo) {
  Verdict verdict = CleanVerdict();
  verdict.policy_changed = true;
  EXPECT_FALSE(CommentOf(verdict, "default", kLimit, UrlOf).only_existing);
  verdict = CleanVerdict();
  verdict.dry_run_error = {ErrorKind::kUnavailable, "connect", "", "refused", ""};
  EXPECT_FALSE(CommentOf(verdict, "default", kLimit, UrlOf).only_existing);
}

TEST(Comment, TextFromOutsideIsText) {
  Verdict verdict = CleanVerdict();
  const std::string hostile =
      "\u202e@admin #1 !2 [x](https://evil.example) <img src=x> **b** | `c` \n\n# H www.evil.example \xff";
  verdict.findings = {FindingOf("syntax", Severity::kError, "m/1_a.up.sql", hostile, hostile)};
  verdict.findings.push_back(verdict.findings[0]);
  verdict.findings[1].waiver = hostile;
  verdict.dry_run = scratch::DryRun{};
  verdict.dry_run->migrations = {ReportOf(1, hostile)};
  verdict.dry_run->migrations[0].locks = {{hostile, scratch::LockMode::kShare}};
  verdict.dry_run->migrations[0].rewritten = {hostile};
  verdict.dry_run->failed =
      Failure{.path = "m/1_a.up.sql", .message = hostile, .detail = hostile, .hint = hostile};
  const std::string body = BodyOf(verdict);
  for (const std::string raw : {"\u202e", "@admin", "#1 ", "!2", "[x]", "://evil", "<img", "**b**", "`c`",
                                "\n# H", "www.evil", "\xff"}) {
    EXPECT_THAT(body, Not(HasSubstr(raw))) << raw;
  }
  EXPECT_THAT(body, HasSubstr("| &#92;u202e&#64;&#8203;admin &#35;&#8203;1 &#33;&#8203;2 "
                              "&#91;x&#93;&#40;https&#58;&#8203;//evil.example&#41; &#60;img src=x&#62; "
                              "&#42;&#42;b&#42;&#42; &#124; &#96;c&#96; &#92;n&#92;n&#35; H "
                              "www&#8203;.evil.example &#92;xff (<code>syntax</code>) |"));
}

// On GitLab a line that begins so is a command of whoever wrote the comment.
TEST(Comment, NoLineBeginsWithAStrangersText) {
  Verdict verdict = CleanVerdict();
  verdict.dry_run = scratch::DryRun{};
  verdict.dry_run->failed =
      Failure{.path = "m/1_a.up.sql", .message = "/approve", .detail = "/merge", .hint = "---\n- a\n1. b"};
  verdict.findings = {FindingOf("syntax", Severity::kError, "m/1_a.up.sql", "/close", "/label ~x")};
  verdict.findings.push_back(verdict.findings[0]);
  verdict.findings[1].waiver = "  /assign me";
  std::string body = BodyOf(verdict);
  verdict = CleanVerdict();
  verdict.error = Error{.kind = ErrorKind::kInvalidInput,
                        .doing = "/approve",
                        .subject = "",
                        .cause = "no\n/merge\n  /label",
                        .hint = "/close"};
  body += BodyOf(verdict);
  EXPECT_THAT(body, Not(::testing::ContainsRegex("\n *(/|---[^-|]|- |[0-9]+\\. )")));
  EXPECT_THAT(body, HasSubstr("\nDetail: &#47;merge\n"));
  EXPECT_THAT(body, HasSubstr("\nHint: ---&#92;n- a&#92;n1. b\n"));
}

TEST(Comment, AnAddressCannotEndItsLink) {
  Verdict verdict = CleanVerdict();
  verdict.findings = {FindingOf("syntax", Severity::kError, "m/a) | <b>\n\u202e.up.sql", "x")};
  EXPECT_THAT(BodyOf(verdict),
              HasSubstr("| [<code>m/a&#41; &#124; &#60;b&#62;&#92;n&#92;u202e.up.sql:1:1</code>]"
                        "(https://git.example.com/f/1111/m/a%29%20%7C%20%3Cb%3E%0A%E2%80%AE"
                        ".up.sql#L1) |"));
}

TEST(Comment, OrphanedFilesHaveNoPage) {
  Verdict verdict = CleanVerdict();
  verdict.findings = {FindingOf("orphaned", Severity::kWarning, "m/1_a.up.sql", "gone")};
  EXPECT_THAT(BodyOf(verdict), HasSubstr("| warning | <code>m/1&#95;a.up.sql</code> | gone "));
}

TEST(Comment, ItIsCutAtARowAndSaysWhereTheWholeIs) {
  Verdict verdict = CleanVerdict();
  verdict.findings.assign(1'000,
                          FindingOf("drop", Severity::kWarning, "m/1_a.up.sql", std::string(500, '@')));
  verdict.findings.push_back(FindingOf("syntax", Severity::kError, "m/2_b.up.sql", "the error"));
  const std::string body = BodyOf(verdict);
  EXPECT_THAT(body, HasSubstr("| the error (<code>syntax</code>) |"));
  std::size_t rows = 0;
  for (std::size_t at = 0; (at = body.find("\n| warning | ", at)) != std::string::npos; ++at) {
    ++rows;
  }
  EXPECT_GT(rows, 3U);
  EXPECT_THAT(body, EndsWith("\n" + std::to_string(1'000 - rows) +
                             " rows are left out here: <code>paliadctl pr check 7</code> shows all.\n"));
}

// Each byte becomes up to twelve: parts of fixed length were not.
TEST(Comment, NothingThatAStrangerWritesMakesItTooLong) {
  const std::string flood(100'000, '@');
  Verdict verdict = CleanVerdict();
  verdict.findings.assign(100, FindingOf("drop", Severity::kWarning, flood, flood, flood));
  verdict.findings.resize(200, verdict.findings[0]);
  verdict.findings[150].waiver = flood;
  verdict.dry_run = scratch::DryRun{};
  verdict.dry_run->migrations.assign(100, ReportOf(1, flood));
  verdict.dry_run->migrations[0].rewritten.assign(100, flood);
  verdict.dry_run->failed = Failure{.path = flood, .message = flood, .detail = flood, .hint = flood};
  verdict.error = {ErrorKind::kUnavailable, flood, flood, flood, flood};
  for (const std::size_t limit : {std::size_t{16'384}, kLimit, std::size_t{1'000'000}}) {
    EXPECT_THAT(BodyOf(verdict, limit), HasSubstr("<code>paliadctl pr check 7</code> shows all.\n"));
  }
}

}  // namespace
}  // namespace paliad::pulls
