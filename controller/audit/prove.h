// The proof that one entry is in the log that a checkpoint was made of.
#ifndef PALIAD_CONTROLLER_AUDIT_PROVE_H_
#define PALIAD_CONTROLLER_AUDIT_PROVE_H_

#include <cstdint>
#include <string>

#include "base/result.h"
#include "controller/audit/log_reader.h"
#include "controller/audit/newest_checkpoint.h"
#include "ledger/proof.h"

namespace paliad::audit {

struct EntryProof {
  std::string proof;  // the bytes of a .tlog-proof
  std::string leaf;   // the entry's
  ledger::Proof path;
};

// kInvalidInput where the checkpoint is of an older log; kCorruption where the log is not the one that the
// checkpoint was made of. What is returned was verified. The first proof reads the hashes of the whole log
// and keeps subtrees of it in `cache_folder`, the next ones only what is around their entry and what came
// since; an empty folder keeps nothing.
[[nodiscard]] Result<EntryProof> ProveEntry(const LogReader& log, std::uint64_t seq,
                                            const TrustedCheckpoint& checkpoint,
                                            const std::string& cache_folder);

// Where there is no checkpoint: the path in the tree of the first `size` entries. Nothing vouches for its
// root. kCorruption where an entry is missing. REQUIRES: seq < size.
[[nodiscard]] Result<ledger::Proof> ReadPath(const LogReader& log, std::uint64_t seq, std::uint64_t size);

}  // namespace paliad::audit

#endif  // PALIAD_CONTROLLER_AUDIT_PROVE_H_
