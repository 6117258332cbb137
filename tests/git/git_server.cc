// A git server for tests that cannot be one themselves: `git_server https PROJECTS` or `git_server ssh`.
// Writes what its clients need to know, a line each, and serves until SIGTERM.
#include <signal.h>

#include <cstdio>
#include <string_view>

#include "tests/git/https_server.h"
#include "tests/git/ssh_server.h"
#include "tests/git/work_tree.h"

namespace {

void ServeUntilTold() {
  std::puts("ready");
  std::fflush(stdout);
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  int signal = 0;
  sigwait(&signals, &signal);
}

}  // namespace

int main(int argc, char** argv) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  paliad::testing::PrepareGitEnvironment();
  const std::string_view kind = argc > 1 ? argv[1] : "";
  if (kind == "https" && argc == 3) {
    const paliad::testing::HttpsServer server(argv[2]);
    std::printf("%s\n%s\n", server.url().c_str(), server.ca_file().c_str());
    sigprocmask(SIG_BLOCK, &signals, nullptr);
    ServeUntilTold();
    return 0;
  }
  if (kind == "ssh") {
    const paliad::testing::SshServer server;
    std::printf("%s\n%s\n%s\n", server.url().c_str(), server.key_file().c_str(),
                server.known_hosts_file().c_str());
    sigprocmask(SIG_BLOCK, &signals, nullptr);
    ServeUntilTold();
    return 0;
  }
  std::fputs("usage: git_server https PROJECTS | ssh\n", stderr);
  return 2;
}
