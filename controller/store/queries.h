// What people ask the ledger. Read only.
#ifndef PALIAD_CONTROLLER_STORE_QUERIES_H_
#define PALIAD_CONTROLLER_STORE_QUERIES_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "controller/postgres/session.h"

namespace paliad::store {

struct RunRow {
  std::string run_id;
  std::string target;
  std::string trigger;
  std::string commit;
  std::optional<std::string> outcome;  // none: it has not finished
  std::string started_at;              // as FormatUtc
  std::optional<std::string> finished_at;
  std::int64_t applied = 0;  // migrations
  std::string actor;
  std::string reason;  // "" where it ended well
};

struct RunFilter {
  std::optional<std::string> target;
  std::optional<std::string> outcome;
  std::optional<std::string> run_id;  // or the beginning of one
  std::int64_t limit = 50;            // > 0
};

struct EntryRow {
  std::int64_t seq = 0;
  std::string leaf_hash;  // hex
  std::string leaf;       // the bytes that were hashed
};

struct EntryFilter {
  std::optional<std::string> run_id;  // whole
  std::optional<std::int64_t> version;
  std::optional<std::string> kind;
  std::int64_t limit = 100;  // > 0; the newest ones
};

// False: no run was ever made on this database.
[[nodiscard]] Result<bool> HasLedger(pg::Session& session);

// Newest first. REQUIRES of all below: there is a ledger.
[[nodiscard]] Result<std::vector<RunRow>> ReadRuns(pg::Session& session, const RunFilter& filter);

// In the order of the log.
[[nodiscard]] Result<std::vector<EntryRow>> ReadEntries(pg::Session& session, const EntryFilter& filter);

}  // namespace paliad::store

#endif  // PALIAD_CONTROLLER_STORE_QUERIES_H_
