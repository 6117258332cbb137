#include "tests/forge/raw_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cctype>
#include <stdexcept>
#include <utility>

#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace paliad::testing {
namespace {

std::string Lower(std::string text) {
  for (char& c : text) {
    c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return text;
}

// Whole requests of one connection, one after the other; the socket blocks.
class Reader {
 public:
  explicit Reader(http::Wire& wire) : wire_(wire) {}

  // False: the client has closed it.
  bool Read(RawRequest& request) {
    std::size_t end = 0;
    while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
      if (!More()) {
        return false;
      }
    }
    ParseHead(buffer_.substr(0, end + 2), request);
    buffer_.erase(0, end + 4);
    const auto length = request.headers.find("content-length");
    const std::size_t size = length == request.headers.end() ? 0 : std::stoul(length->second);
    while (buffer_.size() < size) {
      if (!More()) {
        return false;
      }
    }
    request.body = buffer_.substr(0, size);
    buffer_.erase(0, size);
    return true;
  }

 private:
  bool More() {
    std::array<char, 16384> bytes{};
    const http::IoResult read = wire_.Read(bytes.data(), bytes.size());
    buffer_.append(bytes.data(), read.bytes);
    return read.state == http::IoState::kProgress;
  }

  static void ParseHead(const std::string& head, RawRequest& request) {
    const std::size_t space = head.find(' ');
    request.method = head.substr(0, space);
    request.target = head.substr(space + 1, head.find(' ', space + 1) - space - 1);
    for (std::size_t at = head.find("\r\n") + 2; at < head.size(); at = head.find("\r\n", at) + 2) {
      const std::string line = head.substr(at, head.find("\r\n", at) - at);
      const std::size_t colon = line.find(": ");
      request.headers[Lower(line.substr(0, colon))] = line.substr(colon + 2);
    }
  }

  http::Wire& wire_;
  std::string buffer_;
};

void WriteAll(http::Wire& wire, std::string_view bytes) {
  while (!bytes.empty()) {
    const http::IoResult written = wire.Write(bytes.data(), bytes.size());
    if (written.state != http::IoState::kProgress) {
      return;  // the client has had enough
    }
    bytes.remove_prefix(written.bytes);
  }
}

}  // namespace

std::string Reply(int status, const std::string& body, const std::string& headers) {
  return "HTTP/1.1 " + std::to_string(status) + " X\r\n" + headers +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

RawServer::RawServer(Handler handler, std::shared_ptr<const http::TlsContext> tls)
    : handler_(std::move(handler)),
      tls_(std::move(tls)),
      listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  auto* raw = reinterpret_cast<sockaddr*>(&address);
  if (bind(listener_, raw, size) != 0 || listen(listener_, 16) != 0 ||
      getsockname(listener_, raw, &size) != 0) {
    throw std::runtime_error("cannot listen on loopback");
  }
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] { Accept(); });
}

RawServer::~RawServer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    shutdown(listener_, SHUT_RDWR);
    for (const int fd : connections_) {
      shutdown(fd, SHUT_RDWR);
    }
    changed_.notify_all();
  }
  acceptor_.join();
  for (std::thread& thread : threads_) {
    thread.join();
  }
  for (const int fd : connections_) {
    close(fd);
  }
  close(listener_);
}

std::string RawServer::url() const {
  return (tls_ == nullptr ? "http://127.0.0.1:" : "https://localhost:") + std::to_string(port_);
}

std::vector<RawRequest> RawServer::Requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

void RawServer::Accept() {
  while (true) {
    const int fd = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) {
      return;
    }
    const std::lock_guard lock(mutex_);
    connections_.push_back(fd);
    if (stopping_) {
      return;
    }
    threads_.emplace_back([this, fd, number = static_cast<int>(connections_.size())] { Serve(fd, number); });
  }
}

void RawServer::Serve(int fd, int connection) {
  http::Wire wire(fd, tls_.get());
  Reader reader(wire);
  RawRequest request{.connection = connection};
  auto after = RawReply::After::kKeep;
  if (wire.Handshake().state != http::IoState::kProgress) {
    after = RawReply::After::kClose;  // it does not trust us
  }
  while (after == RawReply::After::kKeep && reader.Read(request)) {
    RawReply reply;
    {
      const std::lock_guard lock(mutex_);
      requests_.push_back(request);
      reply = handler_(request);
    }
    WriteAll(wire, reply.bytes);
    after = reply.after;
    request = {.connection = connection};
  }
  if (after == RawReply::After::kHold) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return stopping_; });
  }
  shutdown(fd, SHUT_RDWR);  // closed by the destructor: until then the number is nobody else's
}

Certificate::Certificate(const std::string& folder, int days) : authority_file(folder + "/ca.pem") {
  const auto openssl = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "openssl");
    RunOrThrow({.argv = std::move(arguments), .cwd = folder});
  };
  const auto with_key = [](std::vector<std::string> arguments) {
    for (const char* argument : {"-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"}) {
      arguments.emplace_back(argument);
    }
    return arguments;
  };
  openssl(with_key(
      {"req", "-x509", "-days", "2", "-subj", "/CN=test authority", "-keyout", "ca.key", "-out", "ca.pem"}));
  openssl(with_key({"req", "-subj", "/CN=localhost", "-keyout", "server.key", "-out", "server.csr"}));
  WriteFile(folder + "/names", "subjectAltName=DNS:localhost,IP:127.0.0.1\n");
  openssl({"x509", "-req", "-days", std::to_string(days), "-in", "server.csr", "-CA", "ca.pem", "-CAkey",
           "ca.key", "-CAcreateserial", "-extfile", "names", "-out", "server.pem"});
  auto loaded = http::TlsContext::Load(folder + "/server.pem", folder + "/server.key");
  if (!loaded) {
    throw std::runtime_error(loaded.error().Message());
  }
  tls = *std::move(loaded);
}

}  // namespace paliad::testing
