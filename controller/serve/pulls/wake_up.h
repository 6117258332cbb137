// WakeUp: between a thread that makes one pass after the other and those who want one soon.
#ifndef PALIAD_CONTROLLER_SERVE_PULLS_WAKE_UP_H_
#define PALIAD_CONTROLLER_SERVE_PULLS_WAKE_UP_H_

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <stop_token>

#include "base/clock.h"

namespace paliad::serve {

// Thread-safe.
class WakeUp {
 public:
  // A pass soon. Any number before one begins are one; one that comes during a pass causes another.
  void Wake() {
    const std::lock_guard lock(mutex_);
    ++asked_;
    changed_.notify_all();
  }

  // Until somebody asks or it is `due`. False: to be stopped.
  bool Await(const std::stop_token& stop, SteadyTime due) {
    std::unique_lock lock(mutex_);
    changed_.wait_until(lock, stop, due, [this] { return asked_ != answered_; });
    answered_ = asked_;
    return !stop.stop_requested();
  }

 private:
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::uint64_t asked_ = 0;     // guarded by mutex_
  std::uint64_t answered_ = 0;  // guarded by mutex_
};

}  // namespace paliad::serve

#endif  // PALIAD_CONTROLLER_SERVE_PULLS_WAKE_UP_H_
