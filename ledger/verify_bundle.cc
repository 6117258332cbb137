#include "ledger/verify_bundle.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "base/text.h"
#include "ledger/body.h"
#include "ledger/bundle.h"
#include "ledger/entry_audit.h"
#include "ledger/leaf.h"
#include "ledger/proof.h"
#include "ledger/tlog_proof.h"

namespace paliad::ledger {
namespace {

class BundleVerification {
 public:
  BundleVerification(std::istream& source, std::string_view origin, const TrustedKeys& keys,
                     const CheckpointSet& published, Problems problems)
      : reader_(source), origin_(origin), keys_(keys), expected_(published.by_size()) {
    report_.problems = std::move(problems);
  }

  Report Run() {
    const Verified<BundleHeader> header = reader_.ReadHeader();
    if (!header) {
      problems().Add(header.error());
      return std::move(report_);
    }
    report_.size = header->size;
    report_.first = header->first;
    OpenCheckpoints(*header);
    Verified<RangeVerifier> tree =
        RangeVerifier::Make(header->first, header->end, header->size, header->complement);
    if (!tree) {
      problems().Add(tree.error());
      return std::move(report_);
    }
    if (ReadEntries(*tree, *header)) {
      Conclude(*tree);
    }
    return std::move(report_);
  }

 private:
  Problems& problems() { return report_.problems; }

  void OpenCheckpoints(const BundleHeader& header) {
    Verified<OpenedCheckpoint> opened = OpenCheckpoint(header.checkpoint, origin_, keys_);
    if (!opened) {
      problems().Add(opened.error());
      return;
    }
    if (opened->checkpoint.size != header.size) {
      problems().Add(ProblemKind::kMalformed, fmt::format("the bundle is of {} entries, its checkpoint of {}",
                                                          header.size, opened->checkpoint.size));
      return;
    }
    for (const EarlierCheckpoint& earlier : header.earlier) {
      CheckEarlier(earlier, opened->checkpoint);
    }
    checkpoint_ = *std::move(opened);
  }

  void CheckEarlier(const EarlierCheckpoint& earlier, const Checkpoint& last) {
    Verified<OpenedCheckpoint> opened = OpenCheckpoint(earlier.note, origin_, keys_);
    if (!opened) {
      problems().Add(opened.error());
      return;
    }
    const Checkpoint& before = opened->checkpoint;
    const Verified<void> consistent =
        VerifyConsistency(before.size, last.size, before.root, last.root, earlier.consistency);
    if (!consistent) {
      problems().Add(consistent.error());
      return;
    }
    earlier_[before.size] = before.root;
    Confirm(before.size, before.root);
  }

  // What the bundle proves to be the root of the log's first `size` entries, against what was published.
  void Confirm(std::uint64_t size, const Sha256Digest& root) {
    const auto published = expected_.find(size);
    if (published == expected_.end()) {
      return;
    }
    if (published->second.root != root) {
      problems().Add(ProblemKind::kFork, fmt::format("the log's first {} entries have another root than {}",
                                                     size, published->second.source));
    }
    expected_.erase(published);
  }

  // Of a bundle that begins with entry 0 every smaller tree is known: which one is the first that differs?
  void CompareRoot(const CompactRange& range) {
    const auto earlier = earlier_.find(range.size());
    if (earlier == earlier_.end() && expected_.find(range.size()) == expected_.end()) {
      return;
    }
    const Sha256Digest root = range.Root();
    Confirm(range.size(), root);
    if (earlier == earlier_.end() || differs_) {
      return;
    }
    if (earlier->second == root) {
      agreed_ = range.size();
    } else {
      differs_ = range.size() - 1;
    }
  }

  // False where the bundle cannot be read on.
  bool ReadEntries(RangeVerifier& tree, const BundleHeader& header) {
    EntryAudit audit(header.first);
    std::optional<Leaf> leaf;
    while (true) {
      if (header.first == 0) {
        CompareRoot(tree.range());
      }
      const Verified<BundleReader::Item> item = reader_.Next();
      if (!item) {
        problems().Add(item.error());
        return false;
      }
      if (const auto* body = std::get_if<BundleReader::Body>(&*item)) {
        CheckBody(*body, leaf, tree.next());
        continue;
      }
      const auto* bytes = std::get_if<std::string_view>(&*item);
      if ((bytes == nullptr) != tree.complete()) {
        problems().Add(
            ProblemKind::kMalformed,
            fmt::format("the bundle says that it ends before entry {} and {}", header.end,
                        bytes == nullptr ? fmt::format("has none from {} on", tree.next()) : "has more"));
        return false;
      }
      if (bytes == nullptr) {
        audit.Finish(problems());
        return true;
      }
      leaf = ReadLeaf(*bytes, tree.next(), audit);
      tree.Append(LeafHash(*bytes));
      ++report_.entries;
    }
  }

  std::optional<Leaf> ReadLeaf(std::string_view bytes, std::uint64_t seq, EntryAudit& audit) {
    Verified<Leaf> leaf = ParseLeaf(bytes);
    if (!leaf) {
      problems().Add(leaf.error().kind, leaf.error().detail, seq);
      return std::nullopt;
    }
    audit.Add(seq, *leaf, problems());
    return *std::move(leaf);
  }

  // `next`: the seq behind the entry that the body stands behind.
  void CheckBody(const BundleReader::Body& body, const std::optional<Leaf>& leaf, std::uint64_t next) {
    const bool named =
        leaf && std::find(leaf->digests.begin(), leaf->digests.end(), body.digest) != leaf->digests.end();
    const auto seq = report_.entries > 0 ? std::optional(next - 1) : std::nullopt;
    if (!named) {
      problems().Add(ProblemKind::kBody, "a body stands behind an entry that does not name its digest", seq);
    } else if (BodyDigest(body.salt, body.body) != body.digest) {
      problems().Add(ProblemKind::kBody,
                     fmt::format("the body {} has another digest", HexEncode(AsBytes(body.digest))), seq);
    } else {
      ++report_.bodies;
    }
  }

  void Conclude(const RangeVerifier& tree) {
    report_.root = tree.Root();
    if (checkpoint_ && checkpoint_->checkpoint.root == *report_.root) {
      report_.checkpoint = Report::Anchor{.size = checkpoint_->checkpoint.size,
                                          .origin = checkpoint_->checkpoint.origin,
                                          .is_signed = !checkpoint_->signers.empty()};
      Confirm(report_.size, *report_.root);
    } else {
      report_.unanchored = report_.entries;
      if (checkpoint_) {
        const std::uint64_t from = std::max(report_.first, agreed_);
        problems().Add(
            ProblemKind::kEdited,
            fmt::format("entries {} to {}, or hashes beside them, are not those that the checkpoint "
                        "of {} entries was signed over",
                        from, differs_.value_or(tree.next()), report_.size),
            from);
      }
    }
    for (const auto& [size, published] : expected_) {
      if (size > report_.size) {
        problems().Add(
            ProblemKind::kTruncated,
            fmt::format("the bundle's log has {} entries, {} is of {}", report_.size, published.source, size),
            report_.size);
      } else {
        problems().Add(ProblemKind::kUnproven,
                       fmt::format("the bundle has no proof from {}, of {} entries", published.source, size));
      }
    }
  }

  BundleReader reader_;
  std::string_view origin_;
  const TrustedKeys& keys_;
  std::map<std::uint64_t, CheckpointSet::Published> expected_;  // not yet confirmed
  std::optional<OpenedCheckpoint> checkpoint_;                  // the bundle's own, if it is to be trusted
  std::map<std::uint64_t, Sha256Digest> earlier_;               // its smaller ones, by size
  std::uint64_t agreed_ = 0;              // the entries before it are as they were signed
  std::optional<std::uint64_t> differs_;  // at this entry or before it one is not
  Report report_;
};

}  // namespace

Report VerifyBundle(std::istream& source, std::string_view origin, const TrustedKeys& keys,
                    const CheckpointSet& published, Problems problems) {
  assert(!keys.empty());
  return BundleVerification(source, origin, keys, published, std::move(problems)).Run();
}

Report VerifyEntryProof(std::string_view proof, std::string_view leaf, std::string_view origin,
                        const TrustedKeys& keys) {
  assert(!keys.empty());
  Report report;
  const Verified<TlogProof> parsed = ParseTlogProof(proof);
  if (!parsed) {
    report.problems.Add(parsed.error());
    return report;
  }
  report.first = parsed->index;
  report.entries = 1;
  const Verified<OpenedCheckpoint> opened = VerifyTlogProof(*parsed, leaf, origin, keys);
  if (!opened) {
    report.unanchored = 1;
    report.problems.Add(opened.error());
    return report;
  }
  report.size = opened->checkpoint.size;
  report.root = opened->checkpoint.root;
  report.checkpoint = Report::Anchor{.size = opened->checkpoint.size,
                                     .origin = opened->checkpoint.origin,
                                     .is_signed = !opened->signers.empty()};
  if (const Verified<Leaf> read = ParseLeaf(leaf); !read) {
    report.problems.Add(read.error().kind, read.error().detail, parsed->index);
  }
  return report;
}

}  // namespace paliad::ledger
