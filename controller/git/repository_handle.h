// The inside of a Repository, shared by the files that implement it.
#ifndef PALIAD_CONTROLLER_GIT_REPOSITORY_HANDLE_H_
#define PALIAD_CONTROLLER_GIT_REPOSITORY_HANDLE_H_

#include <string>
#include <string_view>

#include "base/result.h"
#include "controller/git/libgit2.h"
#include "migrations/source_tree.h"

namespace paliad::git {

struct RepositoryHandle {
  OwnedRepository repository;
  OwnedOdb odb;
  std::string path;  // as the caller gave it
  bool keeps_new_objects_in_memory = false;

  // What libgit2 says of an object that should be there and cannot be read.
  Error Unreadable(std::string doing, std::string subject) const;

  [[nodiscard]] Result<OwnedCommit> Commit(const std::string& commit_id) const;

  // Every entry of the tree `id`, which is the folder `folder_path`; without a commit. In tree.cc.
  [[nodiscard]] Result<SourceTree> ListFolder(const git_oid& id, const std::string& folder_path) const;
};

}  // namespace paliad::git

#endif  // PALIAD_CONTROLLER_GIT_REPOSITORY_HANDLE_H_
