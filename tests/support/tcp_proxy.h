// A TCP proxy on loopback that makes a good server a bad one.
//
//   TcpProxy proxy(server_port);
//   proxy.Break({.how = TcpProxy::How::kReset, .after = 20'000});
//   ... what connects to proxy.port() gets 20,000 bytes and a reset ...
//   proxy.Mend();
#ifndef PALIAD_TESTS_SUPPORT_TCP_PROXY_H_
#define PALIAD_TESTS_SUPPORT_TCP_PROXY_H_

#include <cstddef>
#include <cstdint>
#include <memory>

namespace paliad::testing {

// Thread-safe.
class TcpProxy {
 public:
  enum class How {
    kReset,  // RST
    kCut,    // FIN, in the middle of whatever it is
    kSlow,   // ten bytes a second
    kSilent,
  };

  struct Fault {
    How how = How::kReset;
    std::size_t after = 0;  // bytes of the server that each connection still gets
  };

  // Listens at once and forwards to 127.0.0.1:`to`. Throws std::runtime_error.
  explicit TcpProxy(std::uint16_t to);
  // Drops every connection.
  ~TcpProxy();
  TcpProxy(const TcpProxy&) = delete;
  TcpProxy& operator=(const TcpProxy&) = delete;

  std::uint16_t port() const;

  // Connections that are made from now on. Those that there are get a reset in place of their next byte: they
  // would slip through with what comes next.
  void Break(const Fault& fault);
  void Mend();
  // Connections that a fault has hit so far.
  int hit() const;

 private:
  class Listener;
  std::unique_ptr<Listener> listener_;
};

}  // namespace paliad::testing

#endif  // PALIAD_TESTS_SUPPORT_TCP_PROXY_H_
