// Which checkpoint a proof or an export rests on.
#ifndef PALIAD_CONTROLLER_AUDIT_NEWEST_CHECKPOINT_H_
#define PALIAD_CONTROLLER_AUDIT_NEWEST_CHECKPOINT_H_

#include <optional>
#include <string>

#include "base/result.h"
#include "controller/audit/log_reader.h"
#include "controller/publish/log_identity.h"
#include "controller/publish/place.h"
#include "ledger/checkpoint.h"

namespace paliad::audit {

struct TrustedCheckpoint {
  ledger::Checkpoint checkpoint;
  std::string note;
  bool is_signed = false;
  std::string source;  // for people
};

// The largest of this origin's checkpoints that the places hold; without places, of the signed ones that the
// database keeps. Where keys are trusted, only what they signed counts. kInvalidInput where there is none;
// kUnavailable where a place cannot be read.
[[nodiscard]] Result<TrustedCheckpoint> FindNewestCheckpoint(const LogReader& log,
                                                             const publish::LogIdentity& identity,
                                                             const publish::Places& places);

}  // namespace paliad::audit

#endif  // PALIAD_CONTROLLER_AUDIT_NEWEST_CHECKPOINT_H_
