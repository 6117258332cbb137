// What people ask the ledger. Reads only, and needs no right but SELECT.
#ifndef PALIAD_CONTROLLER_STORE_QUERIES_H_
#define PALIAD_CONTROLLER_STORE_QUERIES_H_

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "controller/postgres/session.h"

namespace paliad::store {

struct RunRow {
  std::int64_t seq = 0;  // of its run_started: what pages are counted by
  std::string run_id;
  std::string target;
  std::string trigger;
  std::string commit;
  std::optional<std::string> outcome;  // none: it has not finished
  std::string started_at;              // as FormatUtc
  std::optional<std::string> finished_at;
  std::int64_t applied = 0;  // migrations
  std::string actor;
  std::string author;  // of the commit, "Ada <ada@example.com>"; "" in entries of older programs
  std::string reason;  // "" where it ended well
  std::optional<std::chrono::microseconds> duration;  // none: it has not finished
};

struct EntryRow {
  std::int64_t seq = 0;
  std::string leaf_hash;  // hex
  std::string leaf;       // the bytes that were hashed
};

// What runs and entries are chosen by. None: any.
struct Filter {
  std::optional<std::string> target;
  std::optional<std::string> outcome;
  std::optional<std::string> commit;          // the beginning of its id: hex digits
  std::optional<std::string> author;          // a part of the commit author's name or address, in any case
  std::optional<std::int64_t> version;        // of `tracker`; bootstrapped entries that cover it too
  std::string tracker;                        // "paliad.applied_migrations"
  bool of_tracker = false;                    // only what concerns `tracker`
  std::optional<std::string> since, until;    // as FormatUtc; the first is in the range, the second is not
  std::optional<std::string> kind;            // of entries
  std::optional<std::string> run_id;          // of entries: whole; of runs: the beginning of one
  std::optional<std::int64_t> before, after;  // seq, neither is in the page; `after` is of entries
  std::int64_t limit = 50;                    // > 0
};

// One page, and whether there is more in its direction.
template <class Row>
struct Page {
  std::vector<Row> rows;
  bool more = false;
};

// False: no run was ever made on this database.
[[nodiscard]] Result<bool> HasLedger(pg::Session& session);

// The log's UUID, which every entry names; "" of a log that an older program made. REQUIRES: there is a
// ledger.
[[nodiscard]] Result<std::string> ReadLedgerId(pg::Session& session);

// Newest first. REQUIRES of all below: there is a ledger.
[[nodiscard]] Result<Page<RunRow>> ReadRuns(pg::Session& session, const Filter& filter);

// In the order of the log: the newest that there are before `before`, or with `after` the first ones behind
// it.
[[nodiscard]] Result<Page<EntryRow>> ReadEntries(pg::Session& session, const Filter& filter);

// The body of a digest in hex. None: it was redacted, or was never stored.
[[nodiscard]] Result<std::optional<std::string>> ReadBody(pg::Session& session, const std::string& digest);

// The digest of the SQL of that file where an attempt has stored it already.
[[nodiscard]] Result<std::optional<std::string>> FindStoredSql(pg::Session& session,
                                                               const std::string& tracker,
                                                               std::int64_t version,
                                                               const std::string& checksum);

}  // namespace paliad::store

#endif  // PALIAD_CONTROLLER_STORE_QUERIES_H_
