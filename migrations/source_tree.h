// What a folder of migrations holds at one moment: every entry, none left out, contents unread.
// Filled by controller/git from a commit, and by DirectorySource from plain files.
#ifndef PALIAD_MIGRATIONS_SOURCE_TREE_H_
#define PALIAD_MIGRATIONS_SOURCE_TREE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace paliad {

enum class EntryKind { kFile, kSymlink, kSubmodule, kDirectory, kOther };

// "a file", "a symbolic link", …, for messages.
std::string_view EntryKindWords(EntryKind kind);

struct SourceEntry {
  std::string name;  // one path component, as stored: any bytes but '/' and NUL
  EntryKind kind = EntryKind::kFile;
  std::string blob_id;                  // 40 hex digits; empty for plain files and for folders
  std::vector<std::string> nested_sql;  // kDirectory: paths below it, relative to it, that end in ".sql"
};

// Who made a commit; any bytes that git stores, made valid UTF-8.
struct Identity {
  std::string name;
  std::string email;
};

struct CommitInfo {
  std::string id;  // 40 hex digits
  Identity author;
  Identity committer;
  std::string summary;  // the message's first line
};

// Immutable once made; the entries are in the order of their names' bytes.
struct SourceTree {
  std::optional<CommitInfo> commit;  // none for plain files
  std::string tree_id;               // the folder's tree object, 40 hex digits; empty for plain files
  std::string path;                  // "migrations", relative to the repository's root; "" is the root
  std::vector<SourceEntry> entries;  // direct children
};

// What a change, such as a merge, does to one file. Paths are relative to the repository's root.
struct FileChange {
  enum class Kind { kAdded, kEdited, kRenamed, kDeleted, kConflict };
  Kind kind = Kind::kAdded;
  std::string path;      // after the change; of kDeleted, before it
  std::string old_path;  // before the change; empty where there was no such file
};

// Where the contents of a tree's entries are read. Not thread-safe: one a thread.
class ContentSource {
 public:
  virtual ~ContentSource() = default;

  // The size in bytes without reading the contents.
  [[nodiscard]] virtual Result<std::uint64_t> Size(const SourceEntry& entry) = 0;

  // The file's bytes as they are stored. kUnavailable if the object cannot be read, kInvalidInput
  // if it is larger than kMaxFileBytes. REQUIRES: entry.kind == EntryKind::kFile.
  [[nodiscard]] virtual Result<std::string> Read(const SourceEntry& entry) = 0;
};

// The largest migration file; a larger one is a finding (`unreadable`).
inline constexpr std::uint64_t kMaxFileBytes = std::uint64_t{32} << 20;

// "migrations/003_c.up.sql".
std::string JoinPath(const std::string& folder, const std::string& name);

}  // namespace paliad

#endif  // PALIAD_MIGRATIONS_SOURCE_TREE_H_
