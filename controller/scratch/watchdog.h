// Watchdog: ends the login's backends when the time is up. No setting does that: statement_timeout and the
// like can be lifted by the SQL that they are to limit. It also looks at locks that are gone when a statement
// outside of a transaction has ended.
//
// Thread-safe. Its thread alone uses the session that it is given, until the destructor returns.
#ifndef PALIAD_CONTROLLER_SCRATCH_WATCHDOG_H_
#define PALIAD_CONTROLLER_SCRATCH_WATCHDOG_H_

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>

#include "controller/postgres/session.h"
#include "controller/scratch/table_watch.h"

namespace paliad::scratch {

class Watchdog {
 public:
  // `session` may end sessions of the role `login`, and must outlive this. `backend` is the one to look at.
  // The time runs from now on, and is up when `stop` says so.
  Watchdog(pg::Session& session, std::string login, const Backend& backend, std::chrono::milliseconds limit,
           std::stop_token stop);
  ~Watchdog();
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

  // The time was up, and the login's backends were told to end.
  bool fired() const;

  // Between the two the backend's locks are looked at, without a pause in the beginning, then all the time's
  // fiftieth part. The first look has been taken when StartSampling returns.
  void StartSampling();
  LocksByTable TakeSamples();

 private:
  using Clock = std::chrono::steady_clock;

  void Watch();
  void EndNow();
  bool WantsEnd() const { return end_now_ && !fired_; }  // REQUIRES: mutex_ is held
  void EndBackends(std::unique_lock<std::mutex>& lock);
  void Sample(std::unique_lock<std::mutex>& lock);

  pg::Session& session_;
  const std::string login_;
  const Backend backend_;
  Clock::time_point next_bite_;  // the thread's

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;                              // guarded by mutex_
  bool end_now_ = false;                               // guarded by mutex_
  bool sampling_ = false;                              // guarded by mutex_
  bool fired_ = false;                                 // guarded by mutex_
  int round_ = 0;                                      // of sampling; guarded by mutex_
  LocksByTable samples_;                               // guarded by mutex_
  bool sampled_ = false;                               // at least once in this round; guarded by mutex_
  Clock::time_point sampling_since_;                   // guarded by mutex_
  std::thread thread_;                                 // it uses all others
  std::stop_callback<std::function<void()>> on_stop_;  // last: it calls EndNow
};

}  // namespace paliad::scratch

#endif  // PALIAD_CONTROLLER_SCRATCH_WATCHDOG_H_
