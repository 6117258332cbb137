#include "controller/reconcile/anchor_target.h"

#include <utility>

#include "controller/reconcile/signing_key.h"

namespace paliad {

Result<LogSetup> ReadLogSetup(const Target& target) {
  LogSetup setup;
  ASSIGN_OR_RETURN(const std::string origin, OriginOf(target));
  ASSIGN_OR_RETURN(setup.identity, publish::ReadLogIdentity(target.ledger, origin));
  ASSIGN_OR_RETURN(setup.places,
                   publish::MakePlaces(target.ledger.publish, {.location = target.repository,
                                                               .branch = target.branch,
                                                               .data_dir = target.data_dir,
                                                               .credentials = target.git_credentials}));
  return setup;
}

Result<publish::Anchoring> AnchorTarget(pg::Session& session, const Target& target, const LogSetup& setup,
                                        const std::string& genesis_hash, const std::string& actor,
                                        const Clock& clock) {
  return publish::Anchor(session, setup.identity, setup.places,
                         {.cache = {.folder = target.data_dir, .genesis_hash = genesis_hash},
                          .target = target.name,
                          .actor = actor},
                         clock);
}

}  // namespace paliad
