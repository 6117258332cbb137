#include "controller/pulls/verdict.h"

#include <gtest/gtest.h>

#include "base/json.h"
#include "controller/pulls/example_verdicts.h"

namespace paliad::pulls {
namespace {

Verdict Tried() {
  Verdict verdict = CleanVerdict();
  verdict.dry_run = scratch::DryRun{};
  verdict.dry_run->migrations = {ReportOf(107, "a")};
  return verdict;
}

TEST(Verdict, DurationsCommitsAndTemplatesDoNotChangeWhatIsSaid) {
  Verdict other = Tried();
  other.pull_request.head_commit = std::string(40, '3');
  other.base = std::string(40, '4');
  other.dry_run->origin = scratch::TemplateOrigin::kCached;
  other.dry_run->migrations[0].duration = std::chrono::seconds(5);
  EXPECT_EQ(DigestOf(other), DigestOf(Tried()));
}

TEST(Verdict, EverythingElseDoes) {
  const std::string digest = DigestOf(Tried());
  const auto differs = [&](auto change) {
    Verdict other = Tried();
    change(other);
    return DigestOf(other) != digest;
  };
  const Error error = {ErrorKind::kUnavailable, "merge", "", "it is corrupt", ""};
  EXPECT_TRUE(differs([](Verdict& v) { v.touches = false; }));
  EXPECT_TRUE(differs([](Verdict& v) { v.policy_changed = true; }));
  EXPECT_TRUE(differs([](Verdict& v) { v.findings = {FindingOf("drop", Severity::kError, "a", "b")}; }));
  EXPECT_TRUE(differs([&](Verdict& v) { v.error = error; }));
  EXPECT_TRUE(differs([&](Verdict& v) { v.dry_run_error = error; }));
  EXPECT_TRUE(differs([](Verdict& v) { v.no_dry_run = kFromFork; }));
  EXPECT_TRUE(differs([](Verdict& v) { v.dry_run.reset(); }));
  EXPECT_TRUE(differs([](Verdict& v) { v.dry_run->failed = Failure{.message = "division by zero"}; }));
  EXPECT_TRUE(differs([](Verdict& v) {
    v.dry_run->migrations[0].locks = {{"public.t", scratch::LockMode::kAccessExclusive}};
  }));
  EXPECT_TRUE(differs([](Verdict& v) { v.dry_run->migrations[0].rewritten = {"public.t"}; }));
}

TEST(Verdict, WhatIsRecordedNamesHeadBaseAndFindings) {
  Verdict verdict = CleanVerdict();
  verdict.findings = {FindingOf("drop", Severity::kWarning, "m/107_a.up.sql", "DROP TABLE", "keep it")};
  verdict.findings[0].version = 107;
  verdict.findings[0].waiver = "unused";
  verdict.dry_run = scratch::DryRun{};
  verdict.dry_run->failed = Failure{.version = 107,
                                    .path = "m/107_a.up.sql",
                                    .line = 2,
                                    .sqlstate = "22012",
                                    .message = "division by zero"};
  const Json finding = {{"rule", "drop"}, {"severity", "warning"}, {"path", "m/107_a.up.sql"},
                        {"line", 1},      {"column", 1},           {"message", "DROP TABLE"},
                        {"waived", true}, {"waiver", "unused"},    {"version", 107}};
  const Json expected = {{"pull_request", 7},
                         {"url", "https://git.example.com/m/paliad/pulls/7"},
                         {"title", "Add an office"},
                         {"author", "m"},
                         {"from_fork", false},
                         {"head", std::string(40, '1')},
                         {"base", std::string(40, '2')},
                         {"passes", false},
                         {"policy_changed", false},
                         {"findings", Json::array({finding})},
                         {"findings_total", 1},
                         {"error", nullptr},
                         {"dry_run",
                          {{"ok", false},
                           {"applied", 0},
                           {"failed",
                            {{"version", 107},
                             {"path", "m/107_a.up.sql"},
                             {"line", 2},
                             {"sqlstate", "22012"},
                             {"message", "division by zero"}}}}}};
  EXPECT_EQ(CheckFinishedFields(verdict), expected);
}

TEST(Verdict, OfManyFindingsTheErrorsAreRecordedFirstAndAllAreCounted) {
  Verdict verdict = CleanVerdict();
  verdict.findings.assign(200, FindingOf("drop", Severity::kWarning, "m/107_a.up.sql", "DROP TABLE"));
  verdict.findings.push_back(
      FindingOf("syntax", Severity::kError, "m/108\xff.up.sql", std::string(100'000, 'x')));
  const Json fields = CheckFinishedFields(verdict);
  EXPECT_EQ(fields["findings_total"], 201);
  ASSERT_EQ(fields["findings"].size(), kMaxRecordedFindings);
  EXPECT_EQ(fields["findings"][0]["rule"], "syntax");
  const Result<std::string> canonical = CanonicalJson(fields);
  ASSERT_TRUE(canonical) << canonical.error().Message();
  EXPECT_LT(canonical->size(), 30'000U);
}

}  // namespace
}  // namespace paliad::pulls
