// Gitea and Forgejo (/api/v1; their swagger.v1.json), whose calls that are used here are the same.
#ifndef PALIAD_CONTROLLER_FORGE_GITEA_H_
#define PALIAD_CONTROLLER_FORGE_GITEA_H_

#include <memory>

#include "base/clock.h"
#include "controller/forge/forge.h"
#include "controller/forge/http.h"
#include "controller/forge/make_forge.h"

namespace paliad::forge {

// REQUIRES: what MakeForge checks.
std::unique_ptr<Forge> MakeGitea(const ForgeOptions& options, std::unique_ptr<Http> http, const Clock& clock);

}  // namespace paliad::forge

#endif  // PALIAD_CONTROLLER_FORGE_GITEA_H_
