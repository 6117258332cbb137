// A bare clone brought up to date over one connection: what the fetch process does between its request and
// its reply.
#ifndef PALIAD_CONTROLLER_GIT_CLONE_H_
#define PALIAD_CONTROLLER_GIT_CLONE_H_

#include <string>

#include "base/result.h"
#include "controller/git/fetch.h"

namespace paliad::git {

// Every fetch of something new adds a pack, and every lookup asks all of them; libgit2 does not merge packs.
// A clone that has this many is made anew: at twenty commits a day, every ten days.
inline constexpr int kMaxPacks = 200;

// Clones or fetches in this process and without a deadline; returns the clone's folder. Fetch describes the
// errors. A damaged clone stays where it is until a complete new one can take its place.
[[nodiscard]] Result<std::string> BringUpToDate(const FetchOptions& options);

}  // namespace paliad::git

#endif  // PALIAD_CONTROLLER_GIT_CLONE_H_
