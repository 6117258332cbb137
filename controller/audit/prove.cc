#include "controller/audit/prove.h"

#include <fmt/format.h>

#include <optional>
#include <utility>
#include <vector>

#include "base/text.h"
#include "controller/audit/subtree_cache.h"
#include "ledger/merkle.h"
#include "ledger/proof_builder.h"
#include "ledger/tlog_proof.h"

namespace paliad::audit {
namespace {

constexpr std::uint64_t kLeaves = SubtreeCache::kLeaves;

// Collects the nodes of one proof, from subtrees where they are known and will do and from leaves else;
// learns the roots of further subtrees on the way.
class PathReader {
 public:
  // `known` must outlive it.
  PathReader(std::uint64_t seq, std::uint64_t size, std::vector<Sha256Digest>& known)
      : size_(size), known_(known), collector_(ledger::InclusionSpans(seq, size)) {}

  [[nodiscard]] Result<ledger::Proof> Read(const LogReader& log) {
    while (taken_ < size_) {
      const bool is_known = taken_ / kLeaves < known_.size() && taken_ + kLeaves <= size_;
      if (is_known && collector_.TakesSubtree(kLeaves)) {
        TakeSubtree(known_[taken_ / kLeaves]);
        continue;
      }
      const std::uint64_t end = is_known ? taken_ + kLeaves : size_;
      RETURN_IF_ERROR(log.ForEachHash(taken_, end, [this](const Sha256Digest& hash) {
        block_.push_back(hash);
        if (block_.size() == kLeaves) {
          TakeWholeBlock();
        }
      }));
      TakeLeaves();  // of the last block, which need not be whole
    }
    return collector_.Hashes();
  }

 private:
  void TakeSubtree(const Sha256Digest& root) {
    collector_.AppendSubtree(root, kLeaves);
    taken_ += kLeaves;
  }

  void TakeLeaves() {
    for (const Sha256Digest& hash : block_) {
      collector_.Append(hash);
    }
    taken_ += block_.size();
    block_.clear();
  }

  void TakeWholeBlock() {
    ledger::CompactRange range;
    for (const Sha256Digest& hash : block_) {
      range.Append(hash);
    }
    if (taken_ / kLeaves == known_.size()) {
      known_.push_back(range.Root());
    }
    if (!collector_.TakesSubtree(kLeaves)) {
      return TakeLeaves();
    }
    block_.clear();
    TakeSubtree(range.Root());
  }

  const std::uint64_t size_;
  std::vector<Sha256Digest>& known_;
  ledger::SubtreeCollector collector_;
  std::uint64_t taken_ = 0;  // leaves that the collector has, a multiple of kLeaves until the last block
  std::vector<Sha256Digest> block_;  // leaves after those
};

// None: it does not verify.
Result<std::optional<ledger::Proof>> FindPath(const LogReader& log, std::uint64_t seq,
                                              const std::string& leaf, const ledger::Checkpoint& checkpoint,
                                              std::vector<Sha256Digest>& known) {
  ASSIGN_OR_RETURN(ledger::Proof path, PathReader(seq, checkpoint.size, known).Read(log));
  const auto verified =
      ledger::VerifyInclusion(seq, checkpoint.size, ledger::LeafHash(leaf), path, checkpoint.root);
  return verified ? std::optional(std::move(path)) : std::nullopt;
}

}  // namespace

Result<EntryProof> ProveEntry(const LogReader& log, std::uint64_t seq, const TrustedCheckpoint& checkpoint,
                              const std::string& cache_folder) {
  const std::uint64_t size = checkpoint.checkpoint.size;
  const auto fail = [&](ErrorKind kind, std::string cause, std::string hint) {
    return Fail({.kind = kind,
                 .doing = "prove entry",
                 .subject = std::to_string(seq),
                 .cause = std::move(cause),
                 .hint = std::move(hint)});
  };
  std::optional<std::string> leaf;
  RETURN_IF_ERROR(log.ForEachRow(seq, seq + 1, [&](const LogRow& row) {
    leaf = row.leaf;
    return Status();
  }));
  if (!leaf) {
    return fail(ErrorKind::kInvalidInput, "the ledger has no such entry",
                "`paliadctl ledger entries` lists them");
  }
  if (seq >= size) {
    return fail(ErrorKind::kInvalidInput,
                fmt::format("the newest checkpoint, {}, is of {} entries", checkpoint.source, size),
                "`paliadctl ledger checkpoint` makes a newer one");
  }
  std::string first_hash;
  RETURN_IF_ERROR(
      log.ForEachHash(0, 1, [&](const Sha256Digest& hash) { first_hash = HexEncode(AsBytes(hash)); }));
  const SubtreeCache cache(cache_folder, first_hash);
  const std::vector<Sha256Digest> cached = cache.Load();
  std::vector<Sha256Digest> known = cached;
  ASSIGN_OR_RETURN(std::optional<ledger::Proof> path,
                   FindPath(log, seq, *leaf, checkpoint.checkpoint, known));
  if (!path && !cached.empty()) {
    // The cache may be of another history.
    known.clear();
    ASSIGN_OR_RETURN(path, FindPath(log, seq, *leaf, checkpoint.checkpoint, known));
  }
  if (!path) {
    return fail(ErrorKind::kCorruption,
                fmt::format("the ledger is not the one that {} was made of", checkpoint.source),
                "`paliadctl ledger verify` says where it differs");
  }
  if (known != cached) {
    cache.Save(known);
  }
  return EntryProof{.proof = ledger::FormatTlogProof(
                        {.index = seq, .path = *path, .checkpoint = checkpoint.note, .extra = {}}),
                    .leaf = *std::move(leaf),
                    .path = *std::move(path)};
}

Result<ledger::Proof> ReadPath(const LogReader& log, std::uint64_t seq, std::uint64_t size) {
  std::vector<Sha256Digest> known;
  return PathReader(seq, size, known).Read(log);
}

}  // namespace paliad::audit
