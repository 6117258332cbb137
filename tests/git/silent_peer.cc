#include "tests/git/silent_peer.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>

namespace paliad::testing {
namespace {

constexpr int kPatienceMs = 10000;

}  // namespace

SilentPeer::SilentPeer() : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  auto* raw = reinterpret_cast<sockaddr*>(&address);
  if (::bind(fd_, raw, size) != 0 || ::listen(fd_, 16) != 0 || ::getsockname(fd_, raw, &size) != 0) {
    std::perror("listen");
    std::abort();
  }
  port_ = ntohs(address.sin_port);
}

SilentPeer::~SilentPeer() { ::close(fd_); }

void SilentPeer::WaitForVisitor() const {
  pollfd watched{fd_, POLLIN, 0};
  ::poll(&watched, 1, kPatienceMs);
}

bool SilentPeer::VisitorLeaves() const {
  const int visitor = ::accept4(fd_, nullptr, nullptr, SOCK_CLOEXEC);
  bool left = false;
  pollfd watched{visitor, POLLIN, 0};
  while (!left && ::poll(&watched, 1, kPatienceMs) > 0) {
    char buffer[4096];
    const ssize_t count = ::read(visitor, buffer, sizeof(buffer));
    left = count == 0 || (count < 0 && errno == ECONNRESET);
  }
  ::close(visitor);
  return left;
}

}  // namespace paliad::testing
