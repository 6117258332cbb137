#include "tests/support/tcp_proxy.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstring>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace paliad::testing {
namespace {

constexpr int kSlowTickMs = 100;  // one byte each

sockaddr_in Loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  return address;
}

class Socket {
 public:
  explicit Socket(int fd) : fd_(fd) {}
  ~Socket() {
    if (fd_ >= 0) {
      close(fd_);
    }
  }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;

  int fd() const { return fd_; }

  // What came, up to `most` bytes; 0: the other side is gone.
  std::size_t Read(char* to, std::size_t most) const {
    const ssize_t size = recv(fd_, to, most, 0);
    return size > 0 ? static_cast<std::size_t>(size) : 0;
  }

  // False: the other side is gone. Blocks.
  bool Write(std::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t size = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (size <= 0) {
        return false;
      }
      bytes.remove_prefix(static_cast<std::size_t>(size));
    }
    return true;
  }

  // Closing it then sends RST.
  void Reset() const {
    const linger at_once{1, 0};
    setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  }

 private:
  int fd_;
};

}  // namespace

class TcpProxy::Listener {
 public:
  explicit Listener(std::uint16_t to) : to_(to), listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address = Loopback(0);
    socklen_t size = sizeof address;
    auto* raw = reinterpret_cast<sockaddr*>(&address);
    if (pipe2(stop_.data(), O_CLOEXEC) != 0 || bind(listener_.fd(), raw, size) != 0 ||
        listen(listener_.fd(), 100) != 0 || getsockname(listener_.fd(), raw, &size) != 0) {
      throw std::runtime_error("cannot listen on loopback");
    }
    port_ = ntohs(address.sin_port);
    acceptor_ = std::thread([this] { Accept(); });
  }

  ~Listener() {
    close(stop_[1]);  // every thread polls the other end
    acceptor_.join();
    for (std::thread& connection : connections_) {
      connection.join();
    }
    close(stop_[0]);
  }

  std::uint16_t port() const { return port_; }
  int hit() const { return hit_; }

  void Set(std::optional<Fault> fault) {
    const std::lock_guard lock(mutex_);
    fault_ = fault;
    breaks_ += fault ? 1 : 0;
  }

 private:
  void Accept() {
    while (Wait({{listener_.fd(), POLLIN, 0}}, -1)) {
      const int fd = accept4(listener_.fd(), nullptr, nullptr, SOCK_CLOEXEC);
      if (fd < 0) {
        continue;
      }
      const std::lock_guard lock(mutex_);
      connections_.emplace_back(
          [this, fd, fault = fault_, breaks = breaks_.load()] { Serve(Socket(fd), fault, breaks); });
    }
  }

  // False: the proxy stops.
  bool Wait(std::vector<pollfd> sockets, int timeout_ms) const {
    sockets.push_back({stop_[0], POLLIN, 0});
    while (poll(sockets.data(), sockets.size(), timeout_ms) < 0) {
    }
    return sockets.back().revents == 0;
  }

  // `breaks`: how many there were when the connection was made.
  void Serve(const Socket& client, const std::optional<Fault>& fault, int breaks) {
    const Socket server(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const sockaddr_in address = Loopback(to_);
    if (connect(server.fd(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
      return;
    }
    std::array<char, 16384> bytes{};
    for (std::size_t given = 0;;) {
      const std::size_t left = fault ? fault->after - given : bytes.size();
      if (fault && left == 0) {
        ++hit_;
        return Hurt(client, server, fault->how);
      }
      if (!Wait({{client.fd(), POLLIN, 0}, {server.fd(), POLLIN, 0}}, -1)) {
        return;
      }
      if (breaks_ != breaks) {
        ++hit_;
        return client.Reset();
      }
      // Asked again: either may have something by now, and neither is to be waited for.
      if (Readable(client)) {
        const std::size_t size = client.Read(bytes.data(), bytes.size());
        if (size == 0 || !server.Write({bytes.data(), size})) {
          return;
        }
      }
      if (Readable(server)) {
        const std::size_t size = server.Read(bytes.data(), std::min(bytes.size(), left));
        if (size == 0 || !client.Write({bytes.data(), size})) {
          return;
        }
        given += size;
      }
    }
  }

  static bool Readable(const Socket& socket) {
    pollfd one{socket.fd(), POLLIN, 0};
    return poll(&one, 1, 0) > 0;
  }

  void Hurt(const Socket& client, const Socket& server, How how) const {
    if (how == How::kReset) {
      client.Reset();
    }
    if (how == How::kReset || how == How::kCut) {
      return;
    }
    char byte = 0;
    while (Wait({}, kSlowTickMs)) {
      if (how == How::kSlow && (server.Read(&byte, 1) == 0 || !client.Write({&byte, 1}))) {
        return;
      }
      // A client that has gone closes its end; it sends nothing while it waits for an answer.
      if (how == How::kSilent && Readable(client) && client.Read(&byte, 1) == 0) {
        return;
      }
    }
  }

  const std::uint16_t to_;
  const Socket listener_;
  std::array<int, 2> stop_{-1, -1};
  std::uint16_t port_ = 0;
  std::atomic<int> hit_ = 0;
  std::thread acceptor_;
  std::vector<std::thread> connections_;  // of the accepting thread; after its end the destructor's
  std::mutex mutex_;
  std::optional<Fault> fault_;  // guarded by mutex_
  std::atomic<int> breaks_ = 0;
};

TcpProxy::TcpProxy(std::uint16_t to) : listener_(std::make_unique<Listener>(to)) {}
TcpProxy::~TcpProxy() = default;

std::uint16_t TcpProxy::port() const { return listener_->port(); }
void TcpProxy::Break(const Fault& fault) { listener_->Set(fault); }
void TcpProxy::Mend() { listener_->Set(std::nullopt); }
int TcpProxy::hit() const { return listener_->hit(); }

}  // namespace paliad::testing
