// GitHub, and GitHub Enterprise Server (docs.github.com/rest, version 2022-11-28).
#ifndef PALIAD_CONTROLLER_FORGE_GITHUB_H_
#define PALIAD_CONTROLLER_FORGE_GITHUB_H_

#include <memory>

#include "base/clock.h"
#include "controller/forge/forge.h"
#include "controller/forge/http.h"
#include "controller/forge/make_forge.h"

namespace paliad::forge {

// REQUIRES: what MakeForge checks.
std::unique_ptr<Forge> MakeGithub(const ForgeOptions& options, std::unique_ptr<Http> http,
                                  const Clock& clock);

}  // namespace paliad::forge

#endif  // PALIAD_CONTROLLER_FORGE_GITHUB_H_
