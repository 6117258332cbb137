// Checkpoints, as c2sp.org/tlog-checkpoint has them: a signed note whose text is
//
//   origin LF size LF base64(root) LF *(extension LF)
//
// Values; pure.
#ifndef PALIAD_LEDGER_CHECKPOINT_H_
#define PALIAD_LEDGER_CHECKPOINT_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/sha256.h"
#include "ledger/note.h"
#include "ledger/problem.h"
#include "ledger/trusted_keys.h"

namespace paliad::ledger {

struct Checkpoint {
  std::string origin;  // names the log; not empty, one line
  std::uint64_t size = 0;
  Sha256Digest root{};

  bool operator==(const Checkpoint&) const = default;
};

// The three lines, which are what is signed.
std::string FormatCheckpoint(const Checkpoint& checkpoint);

// The text alone. Extension lines are accepted and mean nothing here. kMalformed for any other form.
[[nodiscard]] Verified<Checkpoint> ParseCheckpoint(std::string_view text);

// The note's bytes. Without signers, the text alone: an unsigned checkpoint.
// REQUIRES: IsKeyName(checkpoint.origin) unless there are no signers.
std::string SignCheckpoint(const Checkpoint& checkpoint, const std::vector<NoteSigner>& signers);

// The origin that a note names in its first line, whoever made it.
std::string OriginOf(std::string_view note);

struct OpenedCheckpoint {
  Checkpoint checkpoint;
  std::vector<std::string> signers;    // labels of trusted keys; empty: it is unsigned
  std::size_t ignored_signatures = 0;  // by keys that nobody here knows
};

// Reads a signed note, or an unsigned text. `keys` decides what is needed: if it is empty, nothing is trusted
// and nothing is asked for, and `signers` stays empty. Else kUnsigned, kUntrusted, kBadSignature. kMalformed
// for other bytes, kUntrusted for another log's origin.
[[nodiscard]] Verified<OpenedCheckpoint> OpenCheckpoint(std::string_view bytes, std::string_view origin,
                                                        const TrustedKeys& keys);

}  // namespace paliad::ledger

#endif  // PALIAD_LEDGER_CHECKPOINT_H_
