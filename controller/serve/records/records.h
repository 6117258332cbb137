// What the API and the pages read from a target's database: the ledger, page by page, and the tracker. One
// connection a request, closed with it; nothing is held while nobody asks. Read only.
#ifndef PALIAD_CONTROLLER_SERVE_RECORDS_RECORDS_H_
#define PALIAD_CONTROLLER_SERVE_RECORDS_RECORDS_H_

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "controller/postgres/session.h"
#include "controller/reconcile/target.h"
#include "controller/store/queries.h"

namespace paliad::serve {

// `next` asks for the page after it; none: it was the last one.
template <class T>
struct Page {
  std::vector<T> items;
  std::optional<std::int64_t> next;
};

inline constexpr std::int64_t kMaxPage = 1'000;

// What is absent asks for everything.
struct RunQuery {
  std::optional<std::string> outcome;
  std::optional<std::string> run_id;  // or the beginning of one
  std::optional<std::string> commit;  // the same
  std::optional<std::string> since;   // times as FormatUtc
  std::optional<std::string> until;
  std::optional<std::int64_t> version;
  std::optional<std::string> author;   // a part of the name or address of the commit's author
  std::optional<std::int64_t> cursor;  // Page::next
  std::int64_t limit = 50;             // 1 to kMaxPage
};

struct EntryQuery {
  std::optional<std::string> run_id;  // whole
  std::optional<std::int64_t> version;
  std::optional<std::string> kind;
  bool newest_first = false;  // else in the order of the log
  std::optional<std::int64_t> cursor;
  std::int64_t limit = 100;
};

// A row of the tracker.
struct MigrationRecord {
  std::int64_t version = 0;
  std::string name;
  std::string applied_at;  // as FormatUtc
  std::optional<std::string> checksum;
};

struct CheckpointRecord {
  std::int64_t size = 0;
  bool is_signed = false;
  std::string note;  // its bytes
};

// That an entry is in the log: in the tree of the newest checkpoint that covers it, else in that of all
// entries, for which nothing vouches.
struct ProofRecord {
  std::int64_t seq = 0;
  std::int64_t size = 0;
  std::string leaf_hash;  // hex
  std::string root;       // base64
  std::vector<std::string> path;
  std::optional<CheckpointRecord> checkpoint;
  std::string tlog_proof;  // ledger/tlog_proof.h; empty without a checkpoint
};

// A look at one database at one moment. Not thread-safe.
class Records {
 public:
  // Errors of all of these are as pg::Session's; kUnavailable also where a query took more than 10 s.
  Result<Page<store::RunRow>> Runs(const RunQuery& query);
  Result<Page<store::EntryRow>> Entries(const EntryQuery& query);
  Result<std::optional<store::EntryRow>> Entry(std::int64_t seq);
  // A text that an entry names by digest (64 hex digits): what ran, as it ran. None where the ledger does not
  // have it (any more), or `digest` is none.
  Result<std::optional<std::string>> Body(const std::string& digest);
  // By version, ascending.
  Result<Page<MigrationRecord>> Migrations(std::optional<std::int64_t> version,
                                           std::optional<std::int64_t> cursor, std::int64_t limit);
  Result<std::int64_t> LedgerSize();
  // The newest signed one, else the newest one; none if there is none.
  Result<std::optional<CheckpointRecord>> Checkpoint();
  // None: there is no such entry. Under a checkpoint, what is returned was verified; kCorruption where the
  // log is not the one that the checkpoint was made of. Costs what audit::ProveEntry does; without a
  // checkpoint it reads the hash of every entry, each time.
  Result<std::optional<ProofRecord>> Proof(std::int64_t seq);

 private:
  friend class RecordRooms;
  Records(pg::Session session, const Target& target) : session_(std::move(session)), target_(target) {}

  Result<std::optional<CheckpointRecord>> CheckpointOf(std::optional<std::int64_t> at_least);

  pg::Session session_;
  Target target_;
  bool has_ledger_ = false;
  bool has_checkpoints_ = false;
  bool has_tracker_ = false;
  std::shared_ptr<void> seat_;
};

// Hands out looks, a few at a time for each database, so that one that hangs holds few threads. Thread-safe.
class RecordRooms {
 public:
  explicit RecordRooms(int seats = 3) : seats_(seats) {}

  // kUnavailable: no connection within 5 s, or all seats are taken.
  [[nodiscard]] Result<Records> Open(const Target& target);

 private:
  const int seats_;
  std::mutex mutex_;
  std::map<std::string, int> taken_;  // guarded by mutex_; by target
};

}  // namespace paliad::serve

#endif  // PALIAD_CONTROLLER_SERVE_RECORDS_RECORDS_H_
