#include "controller/serve/loop/fetch_slots.h"

#include <algorithm>

namespace paliad::serve {
namespace {

constexpr std::chrono::seconds kSlow{10};
constexpr std::chrono::milliseconds kLookAgain{500};  // whether one has become slow

}  // namespace

FetchSlots::Slot::~Slot() {
  if (slots_ != nullptr) {
    const std::lock_guard lock(slots_->mutex_);
    slots_->began_.erase(place_);
    slots_->freed_.notify_one();
  }
}

std::optional<FetchSlots::Slot> FetchSlots::Take(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (CountYoung() >= count_) {
    const std::size_t before = began_.size();
    freed_.wait_for(lock, stop, kLookAgain, [&] { return began_.size() < before; });
    if (stop.stop_requested()) {
      return std::nullopt;
    }
  }
  return Slot(*this, began_.insert(began_.end(), clock_.Steady()));
}

std::size_t FetchSlots::CountYoung() const {
  const SteadyTime now = clock_.Steady();
  return static_cast<std::size_t>(
      std::count_if(began_.begin(), began_.end(), [&](SteadyTime began) { return now - began < kSlow; }));
}

}  // namespace paliad::serve
