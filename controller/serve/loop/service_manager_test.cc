#include "controller/serve/loop/service_manager.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdlib>
#include <string>

namespace paliad::serve {
namespace {

// What systemd has at the other end. The name is in the abstract namespace: '@' stands for its NUL.
class Listener {
 public:
  explicit Listener(const std::string& name) : fd_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::copy(name.begin(), name.end(), address.sun_path);
    address.sun_path[0] = '\0';
    const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
    EXPECT_EQ(::bind(fd_, reinterpret_cast<const sockaddr*>(&address), length), 0);
  }
  ~Listener() { ::close(fd_); }

  std::string Receive() {
    std::array<char, 256> text{};
    const ssize_t count = ::recv(fd_, text.data(), text.size(), MSG_DONTWAIT);
    return count < 0 ? "nothing" : std::string(text.data(), static_cast<std::size_t>(count));
  }

 private:
  int fd_;
};

TEST(ServiceManager, IsToldByADatagram) {
  const std::string name = "@paliad-test-" + std::to_string(::getpid());
  Listener listener(name);
  ::setenv("NOTIFY_SOCKET", name.c_str(), 1);
  ::setenv("WATCHDOG_USEC", "30000000", 1);
  const ServiceManager manager = ServiceManager::FromEnvironment();
  manager.Tell("READY=1");
  EXPECT_EQ(listener.Receive(), "READY=1");
  EXPECT_EQ(manager.watchdog(), std::chrono::seconds(15));
}

TEST(ServiceManager, WithoutASocketNobodyIsTold) {
  ::unsetenv("NOTIFY_SOCKET");
  ::unsetenv("WATCHDOG_USEC");
  const ServiceManager manager = ServiceManager::FromEnvironment();
  manager.Tell("READY=1");
  EXPECT_EQ(manager.watchdog(), std::nullopt);
}

}  // namespace
}  // namespace paliad::serve
