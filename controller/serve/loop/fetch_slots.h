// FetchSlots: how many fetches begin at a time. Each is a process of its own, and hundreds of targets come
// due together when a controller starts. A fetch that is slow gives its slot away: servers that hang must not
// keep the others from being asked.
#ifndef PALIAD_CONTROLLER_SERVE_LOOP_FETCH_SLOTS_H_
#define PALIAD_CONTROLLER_SERVE_LOOP_FETCH_SLOTS_H_

#include <condition_variable>
#include <list>
#include <mutex>
#include <optional>
#include <stop_token>

#include "base/clock.h"

namespace paliad::serve {

// Thread-safe.
class FetchSlots {
 public:
  FetchSlots(std::size_t count, const Clock& clock) : count_(count), clock_(clock) {}

  // Holds a slot until it is destroyed.
  class Slot {
   public:
    Slot(FetchSlots& slots, std::list<SteadyTime>::iterator place) : slots_(&slots), place_(place) {}
    Slot(Slot&& other) noexcept : slots_(other.slots_), place_(other.place_) { other.slots_ = nullptr; }
    Slot& operator=(Slot&&) = delete;
    ~Slot();

   private:
    FetchSlots* slots_;
    std::list<SteadyTime>::iterator place_;
  };

  // Waits for one. None: `stop` came first.
  std::optional<Slot> Take(const std::stop_token& stop);

 private:
  std::size_t CountYoung() const;  // REQUIRES: mutex_ is held

  const std::size_t count_;
  const Clock& clock_;
  std::mutex mutex_;
  std::condition_variable_any freed_;
  std::list<SteadyTime> began_;  // guarded by mutex_
};

}  // namespace paliad::serve

#endif  // PALIAD_CONTROLLER_SERVE_LOOP_FETCH_SLOTS_H_
