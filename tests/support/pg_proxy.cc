#include "tests/support/pg_proxy.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <thread>
#include <utility>

#include "tests/support/pg_client.h"
#include "tests/support/pg_framing.h"
#include "tests/support/temp_dir.h"

namespace paliad::testing {
namespace {

constexpr std::size_t kTextPrefix = 200;
constexpr const char* kSocketName = "/.s.PGSQL.5432";

// REQUIRES: `path` fits.
sockaddr_un Address(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) {
    throw std::runtime_error("too long for a Unix socket: " + path);
  }
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  return address;
}

// One end of a connection: a socket that never blocks, with what was read and what is to be written.
class End {
 public:
  explicit End(int fd) : fd_(fd) {
    if (fd_ >= 0) {
      fcntl(fd_, F_SETFL, fcntl(fd_, F_GETFL) | O_NONBLOCK);
    }
  }
  ~End() { Close(); }
  End(const End&) = delete;
  End& operator=(const End&) = delete;

  bool open() const { return fd_ >= 0; }
  pollfd Poll() const { return {fd_, static_cast<short>(POLLIN | (output.empty() ? 0 : POLLOUT)), 0}; }

  void Close() {
    if (fd_ >= 0) {
      close(std::exchange(fd_, -1));
    }
    output.clear();
  }

  // False at the other side's end.
  bool Read() {
    std::array<char, 65536> buffer;
    const ssize_t size = recv(fd_, buffer.data(), buffer.size(), 0);
    if (size > 0) {
      input.append(buffer.data(), static_cast<std::size_t>(size));
    }
    return size > 0 || (size < 0 && (errno == EAGAIN || errno == EINTR));
  }

  // False when the other side is gone.
  bool Flush() {
    while (!output.empty()) {
      const ssize_t size = send(fd_, output.data(), output.size(), MSG_NOSIGNAL);
      if (size < 0) {
        return errno == EAGAIN || errno == EINTR;
      }
      output.erase(0, static_cast<std::size_t>(size));
    }
    return true;
  }

  std::string input;
  std::string output;

 private:
  int fd_;
};

}  // namespace

class PgProxy::Listener {
 public:
  Listener(std::string server_dir, Options options)
      : server_dir_(std::move(server_dir)), options_(std::move(options)) {
    if (pipe2(stop_.data(), O_CLOEXEC) != 0) {
      throw std::runtime_error("cannot make a pipe");
    }
    const std::string path = dir_.path() + kSocketName;
    const sockaddr_un address = Address(path);
    listener_ = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (listener_ < 0 || bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
        chmod(path.c_str(), 0777) != 0 || listen(listener_, 100) != 0) {
      throw std::runtime_error("cannot listen on " + path + ": " + std::strerror(errno));
    }
    accepting_ = std::thread([this] { Accept(); });
  }

  ~Listener() {
    close(stop_[1]);  // every thread polls the other end
    accepting_.join();
    for (std::thread& thread : connections_) {
      thread.join();
    }
    close(stop_[0]);
    close(listener_);
  }

  const std::string& dir() const { return dir_.path(); }
  const Options& options() const { return options_; }
  int stop_fd() const { return stop_[0]; }

  void Inject(Fault fault) {
    const std::lock_guard<std::mutex> lock(mutex_);
    fault_ = std::move(fault);
    fired_ = false;
    messages_.clear();
    first_connection_ = 0;
  }

  bool Fired() const { return fired_; }
  void SetFired() { fired_ = true; }

  std::vector<Message> Messages() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return messages_;
  }

  // The fault that fires at this message, which is then no longer armed.
  std::optional<Fault> Count(int connection, const PgFrame& frame) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (first_connection_ == 0) {
      first_connection_ = connection;
    }
    if (!options_.all_connections && connection != first_connection_) {
      return std::nullopt;
    }
    const int number = static_cast<int>(messages_.size()) + 1;
    messages_.push_back({number, connection, frame.type, std::string(frame.body().substr(0, kTextPrefix))});
    const bool fires = fault_ && (fault_->containing.empty()
                                      ? fault_->at == number
                                      : frame.body().find(fault_->containing) != std::string_view::npos);
    return fires ? std::exchange(fault_, std::nullopt) : std::nullopt;
  }

  // The server's socket, or -1 while there is no server.
  int ConnectToServer() const {
    const sockaddr_un address = Address(server_dir_ + kSocketName);
    const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
      close(fd);
      return -1;
    }
    return fd;
  }

 private:
  void Accept();

  const std::string server_dir_;
  const Options options_;
  const TempDir dir_;
  std::array<int, 2> stop_;
  int listener_ = -1;
  std::thread accepting_;
  std::vector<std::thread> connections_;  // of the accepting thread; after its end the destructor's

  std::atomic<bool> fired_ = false;
  mutable std::mutex mutex_;
  std::optional<Fault> fault_;  // guarded by mutex_, like all below
  std::vector<Message> messages_;
  int first_connection_ = 0;
};

// One client's connection and its way through the proxy. Lives on one thread.
class PgProxy::Session {
 public:
  Session(Listener& listener, int number, int client)
      : listener_(listener), number_(number), client_(client), server_(listener.ConnectToServer()) {}

  void Run() {
    while (Step()) {
    }
  }

 private:
  enum class Phase { kStartup, kEncryptionAnswer, kMessages };

  // False when the connection is done.
  bool Step() {
    // After the server's end what it said last still goes to the client.
    if (!server_.open() && client_.output.empty()) {
      return false;
    }
    std::array<pollfd, 3> fds{client_.Poll(), server_.Poll(), pollfd{listener_.stop_fd(), POLLIN, 0}};
    if (poll(fds.data(), fds.size(), -1) < 0) {
      return errno == EINTR;
    }
    constexpr short kReadable = POLLIN | POLLHUP | POLLERR;
    const bool client_gone = (fds[0].revents & kReadable) != 0 && !client_.Read();
    const bool server_gone = (fds[1].revents & kReadable) != 0 && !server_.Read();
    return fds[2].revents == 0 && FromServer(server_gone) && FromClient() &&
           (!server_.open() || server_.Flush()) && (!client_.open() || client_.Flush()) && !client_gone;
  }

  // Forwards whole messages. False when both ends are to be dropped.
  bool FromClient() {
    while (phase_ != Phase::kEncryptionAnswer && client_.open() && server_.open()) {
      const std::optional<PgFrame> frame = TakeFrame(client_.input, phase_ == Phase::kMessages);
      if (!frame) {
        break;
      }
      const std::uint32_t code = frame->type == 0 ? frame->code() : 0;
      if (code == kSslRequest || code == kGssEncRequest || code == kCancelRequest) {
        phase_ = code == kCancelRequest ? Phase::kStartup : Phase::kEncryptionAnswer;
        server_.output += frame->bytes;
        continue;
      }
      phase_ = Phase::kMessages;
      std::optional<Fault> fault = listener_.Count(number_, *frame);
      if (fault && fault->when == When::kBeforeForwarding && !Fire(*fault)) {
        return false;
      }
      if (fault && fault->when == When::kBeforeAnswer) {
        withheld_ = std::move(fault);
      }
      if (client_.open()) {
        server_.output += frame->bytes;
      }
    }
    return true;
  }

  // Forwards whole messages, unless the answer is withheld. False when both ends are to be dropped.
  bool FromServer(bool gone) {
    if (phase_ == Phase::kEncryptionAnswer && !server_.input.empty()) {
      // One byte without a frame; never anything but 'N' over a Unix socket.
      client_.output += server_.input[0];
      server_.input.erase(0, 1);
      phase_ = Phase::kStartup;
    }
    bool complete = gone;
    while (const std::optional<PgFrame> frame = TakeFrame(server_.input, true)) {
      complete = complete || frame->type == 'Z' || frame->type == 'G' || frame->type == 'W';
      answer_ += Disguised(*frame).bytes;
    }
    if (gone) {
      server_.Close();
    }
    if (withheld_ && complete && !Fire(*std::exchange(withheld_, std::nullopt))) {
      return false;
    }
    if (!withheld_) {
      if (client_.open()) {
        client_.output += answer_;
      }
      answer_.clear();
    }
    return true;
  }

  PgFrame Disguised(const PgFrame& frame) const {
    const std::string& version = listener_.options().server_version;
    const bool tells_version =
        frame.type == 'S' && frame.body().starts_with(std::string("server_version") + '\0');
    return tells_version && !version.empty() ? ParameterStatus("server_version", version) : frame;
  }

  // False when both ends are to be dropped.
  bool Fire(const Fault& fault) {
    if (fault.action) {
      fault.action();
    }
    listener_.SetFired();
    if (fault.then == Then::kDropClient) {
      client_.Close();
    }
    return fault.then != Then::kDropBoth;
  }

  Listener& listener_;
  const int number_;
  End client_;
  End server_;
  Phase phase_ = Phase::kStartup;
  std::optional<Fault> withheld_;  // fires at the end of the answer that is held back
  std::string answer_;
};

void PgProxy::Listener::Accept() {
  for (;;) {
    std::array<pollfd, 2> fds{pollfd{listener_, POLLIN, 0}, pollfd{stop_[0], POLLIN, 0}};
    if ((poll(fds.data(), fds.size(), -1) < 0 && errno != EINTR) || fds[1].revents != 0) {
      return;
    }
    const int client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client >= 0) {
      const int number = static_cast<int>(connections_.size()) + 1;
      connections_.emplace_back([this, number, client] { Session(*this, number, client).Run(); });
    }
  }
}

PgProxy::PgProxy(std::string server_dir, Options options)
    : listener_(std::make_unique<Listener>(std::move(server_dir), std::move(options))) {}

PgProxy::~PgProxy() = default;

std::string PgProxy::Url(std::string_view database, std::string_view user) const {
  return SocketUrl(listener_->dir(), database, user);
}

const std::string& PgProxy::socket_dir() const { return listener_->dir(); }
void PgProxy::Inject(Fault fault) { listener_->Inject(std::move(fault)); }
bool PgProxy::Fired() const { return listener_->Fired(); }
std::vector<PgProxy::Message> PgProxy::Messages() const { return listener_->Messages(); }

}  // namespace paliad::testing
