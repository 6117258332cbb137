// The user's home folder, also for a service that was started without $HOME.
#ifndef PALIAD_CONTROLLER_GIT_HOME_H_
#define PALIAD_CONTROLLER_GIT_HOME_H_

#include <string>

namespace paliad::git {

// $HOME, else the password database's; empty if neither has one.
std::string HomeFolder();

}  // namespace paliad::git

#endif  // PALIAD_CONTROLLER_GIT_HOME_H_
