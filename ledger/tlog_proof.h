// The proof of one entry in a file of its own, as c2sp.org/tlog-proof@v1 has it (FILE.tlog-proof):
//
//   "c2sp.org/tlog-proof@v1" LF
//   ["extra " base64 LF]
//   "index " decimal LF
//   *(base64(hash) LF)            the inclusion path, from the leaf's sibling up
//   LF
//   the checkpoint, verbatim
//
// Values; pure.
#ifndef PALIAD_LEDGER_TLOG_PROOF_H_
#define PALIAD_LEDGER_TLOG_PROOF_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "ledger/checkpoint.h"
#include "ledger/problem.h"
#include "ledger/proof.h"
#include "ledger/trusted_keys.h"

namespace paliad::ledger {

struct TlogProof {
  std::uint64_t index = 0;
  Proof path;
  std::string checkpoint;            // the note's bytes
  std::optional<std::string> extra;  // nothing vouches for it; never written here
};

std::string FormatTlogProof(const TlogProof& proof);

// kMalformed for any other form. The checkpoint is not looked at.
[[nodiscard]] Verified<TlogProof> ParseTlogProof(std::string_view bytes);

// That the log of that origin has the entry at the proof's index. Problems as OpenCheckpoint and
// VerifyInclusion.
[[nodiscard]] Verified<OpenedCheckpoint> VerifyTlogProof(const TlogProof& proof, std::string_view leaf,
                                                         std::string_view origin, const TrustedKeys& keys);

}  // namespace paliad::ledger

#endif  // PALIAD_LEDGER_TLOG_PROOF_H_
