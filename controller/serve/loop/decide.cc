#include "controller/serve/loop/decide.h"

#include <optional>

namespace paliad::serve {
namespace {

using Kind = Decision::Kind;

Decision RunOf(std::string commit, Trigger trigger, std::int64_t skipped = 0) {
  return {.kind = Kind::kRun, .commit = std::move(commit), .trigger = trigger, .commits_skipped = skipped};
}

// The commits that have their run coming, oldest first.
std::vector<Decision> NewCommits(const BranchView& branch, Trigger trigger) {
  std::vector<Decision> runs;
  std::int64_t skipped = 0;
  for (const git::HistoryStep& step : branch.since) {
    if (step.touches) {
      runs.push_back(RunOf(step.commit, trigger, skipped));
      skipped = 0;
    } else {
      ++skipped;
    }
  }
  return runs;
}

// A run of what had its run already: a person wants it, the database was changed, or a failure may be over.
std::optional<Decision> Again(const Past& past, const Circumstances& circumstances) {
  const FinishedRun& last = *past.last;
  if (past.person_acted()) {
    return RunOf(last.commit, Trigger::kResume);
  }
  if (last.InSync() ? circumstances.rows_changed : last.retry && circumstances.retry_now) {
    return RunOf(last.commit, Trigger::kInterval);
  }
  return std::nullopt;
}

std::vector<Decision> Candidates(const Past& past, const BranchView& branch,
                                 const Circumstances& circumstances) {
  const Trigger trigger = circumstances.pushed ? Trigger::kWebhook : Trigger::kCommit;
  if (!past.last) {
    return {RunOf(branch.head, trigger)};
  }
  if (branch.rewritten) {  // and accepted
    return {RunOf(branch.head, Trigger::kResume)};
  }
  std::vector<Decision> runs = NewCommits(branch, trigger);
  if (runs.empty()) {
    if (auto again = Again(past, circumstances)) {
      runs.push_back(*std::move(again));
    }
  }
  return runs;
}

}  // namespace

Decision Decide(const Past& past, const BranchView& branch, const Circumstances& circumstances) {
  if (past.suspension) {
    return {.kind = Kind::kSuspended, .commit = ""};
  }
  if (branch.rewritten && !past.accepts_rewrite) {
    return {.kind = Kind::kRewritten, .commit = ""};
  }
  std::vector<Decision> candidates = Candidates(past, branch, circumstances);
  for (const Decision& candidate : candidates) {
    if (!circumstances.cannot_begin.contains(candidate.commit)) {
      return candidate;
    }
  }
  if (!candidates.empty()) {
    Decision stuck = candidates.back();
    stuck.kind = Kind::kCannotBegin;
    return stuck;
  }
  if (past.last->InSync()) {
    return {.kind = Kind::kReady, .commit = ""};
  }
  return {.kind = past.last->retry ? Kind::kRetryLater : Kind::kStalled, .commit = ""};
}

}  // namespace paliad::serve
