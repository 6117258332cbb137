// An HTTP/1.1 server that slow or silent clients cannot stop: one thread waits for all sockets and collects
// whole requests within bounds of time and size; only a whole request costs a thread.
//
// Not cpp-httplib: in Debian's 0.11 each connection holds a thread from its first byte to its last, time-outs
// begin anew with every byte, and a chunked body has no bound.
#ifndef PALIAD_CONTROLLER_SERVE_HTTP_SERVER_H_
#define PALIAD_CONTROLLER_SERVE_HTTP_SERVER_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "controller/serve/http/message.h"
#include "controller/serve/http/tls.h"

namespace paliad::http {

struct Limits {
  std::size_t max_connections = 4096;  // fewer where the process may not open so many files
  std::size_t max_body = std::size_t{3} << 20;
  std::size_t max_buffered = std::size_t{64} << 20;  // bytes of unfinished requests, of all connections
  std::chrono::seconds handshake{10};
  std::chrono::seconds head{10};   // from a request's first byte to its head's last; also for the first one
  std::chrono::seconds body{30};   // for all of it
  std::chrono::seconds idle{15};   // between two requests
  std::chrono::seconds write{30};  // for a whole answer
  std::size_t fast_threads = 2;
  std::size_t slow_threads = 8;
  std::size_t max_waiting = 512;  // requests, for each kind of thread; 503 beyond
};

enum class Lane {
  kAtOnce,  // on the server's own thread: never blocks, costs microseconds
  kFast,    // never waits for a database or a network
  kSlow,
};

struct Handler {
  // Both are called on several threads.
  std::function<Lane(const Request&)> lane;
  std::function<Response(const Request&)> answer;
  // For requests that never reach `answer`: too large, malformed, too many.
  std::function<Response(int status, const std::string& message)> refuse;
};

class Server {
 public:
  // Listens and serves until it is destroyed. `listen`: HOST:PORT, [IPv6]:PORT or :PORT. `tls` null: plain.
  // kInvalidInput for another form or an unknown host; kUnavailable where it cannot listen there.
  [[nodiscard]] static Result<std::unique_ptr<Server>> Start(const std::string& listen,
                                                             std::shared_ptr<const TlsContext> tls,
                                                             Handler handler, const Limits& limits,
                                                             const Clock& clock);
  virtual ~Server() = default;

  virtual std::uint16_t port() const = 0;
  // For connections from now on. Whether there is TLS at all does not change.
  virtual void SetTls(std::shared_ptr<const TlsContext> tls) = 0;
};

}  // namespace paliad::http

#endif  // PALIAD_CONTROLLER_SERVE_HTTP_SERVER_H_
