#include "controller/git/child_process.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cerrno>
#include <string_view>
#include <utility>
#include <vector>

#include "controller/process/spawn.h"

namespace paliad::git {
namespace {

using Steady = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kTick{50};  // how often `stop` is looked at

// What a git client needs. Secrets of the caller (database URLs, tokens) stay with it; whatever parses a
// stranger's pack needs none.
const std::vector<std::string_view> kEnvironment = {"HOME",
                                                    "PATH",
                                                    "USER",
                                                    "LOGNAME",
                                                    "LANG",
                                                    "TZ",
                                                    "TMPDIR",
                                                    "TEST_TMPDIR",
                                                    "SSH_AUTH_SOCK",
                                                    "XDG_CONFIG_HOME",
                                                    "LD_LIBRARY_PATH",
                                                    "http_proxy",
                                                    "https_proxy",
                                                    "all_proxy",
                                                    "no_proxy",
                                                    "HTTP_PROXY",
                                                    "HTTPS_PROXY",
                                                    "ALL_PROXY",
                                                    "NO_PROXY",
                                                    "ASAN_OPTIONS",
                                                    "UBSAN_OPTIONS",
                                                    "TSAN_OPTIONS",
                                                    "LSAN_OPTIONS"};

// Appends what can be read without waiting; closes `from` at its end or when `to` is full.
void Drain(process::Descriptor* from, std::string* to, std::size_t limit, bool keep_last) {
  std::array<char, 8192> buffer;
  for (;;) {
    const ssize_t count = ::recv(from->get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (count < 0 && errno == EINTR) {
      continue;
    }
    if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
      return;
    }
    if (count > 0) {
      to->append(buffer.data(), static_cast<std::size_t>(count));
    }
    if (keep_last && to->size() > limit) {
      to->erase(0, to->size() - limit);
    }
    if (count <= 0 || to->size() > limit) {
      to->resize(std::min(to->size(), limit));
      from->Close();
      return;
    }
  }
}

// Reads both channels until the child has ended, or kills it.
ChildResult Supervise(process::Child* child, process::Descriptor out, process::Descriptor error,
                      const ChildOptions& options) {
  const Steady::time_point end = Steady::now() + options.deadline;
  ChildResult result;
  for (bool ended = false; !ended;) {
    const Steady::time_point now = Steady::now();
    if (now >= end || options.stop.stop_requested()) {
      child->Kill();
      child->Reap(0);
      result.end = now >= end ? ChildResult::End::kDeadline : ChildResult::End::kStopped;
      ended = true;
    } else {
      const bool open = out.get() >= 0 || error.get() >= 0;
      const auto left =
          std::chrono::duration_cast<std::chrono::milliseconds>(end - now) + std::chrono::milliseconds(1);
      // Both channels closed: the exit is a matter of microseconds.
      const auto wait = std::min(left, open ? kTick : std::chrono::milliseconds(1));
      pollfd watched[] = {{out.get(), POLLIN, 0}, {error.get(), POLLIN, 0}};
      ::poll(watched, std::size(watched), static_cast<int>(wait.count()));
      ended = child->Reap(WNOHANG);
    }
    if (out.get() >= 0) {
      Drain(&out, &result.standard_output, kMaxChildOutput, false);
    }
    if (error.get() >= 0) {
      Drain(&error, &result.standard_error, kMaxChildError, true);
    }
  }
  return result;
}

}  // namespace

Result<ChildResult> RunChild(const ChildOptions& options) {
  assert(!options.arguments.empty() && options.deadline.count() > 0);
  const std::string& program = options.arguments.front();
  if (options.standard_input.size() > kMaxChildInput) {
    return Fail({ErrorKind::kInvalidInput, "start", program,
                 fmt::format("its input has more than {} bytes", kMaxChildInput), ""});
  }
  ASSIGN_OR_RETURN(process::Spawned spawned,
                   process::Spawn({.arguments = options.arguments, .environment = kEnvironment}));
  process::Child& child = spawned.child;
  // Fits into the socket's buffer, so it does not wait; a child that is gone already shows below.
  ::send(spawned.input.get(), options.standard_input.data(), options.standard_input.size(), MSG_NOSIGNAL);
  spawned.input.Close();

  ChildResult result = Supervise(&child, std::move(spawned.output), std::move(spawned.error), options);
  if (result.end == ChildResult::End::kExited) {
    const bool signalled = WIFSIGNALED(child.status());
    result.end = signalled ? ChildResult::End::kSignalled : ChildResult::End::kExited;
    result.code = signalled ? WTERMSIG(child.status()) : WEXITSTATUS(child.status());
  }
  if (result.end == ChildResult::End::kExited && result.code == process::kExecFailed) {
    return Fail({ErrorKind::kUnavailable, "start", program, "the program cannot be executed", ""});
  }
  return result;
}

}  // namespace paliad::git
