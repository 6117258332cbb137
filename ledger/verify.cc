#include "ledger/verify.h"

#include <fmt/format.h>

#include <utility>

#include "ledger/leaf.h"

namespace paliad::ledger {

void RootCheck::At(const CompactRange& range, Problems& problems) {
  if (next_ == checkpoints_.by_size().end() || next_->first != range.size()) {
    return;
  }
  const auto& [size, published] = *next_++;
  if (range.Root() == published.root) {
    agreed_size_ = size;
    agreed_signed_ = published.is_signed;
  } else if (differing_++ == 0) {
    problems.Add(ProblemKind::kEdited,
                 fmt::format("entries {} to {} are not those of {}, the checkpoint of {} entries",
                             agreed_size_, size == 0 ? 0 : size - 1, published.source, size),
                 agreed_size_);
  }
}

const std::pair<const std::uint64_t, CheckpointSet::Published>* RootCheck::Unreached() const {
  return next_ == checkpoints_.by_size().end() ? nullptr : &*checkpoints_.by_size().rbegin();
}

void RootCheck::Finish(Problems& problems) {
  if (differing_ > 1) {
    problems.Add(
        ProblemKind::kEdited,
        fmt::format("nor do {} later checkpoints have the root that the entries have", differing_ - 1));
  }
}

void LogVerifier::Add(std::uint64_t seq, std::string_view leaf,
                      const std::optional<Sha256Digest>& stored_hash) {
  roots_.At(range_, problems_);
  if (seq > next_seq_) {
    problems_.Add(ProblemKind::kGap, fmt::format("entries {} to {} are missing", next_seq_, seq - 1),
                  next_seq_);
  } else if (seq < next_seq_) {
    problems_.Add(ProblemKind::kEdited, fmt::format("entry {} comes after entry {}", seq, next_seq_ - 1),
                  seq);
  }
  next_seq_ = seq + 1;
  const Sha256Digest hash = LeafHash(leaf);
  range_.Append(hash);
  if (stored_hash && *stored_hash != hash) {
    problems_.Add(ProblemKind::kEdited, "the stored leaf_hash is not the hash of the leaf", seq);
  }
  const Verified<Leaf> parsed = ParseLeaf(leaf);
  if (!parsed) {
    problems_.Add(parsed.error().kind, parsed.error().detail, seq);
    return;
  }
  audit_.Add(seq, *parsed, problems_);
}

Report LogVerifier::Finish() {
  roots_.At(range_, problems_);
  roots_.Finish(problems_);
  if (const auto* larger = roots_.Unreached(); larger != nullptr) {
    problems_.Add(ProblemKind::kTruncated,
                  fmt::format("there are {} entries, and {} is of {}", range_.size(), larger->second.source,
                              larger->first),
                  range_.size());
  }
  audit_.Finish(problems_);
  Report report{.size = range_.size(), .root = range_.Root(), .entries = range_.size()};
  if (roots_.agreed_size() > 0) {
    report.checkpoint =
        Report::Anchor{.size = roots_.agreed_size(), .origin = origin_, .is_signed = roots_.agreed_signed()};
  }
  report.unanchored = range_.size() - roots_.agreed_size();
  report.problems = std::move(problems_);
  return report;
}

}  // namespace paliad::ledger
