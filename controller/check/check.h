// What can be said of migrations without a database: the set's own rules, and the SQL of each file.
#ifndef PALIAD_CONTROLLER_CHECK_CHECK_H_
#define PALIAD_CONTROLLER_CHECK_CHECK_H_

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "controller/check/file_judge.h"
#include "controller/git/repository.h"
#include "migrations/migration_set.h"
#include "migrations/source_tree.h"
#include "policies/finding.h"
#include "policies/policy.h"

namespace paliad {

// A folder as it is, or as a change would make it.
struct CheckInput {
  SourceTree tree;
  // What becomes of the files that a base has; none: there is no base, and every file is judged, since
  // nothing says what is applied. Else only the SQL of added and edited files is.
  std::optional<std::vector<FileChange>> changes;
};

// Sorted, and judged by the judge's policy.
[[nodiscard]] Result<std::vector<Finding>> Check(const CheckInput& input, ContentSource& source,
                                                 FileJudge& judge);

// Its parts, for who checks many changes to one base.

// Of one change: whoever sends more files keeps the judge busy for others.
inline constexpr std::size_t kMaxChangedFiles = 500;

// Findings of one change after which no further file is read: each says more than anybody reads.
inline constexpr std::size_t kMaxChangeFindings = 2'000;

// What the changes do to what the base has, and whether they are too many. Judged.
std::vector<Finding> CheckChanges(const std::vector<FileChange>& changes, const std::string& folder,
                                  const Policy& policy);

// The paths that the base does not have.
std::set<std::string> NewPaths(const std::vector<FileChange>& changes);

// The files whose SQL is judged: those that are new or changed. None where they are more than
// kMaxChangedFiles, which CheckChanges has found.
std::vector<Migration> FilesToJudge(const MigrationSet& set, const std::vector<FileChange>& changes);

// Adds to `findings` what contents and SQL of the files say, up to about kMaxChangeFindings; then one more
// says so.
[[nodiscard]] Status JudgeFiles(const std::vector<Migration>& files, ContentSource& source, FileJudge& judge,
                                std::vector<Finding>& findings);

// The migrations of a branch that changes are judged against; a commit without the folder has none. Errors as
// git::Repository::ReadTree otherwise.
[[nodiscard]] Result<MigrationSet> ReadBaseSet(const git::Repository& repository, const std::string& commit,
                                               const std::string& path, const Policy& policy);

// What a database with the base's migrations would have to apply: versions that the base does not have.
std::vector<Migration> PendingAfter(const MigrationSet& base, const MigrationSet& merged);

}  // namespace paliad

#endif  // PALIAD_CONTROLLER_CHECK_CHECK_H_
