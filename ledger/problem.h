// What is wrong with a ledger, in the terms of the attacks that it withstands. A problem is an answer, not an
// Error: the verification worked.
#ifndef PALIAD_LEDGER_PROBLEM_H_
#define PALIAD_LEDGER_PROBLEM_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace paliad::ledger {

// Part of the JSON contract by name (ProblemKindName); never rename.
enum class ProblemKind {
  kEdited,        // edited, inserted, reordered, rewritten: the hash or the root is another one
  kGap,           // a sequence number is missing
  kTruncated,     // the log is smaller than a checkpoint that was published
  kFork,          // two signed trees of which neither is a prefix of the other
  kUntrusted,     // no signature by a trusted key, or another log's checkpoint
  kBadSignature,  // a trusted key's signature does not hold
  kUnsigned,      // a checkpoint without any signature
  kUnproven,      // a published checkpoint that what is at hand can neither confirm nor refute
  kMalformed,     // bytes that are not in the one form that they may have
  kOrdinalGap,    // a run's entries are not numbered 0, 1, 2, …
  kDuplicate,     // a run id and ordinal a second time, or a run that goes on after its end
  kUnfinished,    // a run without its end, though a later run of its tracker began
  kUnstarted,     // an effect of a run that never began
  kGenesis,       // the log's first entry is not its genesis, or another one is
  kBody,          // a body (SQL text, output) that is not the one its entry speaks of
  kProjection,    // a column of the database says something else than the leaf
  kCatalog,       // tables, triggers, grants, owners or functions are not as they were made
};

std::string_view ProblemKindName(ProblemKind kind);

struct Problem {
  ProblemKind kind = ProblemKind::kMalformed;
  std::optional<std::uint64_t> seq;  // the entry, or the first entry that it may be
  std::string detail;                // one sentence without a full stop; may quote untrusted text
};

// What was found, up to a bound; further ones are counted, so that a log of nothing but problems fits in
// memory.
class Problems {
 public:
  static constexpr std::size_t kLimit = 1'000;

  void Add(Problem problem) {
    if (list_.size() < kLimit) {
      list_.push_back(std::move(problem));
    } else {
      ++more_;
    }
  }
  void Add(ProblemKind kind, std::string detail, std::optional<std::uint64_t> seq = std::nullopt) {
    Add(Problem{.kind = kind, .seq = seq, .detail = std::move(detail)});
  }

  const std::vector<Problem>& list() const { return list_; }
  std::uint64_t more() const { return more_; }
  bool empty() const { return list_.empty(); }

 private:
  std::vector<Problem> list_;
  std::uint64_t more_ = 0;
};

// A value that was verified, or what is wrong with it.
template <class T>
using Verified = tl::expected<T, Problem>;

inline tl::unexpected<Problem> Found(ProblemKind kind, std::string detail,
                                     std::optional<std::uint64_t> seq = std::nullopt) {
  return tl::unexpected<Problem>({.kind = kind, .seq = seq, .detail = std::move(detail)});
}

}  // namespace paliad::ledger

#endif  // PALIAD_LEDGER_PROBLEM_H_
