#include "controller/serve/pulls/delivery.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "controller/config/config_file.h"
#include "controller/forge/message.h"
#include "controller/pulls/open_forge.h"
#include "controller/serve/loop/delay.h"
#include "controller/serve/loop/event_log.h"
#include "controller/serve/pulls/forge_target.h"

namespace paliad::serve {
namespace {

using std::chrono::milliseconds;

constexpr int kBatch = 50;  // a comment may have a megabyte
// So many refusals in a row are hardly the messages' fault: a token was revoked, a project moved.
constexpr int kRefusalsInARow = 3;
constexpr std::chrono::minutes kAfterRefusals{1};
constexpr milliseconds kLongestDelayOfOne = std::chrono::minutes(15);
constexpr std::chrono::hours kBetweenPrunes{1};

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
  ASSIGN_OR_RETURN(const bool ready, store::HasFeedbackTables(session));
  if (!ready) {
    return SteadyTime::max();
  }
  RETURN_IF_ERROR(session.RequireExclusiveBackend());
  const store::FeedbackOwner owner = pulls::OwnerOf(target);
  ASSIGN_OR_RETURN(const bool ours, TakeTurn(session, owner, "delivery"));
  if (!ours) {
    return SteadyTime::max();
  }
  SteadyTime& prune_at = prune_at_[target.target.name];
  if (clock_.Steady() >= prune_at) {
    RETURN_IF_ERROR(PruneFeedback(session, owner));
    prune_at = clock_.Steady() + kBetweenPrunes;
  }
  ASSIGN_OR_RETURN(const SteadyTime due, DeliverWaiting(target, session, stop));
  ASSIGN_OR_RETURN(const std::int64_t left, CountWaitingFeedback(session, owner));
  length_ += left;
  return due;
}

Result<SteadyTime> Delivery::DeliverWaiting(const config::TargetConfig& target, pg::Session& session,
                                            const std::stop_token& stop) {
  const store::FeedbackOwner owner = pulls::OwnerOf(target);
  ASSIGN_OR_RETURN(std::vector<store::WaitingFeedback> waiting, ReadWaitingFeedback(session, owner, kBatch));
  std::unique_ptr<forge::Forge> client;
  for (int refusals = 0; !waiting.empty();) {
    if (client == nullptr) {
      ASSIGN_OR_RETURN(client, make_client_(target, stop));
    }
    for (const store::WaitingFeedback& each : waiting) {
      if (stop.stop_requested() || !gate_.open()) {
        return gate_.opens_at();
      }
      ASSIGN_OR_RETURN(const Sent sent, DeliverOne(target, session, *client, each));
      refusals = sent == Sent::kRefused ? refusals + 1 : 0;
      if (refusals == kRefusalsInARow) {
        return clock_.Steady() + kAfterRefusals;
      }
    }
    ASSIGN_OR_RETURN(waiting, ReadWaitingFeedback(session, owner, kBatch));
  }
  ASSIGN_OR_RETURN(const auto delay, ReadFeedbackDelay(session, owner));
  return delay ? clock_.Steady() + *delay : SteadyTime::max();
}

Result<Delivery::Sent> Delivery::DeliverOne(const config::TargetConfig& target, pg::Session& session,
                                            forge::Forge& client, const store::WaitingFeedback& waiting) {
  const store::FeedbackOwner owner = pulls::OwnerOf(target);
  const Result<forge::Message> message = forge::DecodeMessage(waiting.feedback.payload);
  if (!message) {
    RETURN_IF_ERROR(
        NoteFailed(session, owner, waiting, kLongestDelayOfOne, /*refused=*/true, message.error().Message()));
    LogEvent(Level::kError, {.target = target.target.name}, message.error().Message());
    return Sent::kRefused;
  }
  const forge::Answer<std::int64_t> sent = forge::Send(client, *message, waiting.remote_id);
  if (sent) {
    gate_.Succeeded();
    RETURN_IF_ERROR(NoteDelivered(session, owner, waiting, *sent));
    return Sent::kDelivered;
  }
  const Error& error = sent.error().error;
  const bool refused = error.kind != ErrorKind::kUnavailable;
  gate_.Failed(sent.error());
  metrics_.FeedbackFailed(config::ForgeKindName(target.forge->kind));
  LogEvent(Level::kWarning, {.target = target.target.name},
           fmt::format("{}: {}", waiting.feedback.slot, error.Message()));
  RETURN_IF_ERROR(NoteFailed(session, owner, waiting,
                             DelayAfterFailure(waiting.attempt + 1, kLongestDelayOfOne), refused,
                             error.Message()));
  return refused ? Sent::kRefused : Sent::kUnavailable;
}

}  // namespace paliad::serve
