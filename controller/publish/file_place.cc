#include "controller/publish/file_place.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

#include "base/sha256.h"
#include "ledger/checkpoint.h"
#include "ledger/note.h"

namespace paliad::publish {
namespace {

constexpr char kLatest[] = "latest";
constexpr std::string_view kExtension = ".checkpoint";
constexpr std::size_t kSizeDigits = 20;

class File {
 public:
  File(const std::string& path, int flags) : descriptor_(::open(path.c_str(), flags | O_CLOEXEC, 0644)) {}
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() {
    if (descriptor_ >= 0) {
      ::close(descriptor_);
    }
  }
  bool is_open() const { return descriptor_ >= 0; }
  int get() const { return descriptor_; }

  bool WriteAll(std::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t count = ::write(descriptor_, bytes.data(), bytes.size());
      if (count < 0 && errno != EINTR) {
        return false;
      }
      bytes.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
    }
    return ::fsync(descriptor_) == 0;
  }

 private:
  const int descriptor_;
};

// The size that a note is of, whoever signed it; 0 if it is none.
std::uint64_t SizeOf(const std::string& note) {
  const std::size_t end = note.find("\n\n");
  const auto checkpoint = ledger::ParseCheckpoint(note.substr(0, end == note.npos ? end : end + 1));
  return checkpoint ? checkpoint->size : 0;
}

}  // namespace

Error FilePlace::Failure(std::string doing, const std::string& path, int error_number) const {
  return {.kind = ErrorKind::kUnavailable,
          .doing = std::move(doing),
          .subject = path,
          .cause = std::strerror(error_number),
          .hint = "make the folder writable for the user that runs paliadctl"};
}

Result<std::optional<PublishedNote>> FilePlace::Read(const std::string& file) const {
  const std::string path = Path(file);
  const File source(path, O_RDONLY);
  if (!source.is_open()) {
    return errno == ENOENT ? Result<std::optional<PublishedNote>>(std::nullopt)
                           : Fail(Failure("read the published checkpoint", path, errno));
  }
  std::string bytes(ledger::kMaxNoteBytes + 1, '\0');  // one more: what is longer is no note
  std::size_t length = 0;
  while (length < bytes.size()) {
    const ssize_t count = ::read(source.get(), bytes.data() + length, bytes.size() - length);
    if (count < 0 && errno != EINTR) {
      return Fail(Failure("read the published checkpoint", path, errno));
    }
    if (count == 0) {
      break;
    }
    length += static_cast<std::size_t>(std::max<ssize_t>(count, 0));
  }
  bytes.resize(length);
  return PublishedNote{.source = "file:" + path, .bytes = std::move(bytes)};
}

Result<std::vector<std::string>> FilePlace::List() const {
  std::vector<std::string> names;
  std::error_code error;
  std::filesystem::directory_iterator entries(folder_, error);
  if (error == std::errc::no_such_file_or_directory) {
    return names;
  }
  for (; !error && entries != std::filesystem::directory_iterator(); entries.increment(error)) {
    if (std::string name = entries->path().filename().string(); name.ends_with(kExtension)) {
      names.push_back(std::move(name));
    }
  }
  if (error) {
    return Fail(Failure("list the published checkpoints in", folder_, error.value()));
  }
  std::sort(names.begin(), names.end());
  return names;
}

Result<std::optional<PublishedNote>> FilePlace::ReadLatest() {
  ASSIGN_OR_RETURN(std::optional<PublishedNote> latest, Read(kLatest));
  if (latest) {
    return latest;
  }
  // Somebody removed it: what was published is published all the same.
  ASSIGN_OR_RETURN(const std::vector<std::string> names, List());
  return names.empty() ? Result<std::optional<PublishedNote>>(std::nullopt) : Read(names.back());
}

Result<std::vector<PublishedNote>> FilePlace::ReadAll(std::size_t most) {
  ASSIGN_OR_RETURN(const std::vector<std::string> names, List());
  std::vector<PublishedNote> notes;
  for (const std::size_t position : EvenlySpread(names.size(), most)) {
    ASSIGN_OR_RETURN(std::optional<PublishedNote> note, Read(names[position]));
    if (note) {
      notes.push_back(*std::move(note));
    }
  }
  ASSIGN_OR_RETURN(std::optional<PublishedNote> latest, Read(kLatest));
  if (latest && (notes.empty() || notes.back().bytes != latest->bytes)) {
    notes.push_back(*std::move(latest));
  }
  return notes;
}

Status FilePlace::SyncFolder() const {
  const File folder(folder_, O_RDONLY | O_DIRECTORY);
  if (!folder.is_open() || ::fsync(folder.get()) != 0) {
    return Fail(Failure("publish a checkpoint to", folder_, errno));
  }
  return {};
}

Status FilePlace::KeepLatest(std::uint64_t size, const std::string& note) const {
  const std::string number = fmt::format("{:0{}}", size, kSizeDigits);
  for (const std::string& name : {number + std::string(kExtension),
                                  fmt::format("{}.{}{}", number, Sha256Hex(note).substr(0, 8), kExtension)}) {
    if (::link(Path(kLatest).c_str(), Path(name).c_str()) == 0) {
      return {};
    }
    if (errno != EEXIST) {
      return Fail(Failure("publish a checkpoint as", Path(name), errno));
    }
    ASSIGN_OR_RETURN(const std::optional<PublishedNote> there, Read(name));
    if (there && there->bytes == note) {
      return {};
    }
  }
  return Fail({.kind = ErrorKind::kCorruption,
               .doing = "publish a checkpoint to",
               .subject = folder_,
               .cause = fmt::format("the files of size {} hold other checkpoints than their names say", size),
               .hint = "somebody changed them; keep the folder as it is and look"});
}

Status FilePlace::WriteLatest(const std::string& note) const {
  const std::string temporary = Path(fmt::format(".new.{}", ::getpid()));
  {
    const File file(temporary, O_WRONLY | O_CREAT | O_TRUNC);
    if (!file.is_open() || !file.WriteAll(note)) {
      const int error_number = errno;
      ::unlink(temporary.c_str());
      return Fail(Failure("publish a checkpoint to", folder_, error_number));
    }
  }
  if (::rename(temporary.c_str(), Path(kLatest).c_str()) != 0) {
    const int error_number = errno;
    ::unlink(temporary.c_str());
    return Fail(Failure("publish a checkpoint to", folder_, error_number));
  }
  return {};
}

Status FilePlace::Publish(std::uint64_t size, const std::string& note,
                          const std::optional<PublishedNote>& after) {
  std::error_code error;
  std::filesystem::create_directories(folder_, error);
  if (error) {
    return Fail(Failure("make the folder", folder_, error.value()));
  }
  const File lock(Path(".lock"), O_WRONLY | O_CREAT);
  if (!lock.is_open() || ::flock(lock.get(), LOCK_EX) != 0) {
    return Fail(Failure("publish a checkpoint to", folder_, errno));
  }
  ASSIGN_OR_RETURN(const std::optional<PublishedNote> latest, ReadLatest());
  if (latest.has_value() != after.has_value() || (latest && latest->bytes != after->bytes)) {
    return Fail({.kind = ErrorKind::kConflict,
                 .doing = "publish a checkpoint to",
                 .subject = folder_,
                 .cause = "another process published one at the same time",
                 .hint = ""});
  }
  // A process that died between the two names left this undone.
  if (latest && ::access(Path(kLatest).c_str(), F_OK) == 0) {
    RETURN_IF_ERROR(KeepLatest(SizeOf(latest->bytes), latest->bytes));
  }
  RETURN_IF_ERROR(WriteLatest(note));
  RETURN_IF_ERROR(KeepLatest(size, note));
  return SyncFolder();
}

}  // namespace paliad::publish
