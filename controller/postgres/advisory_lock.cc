#include "controller/postgres/advisory_lock.h"

#include <fmt/format.h>

#include "controller/postgres/session_sql.h"

namespace paliad::pg {
namespace {

// pg_locks shows a bigint key as two halves.
std::uint32_t High(std::int64_t number) {
  return static_cast<std::uint32_t>(static_cast<std::uint64_t>(number) >> 32);
}
std::uint32_t Low(std::int64_t number) {
  return static_cast<std::uint32_t>(static_cast<std::uint64_t>(number));
}

}  // namespace

std::int64_t LockNumber(std::string_view tracker) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  for (const char c : tracker) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100000001b3ULL;
  }
  return static_cast<std::int64_t>(hash);
}

std::string TryLockSql(std::int64_t number) {
  return fmt::format(
      "SELECT CASE WHEN pg_catalog.pg_try_advisory_lock({0}) THEN pg_catalog.pg_try_advisory_lock({0})"
      " ELSE false END;",
      number);
}

std::string UnlockSql(std::int64_t number) {
  return fmt::format(
      "SELECT CASE WHEN pg_catalog.pg_advisory_unlock({0}) THEN pg_catalog.pg_advisory_unlock({0})"
      " ELSE false END;",
      number);
}

std::string HoldsLockSql(std::int64_t number) {
  return fmt::format(
      "CASE WHEN pg_catalog.pg_advisory_unlock({0}) THEN pg_catalog.pg_try_advisory_lock({0}) ELSE false END",
      number);
}

std::string LockHolder::Describe() const {
  std::string text =
      fmt::format("pid {} ({}", pid, application.empty() ? "unnamed application" : application);
  if (!role.empty()) {
    text += fmt::format(", role {}", role);
  }
  if (!connected_since.empty()) {
    text += fmt::format(", connected since {}", connected_since);
  }
  if (!transaction_since.empty()) {
    text += fmt::format(", in a transaction since {}", transaction_since);
  }
  return text + (state.empty() ? ")" : fmt::format(", {})", state));
}

Result<LockHolder> FindLockHolder(Session& session, std::int64_t number) {
  ASSIGN_OR_RETURN(const Rows rows,
                   session.Query(kLockHolderSql, {std::to_string(High(number)), std::to_string(Low(number))},
                                 "ask who holds the lock"));
  LockHolder holder;
  if (!rows.empty()) {
    holder = {.pid = static_cast<int>(rows.Int(0, 0)),
              .application = rows.String(0, 1),
              .role = rows.String(0, 2),
              .connected_since = rows.String(0, 3),
              .transaction_since = rows.String(0, 4),
              .state = rows.String(0, 5)};
  }
  return holder;
}

}  // namespace paliad::pg
