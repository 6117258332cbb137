#include "tests/support/http_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cctype>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <utility>

namespace paliad::testing {
namespace {

constexpr int kPatienceMs = 60'000;

[[noreturn]] void Throw(const std::string& what) { throw std::runtime_error("HTTP: " + what); }

std::string Lower(std::string text) {
  for (char& c : text) {
    c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return text;
}

HttpReply ParseHead(const std::string& head) {
  HttpReply reply;
  if (head.compare(0, 9, "HTTP/1.1 ") != 0) {
    Throw("not a reply: " + head.substr(0, 80));
  }
  reply.status = std::stoi(head.substr(9, 3));
  std::size_t at = head.find("\r\n") + 2;
  while (at < head.size()) {
    const std::size_t end = head.find("\r\n", at);
    const std::string line = head.substr(at, end - at);
    const std::size_t colon = line.find(": ");
    if (colon != std::string::npos) {
      reply.headers[Lower(line.substr(0, colon))] = line.substr(colon + 2);
    }
    at = end + 2;
  }
  return reply;
}

}  // namespace

HttpConnection::HttpConnection(std::uint16_t port) : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    const std::string cause = std::strerror(errno);
    close(fd_);
    Throw("cannot connect: " + cause);
  }
}

HttpConnection::HttpConnection(HttpConnection&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), buffer_(std::move(other.buffer_)) {}

HttpConnection::~HttpConnection() {
  if (fd_ >= 0) {
    close(fd_);
  }
}

bool HttpConnection::Send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count < 0) {
      return false;
    }
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

bool HttpConnection::ReadMore() {
  pollfd waiting{.fd = fd_, .events = POLLIN, .revents = 0};
  if (poll(&waiting, 1, kPatienceMs) != 1) {
    Throw("no reply in a minute");
  }
  std::array<char, 65'536> bytes{};
  const ssize_t count = recv(fd_, bytes.data(), bytes.size(), 0);
  if (count <= 0) {
    return false;
  }
  buffer_.append(bytes.data(), static_cast<std::size_t>(count));
  return true;
}

HttpReply HttpConnection::Receive(bool head) {
  std::size_t end = buffer_.find("\r\n\r\n");
  while (end == std::string::npos) {
    if (!ReadMore()) {
      Throw("closed without a reply");
    }
    end = buffer_.find("\r\n\r\n");
  }
  HttpReply reply = ParseHead(buffer_.substr(0, end + 2));
  buffer_.erase(0, end + 4);
  const auto length = reply.headers.find("content-length");
  const std::size_t size = head || length == reply.headers.end() ? 0 : std::stoul(length->second);
  while (buffer_.size() < size) {
    if (!ReadMore()) {
      Throw("closed in the middle of a reply");
    }
  }
  reply.body = buffer_.substr(0, size);
  buffer_.erase(0, size);
  return reply;
}

void HttpConnection::AwaitClose() {
  while (ReadMore()) {
  }
}

HttpReply Fetch(std::uint16_t port, std::string_view method, std::string_view target,
                std::string_view headers, std::string_view body) {
  HttpConnection connection(port);
  std::string request = std::string(method) + " " + std::string(target) +
                        " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + std::string(headers);
  if (!body.empty()) {
    request += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  }
  connection.Send(request + "\r\n" + std::string(body));
  return connection.Receive(method == "HEAD");
}

}  // namespace paliad::testing
