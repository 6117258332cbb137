// Anchoring a log: its tree head is signed, written down and published, once it is proven to continue what
// was published before.
#ifndef PALIAD_CONTROLLER_PUBLISH_ANCHOR_H_
#define PALIAD_CONTROLLER_PUBLISH_ANCHOR_H_

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "controller/postgres/session.h"
#include "controller/publish/log_identity.h"
#include "controller/publish/place.h"
#include "controller/store/proven_head.h"
#include "ledger/checkpoint.h"

namespace paliad::publish {

// The tracker whose runs tell of the log itself: its schema, its keys, its incarnations.
inline constexpr char kLogTracker[] = "paliad_ledger.applied_migrations";

struct AnchorOptions {
  store::LogCache cache;
  std::string target;  // recorded where the log's key changed
  std::string actor;
};

struct PlaceOutcome {
  std::string place;
  std::optional<Error> error;  // none: it has a checkpoint of this size, or of a larger tree
};

struct Anchoring {
  ledger::Checkpoint checkpoint;
  bool is_signed = false;
  std::string note;
  std::vector<PlaceOutcome> places;

  bool PublishedEverywhere() const;
};

// Signs the log as it is now and publishes the checkpoint wherever the newest one is of a smaller tree. What
// a place could not be told is in its outcome: it is made up for by the next call. Needs no lock: of two
// callers at the same time one starts over. Where the log's key is not the one that signed before, a
// `key_rotated` entry is appended first.
//
// kCorruption if a place, read with success, has a checkpoint that the log does not continue, or one that
// cannot be believed: nothing is signed then. kInvalidInput if the origin is not the one under which the log
// goes on. Else the database's errors; nothing is published unless the entries are on the server's disk.
[[nodiscard]] Result<Anchoring> Anchor(pg::Session& session, const LogIdentity& identity,
                                       const Places& places, const AnchorOptions& options,
                                       const Clock& clock);

}  // namespace paliad::publish

#endif  // PALIAD_CONTROLLER_PUBLISH_ANCHOR_H_
