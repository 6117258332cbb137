#include "migrations/migration_set.h"

#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "base/text.h"

namespace paliad {
namespace {

bool MatchesGlob(const std::string& glob, const SourceEntry& entry) {
  if (!glob.ends_with('/')) {
    return fnmatch(glob.c_str(), entry.name.c_str(), 0) == 0;
  }
  const bool folder = entry.kind == EntryKind::kDirectory || entry.kind == EntryKind::kSubmodule;
  return folder && fnmatch(glob.substr(0, glob.size() - 1).c_str(), entry.name.c_str(), 0) == 0;
}

std::optional<std::string> IgnoredBy(const std::vector<std::string>& globs, const SourceEntry& entry) {
  const auto glob =
      std::find_if(globs.begin(), globs.end(), [&](const std::string& g) { return MatchesGlob(g, entry); });
  return glob == globs.end() ? std::nullopt : std::optional("ignored by the policy: " + *glob);
}

// Puts each entry of one tree into exactly one list.
class Sorter {
 public:
  Sorter(SourceTree tree, const std::vector<std::string>& ignore) : tree_(std::move(tree)), ignore_(ignore) {}

  MigrationSet Sort() && {
    for (SourceEntry& entry : tree_.entries) {
      Place(entry);
    }
    tree_.entries = {};
    set_.migrations.reserve(claims_.size());
    for (auto& [version, claimants] : claims_) {
      if (claimants.size() == 1) {
        set_.migrations.push_back(std::move(claimants.front()));
        continue;
      }
      Collision& collision = set_.collisions.emplace_back(Collision{.version = version, .paths = {}});
      for (const Migration& migration : claimants) {
        collision.paths.push_back(migration.path);
      }
      std::sort(collision.paths.begin(), collision.paths.end());
    }
    return std::move(set_);
  }

 private:
  // A migration's entry is moved into it: of ten thousand, two copies are megabytes.
  void Place(SourceEntry& entry) {
    if (std::optional<std::string> reason = IgnoredBy(ignore_, entry)) {
      Ignore(entry, *std::move(reason));
    } else if (entry.kind == EntryKind::kFile) {
      PlaceFile(entry);
    } else {
      PlaceOther(entry);
    }
  }

  void PlaceFile(SourceEntry& entry) {
    FileName name = ParseFileName(entry.name);
    switch (name.kind) {
      case FileNameKind::kUp:
        claims_[name.version].push_back({.version = name.version,
                                         .name = std::move(name.description),
                                         .path = PathOf(entry),
                                         .entry = std::make_shared<const SourceEntry>(std::move(entry))});
        return;
      case FileNameKind::kDown:
        set_.down_files.push_back(PathOf(entry));
        return;
      case FileNameKind::kIgnored:
        Ignore(entry, std::move(name.reason));
        return;
      case FileNameKind::kMalformed:
        Reject(entry, RejectionKind::kFileName, std::move(name.reason));
        return;
      case FileNameKind::kVersionRange:
        Reject(entry, RejectionKind::kVersionRange, std::move(name.reason));
        return;
    }
  }

  // Links are never followed: they may lead out of the folder, and their bytes are a path, not SQL.
  void PlaceOther(const SourceEntry& entry) {
    const bool directory = entry.kind == EntryKind::kDirectory;
    if (entry.name.starts_with('.')) {
      Ignore(entry, directory ? "hidden folder" : "hidden file");
    } else if (directory && !entry.nested_sql.empty()) {
      Reject(entry, RejectionKind::kFileName,
             fmt::format(
                 "migrations are read from the folder itself, not from folders below it: move \"{}\" up, or "
                 "add \"{}/\" to the policy's `ignore`",
                 Truncate(ToValidUtf8(entry.nested_sql.front()), kMaxShownBytes),
                 Truncate(ToValidUtf8(entry.name), kMaxShownBytes)));
    } else if (ParseFileName(entry.name).kind != FileNameKind::kIgnored) {
      Reject(entry, RejectionKind::kUnreadable,
             fmt::format("it is {}: put the file itself here", EntryKindWords(entry.kind)));
    } else {
      Ignore(entry, std::string(EntryKindWords(entry.kind)));
    }
  }

  void Ignore(const SourceEntry& entry, std::string reason) {
    set_.ignored.push_back({.path = PathOf(entry), .reason = std::move(reason)});
  }

  void Reject(const SourceEntry& entry, RejectionKind kind, std::string reason) {
    set_.rejected.push_back({.path = PathOf(entry), .kind = kind, .reason = std::move(reason)});
  }

  std::string PathOf(const SourceEntry& entry) const { return JoinPath(tree_.path, entry.name); }

  static constexpr std::size_t kMaxShownBytes = 120;

  SourceTree tree_;
  const std::vector<std::string>& ignore_;
  std::map<Version, std::vector<Migration>> claims_;
  MigrationSet set_;
};

}  // namespace

const Migration* MigrationSet::Find(Version version) const {
  const auto at = std::lower_bound(migrations.begin(), migrations.end(), version,
                                   [](const Migration& m, Version v) { return m.version < v; });
  return at != migrations.end() && at->version == version ? &*at : nullptr;
}

MigrationSet MakeMigrationSet(SourceTree tree, const std::vector<std::string>& ignore) {
  return Sorter(std::move(tree), ignore).Sort();
}

}  // namespace paliad
