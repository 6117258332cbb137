// Many notices in a burst become one: it is passed on when it has been quiet for a moment, and at the latest
// some seconds after the first one. (The loop looks by itself every interval, so a burst without an end
// delays nothing for ever.)
#ifndef PALIAD_CONTROLLER_SERVE_WEBHOOK_DEBOUNCER_H_
#define PALIAD_CONTROLLER_SERVE_WEBHOOK_DEBOUNCER_H_

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "controller/serve/control.h"

namespace paliad::serve {

struct DebounceTimes {
  std::chrono::milliseconds quiet{200};
  std::chrono::milliseconds longest{10'000};
};

// What is due when. No clock, no thread.
class DebounceQueue {
 public:
  using Key = std::pair<std::string, Notice>;  // a target's name

  explicit DebounceQueue(const DebounceTimes& times) : times_(times) {}

  void Add(const Key& key, SteadyTime now);
  std::vector<Key> TakeDue(SteadyTime now);
  std::optional<SteadyTime> NextDue() const;

 private:
  struct Burst {
    SteadyTime latest;  // when it is due whatever comes
    SteadyTime due;
  };
  const DebounceTimes times_;
  std::map<Key, Burst> bursts_;
};

// Thread-safe.
class Debouncer {
 public:
  using Sink = std::function<void(const std::string& target, Notice notice)>;

  // `sink` is called on a thread of the debouncer's own.
  explicit Debouncer(Sink sink, const DebounceTimes& times = {});
  // What is not due yet is forgotten.
  ~Debouncer();
  Debouncer(const Debouncer&) = delete;
  Debouncer& operator=(const Debouncer&) = delete;

  void Add(const std::string& target, Notice notice);

 private:
  void Work();

  const Sink sink_;
  std::mutex mutex_;
  std::condition_variable changed_;
  DebounceQueue queue_;    // guarded by mutex_
  bool stopping_ = false;  // guarded by mutex_
  std::thread thread_;
};

}  // namespace paliad::serve

#endif  // PALIAD_CONTROLLER_SERVE_WEBHOOK_DEBOUNCER_H_
