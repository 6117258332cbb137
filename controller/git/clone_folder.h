// The folder of one clone and what lies beside it, under the data folder:
//
//   git/<digest>                       the bare clone
//   git/<digest>.lock                  held (flock) by whoever changes any of the others
//   git/<digest>.new-<pid>             a clone under way; renamed when it is complete
//   git/<digest>.old                   a clone that was replaced, on its way out
//   git/<digest>.corrupt-<time>        the last clone that was set aside, for a person to look at
//
// The digest is the first 32 hex digits of the SHA-256 of the URL without its secrets. Readers take no lock.
#ifndef PALIAD_CONTROLLER_GIT_CLONE_FOLDER_H_
#define PALIAD_CONTROLLER_GIT_CLONE_FOLDER_H_

#include <string>

#include "base/result.h"

namespace paliad::git {

class CloneFolder {
 public:
  // Makes the data folder (mode 0700) where it is missing, waits for the lock, and removes what a killed
  // fetch left behind. kUnavailable if the folder cannot be made or written to.
  [[nodiscard]] static Result<CloneFolder> Lock(const std::string& data_dir, const std::string& location);

  CloneFolder(CloneFolder&& other) noexcept;
  CloneFolder& operator=(CloneFolder&&) = delete;
  ~CloneFolder();  // releases the lock

  const std::string& path() const { return path_; }
  bool Exists() const;
  int PackCount() const;

  // Where the next clone is made; does not exist yet.
  std::string NewPath() const;

  // Moves NewPath() to path(). The clone that is there, if any, is set aside for a person to look at, or
  // removed.
  enum class Old { kSetAside, kRemove };
  [[nodiscard]] Status Replace(Old old) const;
  void RemoveNew() const;

 private:
  CloneFolder(std::string path, int lock) : path_(std::move(path)), lock_(lock) {}
  void RemoveLeftovers() const;
  void RemoveBeside(const std::string& suffix) const;

  std::string path_;
  int lock_;
};

}  // namespace paliad::git

#endif  // PALIAD_CONTROLLER_GIT_CLONE_FOLDER_H_
