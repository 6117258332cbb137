// What the set itself says; no contents, no database.
#include <fmt/format.h>

#include <algorithm>

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

std::string_view HintFor(RejectionKind kind) {
  switch (kind) {
    case RejectionKind::kFileName:
      return "name migrations NNN_description.up.sql, such as 012_add_office.up.sql";
    case RejectionKind::kVersionRange:
      return "number migrations 1, 2, 3, …: the tracker's version is a 32-bit integer, so a timestamp does "
             "not fit; "
             "`paliadctl new` finds the next one";
    case RejectionKind::kUnreadable:
      return "commit the migration as a plain file";
  }
  return "";
}

std::string Joined(const std::vector<std::string>& paths) {
  std::string text;
  for (const std::string& path : paths) {
    text += (text.empty() ? "" : " and ") + path;
  }
  return text;
}

}  // namespace

std::vector<Finding> CheckSet(const MigrationSet& set) {
  std::vector<Finding> findings;
  for (const RejectedEntry& entry : set.rejected) {
    const std::string rule(RuleOf(entry.kind));
    findings.push_back({.rule = rule,
                        .severity = DefaultSeverity(rule),
                        .path = entry.path,
                        .message = entry.reason,
                        .hint = std::string(HintFor(entry.kind))});
  }
  Version highest = set.migrations.empty() ? 0 : set.migrations.back().version;
  for (const Collision& collision : set.collisions) {
    highest = std::max(highest, collision.version);
  }
  for (const Collision& collision : set.collisions) {
    findings.push_back(
        {.rule = "version-collision",
         .severity = DefaultSeverity("version-collision"),
         .path = collision.paths.back(),
         .version = collision.version,
         .message = fmt::format("version {} is claimed by {}", collision.version, Joined(collision.paths)),
         .hint =
             fmt::format("rename the one that was not applied yet; {} is free", std::int64_t{highest} + 1)});
  }
  return findings;
}

}  // namespace paliad
