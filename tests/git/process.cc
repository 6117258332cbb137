#include "tests/git/process.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <thread>

#include "tests/git/temp_dir.h"

namespace paliad::testing {
namespace {

constexpr std::chrono::seconds kPatience{10};

std::vector<char*> Pointers(const std::vector<std::string>& arguments) {
  std::vector<char*> pointers;
  for (const std::string& argument : arguments) {
    pointers.push_back(const_cast<char*>(argument.c_str()));
  }
  pointers.push_back(nullptr);
  return pointers;
}

[[noreturn]] void Exec(std::vector<char*> pointers, int in, int out) {
  ::dup2(in, STDIN_FILENO);
  ::dup2(out, STDOUT_FILENO);
  ::dup2(out, STDERR_FILENO);
  ::execvp(pointers[0], pointers.data());
  ::_exit(127);
}

int OpenOrAbort(const char* path, int flags) {
  const int fd = ::open(path, flags | O_CLOEXEC, 0600);
  if (fd < 0) {
    std::perror(path);
    std::abort();
  }
  return fd;
}

bool WaitUntil(Server* server, const std::function<bool()>& ready) {
  const auto end = std::chrono::steady_clock::now() + kPatience;
  while (!ready()) {
    if (std::chrono::steady_clock::now() > end || !server->Running()) {
      std::fprintf(stderr, "the server did not start:\n%s\n", ReadFile(server->log()).c_str());
      return false;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return true;
}

sockaddr_in Loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

}  // namespace

Finished Run(const std::vector<std::string>& arguments, const std::string& folder,
             const std::string& standard_input) {
  // Files instead of pipes: neither side can wait for the other.
  const TempDir files;
  WriteFile(files / "in", standard_input);
  const int in = OpenOrAbort((files / "in").c_str(), O_RDONLY);
  const int out = OpenOrAbort((files / "out").c_str(), O_WRONLY | O_CREAT | O_APPEND);
  std::vector<char*> pointers = Pointers(arguments);
  const pid_t pid = ::fork();
  if (pid == 0) {
    if (!folder.empty() && ::chdir(folder.c_str()) != 0) {
      ::_exit(126);
    }
    Exec(std::move(pointers), in, out);
  }
  ::close(in);
  ::close(out);
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), ReadFile(files / "out")};
}

std::string MustRun(const std::vector<std::string>& arguments, const std::string& folder,
                    const std::string& standard_input) {
  Finished finished = Run(arguments, folder, standard_input);
  if (finished.exit_code != 0) {
    std::string command;
    for (const std::string& argument : arguments) {
      command += argument + " ";
    }
    std::fprintf(stderr, "%s: exit code %d\n%s\n", command.c_str(), finished.exit_code,
                 finished.output.c_str());
    std::abort();
  }
  if (finished.output.ends_with('\n')) {
    finished.output.pop_back();
  }
  return finished.output;
}

Server::Server(const std::vector<std::string>& arguments, const std::string& log) : log_(log) {
  const int in = OpenOrAbort("/dev/null", O_RDONLY);
  const int out = OpenOrAbort(log.c_str(), O_WRONLY | O_CREAT | O_APPEND);
  std::vector<char*> pointers = Pointers(arguments);
  pid_ = ::fork();
  if (pid_ == 0) {
    ::setpgid(0, 0);
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    Exec(std::move(pointers), in, out);
  }
  ::setpgid(pid_, pid_);
  ::close(in);
  ::close(out);
}

Server::~Server() {
  if (pid_ > 0) {
    ::kill(-pid_, SIGTERM);
    for (int i = 0; i < 200 && Running(); ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
  }
  if (pid_ > 0) {
    ::kill(-pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
}

bool Server::Running() {
  if (pid_ > 0 && ::waitpid(pid_, nullptr, WNOHANG) == pid_) {
    ::kill(-pid_, SIGKILL);  // its workers
    pid_ = -1;
  }
  return pid_ > 0;
}

int FreePort() {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = Loopback(0);
  socklen_t size = sizeof(address);
  if (::bind(fd, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    std::perror("bind");
    std::abort();
  }
  ::close(fd);
  return ntohs(address.sin_port);
}

bool WaitForPort(int port, Server* server) {
  return WaitUntil(server, [&] {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const sockaddr_in address = Loopback(port);
    const bool open = ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
    ::close(fd);
    return open;
  });
}

bool WaitForFile(const std::string& path, Server* server) {
  return WaitUntil(server, [&] { return std::filesystem::exists(path); });
}

}  // namespace paliad::testing
