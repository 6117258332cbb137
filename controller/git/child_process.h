// One run of a program that may hang, crash or talk too much: started with a clean environment in its own
// process group, fed from memory, and killed at a deadline.
#ifndef PALIAD_CONTROLLER_GIT_CHILD_PROCESS_H_
#define PALIAD_CONTROLLER_GIT_CHILD_PROCESS_H_

#include <chrono>
#include <cstddef>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"

namespace paliad::git {

struct ChildOptions {
  std::vector<std::string> arguments;  // the first is the program's path; not empty
  std::string standard_input;          // at most kMaxChildInput bytes
  std::chrono::milliseconds deadline;  // > 0
  std::stop_token stop;
};

struct ChildResult {
  enum class End { kExited, kSignalled, kDeadline, kStopped };
  End end = End::kExited;
  int code = 0;                 // exit code, or the signal's number
  std::string standard_output;  // at most kMaxChildOutput bytes; more ends the child with SIGPIPE
  std::string standard_error;   // its last kMaxChildError bytes
};

inline constexpr std::size_t kMaxChildInput = std::size_t{64} << 10;
inline constexpr std::size_t kMaxChildOutput = std::size_t{1} << 20;
inline constexpr std::size_t kMaxChildError = std::size_t{16} << 10;

// Returns once the child is gone. The child dies with the calling thread, even if that is killed; it inherits
// no file descriptor and only those environment variables that a git client needs (no database passwords).
// kUnavailable if no process can be started, kInvalidInput if the input is too long. Thread-safe.
[[nodiscard]] Result<ChildResult> RunChild(const ChildOptions& options);

}  // namespace paliad::git

#endif  // PALIAD_CONTROLLER_GIT_CHILD_PROCESS_H_
