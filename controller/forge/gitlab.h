// GitLab (/api/v4; docs.gitlab.com/api), where a pull request is a merge request and a comment a note.
#ifndef PALIAD_CONTROLLER_FORGE_GITLAB_H_
#define PALIAD_CONTROLLER_FORGE_GITLAB_H_

#include <memory>

#include "base/clock.h"
#include "controller/forge/forge.h"
#include "controller/forge/http.h"
#include "controller/forge/make_forge.h"

namespace paliad::forge {

// REQUIRES: what MakeForge checks.
std::unique_ptr<Forge> MakeGitlab(const ForgeOptions& options, std::unique_ptr<Http> http,
                                  const Clock& clock);

}  // namespace paliad::forge

#endif  // PALIAD_CONTROLLER_FORGE_GITLAB_H_
