#include "controller/forge/write_pace.h"

#include <algorithm>

namespace paliad::forge {

void WritePace::Await(const Clock& clock, std::chrono::milliseconds gap) {
  if (gap <= std::chrono::milliseconds(0)) {
    return;
  }
  const SteadyTime now = clock.Steady();
  SteadyTime turn = now;
  {
    const std::lock_guard lock(mutex_);
    if (last_) {
      turn = std::max(now, *last_ + gap);
    }
    last_ = turn;
  }
  // Not under the lock: others take their turns meanwhile.
  if (turn > now) {
    clock.Sleep(std::chrono::ceil<std::chrono::milliseconds>(turn - now));
  }
}

void WritePace::Wrote(const Clock& clock) {
  const SteadyTime now = clock.Steady();
  const std::lock_guard lock(mutex_);
  last_ = last_ ? std::max(*last_, now) : now;
}

}  // namespace paliad::forge
