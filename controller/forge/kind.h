// Which forge a target is on.
#ifndef PALIAD_CONTROLLER_FORGE_KIND_H_
#define PALIAD_CONTROLLER_FORGE_KIND_H_

namespace paliad::forge {

enum class ForgeKind { kGitea, kForgejo, kGithub, kGitlab };

}  // namespace paliad::forge

#endif  // PALIAD_CONTROLLER_FORGE_KIND_H_
