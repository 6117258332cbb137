#include "tests/support/process.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <utility>

#include "tests/support/spawn.h"

namespace paliad::testing {
namespace {

using Clock = std::chrono::steady_clock;

// How long output may still come after the program itself has ended.
constexpr auto kDrain = std::chrono::seconds(1);
constexpr auto kPollInterval = std::chrono::milliseconds(2);

class Fd {
 public:
  explicit Fd(int fd = -1) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&&) = delete;
  ~Fd() { Close(); }
  int get() const { return fd_; }
  void Close() {
    if (fd_ >= 0) {
      close(std::exchange(fd_, -1));
    }
  }

 private:
  int fd_;
};

struct Pipe {
  Fd read, write;
};

Pipe MakePipe() {
  std::array<int, 2> ends;
  if (pipe2(ends.data(), O_CLOEXEC) != 0) {
    throw std::runtime_error(std::string("cannot make a pipe: ") + std::strerror(errno));
  }
  return {Fd(ends[0]), Fd(ends[1])};
}

Fd OpenLog(const std::string& path) {
  Fd fd(open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644));
  if (fd.get() < 0) {
    throw std::runtime_error("cannot open " + path + ": " + std::strerror(errno));
  }
  return fd;
}

// Reads what is there; false at the end of the file.
bool ReadSome(int fd, std::string& text, std::mutex& mutex) {
  std::array<char, 65536> buffer;
  const ssize_t size = read(fd, buffer.data(), buffer.size());
  if (size < 0) {
    return errno == EINTR || errno == EAGAIN;
  }
  const std::lock_guard<std::mutex> lock(mutex);
  text.append(buffer.data(), static_cast<std::size_t>(size));
  return size > 0;
}

}  // namespace

class BackgroundProcess::State {
 public:
  explicit State(Command command) : command_(std::move(command)) {
    Pipe in = MakePipe();
    Pipe out = MakePipe();
    Pipe err = MakePipe();
    if (command_.log_file.empty()) {
      pid_ = Spawn(command_, in.read.get(), out.write.get(), err.write.get());
    } else {
      const Fd log = OpenLog(command_.log_file);
      pid_ = Spawn(command_, in.read.get(), log.get(), log.get());
    }
    out.write.Close();
    err.write.Close();
    in.read.Close();
    pump_ = std::thread([this, in = std::move(in.write), out = std::move(out.read),
                         err = std::move(err.read)]() mutable { Pump(in, out, err); });
  }

  ~State() {
    Kill(SIGKILL);
    Reap(Clock::time_point::max());
    stop_.write.Close();
    pump_.join();
  }

  pid_t pid() const { return pid_; }

  void Kill(int signal) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (!ended_) {
      kill(pid_, signal);
    }
  }

  bool TryReap() {
    const std::lock_guard<std::mutex> lock(mutex_);
    int status = 0;
    if (!ended_ && waitpid(pid_, &status, WNOHANG) == pid_) {
      ended_ = true;
      result_.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
      result_.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    }
    return ended_;
  }

  bool Reap(Clock::time_point deadline) {
    while (!TryReap()) {
      if (Clock::now() >= deadline) {
        return false;
      }
      std::this_thread::sleep_for(kPollInterval);
    }
    return true;
  }

  ProcessResult Wait() {
    if (!Reap(Clock::now() + command_.deadline)) {
      Kill(SIGKILL);
      Reap(Clock::time_point::max());
      const std::lock_guard<std::mutex> lock(mutex_);
      result_.timed_out = true;
    }
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait_for(lock, kDrain, [this] { return drained_; });
    return result_;
  }

  std::string ReadUntil(std::string ProcessResult::*stream, std::string_view text) {
    const Clock::time_point deadline = Clock::now() + command_.deadline;
    for (;;) {
      // Asked before looking: what it wrote last is still found after its end.
      const bool ended = TryReap();
      std::unique_lock<std::mutex> lock(mutex_);
      if (ended) {
        changed_.wait_for(lock, kDrain, [this] { return drained_; });
      }
      if ((result_.*stream).find(text) != std::string::npos) {
        return result_.*stream;
      }
      if (ended || Clock::now() >= deadline) {
        throw std::runtime_error(command_.argv[0] + (ended ? " ended" : " went on") + " without writing \"" +
                                 std::string(text) + "\"; stdout:\n" + result_.out + "stderr:\n" +
                                 result_.err);
      }
      lock.unlock();
      std::this_thread::sleep_for(kPollInterval);
    }
  }

 private:
  // Feeds stdin and collects both outputs until all three are closed, or until told to stop.
  void Pump(Fd& in, Fd& out, Fd& err) {
    sigset_t pipe_signal;
    sigemptyset(&pipe_signal);
    sigaddset(&pipe_signal, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe_signal, nullptr);  // a program may end without reading its stdin
    fcntl(in.get(), F_SETFL, O_NONBLOCK);
    std::string_view rest = command_.stdin_text;
    for (;;) {
      if (rest.empty()) {
        in.Close();
      }
      if (in.get() < 0 && out.get() < 0 && err.get() < 0) {
        break;
      }
      std::array<pollfd, 4> fds{{{in.get(), POLLOUT, 0},
                                 {out.get(), POLLIN, 0},
                                 {err.get(), POLLIN, 0},
                                 {stop_.read.get(), POLLIN, 0}}};
      if (poll(fds.data(), fds.size(), -1) < 0 && errno != EINTR) {
        break;
      }
      if (fds[0].revents != 0) {
        const ssize_t size = write(in.get(), rest.data(), rest.size());
        rest.remove_prefix(size > 0 ? static_cast<std::size_t>(size) : errno == EAGAIN ? 0 : rest.size());
      }
      if (fds[1].revents != 0 && !ReadSome(out.get(), result_.out, mutex_)) {
        out.Close();
      }
      if (fds[2].revents != 0 && !ReadSome(err.get(), result_.err, mutex_)) {
        err.Close();
      }
      if (fds[3].revents != 0) {
        break;
      }
    }
    const std::lock_guard<std::mutex> lock(mutex_);
    drained_ = true;
    changed_.notify_all();
  }

  const Command command_;
  pid_t pid_ = -1;
  Pipe stop_ = MakePipe();  // closing its end for writing ends the pump
  std::thread pump_;

  std::mutex mutex_;
  std::condition_variable changed_;
  bool ended_ = false;  // guarded by mutex_, like all below
  bool drained_ = false;
  ProcessResult result_;
};

BackgroundProcess::BackgroundProcess(Command command) : state_(std::make_unique<State>(std::move(command))) {}
BackgroundProcess::~BackgroundProcess() = default;

pid_t BackgroundProcess::pid() const { return state_->pid(); }
bool BackgroundProcess::Running() { return !state_->TryReap(); }
void BackgroundProcess::Kill(int signal) { state_->Kill(signal); }
ProcessResult BackgroundProcess::Wait() { return state_->Wait(); }

std::string BackgroundProcess::ReadStderrUntil(std::string_view text) {
  return state_->ReadUntil(&ProcessResult::err, text);
}

std::string BackgroundProcess::ReadStdoutUntil(std::string_view text) {
  return state_->ReadUntil(&ProcessResult::out, text);
}

ProcessResult RunProgram(Command command) { return BackgroundProcess(std::move(command)).Wait(); }

std::string RunOrThrow(Command command) {
  std::string line;
  for (const std::string& argument : command.argv) {
    line += (line.empty() ? "" : " ") + argument;
  }
  ProcessResult result = RunProgram(std::move(command));
  if (result.exit_code != 0) {
    throw std::runtime_error("`" + line + "` " +
                             (result.timed_out     ? "ran into its deadline"
                              : result.signal != 0 ? "was ended by signal " + std::to_string(result.signal)
                                                   : "exited with " + std::to_string(result.exit_code)) +
                             "\n" + result.out + result.err);
  }
  return std::move(result.out);
}

}  // namespace paliad::testing
