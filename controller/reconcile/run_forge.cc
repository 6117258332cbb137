#include "controller/reconcile/run_forge.h"

#include <fmt/format.h>

#include <utility>
#include <variant>

#include "base/json.h"
#include "base/text.h"
#include "controller/forge/message.h"
#include "controller/reconcile/approved_changes.h"

namespace paliad {
namespace {

using forge::StatusState;

// A line is enough: the run's page has the rest.
constexpr std::size_t kMaxDescription = 1'000;

struct Told {
  StatusState state = StatusState::kError;
  std::string description;
};

Told WhatBecameOf(const Run& run) {
  const std::string reason = Truncate(EscapeForTerminal(ReasonOf(run)), kMaxDescription);
  switch (run.outcome) {
    case ledger::Outcome::kInSync:
      return {StatusState::kSuccess, "nothing to apply: the database is in sync"};
    case ledger::Outcome::kApplied:
      return {StatusState::kSuccess,
              fmt::format("applied {} migration{}", run.applied.size(), run.applied.size() == 1 ? "" : "s")};
    case ledger::Outcome::kRejected:
      return {StatusState::kFailure, "rejected by policy: " + reason};
    case ledger::Outcome::kFailed:
      if (run.retry) {
        return {StatusState::kPending, "to be tried again: " + reason};
      }
      return {StatusState::kFailure, reason};
    case ledger::Outcome::kInterrupted:
      return {StatusState::kPending, "the next run goes on: " + reason};
    case ledger::Outcome::kRefused:
      return {StatusState::kError, "refused: " + reason};
  }
  return {};
}

}  // namespace

Status RunForge::Attribute(store::RunRecorder& recorder, const std::vector<std::string>& commits) {
  for (const std::string& commit : commits) {
    std::optional<Attributed> attributed;
    if (side_ && side_->find_attribution) {
      attributed = side_->find_attribution(commit);
    }
    if (attributed && *attributed) {
      const auto reply = ReplyOf(*attributed);
      RETURN_IF_ERROR(recorder.Add(ledger::Kind::kAttributed,
                                   AttributedFields(recorder.run().run_id, commit, *attributed, reply.get()),
                                   reply));
    }
    attributed_.emplace_back(commit, std::move(attributed));
  }
  return {};
}

Status RunForge::ReadUnderWay(pg::Session& session, const std::string& commit) {
  if (!side_ || side_->apply_context.empty()) {
    return {};
  }
  ASSIGN_OR_RETURN(const std::vector<store::Feedback> told, ReadFeedbackOf(session, side_->owner, 0));
  for (const store::Feedback& each : told) {
    const Result<forge::Message> message = forge::DecodeMessage(each.payload);
    const auto* status = message ? std::get_if<forge::CommitStatus>(&*message) : nullptr;
    if (status != nullptr && status->context == side_->apply_context &&
        status->state == StatusState::kPending && status->commit != commit) {
      under_way_.push_back(*status);
    }
  }
  return {};
}

Result<std::string> RunForge::WhyNotApproved(git::Repository& repository, const Target& target) const {
  for (const auto& [commit, attributed] : attributed_) {
    std::string why = paliad::WhyNotApproved(attributed, target.branch);
    if (why.empty()) {
      ASSIGN_OR_RETURN(why, WhyNotAsApproved(repository, target, commit, (*attributed)->head_commit));
    }
    if (!why.empty()) {
      return fmt::format("{}: {}", commit.substr(0, 12), why);
    }
  }
  return "";
}

void RunForge::AddPullRequest(Json& fields) const {
  if (!attributed_.empty() && attributed_.back().second && *attributed_.back().second) {
    fields["pull_request"] = PullRequestFields(**attributed_.back().second);
  }
}

std::string RunForge::StatusSql(const Run& run, StatusState state, std::string description) const {
  if (!side_ || side_->apply_context.empty()) {
    return "";
  }
  return PutMessageSql(
      side_->owner,
      forge::CommitStatus{.commit = run.commit,
                          .context = side_->apply_context,
                          .state = state,
                          .description = std::move(description),
                          .target_url = side_->runs_url.empty() ? "" : side_->runs_url + run.run_id,
                          .status_project = ""},
      0);
}

std::string RunForge::StartedSql(const Run& run, std::size_t pending) const {
  return StatusSql(run, StatusState::kPending,
                   fmt::format("applying {} migration{}", pending, pending == 1 ? "" : "s"));
}

std::string RunForge::FinishedSql(const Run& run) const {
  Told told = WhatBecameOf(run);
  const bool in_sync = told.state == StatusState::kSuccess;
  std::string sql = StatusSql(run, told.state, std::move(told.description));
  if (side_ && side_->find_attribution && !run.applied.empty()) {
    for (const auto& [commit, attributed] : attributed_) {
      sql += attributed && *attributed ? "" : AwaitAttributionSql(side_->owner, run.run_id, commit);
    }
  }
  if (in_sync) {
    for (forge::CommitStatus status : under_way_) {
      status.state = StatusState::kSuccess;
      status.description = fmt::format("applied with {}", run.commit.substr(0, 12));
      sql += PutMessageSql(side_->owner, status, 0);
    }
  }
  return sql;
}

}  // namespace paliad
