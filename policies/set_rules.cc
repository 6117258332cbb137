// file-name, version-range, version-collision, unreadable: what the set of files says by itself.
#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "policies/file_findings.h"
#include "policies/rules.h"

namespace paliad {
namespace {

std::string_view RuleOf(RejectionKind kind) {
  switch (kind) {
    case RejectionKind::kFileName:
      return "file-name";
    case RejectionKind::kVersionRange:
      return "version-range";
    case RejectionKind::kUnreadable:
      return "unreadable";
  }
  return "";
}

std::string HintFor(RejectionKind kind) {
  switch (kind) {
    case RejectionKind::kFileName:
      return "a migration is named NNN_description.up.sql, its reverse NNN_description.down.sql, directly in "
             "the "
             "folder; add what is no migration to the policy's `ignore`";
    case RejectionKind::kVersionRange:
      return "`paliadctl new DESCRIPTION` makes a file with the next free version";
    case RejectionKind::kUnreadable:
      return "links are not followed: they may lead out of the folder";
  }
  return "";
}

std::string_view FileNameOf(std::string_view path) { return path.substr(path.rfind('/') + 1); }

// Which of the files has to give way: what others may have applied keeps its name.
const std::string& FileToRename(const Collision& collision, const std::set<std::string>& added) {
  const auto last = std::find_if(collision.paths.rbegin(), collision.paths.rend(),
                                 [&](const std::string& path) { return added.contains(path); });
  return last == collision.paths.rend() ? collision.paths[1] : *last;
}

Finding CollisionFinding(const Collision& collision, const std::string& path, std::optional<Version> free) {
  std::string names;
  for (std::size_t i = 0; i < collision.paths.size(); ++i) {
    names += i == 0 ? "" : i + 1 == collision.paths.size() ? " and " : ", ";
    names += fmt::format("\"{}\"", FileNameOf(collision.paths[i]));
  }
  std::string hint = "rename the one that no database has applied";
  if (free) {
    const std::string_view name = FileNameOf(path);
    hint += fmt::format(
        ", for example {} to {}", name,
        FormatUpFileName(*free, static_cast<int>(name.find('_')), ParseFileName(name).description));
  }
  Finding finding =
      MakeFinding("version-collision", path,
                  fmt::format("version {} is that of {}", collision.version, names), std::move(hint));
  finding.version = collision.version;
  return finding;
}

}  // namespace

std::vector<Finding> CheckSet(const MigrationSet& set) {
  FreeVersions free(HighestVersion(set));
  return CheckSet(set, free, {});
}

std::vector<Finding> CheckSet(const MigrationSet& set, FreeVersions& free,
                              const std::set<std::string>& added) {
  std::vector<Finding> findings;
  for (const RejectedEntry& entry : set.rejected) {
    findings.push_back(MakeFinding(RuleOf(entry.kind), entry.path, entry.reason, HintFor(entry.kind)));
  }
  for (const Collision& collision : set.collisions) {
    findings.push_back(CollisionFinding(collision, FileToRename(collision, added), free.Take()));
  }
  SortFindings(findings);
  return findings;
}

}  // namespace paliad
