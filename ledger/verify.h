// LogVerifier: a whole log as a stream, against the checkpoints that were published of it.
//
//   CheckpointSet published; … published.Add("file:…", bytes, origin, keys, problems);
//   LogVerifier verifier(origin, published, problems);
//   for (each row ORDER BY seq) verifier.Add(seq, leaf, leaf_hash);
//   Report report = verifier.Finish();
//
// Memory: see ledger/entry_audit.h. Not thread-safe.
#ifndef PALIAD_LEDGER_VERIFY_H_
#define PALIAD_LEDGER_VERIFY_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "ledger/checkpoint_set.h"
#include "ledger/entry_audit.h"
#include "ledger/merkle.h"
#include "ledger/problem.h"
#include "ledger/report.h"

namespace paliad::ledger {

// Compares the roots of a growing tree with checkpoints, in order of size, and says between which two the
// first difference lies.
class RootCheck {
 public:
  explicit RootCheck(CheckpointSet checkpoints)
      : checkpoints_(std::move(checkpoints)), next_(checkpoints_.by_size().begin()) {}
  RootCheck(const RootCheck&) = delete;
  RootCheck& operator=(const RootCheck&) = delete;

  // To be called at every size, in order. A root that differs is kEdited, once; further ones are counted.
  void At(const CompactRange& range, Problems& problems);

  // Of the checkpoints that agree, the largest: its size (0: none) and whether it is signed.
  std::uint64_t agreed_size() const { return agreed_size_; }
  bool agreed_signed() const { return agreed_signed_; }

  // The checkpoint that no size was reached of, or null.
  const std::pair<const std::uint64_t, CheckpointSet::Published>* Unreached() const;

  // The end of what was said about the first difference.
  void Finish(Problems& problems);

 private:
  const CheckpointSet checkpoints_;
  std::map<std::uint64_t, CheckpointSet::Published>::const_iterator next_;
  std::uint64_t agreed_size_ = 0;
  bool agreed_signed_ = false;
  std::uint64_t differing_ = 0;
};

class LogVerifier {
 public:
  // `problems`: what was found with the checkpoints.
  LogVerifier(std::string origin, CheckpointSet published, Problems problems)
      : origin_(std::move(origin)), roots_(std::move(published)), audit_(0), problems_(std::move(problems)) {}

  // The next entry; `stored_hash` is what the database holds beside the leaf.
  void Add(std::uint64_t seq, std::string_view leaf, const std::optional<Sha256Digest>& stored_hash);

  // For what only the caller can compare: columns, the catalog, bodies.
  Problems& problems() { return problems_; }

  // The tree of the entries so far.
  const CompactRange& range() const { return range_; }

  // To be called once, after the last entry.
  Report Finish();

 private:
  std::string origin_;
  RootCheck roots_;
  EntryAudit audit_;
  Problems problems_;
  CompactRange range_;
  std::uint64_t next_seq_ = 0;
};

}  // namespace paliad::ledger

#endif  // PALIAD_LEDGER_VERIFY_H_
