// Waiting for the run's lock: asked for again and again, never inside a statement.
#ifndef PALIAD_CONTROLLER_RECONCILE_RUN_LOCK_H_
#define PALIAD_CONTROLLER_RECONCILE_RUN_LOCK_H_

#include <chrono>
#include <functional>
#include <optional>

#include "base/clock.h"
#include "base/result.h"
#include "controller/postgres/advisory_lock.h"
#include "controller/postgres/session.h"

namespace paliad {

// Called when the waiting begins, when the holder changes, and every few seconds.
using OnWaiting = std::function<void(const pg::LockHolder& holder, std::chrono::milliseconds waited)>;

// Waits up to `wait` (0: one try). Returns nothing if the lock was had, else who holds it.
[[nodiscard]] Result<std::optional<pg::LockHolder>> WaitForLock(pg::Session& session, std::int64_t number,
                                                                std::chrono::milliseconds wait,
                                                                const Clock& clock,
                                                                const OnWaiting& on_waiting);

}  // namespace paliad

#endif  // PALIAD_CONTROLLER_RECONCILE_RUN_LOCK_H_
