// A reference that only ever grows: each commit on it holds the next version of one file. Reads and writes a
// local repository; ref_transfer.h brings it to and from a remote one.
#ifndef PALIAD_CONTROLLER_GIT_REF_LOG_H_
#define PALIAD_CONTROLLER_GIT_REF_LOG_H_

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"

namespace paliad::git {

struct RefVersion {
  std::string commit;  // 40 hex digits
  std::string bytes;   // the file's
};

// Not thread-safe.
class RefLog {
 public:
  // `reference`: "refs/paliad/ledger". kInvalidInput unless it is a reference's name; kUnavailable without a
  // repository.
  [[nodiscard]] static Result<RefLog> Open(const std::string& repository, const std::string& reference,
                                           const std::string& file);
  RefLog(RefLog&&) noexcept;
  RefLog& operator=(RefLog&&) noexcept;
  ~RefLog();

  // None: there is no such reference. kCorruption if its commit has no such file: it is somebody else's.
  [[nodiscard]] Result<std::optional<RefVersion>> Latest() const;

  // Oldest first; the positions that `choose` returns for a number of versions, ascending.
  using Choose = std::vector<std::size_t> (*)(std::size_t count, std::size_t most);
  [[nodiscard]] Result<std::vector<RefVersion>> All(Choose choose, std::size_t most) const;

  // One more commit, whose parent is `after`; returns its id. kConflict if that is not the newest any more.
  [[nodiscard]] Result<std::string> Append(const std::string& bytes, const std::string& message,
                                           const std::optional<std::string>& after) const;

  // Where the repository's remote is ("origin", else the only one): what `git push` would take. None: it has
  // no remote.
  [[nodiscard]] Result<std::optional<std::string>> RemoteUrl() const;

 private:
  struct Handle;
  explicit RefLog(std::unique_ptr<Handle> handle);
  std::unique_ptr<Handle> handle_;
};

}  // namespace paliad::git

#endif  // PALIAD_CONTROLLER_GIT_REF_LOG_H_
