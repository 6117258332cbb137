#include "controller/serve/http/listener.h"

#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <utility>

namespace paliad::http {
namespace {

constexpr int kBacklog = 1024;

Error BadAddress(const std::string& listen, std::string cause) {
  return {.kind = ErrorKind::kInvalidInput,
          .doing = "listen on",
          .subject = listen,
          .cause = std::move(cause),
          .hint = "write HOST:PORT, [IPv6]:PORT or :PORT"};
}

struct HostAndPort {
  std::string host;
  std::string port;
};

Result<HostAndPort> Split(const std::string& listen) {
  const auto colon = listen.rfind(':');
  if (colon == std::string::npos || colon + 1 == listen.size()) {
    return Fail(BadAddress(listen, "there is no port in it"));
  }
  HostAndPort parts{.host = listen.substr(0, colon), .port = listen.substr(colon + 1)};
  if (parts.port.find_first_not_of("0123456789") != std::string::npos || parts.port.size() > 5 ||
      std::stoi(parts.port) > 65535) {
    return Fail(BadAddress(listen, "the port is not a number up to 65535"));
  }
  const bool bracketed = parts.host.size() > 2 && parts.host.front() == '[' && parts.host.back() == ']';
  if (bracketed) {
    parts.host = parts.host.substr(1, parts.host.size() - 2);
  } else if (parts.host.find(':') != std::string::npos) {
    return Fail(BadAddress(listen, "an IPv6 address stands in brackets"));
  }
  return parts;
}

// -1, with errno set, where it cannot be had.
int ListenOn(const addrinfo& address) {
  const int fd =
      socket(address.ai_family, address.ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, address.ai_protocol);
  if (fd < 0) {
    return -1;
  }
  const int on = 1;
  const int off = 0;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (address.ai_family == AF_INET6) {
    setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
  }
  if (bind(fd, address.ai_addr, address.ai_addrlen) != 0 || listen(fd, kBacklog) != 0) {
    const int cause = errno;
    close(fd);
    errno = cause;
    return -1;
  }
  return fd;
}

}  // namespace

Result<Listener> Listener::Open(const std::string& listen) {
  ASSIGN_OR_RETURN(const HostAndPort parts, Split(listen));
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const int error =
      getaddrinfo(parts.host.empty() ? nullptr : parts.host.c_str(), parts.port.c_str(), &hints, &found);
  if (error != 0) {
    return Fail(BadAddress(listen, gai_strerror(error)));
  }
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner(found, &freeaddrinfo);
  std::string cause = "no address";
  // ":PORT" means all addresses: IPv6 first, since such a socket takes IPv4 too.
  for (const bool want_ipv6 : {true, false}) {
    for (const addrinfo* address = found; address != nullptr; address = address->ai_next) {
      if (parts.host.empty() ? (address->ai_family == AF_INET6) != want_ipv6 : !want_ipv6) {
        continue;
      }
      if (const int fd = ListenOn(*address); fd >= 0) {
        return Listener(fd);
      }
      cause = std::strerror(errno);
    }
  }
  return Fail({.kind = ErrorKind::kUnavailable,
               .doing = "listen on",
               .subject = listen,
               .cause = cause,
               .hint = "another process may have the port; ports below 1024 need a privilege"});
}

Listener::Listener(Listener&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

Listener::~Listener() {
  if (fd_ >= 0) {
    close(fd_);
  }
}

std::optional<Listener::Accepted> Listener::Accept(bool* exhausted) const {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  const int fd = accept4(fd_, reinterpret_cast<sockaddr*>(&address), &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (fd < 0) {
    *exhausted = errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM;
    return std::nullopt;
  }
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  std::array<char, NI_MAXHOST> host{};
  getnameinfo(reinterpret_cast<sockaddr*>(&address), size, host.data(), host.size(), nullptr, 0,
              NI_NUMERICHOST);
  return Accepted{.fd = fd, .peer = host.data()};
}

std::uint16_t Listener::port() const {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.ss_family == AF_INET6 ? reinterpret_cast<sockaddr_in6*>(&address)->sin6_port
                                             : reinterpret_cast<sockaddr_in*>(&address)->sin_port);
}

std::size_t RoomForConnections(std::size_t wanted) {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) {
    return std::min<std::size_t>(wanted, 256);
  }
  if (limit.rlim_cur < 2 * wanted && limit.rlim_cur < limit.rlim_max) {
    limit.rlim_cur = std::min<rlim_t>(limit.rlim_max, 2 * wanted);
    setrlimit(RLIMIT_NOFILE, &limit);
    getrlimit(RLIMIT_NOFILE, &limit);
  }
  return std::clamp<std::size_t>(limit.rlim_cur / 2, 1, wanted);
}

}  // namespace paliad::http
