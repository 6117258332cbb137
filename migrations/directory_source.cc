#include "migrations/directory_source.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <cstring>
#include <memory>
#include <utility>

#include "base/text.h"

namespace paliad {
namespace {

// Deeper folders are not searched for nested .sql files: each level holds a file descriptor.
constexpr int kMaxDepth = 32;

Error SystemError(std::string doing, const std::string& subject, int error) {
  const bool absent = error == ENOENT || error == ENOTDIR;
  return {.kind = absent ? ErrorKind::kInvalidInput : ErrorKind::kUnavailable,
          .doing = std::move(doing),
          .subject = ToValidUtf8(subject),
          .cause = std::strerror(error),
          .hint = absent ? "name a folder that holds migrations" : ""};
}

class UniqueFd {
 public:
  explicit UniqueFd(int fd) : fd_(fd) {}
  UniqueFd(const UniqueFd&) = delete;
  UniqueFd& operator=(const UniqueFd&) = delete;
  ~UniqueFd() {
    if (fd_ >= 0) {
      close(fd_);
    }
  }
  int get() const { return fd_; }
  int release() { return std::exchange(fd_, -1); }

 private:
  int fd_;
};

EntryKind KindOf(mode_t mode) {
  if (S_ISREG(mode)) return EntryKind::kFile;
  if (S_ISLNK(mode)) return EntryKind::kSymlink;
  if (S_ISDIR(mode)) return EntryKind::kDirectory;
  return EntryKind::kOther;
}

// Names and kinds, unsorted, of the folder that is open as `dir_fd`.
Result<std::vector<SourceEntry>> List(int dir_fd, const std::string& path) {
  UniqueFd copy(fcntl(dir_fd, F_DUPFD_CLOEXEC, 0));  // closedir closes what fdopendir is given
  const std::unique_ptr<DIR, int (*)(DIR*)> dir(copy.get() < 0 ? nullptr : fdopendir(copy.get()), &closedir);
  if (dir == nullptr) {
    return Fail(SystemError("list the folder", path, errno));
  }
  copy.release();
  std::vector<SourceEntry> entries;
  for (errno = 0; const dirent* item = readdir(dir.get()); errno = 0) {
    const std::string name = item->d_name;
    if (name == "." || name == "..") {
      continue;
    }
    struct stat info {};
    if (fstatat(dir_fd, name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) {
      if (errno == ENOENT) {
        continue;  // deleted between readdir and here
      }
      return Fail(SystemError("look at", JoinPath(path, name), errno));
    }
    entries.push_back({.name = name, .kind = KindOf(info.st_mode), .blob_id = "", .nested_sql = {}});
  }
  if (errno != 0) {
    return Fail(SystemError("list the folder", path, errno));
  }
  return entries;
}

bool IsSqlName(std::string_view name) {
  return name.size() >= 4 && strncasecmp(name.data() + name.size() - 4, ".sql", 4) == 0;
}

// Adds the paths of .sql files below the folder `name` of `parent_fd`, each prefixed with `prefix`.
Status FindNestedSql(int parent_fd, const std::string& name, const std::string& path,
                     const std::string& prefix, int depth, std::vector<std::string>& found) {
  if (depth > kMaxDepth || name.starts_with('.')) {
    return {};
  }
  const UniqueFd fd(openat(parent_fd, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (fd.get() < 0) {
    return Fail(SystemError("open the folder", path, errno));
  }
  ASSIGN_OR_RETURN(const std::vector<SourceEntry> entries, List(fd.get(), path));
  for (const SourceEntry& entry : entries) {
    if (entry.kind == EntryKind::kDirectory) {
      RETURN_IF_ERROR(FindNestedSql(fd.get(), entry.name, JoinPath(path, entry.name),
                                    JoinPath(prefix, entry.name), depth + 1, found));
    } else if (IsSqlName(entry.name)) {
      found.push_back(JoinPath(prefix, entry.name));
    }
  }
  return {};
}

Result<int> OpenFolder(const std::string& path) {
  const int fd = open(path.empty() ? "." : path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) {
    return Fail(SystemError("open the folder", path, errno));
  }
  return fd;
}

}  // namespace

Result<SourceTree> ReadDirectory(const std::string& path) {
  ASSIGN_OR_RETURN(const int opened, OpenFolder(path));
  const UniqueFd fd(opened);
  SourceTree tree;
  tree.path = path;
  while (tree.path.size() > 1 && tree.path.ends_with('/')) {
    tree.path.pop_back();
  }
  ASSIGN_OR_RETURN(tree.entries, List(fd.get(), path));
  for (SourceEntry& entry : tree.entries) {
    if (entry.kind == EntryKind::kDirectory) {
      RETURN_IF_ERROR(
          FindNestedSql(fd.get(), entry.name, JoinPath(tree.path, entry.name), "", 1, entry.nested_sql));
      std::sort(entry.nested_sql.begin(), entry.nested_sql.end());
    }
  }
  std::sort(tree.entries.begin(), tree.entries.end(),
            [](const SourceEntry& a, const SourceEntry& b) { return a.name < b.name; });
  return tree;
}

Result<DirectorySource> DirectorySource::Open(const std::string& path) {
  ASSIGN_OR_RETURN(const int fd, OpenFolder(path));
  return DirectorySource(path, fd);
}

DirectorySource::DirectorySource(std::string path, int fd) : path_(std::move(path)), fd_(fd) {}

DirectorySource::DirectorySource(DirectorySource&& other) noexcept
    : path_(std::move(other.path_)), fd_(std::exchange(other.fd_, -1)) {}

DirectorySource& DirectorySource::operator=(DirectorySource&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(fd_, other.fd_);
  return *this;
}

DirectorySource::~DirectorySource() {
  if (fd_ >= 0) {
    close(fd_);
  }
}

Result<std::uint64_t> DirectorySource::Size(const SourceEntry& entry) {
  struct stat info {};
  const std::string path = JoinPath(path_, entry.name);
  if (fstatat(fd_, entry.name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) {
    Error error = SystemError("look at", path, errno);
    error.kind = ErrorKind::kUnavailable;
    error.hint.clear();
    return Fail(std::move(error));
  }
  if (!S_ISREG(info.st_mode)) {
    return Fail({.kind = ErrorKind::kUnavailable,
                 .doing = "look at",
                 .subject = ToValidUtf8(path),
                 .cause = "it is no longer a regular file",
                 .hint = ""});
  }
  return static_cast<std::uint64_t>(info.st_size);
}

Result<std::string> DirectorySource::Read(const SourceEntry& entry) {
  assert(entry.kind == EntryKind::kFile);
  const std::string path = JoinPath(path_, entry.name);
  const auto fail = [&](ErrorKind kind, std::string cause, std::string hint = "") {
    return Fail({.kind = kind,
                 .doing = "read",
                 .subject = ToValidUtf8(path),
                 .cause = std::move(cause),
                 .hint = std::move(hint)});
  };
  // O_NONBLOCK: a file that became a FIFO must not hang the caller.
  const UniqueFd fd(openat(fd_, entry.name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (fd.get() < 0) {
    return fail(ErrorKind::kUnavailable, std::strerror(errno));
  }
  struct stat info {};
  if (fstat(fd.get(), &info) != 0 || !S_ISREG(info.st_mode)) {
    return fail(ErrorKind::kUnavailable, "it is no longer a regular file");
  }
  std::string bytes;
  // One byte more than the size, so that the usual file ends with one read that returns 0.
  std::size_t room = std::min<std::uint64_t>(info.st_size, kMaxFileBytes) + 1;
  while (bytes.size() <= kMaxFileBytes) {
    const std::size_t had = bytes.size();
    bytes.resize(had + room);
    ssize_t got = 0;
    do {
      got = read(fd.get(), bytes.data() + had, room);
    } while (got < 0 && errno == EINTR);
    if (got < 0) {
      return fail(ErrorKind::kUnavailable, std::strerror(errno));
    }
    bytes.resize(had + static_cast<std::size_t>(got));
    if (got == 0) {
      return bytes;
    }
    room = std::max<std::size_t>(room - got, 4096);
  }
  return fail(ErrorKind::kInvalidInput,
              fmt::format("it is larger than {} MiB, the largest migration file", kMaxFileBytes >> 20),
              "split it into several migrations, or load the data by other means");
}

}  // namespace paliad
