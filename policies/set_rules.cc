// file-name, version-range, version-collision, unreadable: what the set of files says by itself.
#include <fmt/format.h>

#include <algorithm>
#include <limits>

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

Version HighestVersion(const MigrationSet& set) {
  Version highest = set.migrations.empty() ? 0 : set.migrations.back().version;
  for (const Collision& collision : set.collisions) {
    highest = std::max(highest, collision.version);
  }
  return highest;
}

// `highest` is the highest version in use.
Finding CollisionFinding(const Collision& collision, Version highest) {
  std::string names;
  for (std::size_t i = 0; i < collision.paths.size(); ++i) {
    names += i == 0 ? "" : i + 1 == collision.paths.size() ? " and " : ", ";
    names += fmt::format("\"{}\"", FileNameOf(collision.paths[i]));
  }
  const std::string& path = collision.paths[1];
  std::string hint = "rename the one that no database has applied";
  if (highest < std::numeric_limits<Version>::max()) {
    const std::string_view name = FileNameOf(path);
    hint += fmt::format(
        ", for example {} to {}", name,
        FormatUpFileName(highest + 1, static_cast<int>(name.find('_')), ParseFileName(name).description));
  }
  Finding finding =
      MakeFinding("version-collision", path,
                  fmt::format("version {} is that of {}", collision.version, names), std::move(hint));
  finding.version = collision.version;
  return finding;
}

}  // namespace

std::vector<Finding> CheckSet(const MigrationSet& set) {
  std::vector<Finding> findings;
  for (const RejectedEntry& entry : set.rejected) {
    findings.push_back(MakeFinding(RuleOf(entry.kind), entry.path, entry.reason, HintFor(entry.kind)));
  }
  Version highest = HighestVersion(set);
  for (const Collision& collision : set.collisions) {
    findings.push_back(CollisionFinding(collision, highest));
    highest += highest < std::numeric_limits<Version>::max() ? 1 : 0;  // each hint names another version
  }
  SortFindings(findings);
  return findings;
}

}  // namespace paliad
