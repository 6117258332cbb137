#include "tests/support/spawn.h"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <future>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace paliad::testing {
namespace {

struct Identity {
  uid_t uid;
  gid_t gid;
  std::vector<gid_t> groups;
};

// All that the child needs, made before fork: afterwards only async-signal-safe calls are allowed.
struct Plan {
  std::string program;
  std::vector<char*> argv;
  std::vector<std::string> env_storage;
  std::vector<char*> env;
  std::string cwd;
  std::optional<Identity> identity;
  int parent_death_signal;
  int in, out, err;
};

std::optional<Identity> Lookup(const std::string& user) {
  if (user.empty() || geteuid() != 0) {
    return std::nullopt;
  }
  const passwd* entry = getpwnam(user.c_str());
  if (entry == nullptr) {
    throw std::runtime_error("there is no user " + user);
  }
  Identity identity{entry->pw_uid, entry->pw_gid, std::vector<gid_t>(64)};
  int count = static_cast<int>(identity.groups.size());
  if (getgrouplist(user.c_str(), entry->pw_gid, identity.groups.data(), &count) < 0) {
    throw std::runtime_error("user " + user + " is in too many groups");
  }
  identity.groups.resize(static_cast<std::size_t>(count));
  return identity;
}

std::vector<std::string> Environment(const Command& command) {
  std::map<std::string, std::string> all;
  for (char** entry = command.clear_env ? nullptr : environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const std::size_t equals = text.find('=');
    all.emplace(text.substr(0, equals), equals == text.npos ? "" : text.substr(equals + 1));
  }
  for (const auto& [name, value] : command.env) {
    all[name] = value;
  }
  std::vector<std::string> entries;
  for (const auto& [name, value] : all) {
    entries.push_back(name + "=" + value);
  }
  return entries;
}

bool Become(const Identity& identity) {
  return setgroups(identity.groups.size(), identity.groups.data()) == 0 && setgid(identity.gid) == 0 &&
         setuid(identity.uid) == 0;
}

// Never returns. On failure errno goes through `report`, which a successful exec closes.
[[noreturn]] void Child(const Plan& plan, pid_t parent, int report) {
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  std::signal(SIGPIPE, SIG_DFL);
  // The signal must be asked for after the change of user, which clears it; the parent may have
  // ended before that.
  if (dup2(plan.in, 0) >= 0 && dup2(plan.out, 1) >= 0 && dup2(plan.err, 2) >= 0 &&
      (!plan.identity || Become(*plan.identity)) && prctl(PR_SET_PDEATHSIG, plan.parent_death_signal) == 0 &&
      getppid() == parent && (plan.cwd.empty() || chdir(plan.cwd.c_str()) == 0)) {
    execve(plan.program.c_str(), plan.argv.data(), plan.env.data());
  }
  const int error = errno;
  if (write(report, &error, sizeof error) < 0) {
    _exit(126);
  }
  _exit(127);
}

struct Forked {
  pid_t pid = -1;
  int error = 0;  // errno, where there is no process
};

Forked Fork(const Plan& plan) {
  std::array<int, 2> report;
  if (pipe2(report.data(), O_CLOEXEC) != 0) {
    return {.error = errno};
  }
  const pid_t parent = getpid();
  const pid_t pid = fork();
  if (pid == 0) {
    Child(plan, parent, report[1]);
  }
  close(report[1]);
  int error = pid < 0 ? errno : 0;
  const bool failed = pid < 0 || read(report[0], &error, sizeof error) > 0;
  close(report[0]);
  if (failed && pid > 0) {
    waitpid(pid, nullptr, 0);
  }
  return failed ? Forked{.error = error} : Forked{.pid = pid};
}

// PR_SET_PDEATHSIG fires when the thread that forked ends, not when the process does: a server that a
// proxy's thread restarted would die with that thread. So one thread, which never ends, forks for all.
class Spawner {
 public:
  static Spawner& Get() {
    static Spawner* const spawner = new Spawner;
    return *spawner;
  }

  // What went wrong comes back as a value: ThreadSanitizer does not see how libstdc++ counts the
  // references to an exception that goes from thread to thread.
  Forked Start(const Plan& plan) {
    std::packaged_task<Forked()> task([&plan] { return Fork(plan); });
    std::future<Forked> forked = task.get_future();
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      tasks_.push_back(std::move(task));
    }
    added_.notify_one();
    return forked.get();
  }

 private:
  Spawner() {
    std::thread([this] { Loop(); }).detach();
  }

  [[noreturn]] void Loop() {
    for (;;) {
      std::unique_lock<std::mutex> lock(mutex_);
      added_.wait(lock, [this] { return !tasks_.empty(); });
      std::packaged_task<Forked()> task = std::move(tasks_.front());
      tasks_.pop_front();
      lock.unlock();
      task();
    }
  }

  std::mutex mutex_;
  std::condition_variable added_;
  std::deque<std::packaged_task<Forked()>> tasks_;  // guarded by mutex_
};

}  // namespace

std::string FindProgram(std::string_view name) {
  if (name.find('/') != name.npos) {
    return std::string(name);
  }
  for (const char* folder : {"/usr/local/bin/", "/usr/bin/", "/bin/", "/usr/sbin/", "/sbin/"}) {
    std::string path = folder + std::string(name);
    if (access(path.c_str(), X_OK) == 0) {
      return path;
    }
  }
  throw std::runtime_error("there is no program " + std::string(name) + "; tools/setup test installs it");
}

pid_t Spawn(const Command& command, int in, int out, int err) {
  Plan plan;
  plan.program = FindProgram(command.argv.at(0));
  for (const std::string& argument : command.argv) {
    plan.argv.push_back(const_cast<char*>(argument.c_str()));
  }
  plan.argv.push_back(nullptr);
  plan.env_storage = Environment(command);
  for (std::string& entry : plan.env_storage) {
    plan.env.push_back(entry.data());
  }
  plan.env.push_back(nullptr);
  plan.cwd = command.cwd;
  plan.identity = Lookup(command.user);
  plan.parent_death_signal = command.parent_death_signal;
  plan.in = in;
  plan.out = out;
  plan.err = err;
  const Forked forked = Spawner::Get().Start(plan);
  if (forked.error != 0) {
    throw std::runtime_error("cannot start " + plan.program + ": " + std::strerror(forked.error));
  }
  return forked.pid;
}

}  // namespace paliad::testing
