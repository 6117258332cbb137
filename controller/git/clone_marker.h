// How a reader that meets a damaged object tells the next fetch that the clone must be made again.
// libgit2 shares open packs within a process: a reader sees the new clone once every Repository of the old
// one is closed.
#ifndef PALIAD_CONTROLLER_GIT_CLONE_MARKER_H_
#define PALIAD_CONTROLLER_GIT_CLONE_MARKER_H_

#include <string>

namespace paliad::git {

// In a folder that Fetch made; what is not marked so is somebody's repository and is never changed.
inline constexpr char kCloneMarker[] = "paliad-clone";
// In the same folder, once an object could not be read.
inline constexpr char kCorruptMarker[] = "paliad-corrupt";

// True if `git_dir` is one of Fetch's clones; it is now marked as corrupt.
bool MarkCloneCorrupt(const std::string& git_dir);

// True if a reader marked it.
bool IsMarkedCorrupt(const std::string& git_dir);

}  // namespace paliad::git

#endif  // PALIAD_CONTROLLER_GIT_CLONE_MARKER_H_
