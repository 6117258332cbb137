// A git repository as a source of migrations: commits, trees and blobs straight from the object
// database, bare or not, no work tree touched. The only user of libgit2, with fetch.h.
// One Repository a thread.
#ifndef PALIAD_CONTROLLER_GIT_REPOSITORY_H_
#define PALIAD_CONTROLLER_GIT_REPOSITORY_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "migrations/source_tree.h"

namespace paliad::git {

struct RepositoryHandle;

// What the base would become if the head were merged into it.
struct MergePreview {
  // The folder; a file in conflict is as the base has it. Where the merge leaves none: no entries and no tree
  // id.
  SourceTree tree;
  std::vector<FileChange> changes;  // of files that are directly in the folder before or after; by path
  bool changes_watched = false;     // the watched file is another than before, or in conflict
};

// What the ledger records of a commit, beside its CommitInfo.
struct CommitRecord {
  std::string authored_at;  // as FormatUtc; empty: a year that no calendar has
  std::string committed_at;
  bool has_signature = false;  // it carries one; nobody verified it
};

// One commit of a branch, seen from its first parent.
struct HistoryStep {
  std::string commit;    // 40 hex digits
  bool touches = false;  // one of the paths that were asked about differs from the first parent's
};

class Repository final : public ContentSource {
 public:
  // A local repository: its work tree, its .git folder, or a bare one; parents are not searched.
  // kUnavailable: there is none, it is corrupt, or it belongs to another user (the hint says what to do).
  [[nodiscard]] static Result<Repository> Open(const std::string& path);

  Repository(Repository&&) noexcept;
  Repository& operator=(Repository&&) noexcept;
  ~Repository() override;

  // The commit that `revision` names: a branch (local first, then origin's), a tag (peeled), a full or
  // abbreviated id, or any git revision expression. Returns 40 hex digits. kInvalidInput if there is none;
  // the hint lists the branches that there are.
  [[nodiscard]] Result<std::string> Resolve(const std::string& revision) const;

  [[nodiscard]] Result<CommitInfo> ReadCommit(const std::string& commit_id) const;

  [[nodiscard]] Result<CommitRecord> ReadCommitRecord(const std::string& commit_id) const;

  // The object id of the tree at `path` (40 hex digits), without listing it: what a no-op needs.
  // kInvalidInput if the commit has no such folder or it is a file.
  [[nodiscard]] Result<std::string> TreeId(const std::string& commit_id, const std::string& path) const;

  // Every direct child of `path` at the commit. "" and "." are the root. Errors as TreeId.
  [[nodiscard]] Result<SourceTree> ReadTree(const std::string& commit_id, const std::string& path) const;

  [[nodiscard]] Result<std::uint64_t> Size(const SourceEntry& entry) override;
  [[nodiscard]] Result<std::string> Read(const SourceEntry& entry) override;

  // The bytes of the file at `path` in the commit; nothing if there is none, or something that is no file.
  // kInvalidInput if it is larger than `max_bytes`.
  [[nodiscard]] Result<std::optional<std::string>> ReadFile(const std::string& commit_id,
                                                            const std::string& path,
                                                            std::size_t max_bytes) const;

  // Merges in memory: the repository is not written to. Commits without a common ancestor are merged as if
  // they had an empty one. From then on Read also knows what the merge made. `watched`: a file's path from
  // the root, or empty. kUnavailable if something cannot be read; kInvalidInput: no such commit, or `path` is
  // a file.
  [[nodiscard]] Result<MergePreview> PreviewMerge(const std::string& base_id, const std::string& head_id,
                                                  const std::string& path,
                                                  const std::string& watched = "") const;

  // Commits reachable from `head` and not from `base`; -1 if `base` is not an ancestor of `head` or not known
  // here.
  [[nodiscard]] Result<int> CommitsBehind(const std::string& base, const std::string& head) const;

  // The commits of `head` along first parents that `base` does not have, oldest first; none within the result
  // if `base` is not an ancestor of `head` or not known here. `paths` are folders and files.
  [[nodiscard]] Result<std::optional<std::vector<HistoryStep>>> StepsSince(
      const std::string& base, const std::string& head, const std::vector<std::string>& paths) const;

  // The names of all local and remote-tracking branches and pull-request heads, with their commits.
  struct Ref {
    std::string name;    // "refs/heads/main"
    std::string commit;  // 40 hex digits
  };
  [[nodiscard]] Result<std::vector<Ref>> Refs() const;

  // The work tree's folder; empty for a bare repository.
  std::string WorkTree() const;

 private:
  explicit Repository(std::unique_ptr<RepositoryHandle> handle);
  std::unique_ptr<RepositoryHandle> handle_;
};

}  // namespace paliad::git

#endif  // PALIAD_CONTROLLER_GIT_REPOSITORY_H_
