// shipped-changed: what others may have applied does not change any more.
#include <fmt/format.h>

#include <filesystem>

#include "migrations/file_name.h"
#include "policies/file_findings.h"
#include "policies/rules.h"

namespace paliad {
namespace {

struct Words {
  std::string message;
  std::string hint;
};

constexpr char kNewMigration[] =
    "leave it as it is and write a new migration: databases that have applied this one do not run it again";

Words WordsFor(const FileChange& change) {
  switch (change.kind) {
    case FileChange::Kind::kEdited:
      return {fmt::format("{} is on the base already, and this changes it", change.path), kNewMigration};
    case FileChange::Kind::kRenamed:
      return {
          fmt::format("{} is on the base already, and this renames it to {}", change.old_path, change.path),
          "keep its name: databases that have applied it know it by that"};
    case FileChange::Kind::kDeleted:
      return {fmt::format("{} is on the base already, and this deletes it", change.path),
              "keep it: a database that is made anew needs it; undo what it did in a new migration"};
    case FileChange::Kind::kConflict:
      return {fmt::format("merging this into the base conflicts in {}", change.path),
              "merge the base into the branch and settle the conflict; what the base has stays as it is"};
    case FileChange::Kind::kAdded:
      break;
  }
  return {};
}

FileName NameOfFile(const std::string& path) {
  return ParseFileName(std::filesystem::path(path).filename().string());
}

}  // namespace

std::vector<Finding> CheckShipped(const std::vector<FileChange>& changes) {
  std::vector<Finding> findings;
  for (const FileChange& change : changes) {
    const FileName name = NameOfFile(change.old_path.empty() ? change.path : change.old_path);
    if (change.kind == FileChange::Kind::kAdded || name.kind != FileNameKind::kUp) {
      continue;
    }
    Words words = WordsFor(change);
    Finding finding =
        MakeFinding("shipped-changed", change.path, std::move(words.message), std::move(words.hint));
    finding.version = name.version;
    findings.push_back(std::move(finding));
  }
  return findings;
}

}  // namespace paliad
