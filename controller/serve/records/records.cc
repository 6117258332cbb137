#include "controller/serve/records/records.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cstdlib>
#include <utility>

#include "base/text.h"
#include "controller/audit/log_reader.h"
#include "controller/audit/newest_checkpoint.h"
#include "controller/audit/prove.h"
#include "controller/serve/records/records_sql.h"
#include "ledger/checkpoint.h"
#include "ledger/encoding.h"
#include "ledger/merkle.h"
#include "ledger/proof.h"

namespace paliad::serve {
namespace {

std::optional<std::string> Text(const std::optional<std::int64_t>& number) {
  return number ? std::optional(std::to_string(*number)) : std::nullopt;
}

std::int64_t Bounded(std::int64_t limit) { return std::clamp<std::int64_t>(limit, 1, kMaxPage); }

// Of rows that are paged by their seq.
template <class Row>
Page<Row> PageOf(store::Page<Row> found) {
  const auto next = found.more ? std::optional(found.rows.back().seq) : std::nullopt;
  return {.items = std::move(found.rows), .next = next};
}

store::EntryRow EntryAt(const pg::Rows& rows, int row) {
  return {.seq = rows.Int(row, 0), .leaf_hash = rows.String(row, 1), .leaf = rows.String(row, 2)};
}

// What the database says of itself: whoever asks verifies it.
Result<audit::TrustedCheckpoint> OpenCopy(const CheckpointRecord& record) {
  const std::string source = fmt::format("the database's own copy of {} entries", record.size);
  const auto opened = ledger::OpenCheckpoint(record.note, ledger::OriginOf(record.note), /*keys=*/{});
  if (!opened) {
    return Fail({.kind = ErrorKind::kCorruption,
                 .doing = "read the checkpoint",
                 .subject = source,
                 .cause = opened.error().detail,
                 .hint = "`paliadctl ledger verify` says what else is wrong"});
  }
  return audit::TrustedCheckpoint{
      .checkpoint = opened->checkpoint, .note = record.note, .is_signed = record.is_signed, .source = source};
}

}  // namespace

Result<Records> RecordRooms::Open(const Target& target) {
  {
    const std::lock_guard lock(mutex_);
    if (taken_[target.name] >= seats_) {
      return Fail({.kind = ErrorKind::kUnavailable,
                   .doing = "read the records of",
                   .subject = target.name,
                   .cause = "others are being answered",
                   .hint = "try again in a moment; if it lasts, look at the database"});
    }
    ++taken_[target.name];
  }
  const std::shared_ptr<void> seat(nullptr, [this, name = target.name](void*) {
    const std::lock_guard lock(mutex_);
    --taken_[name];
  });
  ASSIGN_OR_RETURN(pg::Session session, pg::Session::Connect({.url = target.database_url,
                                                              .application_name = "paliadctl serve",
                                                              .connect_timeout = std::chrono::seconds(5)}));
  RETURN_IF_ERROR(session.Run(kBeginSql, "begin to read"));
  ASSIGN_OR_RETURN(
      const pg::Rows exists,
      session.Query(kExistsSql, {target.tracker.table, target.tracker.schema}, "look for the ledger"));
  Records records(std::move(session), target);
  records.has_ledger_ = exists.Bool(0, 0);
  records.has_checkpoints_ = exists.Bool(0, 1);
  records.has_tracker_ = exists.Bool(0, 2);
  records.seat_ = seat;
  return records;
}

Result<Page<store::RunRow>> Records::Runs(const RunQuery& query) {
  if (!has_ledger_) {
    return Page<store::RunRow>();
  }
  ASSIGN_OR_RETURN(auto found, store::ReadRuns(session_, {.outcome = query.outcome,
                                                          .commit = query.commit,
                                                          .author = query.author,
                                                          .version = query.version,
                                                          .tracker = target_.tracker.Text(),
                                                          .of_tracker = true,
                                                          .since = query.since,
                                                          .until = query.until,
                                                          .run_id = query.run_id,
                                                          .before = query.cursor,
                                                          .limit = Bounded(query.limit)}));
  return PageOf(std::move(found));
}

Result<Page<store::EntryRow>> Records::Entries(const EntryQuery& query) {
  if (!has_ledger_) {
    return Page<store::EntryRow>();
  }
  store::Filter filter{.version = query.version,
                       .tracker = target_.tracker.Text(),
                       .of_tracker = true,
                       .kind = query.kind,
                       .run_id = query.run_id,
                       .limit = Bounded(query.limit)};
  if (query.newest_first) {
    filter.before = query.cursor;
  } else {
    filter.after = query.cursor.value_or(-1);
  }
  ASSIGN_OR_RETURN(auto found, store::ReadEntries(session_, filter));
  if (query.newest_first) {
    std::reverse(found.rows.begin(), found.rows.end());
  }
  return PageOf(std::move(found));
}

Result<std::optional<store::EntryRow>> Records::Entry(std::int64_t seq) {
  if (!has_ledger_) {
    return std::nullopt;
  }
  ASSIGN_OR_RETURN(const pg::Rows rows, session_.Query(kEntrySql, {std::to_string(seq)}, "read the entry"));
  return rows.empty() ? std::nullopt : std::optional(EntryAt(rows, 0));
}

Result<std::optional<std::string>> Records::Body(const std::string& digest) {
  // The table came with the checkpoints.
  if (!has_checkpoints_ || !ledger::ParseHexHash(digest)) {
    return std::nullopt;
  }
  return store::ReadBody(session_, digest);
}

Result<Page<MigrationRecord>> Records::Migrations(std::optional<std::int64_t> version,
                                                  std::optional<std::int64_t> cursor, std::int64_t limit) {
  Page<MigrationRecord> page;
  if (!has_tracker_) {
    return page;
  }
  ASSIGN_OR_RETURN(const pg::Rows rows,
                   session_.Query(fmt::format(kMigrationPageSql, target_.tracker.Quoted()),
                                  {Text(version), Text(cursor), std::to_string(Bounded(limit) + 1)},
                                  "read the applied migrations"));
  // One more than asked for tells whether there is a next page.
  for (int row = 0; row < rows.size(); ++row) {
    if (row == Bounded(limit)) {
      page.next = page.items.back().version;
      break;
    }
    page.items.push_back({.version = rows.Int(row, 0),
                          .name = rows.String(row, 1),
                          .applied_at = rows.String(row, 2),
                          .checksum = rows.Optional(row, 3)});
  }
  return page;
}

Result<std::int64_t> Records::LedgerSize() {
  if (!has_ledger_) {
    return 0;
  }
  ASSIGN_OR_RETURN(const pg::Rows rows, session_.Query(kSizeSql, {}, "read the ledger's size"));
  return rows.Int(0, 0);
}

Result<std::optional<CheckpointRecord>> Records::Checkpoint() { return CheckpointOf(std::nullopt); }

Result<std::optional<CheckpointRecord>> Records::CheckpointOf(std::optional<std::int64_t> at_least) {
  if (!has_checkpoints_) {
    return std::nullopt;
  }
  ASSIGN_OR_RETURN(const pg::Rows rows,
                   session_.Query(kCheckpointSql, {Text(at_least)}, "read the newest checkpoint"));
  if (rows.empty()) {
    return std::nullopt;
  }
  return CheckpointRecord{.size = rows.Int(0, 0), .is_signed = rows.Bool(0, 1), .note = rows.String(0, 2)};
}

Result<std::optional<ProofRecord>> Records::Proof(std::int64_t seq) {
  ASSIGN_OR_RETURN(const auto entry, Entry(seq));
  if (!entry) {
    return std::nullopt;
  }
  const auto index = static_cast<std::uint64_t>(seq);
  const Sha256Digest leaf_hash = ledger::LeafHash(entry->leaf);
  const audit::LogReader log = audit::LogReader::Within(session_);
  ProofRecord proof{.seq = seq, .leaf_hash = HexEncode(AsBytes(leaf_hash))};
  ASSIGN_OR_RETURN(proof.checkpoint, CheckpointOf(seq + 1));
  ledger::Proof path;
  if (proof.checkpoint) {
    ASSIGN_OR_RETURN(const audit::TrustedCheckpoint checkpoint, OpenCopy(*proof.checkpoint));
    ASSIGN_OR_RETURN(audit::EntryProof proven, audit::ProveEntry(log, index, checkpoint, target_.data_dir));
    proof.size = static_cast<std::int64_t>(checkpoint.checkpoint.size);
    proof.root = ledger::FormatHash(checkpoint.checkpoint.root);
    proof.tlog_proof = std::move(proven.proof);
    path = std::move(proven.path);
  } else {
    ASSIGN_OR_RETURN(proof.size, LedgerSize());
    const auto size = static_cast<std::uint64_t>(proof.size);
    ASSIGN_OR_RETURN(path, audit::ReadPath(log, index, size));
    const auto root = ledger::InclusionRoot(index, size, leaf_hash, path);
    assert(root);  // the entry and the size are of one snapshot
    proof.root = ledger::FormatHash(*root);
  }
  for (const Sha256Digest& hash : path) {
    proof.path.push_back(ledger::FormatHash(hash));
  }
  return proof;
}

}  // namespace paliad::serve
