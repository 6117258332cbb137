// TLS on a socket that does not block, by OpenSSL; and the same calls without TLS.
#ifndef PALIAD_CONTROLLER_SERVE_HTTP_TLS_H_
#define PALIAD_CONTROLLER_SERVE_HTTP_TLS_H_

#include <cstddef>
#include <memory>
#include <string>

#include "base/result.h"

struct ssl_ctx_st;
struct ssl_st;

namespace paliad::http {

// A certificate and its key. Immutable; may be shared between threads.
class TlsContext {
 public:
  // PEM files; TLS 1.2 and newer. kInvalidInput names the file that is wrong.
  [[nodiscard]] static Result<std::shared_ptr<const TlsContext>> Load(const std::string& certificate_file,
                                                                      const std::string& key_file);
  ssl_ctx_st* get() const { return context_.get(); }

 private:
  TlsContext() = default;
  std::shared_ptr<ssl_ctx_st> context_;
};

enum class IoState {
  kProgress,   // some bytes, or the handshake is done
  kWantRead,   // again when the socket is readable
  kWantWrite,  // again when it is writable
  kClosed,     // by the peer, or broken
};

struct IoResult {
  IoState state = IoState::kClosed;
  std::size_t bytes = 0;
};

// Does not own the socket. Not thread-safe.
class Wire {
 public:
  // `tls` may be null: plain.
  Wire(int fd, const TlsContext* tls);

  bool encrypted() const { return ssl_ != nullptr; }
  // kProgress: done.
  IoResult Handshake();
  IoResult Read(char* buffer, std::size_t size);
  IoResult Write(const char* bytes, std::size_t size);
  // Tells the peer that no more comes. Its own bytes may still be read off the socket.
  void EndOutput();
  // Reads and forgets bytes of the peer's, whatever they are, without decrypting them.
  IoResult Discard(char* buffer, std::size_t size);

 private:
  IoResult Failed(int result);

  int fd_;
  std::shared_ptr<ssl_st> ssl_;
};

}  // namespace paliad::http

#endif  // PALIAD_CONTROLLER_SERVE_HTTP_TLS_H_
