// An HTTP server on loopback whose every byte is the test's: for answers that no well-behaved server gives.
#ifndef PALIAD_TESTS_FORGE_RAW_SERVER_H_
#define PALIAD_TESTS_FORGE_RAW_SERVER_H_

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "controller/serve/http/tls.h"

namespace paliad::testing {

struct RawRequest {
  std::string method;
  std::string target;
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;
  int connection = 0;  // counts from 1
};

struct RawReply {
  enum class After { kKeep, kClose, kHold };  // kHold: say no more until the server stops
  std::string bytes;
  After after = After::kClose;
};

// "HTTP/1.1 200 X" with a body and its length; `headers` are whole lines, each with its CRLF.
std::string Reply(int status, const std::string& body, const std::string& headers = "");

class RawServer {
 public:
  // Called on a thread of each connection, one at a time.
  using Handler = std::function<RawReply(const RawRequest&)>;

  // Serves until it is destroyed. `tls` null: plain. Throws std::runtime_error where it cannot listen.
  explicit RawServer(Handler handler, std::shared_ptr<const http::TlsContext> tls = nullptr);
  ~RawServer();
  RawServer(const RawServer&) = delete;
  RawServer& operator=(const RawServer&) = delete;

  std::uint16_t port() const { return port_; }
  std::string url() const;  // http://127.0.0.1:PORT, https://localhost:PORT
  std::vector<RawRequest> Requests() const;

 private:
  void Accept();
  void Serve(int fd, int connection);

  const Handler handler_;
  const std::shared_ptr<const http::TlsContext> tls_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;  // guarded by mutex_, as are these
  std::vector<RawRequest> requests_;
  std::vector<int> connections_;
  std::vector<std::thread> threads_;
  std::thread acceptor_;
};

// A certificate for localhost and 127.0.0.1 by an authority of its own, in the folder. Throws where openssl
// fails.
struct Certificate {
  Certificate(const std::string& folder, int days);  // valid for so many days; negative: expired

  std::string authority_file;
  std::shared_ptr<const http::TlsContext> tls;
};

}  // namespace paliad::testing

#endif  // PALIAD_TESTS_FORGE_RAW_SERVER_H_
