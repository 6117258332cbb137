#include "controller/git/child_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <thread>
#include <utility>

extern char** environ;

namespace paliad::git {
namespace {

using Steady = std::chrono::steady_clock;

constexpr int kExecFailed = 127;
constexpr std::chrono::milliseconds kTick{50};  // how often `stop` is looked at

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
  void Close() {
    if (fd_ >= 0) {
      ::close(std::exchange(fd_, -1));
    }
  }

 private:
  int fd_;
};

struct Channel {
  Descriptor ours;
  Descriptor childs;
};

Error SystemError(const std::string& program, int code) {
  return {ErrorKind::kUnavailable, "start", program, std::strerror(code), ""};
}

// A socket pair and not a pipe: it can be written to without SIGPIPE.
bool MakeChannel(Channel* channel) {
  int fds[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) != 0) {
    return false;
  }
  channel->ours = Descriptor(fds[0]);
  channel->childs = Descriptor(fds[1]);
  return true;
}

// Secrets of the caller (database URLs, tokens) stay with it; whatever parses a stranger's pack needs none.
bool IsPassedOn(std::string_view variable) {
  constexpr std::string_view kNames[] = {"HOME",
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
  const std::string_view name = variable.substr(0, variable.find('='));
  return name.starts_with("LC_") || std::find(std::begin(kNames), std::end(kNames), name) != std::end(kNames);
}

// Between fork and exec: async-signal-safe calls only.
[[noreturn]] void BecomeChild(char* const* arguments, char* const* environment, pid_t parent, int in, int out,
                              int error) {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) {
    ::_exit(kExecFailed);  // it died before the line above
  }
  const rlimit no_core{0, 0};  // its memory holds credentials
  ::setrlimit(RLIMIT_CORE, &no_core);
  ::dup2(in, STDIN_FILENO);
  ::dup2(out, STDOUT_FILENO);
  ::dup2(error, STDERR_FILENO);
  ::close_range(STDERR_FILENO + 1, ~0U, 0);
  struct sigaction plain {};
  plain.sa_handler = SIG_DFL;
  for (int signal = 1; signal < NSIG; ++signal) {
    ::sigaction(signal, &plain, nullptr);
  }
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::execve(arguments[0], arguments, environment);
  ::_exit(kExecFailed);
}

std::vector<char*> Pointers(const std::vector<std::string>& strings) {
  std::vector<char*> pointers;
  for (const std::string& string : strings) {
    pointers.push_back(const_cast<char*>(string.c_str()));
  }
  pointers.push_back(nullptr);
  return pointers;
}

// A started child; killed and reaped by the destructor if Wait has not done it.
class Child {
 public:
  explicit Child(pid_t pid) : pid_(pid) {}
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    if (pid_ > 0) {
      Kill();
      Reap(0);
    }
  }

  // The whole group: nothing of it outlives the fetch.
  void Kill() const { ::kill(-pid_, SIGKILL); }

  // True once it has ended, with its wait status in `status()`. `flags` as for waitpid.
  bool Reap(int flags) {
    pid_t reaped = 0;
    while ((reaped = ::waitpid(pid_, &status_, flags)) < 0 && errno == EINTR) {
    }
    if (reaped == 0) {
      return false;
    }
    pid_ = -1;
    return true;
  }
  int status() const { return status_; }

 private:
  pid_t pid_;
  int status_ = 0;
};

// Appends what can be read without waiting; closes `from` at its end or when `to` is full.
void Drain(Descriptor* from, std::string* to, std::size_t limit, bool keep_last) {
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
ChildResult Supervise(Child* child, Descriptor out, Descriptor error, const ChildOptions& options) {
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
  Channel in;
  Channel out;
  Channel error;
  if (!MakeChannel(&in) || !MakeChannel(&out) || !MakeChannel(&error)) {
    return Fail(SystemError(program, errno));
  }
  std::vector<std::string> variables;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    if (IsPassedOn(*variable)) {
      variables.emplace_back(*variable);
    }
  }
  // Everything that allocates is done before the fork: another thread may hold the allocator's lock.
  const std::vector<char*> arguments = Pointers(options.arguments);
  const std::vector<char*> environment = Pointers(variables);
  const pid_t parent = ::getpid();
  const pid_t pid = ::fork();
  if (pid < 0) {
    return Fail(SystemError(program, errno));
  }
  if (pid == 0) {
    BecomeChild(arguments.data(), environment.data(), parent, in.childs.get(), out.childs.get(),
                error.childs.get());
  }
  ::setpgid(pid, pid);  // here too: whichever runs first
  Child child(pid);
  in.childs.Close();
  out.childs.Close();
  error.childs.Close();
  // Fits into the socket's buffer, so it does not wait; a child that is gone already shows below.
  ::send(in.ours.get(), options.standard_input.data(), options.standard_input.size(), MSG_NOSIGNAL);
  in.ours.Close();

  ChildResult result = Supervise(&child, std::move(out.ours), std::move(error.ours), options);
  if (result.end == ChildResult::End::kExited) {
    const bool signalled = WIFSIGNALED(child.status());
    result.end = signalled ? ChildResult::End::kSignalled : ChildResult::End::kExited;
    result.code = signalled ? WTERMSIG(child.status()) : WEXITSTATUS(child.status());
  }
  if (result.end == ChildResult::End::kExited && result.code == kExecFailed) {
    return Fail({ErrorKind::kUnavailable, "start", program, "the program cannot be executed", ""});
  }
  return result;
}

}  // namespace paliad::git
