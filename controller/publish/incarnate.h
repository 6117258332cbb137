// A new incarnation of a log: after a restore from backup, or a promotion that lost commits, the database
// does not continue what was published. It goes on under an origin of its own, and an entry says so; nobody
// signs over what was lost.
#ifndef PALIAD_CONTROLLER_PUBLISH_INCARNATE_H_
#define PALIAD_CONTROLLER_PUBLISH_INCARNATE_H_

#include <cstdint>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "controller/postgres/session.h"
#include "controller/publish/anchor.h"
#include "controller/publish/log_identity.h"
#include "controller/publish/place.h"

namespace paliad::publish {

struct Incarnation {
  std::string origin;
  std::string previous_origin;
  std::uint64_t published_size = 0;  // the largest checkpoint of the previous origin
  std::uint64_t agreed_size = 0;     // the largest one that the database still agrees with; 0: none
};

// Appends an `incarnation` entry: the log goes on as `identity.origin` after the one that the places (or,
// without places, the database's own copies) have checkpoints of. Nothing is signed yet: that is Anchor's.
// kInvalidInput where the origin is not a new one, or nothing was ever published; kUnavailable where a place
// cannot be read.
[[nodiscard]] Result<Incarnation> Incarnate(pg::Session& session, const LogIdentity& identity,
                                            const Places& places, const AnchorOptions& options,
                                            const std::string& reason, const Clock& clock);

}  // namespace paliad::publish

#endif  // PALIAD_CONTROLLER_PUBLISH_INCARNATE_H_
