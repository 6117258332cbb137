#include "controller/audit/prove.h"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "ledger/merkle.h"
#include "ledger/proof.h"
#include "ledger/proof_builder.h"
#include "ledger/tlog_proof.h"

namespace paliad::audit {

Result<EntryProof> ProveEntry(const LogReader& log, std::uint64_t seq, const TrustedCheckpoint& checkpoint) {
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
  ledger::SubtreeCollector collector(ledger::InclusionSpans(seq, size));
  RETURN_IF_ERROR(log.ForEachHash(size, [&](const Sha256Digest& hash) { collector.Append(hash); }));
  const ledger::Proof path = collector.Hashes();
  const auto verified =
      ledger::VerifyInclusion(seq, size, ledger::LeafHash(*leaf), path, checkpoint.checkpoint.root);
  if (!verified) {
    return fail(ErrorKind::kCorruption,
                fmt::format("the ledger is not the one that {} was made of", checkpoint.source),
                "`paliadctl ledger verify` says where it differs");
  }
  return EntryProof{.proof = ledger::FormatTlogProof(
                        {.index = seq, .path = path, .checkpoint = checkpoint.note, .extra = {}}),
                    .leaf = *std::move(leaf)};
}

}  // namespace paliad::audit
