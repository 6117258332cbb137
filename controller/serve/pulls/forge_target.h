// What the parts that speak with a target's forge need of its configuration.
#ifndef PALIAD_CONTROLLER_SERVE_PULLS_FORGE_TARGET_H_
#define PALIAD_CONTROLLER_SERVE_PULLS_FORGE_TARGET_H_

#include <string>
#include <string_view>

#include "base/result.h"
#include "controller/config/config.h"
#include "controller/postgres/session.h"
#include "controller/store/feedback.h"

namespace paliad::serve {

// A forge is configured, and a token with which to speak to it.
bool HasForge(const config::TargetConfig& target);

// What a controller does for a target's pull requests, one does at a time. Held until the session ends.
// False: another one is at it. `what` names the work.
[[nodiscard]] Result<bool> TakeTurn(pg::Session& session, const store::FeedbackOwner& owner,
                                    std::string_view what);

}  // namespace paliad::serve

#endif  // PALIAD_CONTROLLER_SERVE_PULLS_FORGE_TARGET_H_
