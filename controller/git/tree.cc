// Repository's folders: one tree's entries, each classified, no blob read.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>
#include <vector>

#include "base/text.h"
#include "controller/git/folder_path.h"
#include "controller/git/libgit2.h"
#include "controller/git/repository.h"
#include "controller/git/repository_handle.h"

namespace paliad::git {
namespace {

constexpr std::size_t kNestedNames = 100;  // per folder: enough to say what is wrong
constexpr int kMaxDepth = 1000;            // deeper than any work tree on Linux can be
constexpr std::size_t kFoldersShown = 10;
constexpr std::size_t kShortId = 12;

EntryKind KindOf(git_filemode_t mode) {
  switch (mode) {
    case GIT_FILEMODE_BLOB:
    case GIT_FILEMODE_BLOB_EXECUTABLE:
      return EntryKind::kFile;
    case GIT_FILEMODE_LINK:
      return EntryKind::kSymlink;
    case GIT_FILEMODE_COMMIT:
      return EntryKind::kSubmodule;
    case GIT_FILEMODE_TREE:
      return EntryKind::kDirectory;
    case GIT_FILEMODE_UNREADABLE:
      return EntryKind::kOther;
  }
  return EntryKind::kOther;
}

EntryKind KindOf(const git_tree_entry* entry) { return KindOf(git_tree_entry_filemode(entry)); }

// "its root has the folders: a, b": what to write instead.
std::string FolderHint(git_tree* root) {
  std::vector<std::string> names;
  std::size_t count = 0;
  for (std::size_t i = 0; i < git_tree_entrycount(root); ++i) {
    const git_tree_entry* entry = git_tree_entry_byindex(root, i);
    if (KindOf(entry) == EntryKind::kDirectory && ++count <= kFoldersShown) {
      names.emplace_back(ToValidUtf8(git_tree_entry_name(entry)));
    }
  }
  if (names.empty()) {
    return "there are no folders at its root";
  }
  const std::string more = count > kFoldersShown ? fmt::format(" and {} more", count - kFoldersShown) : "";
  return fmt::format("the folders at its root: {}{}", fmt::join(names, ", "), more);
}

// Collects the names that end in ".sql" below one folder after the other.
class NestedSql {
 public:
  explicit NestedSql(git_repository* repository) : repository_(repository) {}

  // False if a tree cannot be read or is nested too deep; `too_deep()` tells which.
  bool Collect(const git_oid& tree_id, std::vector<std::string>* names) {
    names_ = names;
    bool found = false;
    return Walk(tree_id, "", 0, &found);
  }
  bool too_deep() const { return too_deep_; }

 private:
  bool Walk(const git_oid& id, const std::string& prefix, int depth, bool* found) {
    // A few trees that name each other many times over would take for ever; each one without SQL is looked
    // at once, and the others end at the bound on names.
    if (barren_.contains(ToHex(id))) {
      return true;
    }
    if (depth > kMaxDepth) {
      too_deep_ = true;
      return false;
    }
    OwnedTree tree;
    if (git_tree_lookup(Out(tree), repository_, &id) != 0) {
      return false;
    }
    bool found_here = false;
    for (std::size_t i = 0; i < git_tree_entrycount(tree.get()) && names_->size() < kNestedNames; ++i) {
      const git_tree_entry* entry = git_tree_entry_byindex(tree.get(), i);
      const std::string path = prefix + git_tree_entry_name(entry);
      if (KindOf(entry) == EntryKind::kDirectory) {
        if (!Walk(*git_tree_entry_id(entry), path + "/", depth + 1, &found_here)) {
          return false;
        }
      } else if (path.ends_with(".sql")) {
        names_->push_back(path);
        found_here = true;
      }
    }
    if (!found_here && names_->size() < kNestedNames) {
      barren_.insert(ToHex(id));
    }
    *found = *found || found_here;
    return true;
  }

  git_repository* repository_;
  std::set<std::string> barren_;
  std::vector<std::string>* names_ = nullptr;
  bool too_deep_ = false;
};

Error NoFolder(const std::string& path, const std::string& commit_id, std::string cause, git_tree* root) {
  return {ErrorKind::kInvalidInput, "read the folder", path,
          fmt::format("{} in commit {}", cause, commit_id.substr(0, kShortId)), FolderHint(root)};
}

// The id of the tree at `components` below `root`.
Result<git_oid> Descend(const RepositoryHandle& handle, git_tree* root, const std::string& commit_id,
                        const std::vector<std::string>& components) {
  const std::string path = JoinComponents(components);
  git_oid id = *git_tree_id(root);
  OwnedTree tree;
  for (std::size_t i = 0; i < components.size(); ++i) {
    if (i > 0 && git_tree_lookup(Out(tree), handle.repository.get(), &id) != 0) {
      return Fail(handle.Unreadable("read the folder", path));
    }
    const git_tree_entry* entry = git_tree_entry_byname(i == 0 ? root : tree.get(), components[i].c_str());
    const std::string so_far = JoinComponents({components.begin(), components.begin() + i + 1});
    if (entry == nullptr) {
      return Fail(NoFolder(path, commit_id, fmt::format("there is no {}", so_far), root));
    }
    if (KindOf(entry) != EntryKind::kDirectory) {
      return Fail(
          NoFolder(path, commit_id, fmt::format("{} is {}", so_far, EntryKindWords(KindOf(entry))), root));
    }
    id = *git_tree_entry_id(entry);
  }
  return id;
}

Result<git_oid> FindTree(const RepositoryHandle& handle, const std::string& commit_id,
                         const std::vector<std::string>& components) {
  ASSIGN_OR_RETURN(const OwnedCommit commit, handle.Commit(commit_id));
  if (components.empty()) {
    return *git_commit_tree_id(commit.get());
  }
  OwnedTree root;
  if (git_commit_tree(Out(root), commit.get()) != 0) {
    return Fail(handle.Unreadable("read the folder", JoinComponents(components)));
  }
  return Descend(handle, root.get(), commit_id, components);
}

}  // namespace

Result<std::string> Repository::TreeId(const std::string& commit_id, const std::string& path) const {
  ASSIGN_OR_RETURN(const std::vector<std::string> components, SplitFolderPath(path));
  ASSIGN_OR_RETURN(const git_oid id, FindTree(*handle_, commit_id, components));
  return ToHex(id);
}

Result<SourceTree> Repository::ReadTree(const std::string& commit_id, const std::string& path) const {
  ASSIGN_OR_RETURN(const std::vector<std::string> components, SplitFolderPath(path));
  ASSIGN_OR_RETURN(const git_oid id, FindTree(*handle_, commit_id, components));
  ASSIGN_OR_RETURN(SourceTree source, handle_->ListFolder(id, JoinComponents(components)));
  ASSIGN_OR_RETURN(source.commit, ReadCommit(commit_id));
  return source;
}

Result<SourceTree> RepositoryHandle::ListFolder(const git_oid& id, const std::string& folder_path) const {
  SourceTree source;
  source.tree_id = ToHex(id);
  source.path = folder_path;
  OwnedTree tree;
  if (git_tree_lookup(Out(tree), repository.get(), &id) != 0) {
    return Fail(Unreadable("read the folder", source.path));
  }
  const std::size_t count = git_tree_entrycount(tree.get());
  source.entries.reserve(count);
  NestedSql nested(repository.get());
  for (std::size_t i = 0; i < count; ++i) {
    const git_tree_entry* raw = git_tree_entry_byindex(tree.get(), i);
    SourceEntry entry;
    entry.name = git_tree_entry_name(raw);
    entry.kind = KindOf(raw);
    if (entry.kind == EntryKind::kFile || entry.kind == EntryKind::kSymlink) {
      entry.blob_id = ToHex(*git_tree_entry_id(raw));
    } else if (entry.kind == EntryKind::kDirectory &&
               !nested.Collect(*git_tree_entry_id(raw), &entry.nested_sql)) {
      const std::string folder = JoinPath(source.path, entry.name);
      return Fail(nested.too_deep()
                      ? Error{ErrorKind::kInvalidInput, "read the folder", folder,
                              fmt::format("folders are nested more than {} deep", kMaxDepth), ""}
                      : Unreadable("read the folder", folder));
    }
    source.entries.push_back(std::move(entry));
  }
  // git sorts a folder as if its name ended in '/'.
  std::sort(source.entries.begin(), source.entries.end(),
            [](const SourceEntry& a, const SourceEntry& b) { return a.name < b.name; });
  return source;
}

}  // namespace paliad::git
