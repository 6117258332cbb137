// The forge of a target, as its configuration says.
#ifndef PALIAD_CONTROLLER_PULLS_OPEN_FORGE_H_
#define PALIAD_CONTROLLER_PULLS_OPEN_FORGE_H_

#include <memory>
#include <stop_token>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "controller/config/config.h"
#include "controller/forge/forge.h"
#include "controller/forge/write_pace.h"
#include "controller/store/feedback.h"

namespace paliad::pulls {

// Reads the token, and makes no request. `stop` ends a request under way. `pace`, if any, is shared by all
// clients of the forge. Errors as Secret::Read, naming the target, and as forge::MakeForge. REQUIRES:
// target.forge with a token; `clock` outlives the client.
[[nodiscard]] Result<std::unique_ptr<forge::Forge>> OpenForge(
    const config::TargetConfig& target, const Clock& clock, std::stop_token stop = {},
    std::shared_ptr<forge::WritePace> pace = nullptr);

// Where the target's feedback is kept.
store::FeedbackOwner OwnerOf(const config::TargetConfig& target);

// What of the repository to fetch for the heads of pull requests: "refs/pull/*/head".
std::string HeadReferences(config::ForgeKind kind);

}  // namespace paliad::pulls

#endif  // PALIAD_CONTROLLER_PULLS_OPEN_FORGE_H_
