// The user's home folder, also for a service that was started without $HOME.
#ifndef PALIAD_CONTROLLER_GIT_HOME_H_
#define PALIAD_CONTROLLER_GIT_HOME_H_

#include <string>

namespace paliad::git {

// $HOME, else the password database's; empty if neither has one.
std::string HomeFolder();

// For a child process that reaches over the network: libgit2 looks for known_hosts below $HOME before it asks
// whom to trust, and fails where a service was started without one.
void SetHomeIfMissing();

}  // namespace paliad::git

#endif  // PALIAD_CONTROLLER_GIT_HOME_H_
