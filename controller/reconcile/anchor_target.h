// A target's log, signed and published as its configuration says.
#ifndef PALIAD_CONTROLLER_RECONCILE_ANCHOR_TARGET_H_
#define PALIAD_CONTROLLER_RECONCILE_ANCHOR_TARGET_H_

#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "controller/postgres/session.h"
#include "controller/publish/anchor.h"
#include "controller/publish/log_identity.h"
#include "controller/publish/place.h"
#include "controller/reconcile/target.h"

namespace paliad {

// What signs a target's log, and where its checkpoints go: read before a run, so that a mistake in a key is
// found before anything was done.
struct LogSetup {
  publish::LogIdentity identity;
  publish::Places places;
};

// kInvalidInput.
[[nodiscard]] Result<LogSetup> ReadLogSetup(const Target& target);

// As publish::Anchor.
[[nodiscard]] Result<publish::Anchoring> AnchorTarget(pg::Session& session, const Target& target,
                                                      const LogSetup& setup, const std::string& genesis_hash,
                                                      const std::string& actor, const Clock& clock);

}  // namespace paliad

#endif  // PALIAD_CONTROLLER_RECONCILE_ANCHOR_TARGET_H_
