// The session-level advisory lock that makes one run at a time the runner of a tracker.
#ifndef PALIAD_CONTROLLER_POSTGRES_ADVISORY_LOCK_H_
#define PALIAD_CONTROLLER_POSTGRES_ADVISORY_LOCK_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "controller/postgres/session.h"

namespace paliad::pg {

// FNV-1a, 64 bits (http://www.isthe.com/chongo/tech/comp/fnv/), of the tracker's name, as PostgreSQL's
// signed bigint. The Go runner computes the same, so both exclude each other.
std::int64_t LockNumber(std::string_view tracker);

// SQL: pg_try_advisory_lock(N), never the blocking form: a session that waits inside a statement holds a
// snapshot, and CREATE INDEX CONCURRENTLY in the holder then deadlocks with it. The lock is taken twice, for
// the sake of HoldsLockSql; PostgreSQL counts, and shows it once.
std::string TryLockSql(std::int64_t number);
std::string UnlockSql(std::int64_t number);

// A boolean expression: this backend holds the lock. It gives one of its two holds back and takes it again,
// so that the lock is never free in between; a look into pg_locks would cost a hundred times as much, twice a
// migration. One hold that somebody else gave back is not missed: the lock is still had.
std::string HoldsLockSql(std::int64_t number);

struct LockHolder {
  int pid = 0;  // 0: nobody holds it (any more)
  std::string application;
  std::string role;
  std::string connected_since;    // as PostgreSQL prints it
  std::string transaction_since;  // empty: none is open
  std::string state;              // "active", "idle", …; empty if it may not be seen

  std::string Describe() const;  // "pid 4711 (paliad, role m, connected since …, active)"
};

[[nodiscard]] Result<LockHolder> FindLockHolder(Session& session, std::int64_t number);

}  // namespace paliad::pg

#endif  // PALIAD_CONTROLLER_POSTGRES_ADVISORY_LOCK_H_
