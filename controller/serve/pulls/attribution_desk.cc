#include "controller/serve/pulls/attribution_desk.h"

#include <utility>

namespace paliad::serve {

AttributionDesk::AttributionDesk(MakeClient make_client, ForgeGate& gate)
    : make_client_(std::move(make_client)),
      gate_(gate),
      thread_([this](const std::stop_token& stop) { Run(stop); }) {}

AttributionDesk::~AttributionDesk() = default;

std::optional<Attributed> AttributionDesk::Ask(const std::string& commit,
                                               std::chrono::milliseconds patience) {
  if (!gate_.healthy() && !gate_.open()) {
    return std::nullopt;
  }
  std::unique_lock lock(mutex_);
  const bool asked_before = asked_ == commit && (busy_ || answer_);
  if (busy_ && !asked_before) {
    return std::nullopt;  // the forge has not answered the last question yet
  }
  if (!asked_before) {
    question_ = commit;
    asked_ = commit;
    answer_.reset();
    busy_ = true;
    changed_.notify_all();
  }
  (void)changed_.wait_for(lock, patience, [this] { return !busy_; });
  return busy_ ? std::nullopt : std::exchange(answer_, std::nullopt);
}

void AttributionDesk::Run(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (changed_.wait(lock, stop, [this] { return question_.has_value(); })) {
    const std::string commit = *std::exchange(question_, std::nullopt);
    lock.unlock();
    std::optional<Attributed> answer = Answer(commit, stop);
    lock.lock();
    answer_ = std::move(answer);
    busy_ = false;
    changed_.notify_all();
  }
  ended_ = true;
}

std::optional<Attributed> AttributionDesk::Answer(const std::string& commit, const std::stop_token& stop) {
  const Result<std::unique_ptr<forge::Forge>> client = make_client_(stop);
  if (!client) {
    return std::nullopt;
  }
  forge::Answer<Attributed> answer = (*client)->FindAttribution(commit);
  if (!answer) {
    gate_.Failed(answer.error());
    return std::nullopt;
  }
  gate_.Succeeded();
  return *std::move(answer);
}

}  // namespace paliad::serve
