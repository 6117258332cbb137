#include "controller/serve/http/connection.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

namespace paliad::http {
namespace {

constexpr std::size_t kReadBytes = 64 * 1024;
// A client that was refused in the middle of its body may still send so much of it.
constexpr std::size_t kMaxDrained = std::size_t{16} << 20;

constexpr char kContinue[] = "HTTP/1.1 100 Continue\r\n\r\n";

}  // namespace

Connection::Connection(int fd, std::string peer, std::shared_ptr<const TlsContext> tls, const Limits& limits,
                       const Handler& handler, SteadyTime now)
    : fd_(fd),
      peer_(std::move(peer)),
      tls_(std::move(tls)),
      limits_(limits),
      handler_(handler),
      wire_(fd, tls_.get()) {
  Enter(Stage::kHandshake, now);
}

Connection::~Connection() { close(fd_); }

void Connection::Enter(Stage stage, SteadyTime now) {
  stage_ = stage;
  since_ = now;
  wants_write_ = stage == Stage::kWriting;
  switch (stage) {
    case Stage::kHandshake:
      deadline_ = now + limits_.handshake;
      break;
    case Stage::kHead:
      deadline_ = now + (input_.empty() && request_ ? limits_.idle : limits_.head);
      request_.reset();
      searched_ = 0;
      continued_ = false;
      break;
    case Stage::kBody:
      deadline_ = now + limits_.body;
      break;
    case Stage::kWorking:
      deadline_ = SteadyTime::max();
      break;
    case Stage::kWriting:
      deadline_ = now + limits_.write;
      break;
    case Stage::kDraining:
      deadline_ = now + std::chrono::seconds(5);
      break;
    case Stage::kDone:
      break;
  }
}

std::optional<Request> Connection::Advance(SteadyTime now) {
  if (stage_ == Stage::kHandshake) {
    const IoResult result = wire_.Handshake();
    wants_write_ = result.state == IoState::kWantWrite;
    if (result.state == IoState::kClosed) {
      Enter(Stage::kDone, now);
    }
    if (result.state != IoState::kProgress) {
      return std::nullopt;
    }
    Enter(Stage::kHead, now);
  }
  switch (stage_) {
    case Stage::kHead:
    case Stage::kBody:
      return Read(now);
    case Stage::kWriting:
      return Write(now);
    case Stage::kDraining:
      Drain();
      return std::nullopt;
    case Stage::kHandshake:
    case Stage::kWorking:
    case Stage::kDone:
      return std::nullopt;
  }
  return std::nullopt;
}

std::optional<Request> Connection::Read(SteadyTime now) {
  thread_local std::array<char, kReadBytes> buffer;
  while (stage_ == Stage::kHead || stage_ == Stage::kBody) {
    const IoResult result = wire_.Read(buffer.data(), buffer.size());
    wants_write_ = result.state == IoState::kWantWrite;
    if (result.state == IoState::kClosed) {
      Enter(Stage::kDone, now);
    }
    if (result.state != IoState::kProgress) {
      return std::nullopt;
    }
    if (stage_ == Stage::kHead && input_.empty()) {
      deadline_ = now + limits_.head;
    }
    input_.append(buffer.data(), result.bytes);
    if (std::optional<Request> request = TakeRequest(now)) {
      return request;
    }
  }
  return std::nullopt;
}

bool Connection::TakeHead(SteadyTime now) {
  const auto end = EndOfHead(input_, searched_);
  searched_ = input_.size();
  if (end.value_or(input_.size()) > kMaxHeadBytes) {
    StartAnswer(handler_.refuse(431, "the request's head is too large"), false, now);
    return false;
  }
  if (!end) {
    return false;
  }
  auto head = ParseHead(std::string_view(input_).substr(0, *end));
  input_.erase(0, *end);
  if (!head) {
    StartAnswer(handler_.refuse(head.error().status, head.error().message), false, now);
    return false;
  }
  request_ = std::move(*head);
  request_->peer = peer_;
  request_->encrypted = wire_.encrypted();
  if (request_->content_length > limits_.max_body) {
    StartAnswer(handler_.refuse(413, "the body is too large"), false, now);
    return false;
  }
  Enter(Stage::kBody, now);
  return true;
}

std::optional<Request> Connection::TakeRequest(SteadyTime now) {
  if (stage_ == Stage::kHead && !TakeHead(now)) {
    return std::nullopt;
  }
  if (stage_ != Stage::kBody) {
    return std::nullopt;
  }
  if (input_.size() < request_->content_length) {
    if (request_->expects_continue && !continued_) {
      continued_ = true;
      // A few bytes into an empty buffer: they fit, or the client is gone.
      wire_.Write(kContinue, sizeof kContinue - 1);
    }
    return std::nullopt;
  }
  Request request = *request_;
  if (input_.size() == request.content_length) {
    request.body = std::move(input_);
    input_.clear();
  } else {
    request.body = input_.substr(0, request.content_length);
    input_.erase(0, request.content_length);
  }
  Enter(Stage::kWorking, now);
  return request;
}

std::optional<Request> Connection::Answer(const Response& response, SteadyTime now) {
  StartAnswer(response, request_->keep_alive, now);
  return Write(now);
}

void Connection::StartAnswer(const Response& response, bool keep_alive, SteadyTime now) {
  keep_alive_ = keep_alive;
  output_ = FormatResponse(response, keep_alive, request_ && request_->method == "HEAD");
  written_ = 0;
  Enter(Stage::kWriting, now);
}

std::optional<Request> Connection::Write(SteadyTime now) {
  while (written_ < output_.size()) {
    const IoResult result = wire_.Write(output_.data() + written_, output_.size() - written_);
    if (result.state == IoState::kClosed) {
      Enter(Stage::kDone, now);
    }
    wants_write_ = result.state != IoState::kWantRead;
    if (result.state != IoState::kProgress) {
      return std::nullopt;
    }
    written_ += result.bytes;
  }
  output_.clear();
  output_.shrink_to_fit();
  if (!keep_alive_) {
    input_.clear();
    wire_.EndOutput();
    Enter(Stage::kDraining, now);
    return std::nullopt;
  }
  Enter(Stage::kHead, now);
  // The next request may be here already, also in OpenSSL's buffer, of which the socket says nothing.
  if (!input_.empty()) {
    if (std::optional<Request> request = TakeRequest(now)) {
      return request;
    }
  }
  return Read(now);
}

void Connection::Drain() {
  std::array<char, 4096> buffer;
  while (true) {
    const IoResult result = wire_.Discard(buffer.data(), buffer.size());
    drained_ += result.bytes;
    if (result.state == IoState::kClosed || drained_ > kMaxDrained) {
      stage_ = Stage::kDone;
      return;
    }
    if (result.state != IoState::kProgress) {
      return;
    }
  }
}

}  // namespace paliad::http
