#include "controller/process/spawn.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <cstring>

extern char** environ;

namespace paliad::process {
namespace {

struct Channel {
  Descriptor ours;
  Descriptor childs;
};

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

struct Start {
  char* const* arguments;
  char* const* environment;
  pid_t parent;
  int in;
  int out;
  int error;
  rlim_t address_space;
};

// Between fork and exec: async-signal-safe calls only.
[[noreturn]] void BecomeChild(const Start& start) {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != start.parent) {
    ::_exit(kExecFailed);  // it died before the line above
  }
  const rlimit no_core{0, 0};  // its memory may hold secrets
  ::setrlimit(RLIMIT_CORE, &no_core);
  const rlimit memory{start.address_space, start.address_space};
  ::setrlimit(RLIMIT_AS, &memory);
  ::dup2(start.in, STDIN_FILENO);
  ::dup2(start.out, STDOUT_FILENO);
  ::dup2(start.error, STDERR_FILENO);
  ::close_range(STDERR_FILENO + 1, ~0U, 0);
  struct sigaction plain {};
  plain.sa_handler = SIG_DFL;
  for (int signal = 1; signal < NSIG; ++signal) {
    ::sigaction(signal, &plain, nullptr);
  }
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::execve(start.arguments[0], start.arguments, start.environment);
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

std::vector<std::string> Variables(const std::vector<std::string_view>& names) {
  std::vector<std::string> variables;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const std::string_view text = *variable;
    const std::string_view name = text.substr(0, text.find('='));
    if (name.starts_with("LC_") || std::find(names.begin(), names.end(), name) != names.end()) {
      variables.emplace_back(text);
    }
  }
  return variables;
}

}  // namespace

void Descriptor::Close() {
  if (fd_ >= 0) {
    ::close(std::exchange(fd_, -1));
  }
}

Child::~Child() {
  if (pid_ > 0) {
    Kill();
    Reap(0);
  }
}

void Child::Kill() const { ::kill(-pid_, SIGKILL); }

bool Child::Reap(int flags) {
  pid_t reaped = 0;
  while ((reaped = ::waitpid(pid_, &status_, flags)) < 0 && errno == EINTR) {
  }
  if (reaped == 0) {
    return false;
  }
  pid_ = -1;
  return true;
}

Result<Spawned> Spawn(const SpawnOptions& options) {
  assert(!options.arguments.empty());
  const auto fail = [&] {
    return Fail({ErrorKind::kUnavailable, "start", options.arguments.front(), std::strerror(errno), ""});
  };
  Channel in;
  Channel out;
  Channel error;
  if (!MakeChannel(&in) || !MakeChannel(&out) || !MakeChannel(&error)) {
    return fail();
  }
  // Everything that allocates is done before the fork: another thread may hold the allocator's lock.
  const std::vector<std::string> variables = Variables(options.environment);
  const std::vector<char*> arguments = Pointers(options.arguments);
  const std::vector<char*> environment = Pointers(variables);
  const Start start{.arguments = arguments.data(),
                    .environment = environment.data(),
                    .parent = ::getpid(),
                    .in = in.childs.get(),
                    .out = out.childs.get(),
                    .error = error.childs.get(),
                    .address_space = options.address_space.value_or(RLIM_INFINITY)};
  const pid_t pid = ::fork();
  if (pid < 0) {
    return fail();
  }
  if (pid == 0) {
    BecomeChild(start);
  }
  ::setpgid(pid, pid);  // here too: whichever runs first
  return Spawned{.child = Child(pid),
                 .input = std::move(in.ours),
                 .output = std::move(out.ours),
                 .error = std::move(error.ours)};
}

}  // namespace paliad::process
