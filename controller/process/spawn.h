// A program started with a clean environment in its own process group, its standard streams in the caller's
// hands. It inherits no file descriptor, leaves no core file, and dies with the thread that started it, even
// if that is killed.
#ifndef PALIAD_CONTROLLER_PROCESS_SPAWN_H_
#define PALIAD_CONTROLLER_PROCESS_SPAWN_H_

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace paliad::process {

// Owns a file descriptor; -1: none.
class Descriptor {
 public:
  explicit Descriptor(int fd = -1) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Descriptor() { Close(); }
  int get() const { return fd_; }
  void Close();

 private:
  int fd_;
};

// A started child; killed and reaped by the destructor if Reap has not done it.
class Child {
 public:
  explicit Child(pid_t pid) : pid_(pid) {}
  Child(Child&& other) noexcept : pid_(std::exchange(other.pid_, -1)), status_(other.status_) {}
  Child& operator=(Child&& other) noexcept {
    std::swap(pid_, other.pid_);
    std::swap(status_, other.status_);
    return *this;
  }
  ~Child();

  // The whole group: nothing of it outlives the child.
  void Kill() const;

  // True once it has ended, with its wait status in `status()`. `flags` as for waitpid.
  bool Reap(int flags);
  int status() const { return status_; }

 private:
  pid_t pid_;
  int status_ = 0;
};

struct SpawnOptions {
  std::vector<std::string> arguments;          // the first is the program's path; not empty
  std::vector<std::string_view> environment;   // the variables that it gets, beside LC_*; names
  std::optional<std::uint64_t> address_space;  // bytes of memory that it may map; none: no limit
};

// The streams are sockets: writing to one whose reader is gone is an error and no signal, with MSG_NOSIGNAL.
struct Spawned {
  Child child;
  Descriptor input;   // its standard input
  Descriptor output;  // its standard output
  Descriptor error;   // its standard error
};

// What a program that cannot be executed exits with.
inline constexpr int kExecFailed = 127;

// kUnavailable if no process can be started. Thread-safe.
[[nodiscard]] Result<Spawned> Spawn(const SpawnOptions& options);

}  // namespace paliad::process

#endif  // PALIAD_CONTROLLER_PROCESS_SPAWN_H_
