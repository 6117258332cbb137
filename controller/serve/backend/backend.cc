#include "controller/serve/backend/backend.h"

#include <algorithm>
#include <utility>

#include "controller/git/repository.h"

namespace paliad::serve {
namespace {

Error NoClone(const std::string& target, std::string cause) {
  return {.kind = ErrorKind::kUnavailable,
          .doing = "read the branch of",
          .subject = target,
          .cause = std::move(cause),
          .hint = "see the target's state; it is fetched again by itself"};
}

void RemoveFolder(std::string& text, const std::string& folder) {
  for (auto at = text.find(folder); at != std::string::npos; at = text.find(folder)) {
    text.replace(at, folder.size(), "the clone");
  }
}

// Where things lie on this machine is nobody's business.
Error WithoutFolder(Error error, const std::string& folder) {
  for (std::string* text : {&error.subject, &error.cause, &error.hint}) {
    RemoveFolder(*text, folder);
  }
  return error;
}

Result<Inspection> CompareIn(const std::string& clone, const Target& target, const std::string& head) {
  ASSIGN_OR_RETURN(git::Repository repository, git::Repository::Open(clone));
  ASSIGN_OR_RETURN(Revision revision, ReadRevision(repository, target, head));
  if (!revision.policy) {
    return Fail(revision.policy.error());
  }
  return Inspect(target, repository, std::move(revision));
}

}  // namespace

void Backend::SetTargets(std::vector<SiteTarget> targets) {
  auto shared = std::make_shared<const std::vector<SiteTarget>>(std::move(targets));
  const std::lock_guard lock(mutex_);
  targets_ = std::move(shared);
}

std::optional<TargetSnapshot> Backend::Snapshot(std::string_view name) const {
  for (TargetSnapshot& snapshot : control_.Snapshots()) {
    if (snapshot.name == name) {
      return std::move(snapshot);
    }
  }
  return std::nullopt;
}

std::optional<SiteTarget> Backend::FindTarget(std::string_view name) const {
  std::shared_ptr<const std::vector<SiteTarget>> targets;
  {
    const std::lock_guard lock(mutex_);
    targets = targets_;
  }
  const auto found = std::find_if(targets->begin(), targets->end(),
                                  [&](const SiteTarget& target) { return target.target.name == name; });
  return found == targets->end() ? std::nullopt : std::optional(*found);
}

Result<Inspection> Backend::Compare(const SiteTarget& target) {
  const auto snapshot = Snapshot(target.target.name);
  if (!snapshot || snapshot->clone.empty()) {
    return Fail(NoClone(target.target.name, "it was not fetched yet"));
  }
  Result<Inspection> inspection = CompareIn(snapshot->clone, target.target, snapshot->head);
  if (!inspection) {
    return Fail(WithoutFolder(inspection.error(), snapshot->clone));
  }
  return inspection;
}

std::optional<std::string> Backend::ReadMigration(std::string_view target, const std::string& blob_id,
                                                  const std::string& commit_id,
                                                  const std::string& path) const {
  constexpr std::size_t kCommitDigits = 40;
  const auto snapshot = Snapshot(target);
  if (!snapshot || snapshot->clone.empty()) {
    return std::nullopt;
  }
  Result<git::Repository> repository = git::Repository::Open(snapshot->clone);
  if (!repository) {
    return std::nullopt;
  }
  if (blob_id.size() == kCommitDigits) {
    Result<std::string> bytes = repository->Read({.kind = EntryKind::kFile, .blob_id = blob_id});
    return bytes ? std::optional(*std::move(bytes)) : std::nullopt;
  }
  if (commit_id.size() != kCommitDigits || path.empty()) {
    return std::nullopt;
  }
  return repository->ReadFile(commit_id, path, kMaxFileBytes).value_or(std::nullopt);
}

}  // namespace paliad::serve
