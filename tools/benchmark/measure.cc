// Runs a program, its standard output thrown away, and prints "<microseconds> <peak memory in KiB>".
//
//   measure PROGRAM ARGUMENT…
//
// A process of its own because the kernel counts what a child held before exec, a copy of its parent, into
// the child's peak (getrusage(2), ru_maxrss): the parent must be smaller than anything that is measured.
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <ctime>

namespace {

long long NowMicroseconds() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1'000'000LL + now.tv_nsec / 1'000;
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
  if (argc < 2) {
    std::fputs("usage: measure PROGRAM ARGUMENT…\n", stderr);
    return 2;
  }
  const long long started = NowMicroseconds();
  const pid_t pid = fork();
  if (pid == 0) {
    Become(argv + 1);
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
