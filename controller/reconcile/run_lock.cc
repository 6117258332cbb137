#include "controller/reconcile/run_lock.h"

#include <algorithm>

#include "controller/reconcile/backoff.h"

namespace paliad {
namespace {

constexpr std::chrono::seconds kSayAgainAfter{5};

}  // namespace

Result<std::optional<pg::LockHolder>> WaitForLock(pg::Session& session, std::int64_t number,
                                                  std::chrono::milliseconds wait, const Clock& clock,
                                                  const OnWaiting& on_waiting) {
  const SteadyTime started = clock.Steady();
  std::optional<SteadyTime> said;
  int said_pid = 0;
  while (true) {
    ASSIGN_OR_RETURN(const std::vector<pg::Rows> answer,
                     session.Run(pg::TryLockSql(number), "take the run's lock"));
    if (answer.front().Bool(0, 0)) {
      return std::nullopt;
    }
    ASSIGN_OR_RETURN(const pg::LockHolder holder, pg::FindLockHolder(session, number));
    const SteadyTime now = clock.Steady();
    const auto waited = std::chrono::duration_cast<std::chrono::milliseconds>(now - started);
    if (waited >= wait) {
      return holder;
    }
    if (holder.pid != 0 && (!said || holder.pid != said_pid || now - *said >= kSayAgainAfter)) {
      on_waiting(holder, waited);
      said = now;
      said_pid = holder.pid;
    }
    clock.Sleep(std::min(PollDelay(), wait - waited));
  }
}

}  // namespace paliad
