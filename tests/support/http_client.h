// HTTP as raw bytes on a socket, for what no well-behaved client would send. Every failure throws
// std::runtime_error; nothing waits for longer than a minute.
#ifndef PALIAD_TESTS_SUPPORT_HTTP_CLIENT_H_
#define PALIAD_TESTS_SUPPORT_HTTP_CLIENT_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace paliad::testing {

struct HttpReply {
  int status = 0;
  std::map<std::string, std::string> headers;  // names in lower case; of several, the last one
  std::string body;
};

// One connection to 127.0.0.1.
class HttpConnection {
 public:
  explicit HttpConnection(std::uint16_t port);
  ~HttpConnection();
  HttpConnection(HttpConnection&& other) noexcept;
  HttpConnection& operator=(HttpConnection&&) = delete;

  // False: the peer closed it meanwhile.
  bool Send(std::string_view bytes);
  // The next reply, whole. `head`: to a HEAD request.
  HttpReply Receive(bool head = false);
  // Waits until the peer has closed it; what still comes is thrown away.
  void AwaitClose();

 private:
  bool ReadMore();

  int fd_;
  std::string buffer_;
};

// A request on a connection of its own. `headers` are whole lines, each with its CRLF.
HttpReply Fetch(std::uint16_t port, std::string_view method, std::string_view target,
                std::string_view headers = "", std::string_view body = "");

}  // namespace paliad::testing

#endif  // PALIAD_TESTS_SUPPORT_HTTP_CLIENT_H_
