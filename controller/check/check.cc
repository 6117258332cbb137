#include "controller/check/check.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include "policies/file_findings.h"
#include "policies/free_versions.h"
#include "policies/rules.h"

namespace paliad {
namespace {

// The paths whose contents may be new; a file can be edited on the way of a rename.
std::set<std::string> NewContents(const std::vector<FileChange>& changes) {
  std::set<std::string> paths;
  for (const FileChange& change : changes) {
    if (change.kind != FileChange::Kind::kDeleted && change.kind != FileChange::Kind::kConflict) {
      paths.insert(change.path);
    }
  }
  return paths;
}

Finding TooManyChanges(const std::string& folder, std::size_t number) {
  return MakeFinding("unreadable", folder,
                     fmt::format("{} files are new or changed, and at most {} are judged at a time", number,
                                 kMaxChangedFiles),
                     "split the change into several");
}

Finding TooManyFindings(const Migration& first_unread, std::size_t unread) {
  return MakeFinding(
      "unreadable", first_unread.path,
      fmt::format("there are too many findings: this and {} further files were not judged", unread - 1),
      "mend those that there are, or split the change into several");
}

void Append(std::vector<Finding>& to, std::vector<Finding> from) {
  to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

}  // namespace

std::vector<Finding> CheckChanges(const std::vector<FileChange>& changes, const std::string& folder,
                                  const Policy& policy) {
  std::vector<Finding> findings = CheckShipped(changes);
  if (const std::size_t changed = NewContents(changes).size(); changed > kMaxChangedFiles) {
    findings.push_back(TooManyChanges(folder, changed));
  }
  return Judge(policy, std::move(findings));
}

std::set<std::string> NewPaths(const std::vector<FileChange>& changes) {
  std::set<std::string> paths;
  for (const FileChange& change : changes) {
    if (change.kind == FileChange::Kind::kAdded || change.kind == FileChange::Kind::kRenamed) {
      paths.insert(change.path);
    }
  }
  return paths;
}

std::vector<Migration> FilesToJudge(const MigrationSet& set, const std::vector<FileChange>& changes) {
  const std::set<std::string> changed = NewContents(changes);
  std::vector<Migration> files;
  if (changed.size() <= kMaxChangedFiles) {
    std::copy_if(set.migrations.begin(), set.migrations.end(), std::back_inserter(files),
                 [&](const Migration& migration) { return changed.contains(migration.path); });
  }
  return files;
}

Status JudgeFiles(const std::vector<Migration>& files, ContentSource& source, FileJudge& judge,
                  std::vector<Finding>& findings) {
  for (std::size_t i = 0; i < files.size(); ++i) {
    if (findings.size() > kMaxChangeFindings) {
      findings.push_back(TooManyFindings(files[i], files.size() - i));
      return {};
    }
    ASSIGN_OR_RETURN(std::vector<Finding> found, judge.Judge(source, files[i]));
    Append(findings, std::move(found));
  }
  return {};
}

Result<std::vector<Finding>> Check(const CheckInput& input, ContentSource& source, FileJudge& judge) {
  const MigrationSet set = MakeMigrationSet(input.tree, judge.policy().ignore);
  std::vector<Finding> findings;
  if (input.changes) {
    FreeVersions free(HighestVersion(set));
    findings = Judge(judge.policy(), CheckSet(set, free, NewPaths(*input.changes)));
    Append(findings, CheckChanges(*input.changes, input.tree.path, judge.policy()));
    RETURN_IF_ERROR(JudgeFiles(FilesToJudge(set, *input.changes), source, judge, findings));
  } else {
    findings = Judge(judge.policy(), CheckSet(set));
    for (const Migration& migration : set.migrations) {
      ASSIGN_OR_RETURN(std::vector<Finding> found, judge.Judge(source, migration));
      Append(findings, std::move(found));
    }
  }
  SortFindings(findings);
  return findings;
}

Result<MigrationSet> ReadBaseSet(const git::Repository& repository, const std::string& commit,
                                 const std::string& path, const Policy& policy) {
  const Result<SourceTree> tree = repository.ReadTree(commit, path);
  if (!tree && tree.error().kind != ErrorKind::kInvalidInput) {
    return Fail(tree.error());
  }
  return tree ? MakeMigrationSet(*tree, policy.ignore) : MigrationSet();
}

std::vector<Migration> PendingAfter(const MigrationSet& base, const MigrationSet& merged) {
  std::vector<Migration> pending;
  std::copy_if(merged.migrations.begin(), merged.migrations.end(), std::back_inserter(pending),
               [&](const Migration& migration) { return base.Find(migration.version) == nullptr; });
  return pending;
}

}  // namespace paliad
