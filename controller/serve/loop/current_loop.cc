#include "controller/serve/loop/current_loop.h"

#include <algorithm>
#include <utility>

namespace paliad::serve {

void CurrentLoop::Replace(std::shared_ptr<Loop> loop) {
  std::shared_ptr<Loop> old;
  {
    const std::lock_guard lock(mutex_);
    old = std::exchange(loop_, std::move(loop));
  }
  old->Retire();
  retired_.push_back(std::move(old));
}

void CurrentLoop::Tidy() {
  std::erase_if(retired_, [](const auto& loop) { return loop->Ended(); });
}

void CurrentLoop::Stop() {
  loop()->Stop();
  for (const auto& retired : retired_) {
    retired->Stop();
  }
}

void CurrentLoop::Cancel() {
  loop()->Cancel();
  for (const auto& retired : retired_) {
    retired->Cancel();
  }
}

bool CurrentLoop::Ended() const {
  return loop()->Ended() &&
         std::all_of(retired_.begin(), retired_.end(), [](const auto& retired) { return retired->Ended(); });
}

}  // namespace paliad::serve
