#include "controller/reconcile/approved_changes.h"

#include <fmt/format.h>

#include <map>
#include <optional>
#include <set>

#include "base/text.h"
#include "migrations/source_tree.h"
#include "policies/policy_file.h"

namespace paliad {
namespace {

// Name and blob of everything in the folder, and the policy file under its path from the repository's root,
// as
// "/.paliad/policy.toml"; nothing where there is no such folder or no commit.
using Files = std::map<std::string, std::string>;

Result<Files> FilesOf(const git::Repository& repository, const Target& target,
                      const std::optional<std::string>& commit) {
  Files files;
  if (!commit) {
    return files;
  }
  const Result<SourceTree> tree = repository.ReadTree(*commit, target.path);
  if (!tree && tree.error().kind != ErrorKind::kInvalidInput) {
    return Fail(tree.error());
  }
  if (tree) {
    for (const SourceEntry& entry : tree->entries) {
      files[entry.name] = entry.blob_id;
    }
  }
  // As a file among others: whoever approves a change of it approves its bytes.
  ASSIGN_OR_RETURN(const auto policy, repository.ReadFile(*commit, target.policy_path, kMaxPolicyBytes));
  if (policy) {
    files["/" + target.policy_path] = *policy;
  }
  return files;
}

const std::string* Find(const Files& files, const std::string& path) {
  const auto found = files.find(path);
  return found == files.end() ? nullptr : &found->second;
}

bool Same(const std::string* one, const std::string* other) {
  return one == nullptr || other == nullptr ? one == other : *one == *other;
}

}  // namespace

Result<Changes> ChangesSince(git::Repository& repository, const Target& target, const Revision& revision,
                             const std::string& in_sync) {
  Changes changes;
  const std::string& head = revision.commit.id;
  changes.need_approval = revision.policy->require_approval;
  if (!in_sync.empty()) {
    ASSIGN_OR_RETURN(const auto steps,
                     repository.StepsSince(in_sync, head, {target.path, target.policy_path}));
    for (const git::HistoryStep& step : steps.value_or(std::vector<git::HistoryStep>())) {
      if (step.touches && step.commit != head) {
        changes.commits.push_back(step.commit);
      }
    }
    // None where a person accepted a history that does not have that commit any more.
    if (steps) {
      ASSIGN_OR_RETURN(const Result<Policy> before, ReadPolicyAt(repository, target, in_sync));
      const bool required_before = before && before->require_approval;
      changes.need_approval = changes.need_approval || required_before;
      changes.policy_needs_approval = required_before && before->digest != revision.policy->digest;
    }
  }
  changes.commits.push_back(head);
  return changes;
}

Result<std::string> WhyNotAsApproved(git::Repository& repository, const Target& target,
                                     const std::string& commit, const std::string& approved) {
  if (!repository.ReadCommit(approved)) {
    return fmt::format("{}, which was approved, is not in the clone", approved.substr(0, 12));
  }
  const Result<std::string> parent = repository.Resolve(commit + "^1");
  ASSIGN_OR_RETURN(const Files after, FilesOf(repository, target, commit));
  ASSIGN_OR_RETURN(const Files before,
                   FilesOf(repository, target, parent ? std::optional(*parent) : std::nullopt));
  ASSIGN_OR_RETURN(const Files as_approved, FilesOf(repository, target, approved));
  std::set<std::string> paths;
  for (const Files* files : {&after, &before}) {
    for (const auto& [path, blob] : *files) {
      paths.insert(path);
    }
  }
  for (const std::string& path : paths) {
    const std::string* now = Find(after, path);
    if (!Same(now, Find(before, path)) && !Same(now, Find(as_approved, path))) {
      return fmt::format("{} is not as it was approved in {}", EscapeForTerminal(path),
                         approved.substr(0, 12));
    }
  }
  return "";
}

}  // namespace paliad
