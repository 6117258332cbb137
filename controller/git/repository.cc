#include "controller/git/repository.h"

#include <fmt/format.h>

#include <cassert>
#include <chrono>
#include <string_view>
#include <utility>

#include "base/clock.h"
#include "base/text.h"
#include "controller/git/clone_marker.h"
#include "controller/git/libgit2.h"
#include "controller/git/repository_handle.h"

namespace paliad::git {
namespace {

Error OpenError(const std::string& path, int code) {
  Error error{ErrorKind::kUnavailable, "open the git repository", path, LastErrorText(), ""};
  if (IsOwnerError(code)) {
    error.cause = "it belongs to another user";
    error.hint =
        fmt::format("run as the owner, or trust it: git config --global --add safe.directory {}", path);
  } else if (code == GIT_ENOTFOUND) {
    error.cause = "there is no git repository";
    error.hint = "name the work tree's top folder, its .git folder, or a bare repository";
  } else if (error.cause.find("extension") != std::string::npos) {
    error.hint = "the repository uses a format that libgit2 does not read, such as SHA-256 object names";
  }
  return error;
}

Identity ToIdentity(const git_signature* signature) {
  if (signature == nullptr) {
    return {};
  }
  return {ToValidUtf8(signature->name), ToValidUtf8(signature->email)};
}

std::string TimeOf(const git_signature* signature) {
  constexpr git_time_t kYear10000 = 253'402'300'800;
  const git_time_t seconds = signature == nullptr ? -1 : signature->when.time;
  return seconds >= 0 && seconds < kYear10000 ? FormatUtc(WallTime(std::chrono::seconds(seconds))) : "";
}

std::string FirstLine(const char* message) {
  const std::string_view text = message == nullptr ? std::string_view() : std::string_view(message);
  std::string_view line = text.substr(0, text.find('\n'));
  if (line.ends_with('\r')) {
    line.remove_suffix(1);
  }
  return ToValidUtf8(line);
}

// Every commit that `head` descends from is there.
bool IsComplete(git_repository* repository, const git_oid& head) {
  OwnedRevwalk walk;
  if (git_revwalk_new(Out(walk), repository) != 0 || git_revwalk_push(walk.get(), &head) != 0) {
    return false;
  }
  git_oid id;
  int next = 0;
  while ((next = git_revwalk_next(&id, walk.get())) == 0) {
  }
  return next == GIT_ITEROVER;
}

// The commits that `head` reaches and `base` does not; < 0 if history cannot be read.
int CountBetween(git_repository* repository, const git_oid& base, const git_oid& head) {
  OwnedRevwalk walk;
  if (git_revwalk_new(Out(walk), repository) != 0) {
    return -1;
  }
  if (git_revwalk_push(walk.get(), &head) != 0 || git_revwalk_hide(walk.get(), &base) != 0) {
    return -1;
  }
  int count = 0;
  int code = 0;
  for (git_oid id; (code = git_revwalk_next(&id, walk.get())) == 0;) {
    ++count;
  }
  return code == GIT_ITEROVER ? count : -1;
}

}  // namespace

Repository::Repository(std::unique_ptr<RepositoryHandle> handle) : handle_(std::move(handle)) {}
Repository::Repository(Repository&&) noexcept = default;
Repository& Repository::operator=(Repository&&) noexcept = default;
Repository::~Repository() = default;

Error RepositoryHandle::Unreadable(std::string doing, std::string subject) const {
  Error error{ErrorKind::kUnavailable, std::move(doing), std::move(subject), LastErrorText(), ""};
  if (MarkCloneCorrupt(git_repository_path(repository.get()))) {
    error.hint = "the clone is set aside and made again by the next fetch";
  } else {
    error.hint = fmt::format("check the repository with: git -C {} fsck", path);
  }
  return error;
}

Result<OwnedCommit> RepositoryHandle::Commit(const std::string& commit_id) const {
  git_oid id;
  if (!FromHex(commit_id, &id)) {
    return Fail({ErrorKind::kInvalidInput, "read the commit", commit_id, "it is not 40 hex digits", ""});
  }
  OwnedCommit commit;
  const int code = git_commit_lookup(Out(commit), repository.get(), &id);
  if (code == GIT_ENOTFOUND) {
    return Fail({ErrorKind::kUnavailable, "read the commit", commit_id,
                 fmt::format("{} does not have it", path), "fetch it first"});
  }
  if (code != 0) {
    return Fail(Unreadable("read the commit", commit_id));
  }
  return commit;
}

Result<Repository> Repository::Open(const std::string& path) {
  InitLibgit2(Authorities::kNone);
  auto handle = std::make_unique<RepositoryHandle>();
  handle->path = path;
  if (const int code = git_repository_open_ext(Out(handle->repository), path.c_str(),
                                               GIT_REPOSITORY_OPEN_NO_SEARCH, nullptr);
      code != 0) {
    return Fail(OpenError(path, code));
  }
  if (const int code = git_repository_odb(Out(handle->odb), handle->repository.get()); code != 0) {
    return Fail(OpenError(path, code));
  }
  return Repository(std::move(handle));
}

Result<CommitInfo> Repository::ReadCommit(const std::string& commit_id) const {
  ASSIGN_OR_RETURN(const OwnedCommit commit, handle_->Commit(commit_id));
  CommitInfo info;
  info.id = ToHex(*git_commit_id(commit.get()));
  info.author = ToIdentity(git_commit_author(commit.get()));
  info.committer = ToIdentity(git_commit_committer(commit.get()));
  info.summary = FirstLine(git_commit_message(commit.get()));
  return info;
}

Result<CommitRecord> Repository::ReadCommitRecord(const std::string& commit_id) const {
  ASSIGN_OR_RETURN(const OwnedCommit commit, handle_->Commit(commit_id));
  const char* header = git_commit_raw_header(commit.get());
  return CommitRecord{.authored_at = TimeOf(git_commit_author(commit.get())),
                      .committed_at = TimeOf(git_commit_committer(commit.get())),
                      .has_signature = header != nullptr &&
                                       std::string_view(header).find("\ngpgsig") != std::string_view::npos};
}

Result<std::uint64_t> Repository::Size(const SourceEntry& entry) {
  git_oid id;
  if (!FromHex(entry.blob_id, &id)) {
    return Fail({ErrorKind::kInternal, "measure the file", entry.name, "the entry has no blob", ""});
  }
  std::size_t size = 0;
  git_object_t type = GIT_OBJECT_INVALID;
  if (git_odb_read_header(&size, &type, handle_->odb.get(), &id) != 0) {
    return Fail(handle_->Unreadable("measure the file", entry.name));
  }
  return std::uint64_t{size};
}

Result<std::string> Repository::Read(const SourceEntry& entry) {
  assert(entry.kind == EntryKind::kFile);
  // First, so that an object that does not fit is never inflated.
  ASSIGN_OR_RETURN(const std::uint64_t size, Size(entry));
  if (size > kMaxFileBytes) {
    return Fail(
        {ErrorKind::kInvalidInput, "read the file", entry.name,
         fmt::format("it has {} bytes, more than the {} that a migration may have", size, kMaxFileBytes),
         ""});
  }
  git_oid id;
  FromHex(entry.blob_id, &id);
  OwnedOdbObject object;
  if (git_odb_read(Out(object), handle_->odb.get(), &id) != 0) {
    return Fail(handle_->Unreadable("read the file", entry.name));
  }
  if (git_odb_object_type(object.get()) != GIT_OBJECT_BLOB) {
    return Fail({ErrorKind::kInvalidInput, "read the file", entry.name,
                 fmt::format("the object {} is not a blob", entry.blob_id), ""});
  }
  return std::string(static_cast<const char*>(git_odb_object_data(object.get())),
                     git_odb_object_size(object.get()));
}

Result<std::optional<std::string>> Repository::ReadFile(const std::string& commit_id, const std::string& path,
                                                        std::size_t max_bytes) const {
  ASSIGN_OR_RETURN(const OwnedCommit commit, handle_->Commit(commit_id));
  OwnedTree root;
  if (git_commit_tree(Out(root), commit.get()) != 0) {
    return Fail(handle_->Unreadable("read the file", path));
  }
  OwnedTreeEntry entry;
  const int code = git_tree_entry_bypath(Out(entry), root.get(), path.c_str());
  if (code == GIT_ENOTFOUND || (code == 0 && git_tree_entry_type(entry.get()) != GIT_OBJECT_BLOB)) {
    return std::nullopt;
  }
  std::size_t size = 0;
  git_object_t type = GIT_OBJECT_INVALID;
  OwnedOdbObject object;
  if (code != 0 ||
      git_odb_read_header(&size, &type, handle_->odb.get(), git_tree_entry_id(entry.get())) != 0) {
    return Fail(handle_->Unreadable("read the file", path));
  }
  if (size > max_bytes) {
    return Fail({ErrorKind::kInvalidInput, "read the file", path,
                 fmt::format("it has {} bytes, and may have {}", size, max_bytes), ""});
  }
  if (git_odb_read(Out(object), handle_->odb.get(), git_tree_entry_id(entry.get())) != 0) {
    return Fail(handle_->Unreadable("read the file", path));
  }
  return std::string(static_cast<const char*>(git_odb_object_data(object.get())),
                     git_odb_object_size(object.get()));
}

Result<int> Repository::CommitsBehind(const std::string& base, const std::string& head) const {
  RETURN_IF_ERROR(handle_->Commit(head));
  git_oid base_id;
  git_oid head_id;
  FromHex(head, &head_id);
  if (!FromHex(base, &base_id) || git_odb_exists(handle_->odb.get(), &base_id) == 0) {
    // A damaged clone lacks what the branch never lost: that is no rewritten history.
    const bool whole = git_repository_is_shallow(handle_->repository.get()) == 1 ||
                       IsComplete(handle_->repository.get(), head_id);
    return whole ? Result<int>(-1) : Fail(handle_->Unreadable("walk the history of", head));
  }
  if (git_oid_equal(&base_id, &head_id) != 0) {
    return 0;
  }
  const int descends = git_graph_descendant_of(handle_->repository.get(), &head_id, &base_id);
  if (descends <= 0) {
    return descends == 0 ? Result<int>(-1) : Fail(handle_->Unreadable("walk the history of", head));
  }
  const int count = CountBetween(handle_->repository.get(), base_id, head_id);
  if (count < 0) {
    return Fail(handle_->Unreadable("walk the history of", head));
  }
  return count;
}

std::string Repository::WorkTree() const {
  const char* folder = git_repository_workdir(handle_->repository.get());
  std::string path = folder == nullptr ? "" : folder;
  if (path.size() > 1 && path.ends_with('/')) {
    path.pop_back();
  }
  return path;
}

}  // namespace paliad::git
