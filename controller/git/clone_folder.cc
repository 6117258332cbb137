#include "controller/git/clone_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

#include "base/clock.h"
#include "base/sha256.h"
#include "controller/git/progress.h"

namespace paliad::git {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kDigestDigits = 32;
constexpr mode_t kPrivate = 0700;

Error FolderError(const std::string& path, const std::string& cause) {
  return {ErrorKind::kUnavailable, "keep a clone in", path, cause,
          "set data_dir to a folder that this user can write to"};
}

// As `mkdir -p -m 700`: folders that exist keep their modes.
Status MakePrivateFolders(const fs::path& path) {
  std::error_code error;
  if (fs::is_directory(path, error)) {
    return {};
  }
  if (path.has_parent_path() && path.parent_path() != path) {
    RETURN_IF_ERROR(MakePrivateFolders(path.parent_path()));
  }
  if (::mkdir(path.c_str(), kPrivate) != 0 && errno != EEXIST) {
    return Fail(FolderError(path.string(), std::strerror(errno)));
  }
  return {};
}

int LockFile(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) {
    return -1;
  }
  if (::flock(fd, LOCK_EX | LOCK_NB) == 0) {
    return fd;
  }
  ReportProgress("waiting for another fetch of this repository");
  while (::flock(fd, LOCK_EX) != 0) {
    if (errno != EINTR) {
      ::close(fd);
      return -1;
    }
  }
  return fd;
}

// A killed fetch leaves libgit2's lock files, which would refuse every later update of the same reference,
// and half a pack. The caller holds our lock, so nobody is using them.
void RemoveStale(const fs::path& clone) {
  std::error_code error;
  const auto remove_if = [&](const fs::path& file, bool stale) {
    if (stale) {
      fs::remove(file, error);
    }
  };
  for (fs::directory_iterator at(clone, error), end; !error && at != end; at.increment(error)) {
    remove_if(at->path(), at->path().extension() == ".lock");
  }
  for (fs::recursive_directory_iterator at(clone / "refs", error), end; !error && at != end;
       at.increment(error)) {
    remove_if(at->path(), at->path().extension() == ".lock");  // no reference's name may end so
  }
  for (fs::directory_iterator at(clone / "objects" / "pack", error), end; !error && at != end;
       at.increment(error)) {
    const std::string name = at->path().filename().string();
    remove_if(at->path(), name.starts_with("pack_git2_") || name.ends_with(".lock"));
  }
}

}  // namespace

Result<CloneFolder> CloneFolder::Lock(const std::string& data_dir, const std::string& location) {
  std::error_code error;
  const fs::path folder = fs::absolute(data_dir, error) / "git";
  if (data_dir.empty() || error) {
    return Fail(FolderError(data_dir, "it is not a folder's path"));
  }
  RETURN_IF_ERROR(MakePrivateFolders(folder));
  const std::string path = (folder / Sha256Hex(location).substr(0, kDigestDigits)).string();
  const int lock = LockFile(path + ".lock");
  if (lock < 0) {
    return Fail(FolderError(folder.string(), std::strerror(errno)));
  }
  CloneFolder clone(path, lock);
  clone.RemoveLeftovers();
  return clone;
}

CloneFolder::CloneFolder(CloneFolder&& other) noexcept
    : path_(std::move(other.path_)), lock_(std::exchange(other.lock_, -1)) {}

CloneFolder::~CloneFolder() {
  if (lock_ >= 0) {
    ::close(lock_);
  }
}

bool CloneFolder::Exists() const {
  std::error_code error;
  return fs::exists(path_, error);
}

std::string CloneFolder::NewPath() const { return path_ + ".new-" + std::to_string(::getpid()); }

void CloneFolder::RemoveNew() const {
  std::error_code ignored;
  fs::remove_all(NewPath(), ignored);
}

Status CloneFolder::Replace(Old old) const {
  std::error_code error;
  if (Exists()) {
    const bool keep = old == Old::kSetAside;
    RemoveBeside(keep ? ".corrupt-" : ".old");  // one is enough to look at; more would fill the disk
    fs::rename(path_, path_ + (keep ? ".corrupt-" + FormatUtc(SystemClock().Now()) : ".old"), error);
  }
  if (!error) {
    fs::rename(NewPath(), path_, error);
  }
  RemoveBeside(".old");
  return error ? Fail(FolderError(path_, error.message())) : Status();
}

int CloneFolder::PackCount() const {
  int count = 0;
  std::error_code error;
  for (fs::directory_iterator at(fs::path(path_) / "objects" / "pack", error), end; !error && at != end;
       at.increment(error)) {
    count += at->path().extension() == ".pack" ? 1 : 0;
  }
  return count;
}

void CloneFolder::RemoveLeftovers() const {
  RemoveBeside(".new-");
  RemoveBeside(".old");
  if (Exists()) {
    RemoveStale(path_);
  }
}

void CloneFolder::RemoveBeside(const std::string& suffix) const {
  const fs::path path(path_);
  const std::string prefix = path.filename().string() + suffix;
  std::error_code error;
  for (fs::directory_iterator at(path.parent_path(), error), end; !error && at != end; at.increment(error)) {
    if (at->path().filename().string().starts_with(prefix)) {
      std::error_code ignored;
      fs::remove_all(at->path(), ignored);
    }
  }
}

}  // namespace paliad::git
