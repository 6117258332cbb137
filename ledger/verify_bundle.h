// Verification of an export bundle, and of one entry with its proof: without a database.
#ifndef PALIAD_LEDGER_VERIFY_BUNDLE_H_
#define PALIAD_LEDGER_VERIFY_BUNDLE_H_

#include <istream>
#include <string_view>

#include "ledger/checkpoint_set.h"
#include "ledger/problem.h"
#include "ledger/report.h"
#include "ledger/trusted_keys.h"

namespace paliad::ledger {

// Reads the stream to its end or to the first byte that is malformed. The bundle's own checkpoint needs a
// signature by one of `keys` (REQUIRES: not empty). `published`: checkpoints that the reader has from
// elsewhere, and `problems` what was found with them: the bundle has to agree with each, or be too short to
// be their log's (kTruncated), or say kUnproven. Memory: see ledger/entry_audit.h, and the largest body.
Report VerifyBundle(std::istream& source, std::string_view origin, const TrustedKeys& keys,
                    const CheckpointSet& published, Problems problems);

// The bytes of a .tlog-proof against those of the entry. REQUIRES: `keys` is not empty.
Report VerifyEntryProof(std::string_view proof, std::string_view leaf, std::string_view origin,
                        const TrustedKeys& keys);

}  // namespace paliad::ledger

#endif  // PALIAD_LEDGER_VERIFY_BUNDLE_H_
