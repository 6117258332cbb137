#include "controller/serve/pulls/delivery.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>
#include <variant>

#include "controller/config/config_file.h"
#include "controller/forge/message.h"
#include "controller/pulls/open_forge.h"
#include "controller/serve/loop/delay.h"
#include "controller/serve/loop/event_log.h"
#include "controller/serve/pulls/forge_target.h"

namespace paliad::serve {
namespace {

using std::chrono::milliseconds;

constexpr int kBatch = 500;
constexpr milliseconds kLongestDelayOfOne = std::chrono::minutes(15);
constexpr std::chrono::hours kBetweenPrunes{1};

// The id of the comment, or 0.
forge::Answer<std::int64_t> Send(forge::Forge& client, const forge::Message& message, std::int64_t known) {
  if (const auto* status = std::get_if<forge::CommitStatus>(&message)) {
    return client.SetStatus(*status).map([] { return std::int64_t{0}; });
  }
  const auto& comment = std::get<forge::CommentMessage>(message);
  return client.KeepComment(comment.number, comment.marker, comment.body, known, comment.only_existing);
}

}  // namespace

Delivery::Delivery(std::vector<config::TargetConfig> targets, MakeClient make_client, ForgeGate& gate,
                   MetricsSink& metrics, const Clock& clock)
    : targets_(std::move(targets)),
      make_client_(std::move(make_client)),
      gate_(gate),
      metrics_(metrics),
      clock_(clock),
      thread_([this](const std::stop_token& stop) { Run(stop); }) {}

Delivery::~Delivery() = default;

void Delivery::Run(const std::stop_token& stop) {
  for (SteadyTime due = clock_.Steady(); wake_up_.Await(stop, due);) {
    due = Pass(stop);
  }
  ended_ = true;
}

SteadyTime Delivery::Pass(const std::stop_token& stop) {
  // Another controller, or a run of an earlier one, may have left something.
  SteadyTime due = clock_.Steady() + UntilNextPoll(targets_.front().interval);
  length_ = 0;
  for (const config::TargetConfig& target : targets_) {
    if (stop.stop_requested()) {
      return due;
    }
    const Result<SteadyTime> again = DeliverFor(target, stop);
    if (again) {
      due = std::min(due, *again);
    } else {
      LogEvent(Level::kWarning, {.target = target.target.name}, again.error().Message());
    }
  }
  metrics_.FeedbackQueue(targets_.front().forge->url, length_);
  return due;
}

Result<SteadyTime> Delivery::DeliverFor(const config::TargetConfig& target, const std::stop_token& stop) {
  ASSIGN_OR_RETURN(const Target complete, config::WithDatabase(target));
  ASSIGN_OR_RETURN(pg::Session session, pg::Session::Connect({.url = complete.database_url}));
  ASSIGN_OR_RETURN(const bool ready, HasFeedbackTables(session));
  if (!ready) {
    return SteadyTime::max();
  }
  RETURN_IF_ERROR(session.RequireExclusiveBackend());
  const store::FeedbackOwner owner = pulls::OwnerOf(target);
  ASSIGN_OR_RETURN(const bool ours, TakeTurn(session, owner, "delivery"));
  if (!ours) {
    return SteadyTime::max();
  }
  if (clock_.Steady() >= prune_at_) {
    RETURN_IF_ERROR(PruneFeedback(session, owner));
    prune_at_ = clock_.Steady() + kBetweenPrunes;
  }
  ASSIGN_OR_RETURN(const SteadyTime due, DeliverWaiting(target, session, stop));
  ASSIGN_OR_RETURN(const std::int64_t left, CountWaitingFeedback(session, owner));
  length_ += left;
  return due;
}

// Whatever cannot be delivered yet holds back what comes after it for the same pull request, and nothing
// else.
Result<SteadyTime> Delivery::DeliverWaiting(const config::TargetConfig& target, pg::Session& session,
                                            const std::stop_token& stop) {
  ASSIGN_OR_RETURN(const std::vector<store::WaitingFeedback> waiting,
                   ReadWaitingFeedback(session, pulls::OwnerOf(target), kBatch));
  if (waiting.empty()) {
    return SteadyTime::max();
  }
  ASSIGN_OR_RETURN(const std::unique_ptr<forge::Forge> client, make_client_(target, stop));
  SteadyTime due = SteadyTime::max();
  std::set<std::int64_t> held_back;
  bool progress = false;
  for (const store::WaitingFeedback& each : waiting) {
    if (stop.stop_requested() || !gate_.open()) {
      return gate_.opens_at();
    }
    const std::int64_t pull_request = each.feedback.pull_request;
    if (held_back.contains(pull_request)) {
      continue;
    }
    bool delivered = false;
    if (each.due_in.count() > 0) {
      due = std::min(due, clock_.Steady() + each.due_in);
    } else {
      ASSIGN_OR_RETURN(delivered, DeliverOne(target, session, *client, each));
      due = delivered ? due : std::min(due, gate_.opens_at());
    }
    progress = progress || delivered;
    if (!delivered && pull_request != 0) {
      held_back.insert(pull_request);
    }
  }
  const bool more = progress && waiting.size() == kBatch;
  return more ? clock_.Steady() : due;
}

Result<bool> Delivery::DeliverOne(const config::TargetConfig& target, pg::Session& session,
                                  forge::Forge& client, const store::WaitingFeedback& waiting) {
  const store::FeedbackOwner owner = pulls::OwnerOf(target);
  const Result<forge::Message> message = forge::DecodeMessage(waiting.feedback.payload);
  if (!message) {
    RETURN_IF_ERROR(NoteFailed(session, owner, waiting, kLongestDelayOfOne, message.error().Message()));
    LogEvent(Level::kError, {.target = target.target.name}, message.error().Message());
    return false;
  }
  const forge::Answer<std::int64_t> sent = Send(client, *message, waiting.remote_id);
  if (sent) {
    gate_.Succeeded();
    RETURN_IF_ERROR(NoteDelivered(session, owner, waiting, *sent));
    return true;
  }
  // One failure after the other says something of the forge and nothing of this message, which is then due
  // as soon as the forge is back.
  const bool of_this_one = gate_.healthy();
  gate_.Failed(sent.error());
  metrics_.FeedbackFailed(config::ForgeKindName(target.forge->kind));
  LogEvent(Level::kWarning, {.target = target.target.name},
           fmt::format("{}: {}", waiting.feedback.slot, sent.error().error.Message()));
  if (of_this_one) {
    RETURN_IF_ERROR(NoteFailed(session, owner, waiting,
                               DelayAfterFailure(waiting.attempt + 1, kLongestDelayOfOne),
                               sent.error().error.Message()));
  }
  return false;
}

}  // namespace paliad::serve
