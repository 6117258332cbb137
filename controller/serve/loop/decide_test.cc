#include "controller/serve/loop/decide.h"

#include <gtest/gtest.h>

namespace paliad::serve {
namespace {

using Kind = Decision::Kind;

Past After(const std::string& commit, const std::string& outcome = "applied", bool retry = false) {
  Past past;
  past.last = FinishedRun{.seq = 7,
                          .run_id = "",
                          .commit = commit,
                          .outcome = outcome,
                          .reason = "",
                          .finished_at = "",
                          .applied_digest = "",
                          .retry = retry};
  return past;
}

BranchView Branch(std::vector<git::HistoryStep> since, bool rewritten = false) {
  return {
      .head = since.empty() ? "a" : since.back().commit, .rewritten = rewritten, .since = std::move(since)};
}

std::string Said(const Decision& decision) {
  switch (decision.kind) {
    case Kind::kRun:
      return decision.commit + " " + std::string(TriggerName(decision.trigger)) + " " +
             std::to_string(decision.commits_skipped);
    case Kind::kSuspended:
      return "suspended";
    case Kind::kRewritten:
      return "rewritten";
    case Kind::kCannotBegin:
      return "cannot begin " + decision.commit;
    case Kind::kRetryLater:
      return "retry later";
    case Kind::kStalled:
      return "stalled";
    case Kind::kReady:
      return "ready";
  }
  return "";
}

TEST(Decide, TheFirstTimeOnlyTheHeadRuns) {
  EXPECT_EQ(Said(Decide({}, {.head = "h", .rewritten = false, .since = {}}, {})), "h commit 0");
}

TEST(Decide, TheOldestCommitThatTouchesTheTargetIsNextAndTheOthersAreCounted) {
  const BranchView branch = Branch({{"b", false}, {"c", false}, {"d", true}, {"e", false}, {"f", true}});
  EXPECT_EQ(Said(Decide(After("a"), branch, {})), "d commit 2");
  EXPECT_EQ(Said(Decide(After("d"), Branch({{"e", false}, {"f", true}}), {})), "f commit 1");
}

TEST(Decide, CommitsThatTouchNothingNeedNoRun) {
  EXPECT_EQ(Said(Decide(After("a"), Branch({{"b", false}}), {})), "ready");
  EXPECT_EQ(Said(Decide(After("a"), Branch({}), {})), "ready");
}

TEST(Decide, AWebhookIsTheTriggerOfWhatItBrought) {
  EXPECT_EQ(Said(Decide(After("a"), Branch({{"b", true}}), {.pushed = true})), "b webhook 0");
}

TEST(Decide, AFailureIsFollowedByTheNewerCommitWhichMayFixIt) {
  for (const char* outcome : {"failed", "rejected", "refused"}) {
    EXPECT_EQ(Said(Decide(After("a", outcome), Branch({{"b", true}}), {})), "b commit 0") << outcome;
    EXPECT_EQ(Said(Decide(After("a", outcome), Branch({}), {})), "stalled") << outcome;
  }
}

TEST(Decide, WhatMayGoByItselfIsTriedAgainOnceTheDelayIsOver) {
  EXPECT_EQ(Said(Decide(After("a", "failed", true), Branch({}), {})), "retry later");
  EXPECT_EQ(Said(Decide(After("a", "failed", true), Branch({}), {.retry_now = true})), "a interval 0");
  EXPECT_EQ(Said(Decide(After("a", "failed"), Branch({}), {.retry_now = true})), "stalled");
}

TEST(Decide, ADatabaseThatSomebodyChangedIsLookedAt) {
  EXPECT_EQ(Said(Decide(After("a"), Branch({{"b", false}}), {.rows_changed = true})), "a interval 0");
  EXPECT_EQ(Said(Decide(After("a", "failed"), Branch({}), {.rows_changed = true})), "stalled");
}

TEST(Decide, APersonStartsAgainWhatStalled) {
  Past past = After("a", "failed");
  past.person_seq = 9;
  EXPECT_EQ(Said(Decide(past, Branch({}), {})), "a resume 0");
  EXPECT_EQ(Said(Decide(past, Branch({{"b", true}}), {})), "b commit 0");
}

TEST(Decide, SuspensionComesBeforeEverything) {
  Past past = After("a", "failed", true);
  past.suspension = Suspension{.by = "ada", .since = "", .reason = "x"};
  EXPECT_EQ(Said(Decide(past, Branch({{"b", true}}), {.rows_changed = true, .retry_now = true})),
            "suspended");
}

TEST(Decide, ARewrittenHistoryWaitsForAPersonWhoAcceptsIt) {
  Past past = After("a");
  EXPECT_EQ(Said(Decide(past, {.head = "z", .rewritten = true, .since = {}}, {.rows_changed = true})),
            "rewritten");
  past.person_seq = 9;
  EXPECT_EQ(Said(Decide(past, {.head = "z", .rewritten = true, .since = {}}, {})), "rewritten");
  past.accepts_rewrite = true;
  EXPECT_EQ(Said(Decide(past, {.head = "z", .rewritten = true, .since = {}}, {})), "z resume 0");
}

TEST(Decide, ACommitThatCannotBeginIsPassedOverForANewerOne) {
  const BranchView branch = Branch({{"b", true}, {"c", true}});
  EXPECT_EQ(Said(Decide(After("a"), branch, {.cannot_begin = {"b"}})), "c commit 0");
  EXPECT_EQ(Said(Decide(After("a"), branch, {.cannot_begin = {"b", "c"}})), "cannot begin c");
}

}  // namespace
}  // namespace paliad::serve
