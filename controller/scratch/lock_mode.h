// The modes of PostgreSQL's table locks, in the words of pg_locks, and what each keeps others from doing:
// https://www.postgresql.org/docs/15/explicit-locking.html#LOCKING-TABLES. Pure.
#ifndef PALIAD_CONTROLLER_SCRATCH_LOCK_MODE_H_
#define PALIAD_CONTROLLER_SCRATCH_LOCK_MODE_H_

#include <optional>
#include <string_view>

namespace paliad::scratch {

// Ascending: a later one conflicts with all that an earlier one conflicts with, but for
// kShareUpdateExclusive and kShare, of which the second is what users feel.
enum class LockMode {
  kAccessShare,
  kRowShare,
  kRowExclusive,
  kShareUpdateExclusive,
  kShare,
  kShareRowExclusive,
  kExclusive,
  kAccessExclusive,
};

// "AccessExclusiveLock"; public, part of the JSON.
std::string_view LockModeName(LockMode mode);

// None for what is not a mode of a table's lock.
std::optional<LockMode> ParseLockMode(std::string_view name);

// What waits while the lock is held: "reads and writes", "writes", or "schema changes" only; public, part of
// the JSON.
std::string_view Blocks(LockMode mode);

}  // namespace paliad::scratch

#endif  // PALIAD_CONTROLLER_SCRATCH_LOCK_MODE_H_
