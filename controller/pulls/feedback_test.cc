#include "controller/pulls/feedback.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "controller/pulls/example_verdicts.h"

namespace paliad::pulls {
namespace {

std::string Word(forge::StatusState state) {
  switch (state) {
    case forge::StatusState::kPending:
      return "pending";
    case forge::StatusState::kSuccess:
      return "success";
    case forge::StatusState::kFailure:
      return "failure";
    case forge::StatusState::kError:
      return "error";
  }
  return "";
}

// "context state: description" a line.
std::string Told(const std::vector<forge::CommitStatus>& statuses) {
  std::string lines;
  for (const forge::CommitStatus& status : statuses) {
    EXPECT_EQ(status.commit, CleanVerdict().pull_request.head_commit);
    lines += status.context + " " + Word(status.state) + ": " + status.description + "\n";
  }
  return lines;
}
std::string Told(const Verdict& verdict) { return Told(StatusesOf(verdict, "default")); }

TEST(Statuses, ACleanOneIsASuccess) {
  EXPECT_EQ(Told(CleanVerdict()), "paliad/default/policy success: no findings\n");
}

TEST(Statuses, OneThatDoesNotTouchTheTargetHasNoneUnlessTheBranchRequiresThem) {
  Verdict verdict = CleanVerdict();
  verdict.touches = false;
  EXPECT_EQ(Told(verdict), "");
  EXPECT_EQ(Told(UntouchedStatuses(verdict.pull_request, "default", /*dry_runs=*/false)),
            "paliad/default/policy success: no migration of default is touched\n");
  EXPECT_EQ(Told(UntouchedStatuses(verdict.pull_request, "default", /*dry_runs=*/true)),
            "paliad/default/policy success: no migration of default is touched\n"
            "paliad/default/dry-run success: no migration of default is touched\n");
}

TEST(Statuses, WarningsPassAndErrorsSayTheFirst) {
  Verdict verdict = CleanVerdict();
  verdict.findings = {FindingOf("drop", Severity::kWarning, "m/1_a.up.sql", "DROP TABLE")};
  EXPECT_EQ(Told(verdict), "paliad/default/policy success: 0 errors, 1 warning\n");
  verdict.findings.push_back(FindingOf("syntax", Severity::kError, "m/1_a.up.sql", "syntax error\nat \"x\""));
  EXPECT_EQ(Told(verdict), "paliad/default/policy failure: 1 error, 1 warning: syntax error\\nat \"x\"\n");
  verdict.findings.back().waiver = "known";
  EXPECT_EQ(Told(verdict), "paliad/default/policy success: 0 errors, 1 warning, 1 waived\n");
}

TEST(Statuses, WhatCouldNotBeJudgedIsAnErrorAndNeverGreen) {
  Verdict verdict = CleanVerdict();
  verdict.error = {.kind = ErrorKind::kUnavailable,
                   .doing = "merge in memory",
                   .subject = "1111",
                   .cause = "it is\ncorrupt",
                   .hint = ""};
  verdict.no_dry_run = kNotJudged;
  EXPECT_EQ(Told(verdict),
            "paliad/default/policy error: not judged: cannot merge in memory 1111: it is\\ncorrupt\n"
            "paliad/default/dry-run error: not tried: policy could not be judged\n");
}

TEST(Statuses, TheDryRunHasAStatusOfItsOwn) {
  Verdict verdict = CleanVerdict();
  verdict.dry_run = scratch::DryRun{};
  verdict.dry_run->migrations = {ReportOf(107, "a")};
  EXPECT_EQ(Told(verdict),
            "paliad/default/policy success: no findings\n"
            "paliad/default/dry-run success: 1 migration applied on the scratch server\n");
  verdict.dry_run->failed =
      Failure{.version = 108, .path = "migrations/108_b.up.sql", .line = 3, .message = "division by zero"};
  EXPECT_EQ(Told(verdict),
            "paliad/default/policy success: no findings\n"
            "paliad/default/dry-run failure: migrations/108_b.up.sql:3: division by zero\n");
  verdict.dry_run.reset();
  verdict.dry_run_error = {
      .kind = ErrorKind::kUnavailable, .doing = "connect", .subject = "", .cause = "refused", .hint = ""};
  EXPECT_EQ(Told(verdict),
            "paliad/default/policy success: no findings\n"
            "paliad/default/dry-run error: not tried: cannot connect: refused\n");
}

// A status that is required and missing blocks the merge; a green one for what was never tried would not.
TEST(Statuses, WhatWasNotTriedIsGreenOnlyWhereThereWasNothingToTry) {
  const auto told = [](const std::string& reason) {
    Verdict verdict = CleanVerdict();
    verdict.no_dry_run = reason;
    return Told(verdict);
  };
  const std::string policy = "paliad/default/policy success: no findings\n";
  EXPECT_EQ(told(kNothingToTry),
            policy + "paliad/default/dry-run success: not tried: it adds no migration\n");
  EXPECT_EQ(told(kPolicyErrors), policy + "paliad/default/dry-run error: not tried: policy found errors\n");
  EXPECT_EQ(told(kBranchErrors),
            policy + "paliad/default/dry-run error: not tried: the branch itself has errors\n");
  EXPECT_EQ(told(kFromFork), policy);
  EXPECT_EQ(told(""), policy);
}

TEST(Statuses, WhatDoesNotTouchTheTargetHasNone) {
  Verdict verdict = CleanVerdict();
  verdict.touches = false;
  EXPECT_EQ(Told(verdict), "");
}

TEST(Statuses, DescriptionsAreShortPlainTextOfOneLine) {
  Verdict verdict = CleanVerdict();
  verdict.findings = {
      FindingOf("syntax", Severity::kError, "m/1_a.up.sql", "\u202e<b>\xff\r" + std::string(1'000, 'x'))};
  const std::string description = StatusesOf(verdict, "default").at(0).description;
  EXPECT_EQ(description.substr(0, 46), "1 error, 0 warnings: \\u202e<b>\\xff\\x0dxxxxxxxx");
  EXPECT_LE(description.size(), 250U);
}

TEST(Statuses, TheStatusOfAForkGoesWhereTheForgeSays) {
  Verdict verdict = CleanVerdict();
  verdict.pull_request.status_project = "42";
  EXPECT_EQ(StatusesOf(verdict, "default").at(0).status_project, "42");
}

TEST(Statuses, AContextIsNamedAfterTheTarget) {
  EXPECT_EQ(ApplyContext("production"), "paliad/production/apply");
  EXPECT_LE(ApplyContext(std::string(300, 'x')).size(), 255U);
}

TEST(Marker, NoNameOfATargetEndsIt) {
  EXPECT_EQ(MarkerOf("default", 7), "<!-- paliad-gitops target=default pull=7 -->");
  EXPECT_EQ(MarkerOf("a--> <b>\n%", 7), "<!-- paliad-gitops target=a%2D%2D%3E%20%3Cb%3E%0A%25 pull=7 -->");
}

}  // namespace
}  // namespace paliad::pulls
