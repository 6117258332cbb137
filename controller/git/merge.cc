// Repository::PreviewMerge: what a pull request would make of its base.
#include <git2/sys/mempack.h>
#include <git2/sys/odb_backend.h>

#include <algorithm>
#include <optional>
#include <tuple>
#include <vector>

#include "controller/git/folder_path.h"
#include "controller/git/libgit2.h"
#include "controller/git/repository.h"
#include "controller/git/repository_handle.h"

namespace paliad::git {
namespace {

// Above every backend of a repository, so that all writes go there.
constexpr int kMemoryPriority = 1000;

// From now on, objects that libgit2 makes in this repository stay in memory, for as long as the repository is
// open: merged trees, and files that both sides changed.
bool KeepNewObjectsInMemory(RepositoryHandle& handle) {
  git_odb_backend* memory = nullptr;
  if (!handle.keeps_new_objects_in_memory && git_mempack_new(&memory) == 0 &&
      git_odb_add_backend(handle.odb.get(), memory, kMemoryPriority) == 0) {
    handle.keeps_new_objects_in_memory = true;
  }
  return handle.keeps_new_objects_in_memory;
}

// Takes conflicts out of the index, leaving what the base has. Returns their paths; nothing on failure.
std::optional<std::vector<std::string>> SettleConflicts(git_index* index) {
  std::vector<git_index_entry> kept;
  std::vector<std::string> paths;
  OwnedConflicts conflicts;
  if (git_index_conflict_iterator_new(Out(conflicts), index) != 0) {
    return std::nullopt;
  }
  const git_index_entry* ancestor = nullptr;
  const git_index_entry* ours = nullptr;
  const git_index_entry* theirs = nullptr;
  int code = 0;
  while ((code = git_index_conflict_next(&ancestor, &ours, &theirs, conflicts.get())) == 0) {
    for (const git_index_entry* side : {ancestor, ours, theirs}) {
      if (side != nullptr) {
        paths.emplace_back(side->path);
        break;
      }
    }
    if (ours != nullptr) {
      git_index_entry entry = *ours;
      entry.flags &= static_cast<std::uint16_t>(~GIT_INDEX_ENTRY_STAGEMASK);
      entry.path = nullptr;  // owned by the conflict; set again below
      kept.push_back(entry);
      paths.back() = ours->path;
    } else {
      kept.emplace_back();
    }
  }
  if (code != GIT_ITEROVER || git_index_conflict_cleanup(index) != 0) {
    return std::nullopt;
  }
  for (std::size_t i = 0; i < kept.size(); ++i) {
    kept[i].path = paths[i].c_str();
    if (kept[i].mode != 0 && git_index_add(index, &kept[i]) != 0) {
      return std::nullopt;
    }
  }
  return paths;
}

bool IsDirectlyIn(const std::string& folder, const std::string& path) {
  const std::string prefix = folder.empty() ? "" : folder + "/";
  return path.starts_with(prefix) && path.find('/', prefix.size()) == std::string::npos;
}

std::optional<FileChange> ToChange(const git_diff_delta& delta) {
  const std::string from = delta.old_file.path;
  const std::string to = delta.new_file.path;
  switch (delta.status) {
    case GIT_DELTA_ADDED:
    case GIT_DELTA_COPIED:
      return FileChange{FileChange::Kind::kAdded, to, ""};
    case GIT_DELTA_DELETED:
      return FileChange{FileChange::Kind::kDeleted, from, from};
    case GIT_DELTA_MODIFIED:
    case GIT_DELTA_TYPECHANGE:
      return FileChange{FileChange::Kind::kEdited, to, from};
    case GIT_DELTA_RENAMED:
      return FileChange{FileChange::Kind::kRenamed, to, from};
    default:
      return std::nullopt;
  }
}

// A history of merges across each other is merged recursively, as deep as a stranger makes it.
constexpr unsigned kMaxVirtualBases = 16;

// Beyond, only moves of unchanged files are found: to compare every new file with every one that went takes
// minutes where a stranger adds and deletes thousands.
constexpr std::size_t kMaxCompared = 2'000;

// Renames are found in the whole repository: a migration may be moved out of its folder.
std::optional<std::vector<FileChange>> Changes(git_repository* repository, git_tree* before, git_tree* after,
                                               const std::string& folder) {
  git_diff_options options = GIT_DIFF_OPTIONS_INIT;
  git_diff_find_options similar = GIT_DIFF_FIND_OPTIONS_INIT;
  OwnedDiff diff;
  if (git_diff_tree_to_tree(Out(diff), repository, before, after, &options) != 0) {
    return std::nullopt;
  }
  similar.flags = GIT_DIFF_FIND_RENAMES;
  if (git_diff_num_deltas(diff.get()) > kMaxCompared) {
    similar.flags |= GIT_DIFF_FIND_EXACT_MATCH_ONLY;
  }
  if (git_diff_find_similar(diff.get(), &similar) != 0) {
    return std::nullopt;
  }
  std::vector<FileChange> changes;
  for (std::size_t i = 0; i < git_diff_num_deltas(diff.get()); ++i) {
    std::optional<FileChange> change = ToChange(*git_diff_get_delta(diff.get(), i));
    if (change && change->kind == FileChange::Kind::kRenamed && !IsDirectlyIn(folder, change->old_path)) {
      change =
          FileChange{FileChange::Kind::kAdded, change->path, ""};  // what comes into the folder is new there
    }
    if (change && (IsDirectlyIn(folder, change->path) ||
                   (!change->old_path.empty() && IsDirectlyIn(folder, change->old_path)))) {
      changes.push_back(*std::move(change));
    }
  }
  return changes;
}

// None: there is no such folder.
Result<std::optional<git_oid>> FolderIn(const RepositoryHandle& handle, git_tree* root,
                                        const std::string& folder) {
  if (folder.empty()) {
    return *git_tree_id(root);
  }
  OwnedTreeEntry entry;
  const int code = git_tree_entry_bypath(Out(entry), root, folder.c_str());
  if (code == GIT_ENOTFOUND) {
    return std::nullopt;
  }
  if (code != 0) {
    return Fail(handle.Unreadable("read the folder", folder));
  }
  if (git_tree_entry_type(entry.get()) != GIT_OBJECT_TREE) {
    return Fail({ErrorKind::kInvalidInput, "read the folder", folder, "the merged commit has a file there",
                 "name the folder with --path"});
  }
  return *git_tree_entry_id(entry.get());
}

// Hex of the object at `path`; "" where there is nothing.
std::string ObjectIn(git_tree* root, const std::string& path) {
  OwnedTreeEntry entry;
  return git_tree_entry_bypath(Out(entry), root, path.c_str()) == 0 ? ToHex(*git_tree_entry_id(entry.get()))
                                                                    : "";
}

}  // namespace

Result<MergePreview> Repository::PreviewMerge(const std::string& base_id, const std::string& head_id,
                                              const std::string& path, const std::string& watched) const {
  ASSIGN_OR_RETURN(const std::vector<std::string> components, SplitFolderPath(path));
  const std::string folder = JoinComponents(components);
  ASSIGN_OR_RETURN(const OwnedCommit base, handle_->Commit(base_id));
  ASSIGN_OR_RETURN(const OwnedCommit head, handle_->Commit(head_id));
  const auto unreadable = [&] { return Fail(handle_->Unreadable("merge in memory", head_id)); };
  git_repository* repository = handle_->repository.get();
  git_merge_options options = GIT_MERGE_OPTIONS_INIT;
  options.recursion_limit = kMaxVirtualBases;
  OwnedIndex index;
  if (!KeepNewObjectsInMemory(*handle_) ||
      git_merge_commits(Out(index), repository, base.get(), head.get(), &options) != 0) {
    return unreadable();
  }
  const std::optional<std::vector<std::string>> conflicts = SettleConflicts(index.get());
  git_oid merged_id;
  OwnedTree before;
  OwnedTree after;
  if (!conflicts || git_index_write_tree_to(&merged_id, index.get(), repository) != 0 ||
      git_commit_tree(Out(before), base.get()) != 0 ||
      git_tree_lookup(Out(after), repository, &merged_id) != 0) {
    return unreadable();
  }
  std::optional<std::vector<FileChange>> changes = Changes(repository, before.get(), after.get(), folder);
  if (!changes) {
    return unreadable();
  }
  MergePreview preview;
  preview.changes = *std::move(changes);
  for (const std::string& conflict : *conflicts) {
    if (IsDirectlyIn(folder, conflict)) {
      preview.changes.push_back({FileChange::Kind::kConflict, conflict, conflict});
    }
  }
  std::sort(preview.changes.begin(), preview.changes.end(), [](const FileChange& a, const FileChange& b) {
    return std::tie(a.path, a.old_path) < std::tie(b.path, b.old_path);
  });
  preview.changes_watched =
      !watched.empty() && (std::find(conflicts->begin(), conflicts->end(), watched) != conflicts->end() ||
                           ObjectIn(before.get(), watched) != ObjectIn(after.get(), watched));
  ASSIGN_OR_RETURN(const std::optional<git_oid> folder_id, FolderIn(*handle_, after.get(), folder));
  preview.tree.path = folder;
  if (folder_id) {
    ASSIGN_OR_RETURN(preview.tree, handle_->ListFolder(*folder_id, folder));
  }
  return preview;
}

}  // namespace paliad::git
