// The next free version of a repository.
#ifndef PALIAD_CONTROLLER_CHECK_NEXT_VERSION_H_
#define PALIAD_CONTROLLER_CHECK_NEXT_VERSION_H_

#include <string>

#include "base/result.h"
#include "controller/git/repository.h"
#include "migrations/file_name.h"

namespace paliad {

struct NextVersion {
  Version version = 1;
  int width = 3;  // digits, as the newest file has them
};

// One past the highest version that a branch, a remote-tracking branch, a fetched pull-request head or the
// work tree's folder claims. kInvalidInput if that is past the last version.
[[nodiscard]] Result<NextVersion> FindNextVersion(const git::Repository& repository, const std::string& path);

}  // namespace paliad

#endif  // PALIAD_CONTROLLER_CHECK_NEXT_VERSION_H_
