// Runs a program, its standard output thrown away, and prints "<microseconds> <peak memory in KiB>".
//
//   measure [--one-core] PROGRAM ARGUMENT…
//
// With --one-core the program and its children share one core.
//
// A process of its own because the kernel counts what a child held before exec, a copy of its parent, into
// the child's peak (getrusage(2), ru_maxrss): the parent must be smaller than anything that is measured.
#include <fcntl.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <ctime>
#include <string_view>

namespace {

long long NowMicroseconds() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1'000'000LL + now.tv_nsec / 1'000;
}

// The lowest of the cores that this process may use.
void KeepToOneCore() {
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  if (sched_getaffinity(0, sizeof allowed, &allowed) != 0) {
    return;
  }
  int core = 0;
  while (core + 1 < CPU_SETSIZE && !CPU_ISSET(core, &allowed)) {
    ++core;
  }
  CPU_ZERO(&allowed);
  CPU_SET(core, &allowed);
  sched_setaffinity(0, sizeof allowed, &allowed);
}

void Become(char** argv) {
  const int null = open("/dev/null", O_WRONLY);
  dup2(null, STDOUT_FILENO);
  execv(argv[0], argv);
  std::perror(argv[0]);
  _exit(127);
}

}  // namespace

int main(int argc, char** argv) {
  const bool one_core = argc > 1 && std::string_view(argv[1]) == "--one-core";
  char** const program = argv + (one_core ? 2 : 1);
  if (*program == nullptr) {
    std::fputs("usage: measure [--one-core] PROGRAM ARGUMENT…\n", stderr);
    return 2;
  }
  const long long started = NowMicroseconds();
  const pid_t pid = fork();
  if (pid == 0) {
    if (one_core) {
      KeepToOneCore();
    }
    Become(program);
  }
  int status = 0;
  rusage usage{};
  if (pid < 0 || wait4(pid, &status, 0, &usage) != pid) {
    std::perror("measure");
    return 1;
  }
  std::printf("%lld %ld\n", NowMicroseconds() - started, usage.ru_maxrss);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
