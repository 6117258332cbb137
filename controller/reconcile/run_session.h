// RunSession: the one connection of a run, with the run's lock; made again after a break.
#ifndef PALIAD_CONTROLLER_RECONCILE_RUN_SESSION_H_
#define PALIAD_CONTROLLER_RECONCILE_RUN_SESSION_H_

#include <chrono>
#include <cstdint>
#include <optional>
#include <stop_token>

#include "base/clock.h"
#include "base/result.h"
#include "controller/postgres/advisory_lock.h"
#include "controller/postgres/session.h"
#include "controller/reconcile/database_state.h"
#include "controller/reconcile/target.h"

namespace paliad {

class RunObserver;

// Not thread-safe. `target`, `clock` and `observer` must outlive it.
class RunSession {
 public:
  // `cancel` as SessionOptions.
  RunSession(const Target& target, std::chrono::milliseconds lock_wait, const Clock& clock,
             RunObserver& observer, std::stop_token cancel = {});

  // Connects, makes sure that the backend is this run's alone, takes the lock and looks which tables there
  // are. Returns who holds the lock if it was not had in time; the session is open all the same.
  [[nodiscard]] Result<std::optional<pg::LockHolder>> Open();

  // After a break: the same, trying to connect again for as long as one waits for the lock. The lock comes
  // first: the old backend holds it until it has finished, and looking earlier would see neither its commit
  // nor its end. kUnavailable if it was not had.
  [[nodiscard]] Status Reopen();

  // Looks again which tables there are.
  [[nodiscard]] Status ReadObjects();

  // Lets the next run begin, if the lock is this session's; failing to is no matter, since the connection
  // ends soon.
  void Unlock();

  // REQUIRES: Open succeeded.
  pg::Session& operator*() { return *session_; }
  pg::Session* operator->() { return &*session_; }
  const pg::Session* operator->() const { return &*session_; }

  const DatabaseObjects& objects() const { return objects_; }
  std::int64_t lock_number() const { return lock_number_; }

 private:
  Result<std::optional<pg::LockHolder>> Lock();

  const Target& target_;
  const std::chrono::milliseconds lock_wait_;
  const Clock& clock_;
  RunObserver& observer_;
  const std::stop_token cancel_;
  const std::int64_t lock_number_;
  std::optional<pg::Session> session_;
  DatabaseObjects objects_;
  bool locked_ = false;
};

}  // namespace paliad

#endif  // PALIAD_CONTROLLER_RECONCILE_RUN_SESSION_H_
