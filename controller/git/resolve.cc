// Repository's names: revisions to commits, and the list of branches.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "base/text.h"
#include "controller/git/libgit2.h"
#include "controller/git/repository.h"
#include "controller/git/repository_handle.h"

namespace paliad::git {
namespace {

constexpr std::size_t kBranchesShown = 10;

// The commit that an object is or, for an annotated tag, points to. GIT_EPEEL if that is something else.
int Peel(git_object* object, git_oid* id) {
  OwnedObject commit;
  const int code = git_object_peel(Out(commit), object, GIT_OBJECT_COMMIT);
  if (code == 0) {
    *id = *git_object_id(commit.get());
  }
  return code == GIT_EINVALIDSPEC ? GIT_EPEEL : code;
}

// GIT_ENOTFOUND if there is no such reference or its name is not a valid one.
int PeelReference(git_repository* repository, const std::string& name, git_oid* id) {
  OwnedReference reference;
  const int found = git_reference_lookup(Out(reference), repository, name.c_str());
  if (found != 0) {
    return found == GIT_EINVALIDSPEC ? GIT_ENOTFOUND : found;
  }
  OwnedObject object;
  if (const int code = git_reference_peel(Out(object), reference.get(), GIT_OBJECT_ANY); code != 0) {
    return code;
  }
  return Peel(object.get(), id);
}

int PeelExpression(git_repository* repository, const std::string& revision, git_oid* id) {
  OwnedObject object;
  if (const int code = git_revparse_single(Out(object), repository, revision.c_str()); code != 0) {
    return code;
  }
  return Peel(object.get(), id);
}

// A branch's name wins over an abbreviated id, as people mean it; a full id wins over everything, so that
// nobody can stand in for a commit by naming a branch like it.
int FindCommit(git_repository* repository, const std::string& revision, git_oid* id) {
  if (FromHex(revision, id)) {
    OwnedObject object;
    const int code = git_object_lookup(Out(object), repository, id, GIT_OBJECT_ANY);
    return code == 0 ? Peel(object.get(), id) : code;
  }
  for (const char* prefix : {"refs/heads/", "refs/remotes/origin/", "refs/tags/"}) {
    const int code = PeelReference(repository, prefix + revision, id);
    if (code != GIT_ENOTFOUND) {
      return code;
    }
  }
  return PeelExpression(repository, revision, id);
}

// "main, origin/feature"; empty if there are none.
std::string BranchList(const std::vector<Repository::Ref>& refs) {
  std::vector<std::string> names;
  for (const Repository::Ref& ref : refs) {
    for (const std::string_view prefix : {"refs/heads/", "refs/remotes/"}) {
      if (ref.name.starts_with(prefix)) {
        names.push_back(ref.name.substr(prefix.size()));
      }
    }
  }
  const std::size_t count = names.size();
  names.resize(std::min(count, kBranchesShown));
  const std::string more = count > kBranchesShown ? fmt::format(" and {} more", count - kBranchesShown) : "";
  return fmt::format("{}{}", fmt::join(names, ", "), more);
}

// refs/pull/N/head (GitHub, Gitea, Forgejo) and refs/merge-requests/N/head (GitLab).
bool IsListed(std::string_view name) {
  const bool request = name.starts_with("refs/pull/") || name.starts_with("refs/merge-requests/");
  return name.starts_with("refs/heads/") || name.starts_with("refs/remotes/") ||
         (request && name.ends_with("/head"));
}

}  // namespace

Result<std::string> Repository::Resolve(const std::string& revision) const {
  git_oid id;
  const bool usable = !revision.empty() && revision.find('\0') == std::string::npos;
  const int code = usable ? FindCommit(handle_->repository.get(), revision, &id) : GIT_EINVALIDSPEC;
  if (code == 0) {
    return ToHex(id);
  }
  Error error{ErrorKind::kInvalidInput, "find the revision", revision, LastErrorText(), ""};
  ASSIGN_OR_RETURN(const std::vector<Ref> refs, Refs());
  const std::string branches = BranchList(refs);
  switch (code) {
    case GIT_ENOTFOUND:
      error.cause = branches.empty()
                        ? fmt::format("{} has no branch yet: it is empty", handle_->path)
                        : fmt::format("{} has no branch, tag or commit of that name", handle_->path);
      error.hint =
          branches.empty() ? "commit the migrations, or push them to it" : "its branches: " + branches;
      return Fail(std::move(error));
    case GIT_EAMBIGUOUS:
      error.cause = "several objects have ids that begin so";
      error.hint = "give more digits of the id";
      return Fail(std::move(error));
    case GIT_EPEEL:
      error.cause = "it names a file or a folder, not a commit";
      return Fail(std::move(error));
    case GIT_EINVALIDSPEC:
      error.cause = revision.empty() ? "it is empty" : "it is not a git revision";
      error.hint = branches.empty() ? "" : "the branches: " + branches;
      return Fail(std::move(error));
    default:
      return Fail(handle_->Unreadable("find the revision", revision));
  }
}

Result<std::vector<Repository::Ref>> Repository::Refs() const {
  OwnedReferenceIterator iterator;
  if (git_reference_iterator_new(Out(iterator), handle_->repository.get()) != 0) {
    return Fail(handle_->Unreadable("list the branches of", handle_->path));
  }
  std::vector<Ref> refs;
  OwnedReference reference;
  int code = 0;
  while ((code = git_reference_next(Out(reference), iterator.get())) == 0) {
    const std::string name = git_reference_name(reference.get());
    const git_oid* target = git_reference_target(reference.get());  // none: origin/HEAD, a second name
    if (target != nullptr && IsListed(name)) {
      refs.push_back({name, ToHex(*target)});
    }
  }
  if (code != GIT_ITEROVER) {
    return Fail(handle_->Unreadable("list the branches of", handle_->path));
  }
  std::sort(refs.begin(), refs.end(), [](const Ref& a, const Ref& b) { return a.name < b.name; });
  return refs;
}

}  // namespace paliad::git
