#include "controller/serve/webhook/debouncer.h"

#include <algorithm>

#include "controller/serve/http/quiet_thread.h"

namespace paliad::serve {

void DebounceQueue::Add(const Key& key, SteadyTime now) {
  Burst& burst = bursts_.try_emplace(key, Burst{.latest = now + times_.longest, .due = now}).first->second;
  burst.due = std::min(now + times_.quiet, burst.latest);
}

std::vector<DebounceQueue::Key> DebounceQueue::TakeDue(SteadyTime now) {
  std::vector<Key> due;
  for (auto burst = bursts_.begin(); burst != bursts_.end();) {
    if (burst->second.due <= now) {
      due.push_back(burst->first);
      burst = bursts_.erase(burst);
    } else {
      ++burst;
    }
  }
  return due;
}

std::optional<SteadyTime> DebounceQueue::NextDue() const {
  std::optional<SteadyTime> next;
  for (const auto& [key, burst] : bursts_) {
    next = std::min(next.value_or(burst.due), burst.due);
  }
  return next;
}

Debouncer::Debouncer(Sink sink, const DebounceTimes& times) : sink_(std::move(sink)), queue_(times) {
  thread_ = http::StartQuietThread([this] { Work(); });
}

Debouncer::~Debouncer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void Debouncer::Add(const std::string& target, Notice notice) {
  {
    const std::lock_guard lock(mutex_);
    queue_.Add({target, notice}, std::chrono::steady_clock::now());
  }
  changed_.notify_one();
}

void Debouncer::Work() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    const auto next = queue_.NextDue();
    if (!next) {
      changed_.wait(lock);
      continue;
    }
    // A notice that comes meanwhile can only make it later.
    if (changed_.wait_until(lock, *next, [this] { return stopping_; })) {
      return;
    }
    const auto due = queue_.TakeDue(std::chrono::steady_clock::now());
    lock.unlock();
    for (const auto& [target, notice] : due) {
      sink_(target, notice);
    }
    lock.lock();
  }
}

}  // namespace paliad::serve
