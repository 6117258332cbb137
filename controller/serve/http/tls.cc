#include "controller/serve/http/tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <cerrno>

namespace paliad::http {
namespace {

std::string LastSslError() {
  const char* reason = ERR_reason_error_string(ERR_get_error());
  ERR_clear_error();
  return reason != nullptr ? reason : "unknown";
}

Error BadFile(const std::string& what, const std::string& file) {
  return {.kind = ErrorKind::kInvalidInput,
          .doing = "use " + what,
          .subject = file,
          .cause = LastSslError(),
          .hint = "it must be a PEM file that this user may read, and the key must be the certificate's"};
}

IoResult FromSystem(ssize_t count) {
  if (count > 0) {
    return {.state = IoState::kProgress, .bytes = static_cast<std::size_t>(count)};
  }
  const bool again = count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR);
  return {.state = again ? IoState::kWantRead : IoState::kClosed};
}

}  // namespace

Result<std::shared_ptr<const TlsContext>> TlsContext::Load(const std::string& certificate_file,
                                                           const std::string& key_file) {
  std::shared_ptr<TlsContext> tls(new TlsContext());
  tls->context_.reset(SSL_CTX_new(TLS_server_method()), &SSL_CTX_free);
  SSL_CTX* context = tls->context_.get();
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  if (SSL_CTX_use_certificate_chain_file(context, certificate_file.c_str()) != 1) {
    return Fail(BadFile("the certificate", certificate_file));
  }
  if (SSL_CTX_use_PrivateKey_file(context, key_file.c_str(), SSL_FILETYPE_PEM) != 1 ||
      SSL_CTX_check_private_key(context) != 1) {
    return Fail(BadFile("the key", key_file));
  }
  return tls;
}

Wire::Wire(int fd, const TlsContext* tls) : fd_(fd) {
  if (tls != nullptr) {
    ssl_.reset(SSL_new(tls->get()), &SSL_free);
    SSL_set_fd(ssl_.get(), fd);
    SSL_set_accept_state(ssl_.get());
  }
}

IoResult Wire::Failed(int result) {
  const int error = SSL_get_error(ssl_.get(), result);
  ERR_clear_error();
  if (error == SSL_ERROR_WANT_READ) {
    return {.state = IoState::kWantRead};
  }
  return {.state = error == SSL_ERROR_WANT_WRITE ? IoState::kWantWrite : IoState::kClosed};
}

IoResult Wire::Handshake() {
  if (!encrypted()) {
    return {.state = IoState::kProgress};
  }
  const int result = SSL_do_handshake(ssl_.get());
  return result == 1 ? IoResult{.state = IoState::kProgress} : Failed(result);
}

IoResult Wire::Read(char* buffer, std::size_t size) {
  if (!encrypted()) {
    return FromSystem(recv(fd_, buffer, size, 0));
  }
  std::size_t count = 0;
  const int result = SSL_read_ex(ssl_.get(), buffer, size, &count);
  return result == 1 ? IoResult{.state = IoState::kProgress, .bytes = count} : Failed(result);
}

IoResult Wire::Write(const char* bytes, std::size_t size) {
  if (!encrypted()) {
    IoResult result = FromSystem(send(fd_, bytes, size, MSG_NOSIGNAL));
    if (result.state == IoState::kWantRead) {
      result.state = IoState::kWantWrite;
    }
    return result;
  }
  std::size_t count = 0;
  const int result = SSL_write_ex(ssl_.get(), bytes, size, &count);
  return result == 1 ? IoResult{.state = IoState::kProgress, .bytes = count} : Failed(result);
}

void Wire::EndOutput() {
  if (encrypted()) {
    SSL_shutdown(ssl_.get());  // one try is enough: it is a courtesy
    ERR_clear_error();
  }
  shutdown(fd_, SHUT_WR);
}

IoResult Wire::Discard(char* buffer, std::size_t size) { return FromSystem(recv(fd_, buffer, size, 0)); }

}  // namespace paliad::http
