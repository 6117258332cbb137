// Repository's history along first parents: what happened on the branch, commit by commit.
#include <algorithm>
#include <set>
#include <utility>

#include "controller/git/folder_path.h"
#include "controller/git/libgit2.h"
#include "controller/git/repository.h"
#include "controller/git/repository_handle.h"

namespace paliad::git {
namespace {

// The ids of everything that `head` has and `base` has not; false if the history cannot be walked.
bool Between(git_repository* repository, const git_oid& base, const git_oid& head,
             std::set<std::string>* ids) {
  OwnedRevwalk walk;
  if (git_revwalk_new(Out(walk), repository) != 0 || git_revwalk_push(walk.get(), &head) != 0 ||
      git_revwalk_hide(walk.get(), &base) != 0) {
    return false;
  }
  git_oid id;
  int next = 0;
  while ((next = git_revwalk_next(&id, walk.get())) == 0) {
    ids->insert(ToHex(id));
  }
  return next == GIT_ITEROVER;
}

// What the commit has at `path`: an object's id, "" for nothing.
Result<std::string> ObjectAt(const RepositoryHandle& handle, const git_commit* commit,
                             const std::string& path) {
  OwnedTree tree;
  const std::string id = ToHex(*git_commit_id(commit));
  if (git_commit_tree(Out(tree), commit) != 0) {
    return Fail(handle.Unreadable("read the tree of", id));
  }
  if (path.empty()) {
    return ToHex(*git_tree_id(tree.get()));
  }
  OwnedTreeEntry entry;
  const int found = git_tree_entry_bypath(Out(entry), tree.get(), path.c_str());
  if (found == GIT_ENOTFOUND) {
    return "";
  }
  return found == 0 ? Result<std::string>(ToHex(*git_tree_entry_id(entry.get())))
                    : Fail(handle.Unreadable("read the tree of", id));
}

}  // namespace

Result<std::optional<std::vector<HistoryStep>>> Repository::StepsSince(
    const std::string& base, const std::string& head, const std::vector<std::string>& paths) const {
  ASSIGN_OR_RETURN(const int behind, CommitsBehind(base, head));
  if (behind < 0) {
    return std::nullopt;
  }
  std::vector<std::string> places;
  for (const std::string& path : paths) {
    ASSIGN_OR_RETURN(const std::vector<std::string> components, SplitFolderPath(path));
    places.push_back(JoinComponents(components));
  }
  git_oid base_id;
  git_oid head_id;
  FromHex(base, &base_id);
  FromHex(head, &head_id);
  std::set<std::string> newer;
  if (!Between(handle_->repository.get(), base_id, head_id, &newer)) {
    return Fail(handle_->Unreadable("walk the history of", head));
  }
  // Not libgit2's own walk along first parents: it would also hide only the base's first parents, and follow
  // a branch into which the old head was merged to its very beginning.
  std::vector<HistoryStep> steps;
  for (std::string at = head; newer.contains(at);) {
    ASSIGN_OR_RETURN(const OwnedCommit commit, handle_->Commit(at));
    OwnedCommit parent;
    const bool has_parent = git_commit_parentcount(commit.get()) > 0;
    if (has_parent && git_commit_parent(Out(parent), commit.get(), 0) != 0) {
      return Fail(handle_->Unreadable("read the parent of", at));
    }
    HistoryStep step{.commit = at};
    for (const std::string& path : places) {
      ASSIGN_OR_RETURN(const std::string after, ObjectAt(*handle_, commit.get(), path));
      std::string before;
      if (has_parent) {
        ASSIGN_OR_RETURN(before, ObjectAt(*handle_, parent.get(), path));
      }
      step.touches = step.touches || before != after;
    }
    steps.push_back(std::move(step));
    at = has_parent ? ToHex(*git_commit_id(parent.get())) : "";
  }
  std::reverse(steps.begin(), steps.end());
  return steps;
}

}  // namespace paliad::git
