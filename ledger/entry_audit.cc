#include "ledger/entry_audit.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "ledger/entry.h"

namespace paliad::ledger {
namespace {

bool NeedsStart(std::string_view kind) {
  return kind == KindName(Kind::kApplied) || kind == KindName(Kind::kBootstrapped) ||
         kind == KindName(Kind::kIntent) || kind == KindName(Kind::kRunFinished);
}

// Only with the lock can a run end so; it settles the runs that died before it first.
bool HadLock(const Leaf& finished) {
  return finished.locked && finished.outcome != OutcomeName(Outcome::kInterrupted) &&
         finished.outcome != OutcomeName(Outcome::kRefused);
}

}  // namespace

std::size_t EntryAudit::RunHash::operator()(const RunId& id) const { return HashOf(id); }

EntryAudit::OpenRun* EntryAudit::RunOf(std::uint64_t seq, const Leaf& leaf, Problems& problems) {
  if (ended_.Contains(leaf.run)) {
    problems.Add(
        ProblemKind::kDuplicate,
        fmt::format("run {} had ended and has another entry, with ordinal {}", leaf.run_text, leaf.ordinal),
        seq);
    return nullptr;
  }
  const auto [place, is_new] = open_.try_emplace(leaf.run);
  OpenRun& run = place->second;
  if (is_new) {
    run.began = seq;
    run.tracker = leaf.tracker;
    run.from_its_start = leaf.ordinal == 0 || first_seq_ == 0;
    run.next_ordinal = run.from_its_start ? 0 : leaf.ordinal;
  }
  if (leaf.ordinal < run.next_ordinal) {
    problems.Add(ProblemKind::kDuplicate,
                 fmt::format("run {} has ordinal {} again or out of order", leaf.run_text, leaf.ordinal),
                 seq);
    return nullptr;
  }
  if (leaf.ordinal > run.next_ordinal) {
    problems.Add(ProblemKind::kOrdinalGap,
                 fmt::format("run {} lacks the entry with ordinal {} before this one, with {}", leaf.run_text,
                             run.next_ordinal, leaf.ordinal),
                 seq);
  }
  run.next_ordinal = leaf.ordinal + 1;
  return &run;
}

void EntryAudit::Add(std::uint64_t seq, const Leaf& leaf, Problems& problems) {
  if ((seq == 0) != (leaf.kind == KindName(Kind::kGenesis))) {
    problems.Add(
        ProblemKind::kGenesis,
        seq == 0 ? fmt::format("the log begins with an entry of kind '{}'", leaf.kind) : "a second genesis",
        seq);
  }
  RequireSameLedger(seq, leaf, problems);
  OpenRun* run = RunOf(seq, leaf, problems);
  if (run == nullptr) {
    return;
  }
  if (leaf.kind == KindName(Kind::kRunStarted)) {
    run->started = true;
  } else if (NeedsStart(leaf.kind) && run->from_its_start && !run->started) {
    problems.Add(ProblemKind::kUnstarted,
                 fmt::format("'{}' of run {}, which has no run_started", leaf.kind, leaf.run_text), seq);
    run->started = true;  // said once
  }
  if (leaf.kind == KindName(Kind::kRunFinished)) {
    if (HadLock(leaf)) {
      std::uint64_t& began = last_holder_[run->tracker];
      began = std::max(began, run->began);
    }
    ended_.Insert(leaf.run);
    open_.erase(leaf.run);
  }
}

void EntryAudit::RequireSameLedger(std::uint64_t seq, const Leaf& leaf, Problems& problems) {
  if (ledger_.empty()) {
    ledger_ = leaf.ledger;
  } else if (!leaf.ledger.empty() && leaf.ledger != ledger_) {
    problems.Add(ProblemKind::kGenesis,
                 fmt::format("an entry of the log {} in the log {}", leaf.ledger, ledger_), seq);
  }
}

void EntryAudit::Finish(Problems& problems) const {
  std::vector<std::uint64_t> unfinished;
  for (const auto& [id, run] : open_) {
    const auto holder = last_holder_.find(run.tracker);
    if (run.started && holder != last_holder_.end() && run.began < holder->second) {
      unfinished.push_back(run.began);
    }
  }
  std::sort(unfinished.begin(), unfinished.end());
  for (const std::uint64_t seq : unfinished) {
    problems.Add(ProblemKind::kUnfinished,
                 "a run that began here has no run_finished, though a later run of its tracker ended", seq);
  }
}

}  // namespace paliad::ledger
