// One client's connection as a state machine that never blocks. Only the server's own thread touches it.
#ifndef PALIAD_CONTROLLER_SERVE_HTTP_CONNECTION_H_
#define PALIAD_CONTROLLER_SERVE_HTTP_CONNECTION_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "controller/serve/http/message.h"
#include "controller/serve/http/parse.h"
#include "controller/serve/http/server.h"
#include "controller/serve/http/tls.h"

namespace paliad::http {

class Connection {
 public:
  enum class Stage {
    kHandshake,
    kHead,      // nothing or a part of a request's head has come
    kBody,      // a part of its body
    kWorking,   // a request is complete; somebody makes the answer
    kWriting,   // the answer
    kDraining,  // answered; what the client still sends is thrown away, so that it can read the answer
    kDone,      // to be closed
  };

  // Owns `fd`. `limits` and `handler` outlive it.
  Connection(int fd, std::string peer, std::shared_ptr<const TlsContext> tls, const Limits& limits,
             const Handler& handler, SteadyTime now);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // The socket is ready. Returns a request as soon as one is complete (the stage is kWorking then).
  std::optional<Request> Advance(SteadyTime now);

  // REQUIRES: stage() == kWorking. May return the next request, which had already come.
  std::optional<Request> Answer(const Response& response, SteadyTime now);

  Stage stage() const { return stage_; }
  int fd() const { return fd_; }
  SteadyTime deadline() const { return deadline_; }  // when it is to be given up
  SteadyTime stage_since() const { return since_; }
  bool wants_write() const { return wants_write_; }
  bool wants_read() const { return stage_ != Stage::kWorking && !wants_write_; }
  // Waits for its client, and may be closed in favour of others.
  bool incomplete() const { return stage_ < Stage::kWorking || stage_ == Stage::kDraining; }
  std::size_t buffered() const { return input_.size(); }

 private:
  void Enter(Stage stage, SteadyTime now);
  std::optional<Request> Read(SteadyTime now);
  std::optional<Request> TakeRequest(SteadyTime now);
  bool TakeHead(SteadyTime now);
  void StartAnswer(const Response& response, bool keep_alive, SteadyTime now);
  std::optional<Request> Write(SteadyTime now);
  void Drain();

  const int fd_;
  const std::string peer_;
  const std::shared_ptr<const TlsContext> tls_;  // outlives wire_
  const Limits& limits_;
  const Handler& handler_;
  Wire wire_;
  Stage stage_ = Stage::kHandshake;
  SteadyTime since_;
  SteadyTime deadline_;
  bool wants_write_ = false;
  std::string input_;
  std::size_t searched_ = 0;        // of input_, for the end of a head
  std::optional<Request> request_;  // its head; from kBody to kWriting
  std::string output_;
  std::size_t written_ = 0;
  bool keep_alive_ = false;  // after output_
  bool continued_ = false;   // "100 Continue" was sent
  std::size_t drained_ = 0;
};

}  // namespace paliad::http

#endif  // PALIAD_CONTROLLER_SERVE_HTTP_CONNECTION_H_
