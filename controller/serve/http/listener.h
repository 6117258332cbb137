// The socket that connections come in by.
#ifndef PALIAD_CONTROLLER_SERVE_HTTP_LISTENER_H_
#define PALIAD_CONTROLLER_SERVE_HTTP_LISTENER_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"

namespace paliad::http {

class Listener {
 public:
  // HOST:PORT, [IPv6]:PORT or :PORT. kInvalidInput for another form or an unknown host; kUnavailable where it
  // cannot listen there.
  [[nodiscard]] static Result<Listener> Open(const std::string& listen);
  Listener(Listener&& other) noexcept;
  Listener& operator=(Listener&&) = delete;
  ~Listener();

  struct Accepted {
    int fd = -1;       // does not block; the caller's
    std::string peer;  // "192.0.2.1"
  };
  // None if nobody waits, or the process has no descriptor left (`*exhausted` is set then).
  std::optional<Accepted> Accept(bool* exhausted) const;

  int fd() const { return fd_; }
  std::uint16_t port() const;

 private:
  explicit Listener(int fd) : fd_(fd) {}
  int fd_;
};

// How many connections this process may hold, leaving half of its descriptors to everything else. Raises the
// soft limit as far as it is allowed to and `wanted` needs.
std::size_t RoomForConnections(std::size_t wanted);

}  // namespace paliad::http

#endif  // PALIAD_CONTROLLER_SERVE_HTTP_LISTENER_H_
