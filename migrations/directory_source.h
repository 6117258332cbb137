// Migrations as plain files in a folder, outside of git: for `check --dir` and tests.
#ifndef PALIAD_MIGRATIONS_DIRECTORY_SOURCE_H_
#define PALIAD_MIGRATIONS_DIRECTORY_SOURCE_H_

#include <cstdint>
#include <string>

#include "migrations/source_tree.h"

namespace paliad {

// Every direct child of the folder `path` but "." and "..", by the order of their names' bytes; `tree.path`
// is `path` without slashes at its end. Links are listed, never followed; hidden folders are not searched for
// nested .sql files. kInvalidInput if there is no such folder or it is a file, kUnavailable if it or a folder
// below it cannot be read.
[[nodiscard]] Result<SourceTree> ReadDirectory(const std::string& path);

// Reads the files of one folder. Holds it open, so that renaming it or replacing it by a link meanwhile
// changes nothing.
class DirectorySource final : public ContentSource {
 public:
  // Errors as ReadDirectory.
  [[nodiscard]] static Result<DirectorySource> Open(const std::string& path);

  DirectorySource(DirectorySource&& other) noexcept;
  DirectorySource& operator=(DirectorySource&& other) noexcept;
  ~DirectorySource() override;

  // Both: kUnavailable if the entry is gone, is no regular file any more (a link is not followed), or
  // cannot be read. Read: kInvalidInput over kMaxFileBytes, judged by what was read, not by the size that
  // the file system names.
  [[nodiscard]] Result<std::uint64_t> Size(const SourceEntry& entry) override;
  [[nodiscard]] Result<std::string> Read(const SourceEntry& entry) override;

 private:
  DirectorySource(std::string path, int fd);

  std::string path_;
  int fd_ = -1;  // owned; -1 once moved from
};

}  // namespace paliad

#endif  // PALIAD_MIGRATIONS_DIRECTORY_SOURCE_H_
