#include "controller/serve/pulls/forge_gate.h"

#include <algorithm>
#include <chrono>

#include "controller/serve/loop/delay.h"

namespace paliad::serve {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kLongest = std::chrono::minutes(15);
// A forge that asks for more is asked all the same: GitHub's limits last an hour.
constexpr milliseconds kMostAskedFor = std::chrono::minutes(75);

}  // namespace

SteadyTime ForgeGate::opens_at() const {
  const std::lock_guard lock(mutex_);
  return opens_at_;
}

bool ForgeGate::healthy() const {
  const std::lock_guard lock(mutex_);
  return failures_ == 0;
}

void ForgeGate::Succeeded() {
  const std::lock_guard lock(mutex_);
  failures_ = 0;
  opens_at_ = asked_until_;  // another request may have been under way when it asked
}

void ForgeGate::Failed(const forge::Failure& failure) {
  if (failure.error.kind != ErrorKind::kUnavailable) {
    Succeeded();
    return;
  }
  const std::lock_guard lock(mutex_);
  milliseconds delay = DelayAfterFailure(++failures_, kLongest);
  if (failure.retry_after) {
    delay = std::max(delay, std::min(*failure.retry_after, kMostAskedFor));
    asked_until_ = std::max(asked_until_, clock_.Steady() + delay);
  }
  opens_at_ = std::max(opens_at_, clock_.Steady() + delay);
}

}  // namespace paliad::serve
