// What the fetch process is doing, for the one who has to explain why it took too long.
#ifndef PALIAD_CONTROLLER_GIT_PROGRESS_H_
#define PALIAD_CONTROLLER_GIT_PROGRESS_H_

#include <string>

namespace paliad::git {

// One line on standard error, which Fetch keeps the last one of.
void ReportProgress(const std::string& what);

}  // namespace paliad::git

#endif  // PALIAD_CONTROLLER_GIT_PROGRESS_H_
