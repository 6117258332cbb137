// The inside of a Repository, shared by the files that implement it.
#ifndef PALIAD_CONTROLLER_GIT_REPOSITORY_HANDLE_H_
#define PALIAD_CONTROLLER_GIT_REPOSITORY_HANDLE_H_

#include <string>
#include <string_view>

#include "base/result.h"
#include "controller/git/libgit2.h"

namespace paliad::git {

struct RepositoryHandle {
  OwnedRepository repository;
  OwnedOdb odb;
  std::string path;  // as the caller gave it

  // What libgit2 says of an object that should be there and cannot be read.
  Error Unreadable(std::string doing, std::string subject) const;

  [[nodiscard]] Result<OwnedCommit> Commit(const std::string& commit_id) const;
};

}  // namespace paliad::git

#endif  // PALIAD_CONTROLLER_GIT_REPOSITORY_HANDLE_H_
