#include "controller/serve/http/server.h"

#include <spdlog/spdlog.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <exception>
#include <mutex>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/text.h"
#include "controller/serve/http/connection.h"
#include "controller/serve/http/listener.h"
#include "controller/serve/http/quiet_thread.h"
#include "controller/serve/http/worker_pool.h"

namespace paliad::http {
namespace {

using Id = std::uint64_t;
constexpr Id kListenerId = 0;
constexpr Id kWakeId = 1;

constexpr auto kSweepEvery = std::chrono::milliseconds(250);
// For what is being answered when the server stops.
constexpr auto kFinishWithin = std::chrono::seconds(5);

class EpollServer final : public Server {
 public:
  EpollServer(Listener listener, std::shared_ptr<const TlsContext> tls, Handler handler, const Limits& limits,
              const Clock& clock)
      : handler_(std::move(handler)),
        limits_(limits),
        clock_(clock),
        listener_(std::move(listener)),
        port_(listener_.port()),
        room_(RoomForConnections(limits.max_connections)),
        tls_(std::move(tls)),
        epoll_(epoll_create1(EPOLL_CLOEXEC)),
        wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
        fast_(limits.fast_threads, limits.max_waiting),
        slow_(limits.slow_threads, limits.max_waiting) {
    Watch(listener_.fd(), kListenerId, EPOLLIN);
    Watch(wake_, kWakeId, EPOLLIN);
    thread_ = StartQuietThread([this] { Serve(); });
  }

  ~EpollServer() override {
    stopping_ = true;
    Wake();
    thread_.join();
  }

  std::uint16_t port() const override { return port_; }

  void SetTls(std::shared_ptr<const TlsContext> tls) override {
    const std::lock_guard lock(mutex_);
    tls_ = std::move(tls);
  }

 private:
  struct Slot {
    std::unique_ptr<Connection> connection;
    std::uint32_t events = 0;  // watched; 0: it is not in the epoll set
    std::size_t counted = 0;   // of buffered_
    std::size_t in_work = 0;   // of in_work_
  };
  using Slots = std::unordered_map<Id, Slot>;

  void Wake() {
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t written = write(wake_, &one, sizeof one);
  }

  void Watch(int fd, Id id, std::uint32_t events) {
    epoll_event event{};
    event.events = events;
    event.data.u64 = id;
    epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event);
  }

  void Serve() {
    std::array<epoll_event, 256> events;
    SteadyTime next_sweep = clock_.Steady() + kSweepEvery;
    std::optional<SteadyTime> give_up;
    while (!give_up || (AnswersAreDue() && clock_.Steady() < *give_up)) {
      const int count =
          epoll_wait(epoll_, events.data(), events.size(), static_cast<int>(kSweepEvery.count()));
      for (int i = 0; i < count; ++i) {
        const Id id = events[static_cast<std::size_t>(i)].data.u64;
        if (id == kListenerId) {
          AcceptAll();
        } else if (id == kWakeId) {
          DeliverAnswers();
        } else if (const auto slot = slots_.find(id); slot != slots_.end()) {
          Settle(slot, slot->second.connection->Advance(clock_.Steady()));
        }
      }
      if (clock_.Steady() >= next_sweep) {
        CloseLate();
        next_sweep = clock_.Steady() + kSweepEvery;
      }
      if (stopping_ && !give_up) {
        give_up = clock_.Steady() + kFinishWithin;
        epoll_ctl(epoll_, EPOLL_CTL_DEL, listener_.fd(), nullptr);
      }
    }
    slots_.clear();
  }

  bool AnswersAreDue() const {
    return std::any_of(slots_.begin(), slots_.end(), [](const auto& slot) {
      const Connection::Stage stage = slot.second.connection->stage();
      return stage == Connection::Stage::kWorking || stage == Connection::Stage::kWriting;
    });
  }

  void AcceptAll() {
    std::shared_ptr<const TlsContext> tls;
    {
      const std::lock_guard lock(mutex_);
      tls = tls_;
    }
    bool exhausted = false;
    while (auto accepted = listener_.Accept(&exhausted)) {
      if (slots_.size() >= room_ && !CloseOldest([](const Connection& c) { return c.incomplete(); })) {
        close(accepted->fd);  // all of them are being answered
        continue;
      }
      auto connection = std::make_unique<Connection>(accepted->fd, std::move(accepted->peer), tls, limits_,
                                                     handler_, clock_.Steady());
      const auto slot = slots_.emplace(next_id_++, Slot{.connection = std::move(connection)}).first;
      Settle(slot, slot->second.connection->Advance(clock_.Steady()));
    }
    if (exhausted && !CloseOldest([](const Connection& c) { return c.incomplete(); })) {
      clock_.Sleep(std::chrono::milliseconds(10));  // somebody else's descriptors: do not spin
    }
  }

  // After a connection was touched: what it asks, what it waits for, whether it is over.
  void Settle(Slots::iterator slot, std::optional<Request> request) {
    while (request) {
      request = Dispatch(slot, *std::move(request));
    }
    Connection& connection = *slot->second.connection;
    buffered_ += connection.buffered() - slot->second.counted;
    slot->second.counted = connection.buffered();
    if (connection.stage() == Connection::Stage::kDone) {
      Close(slot);
    } else {
      UpdateWatch(slot);
    }
    while (buffered_ > limits_.max_buffered &&
           CloseOldest([](const Connection& c) { return c.stage() == Connection::Stage::kBody; })) {
    }
  }

  // Has the request answered: at once (and returns the next one), or later.
  std::optional<Request> Dispatch(Slots::iterator slot, Request request) {
    Connection& connection = *slot->second.connection;
    const Lane lane = handler_.lane(request);
    if (lane == Lane::kAtOnce) {
      return connection.Answer(AnswerSafely(request), clock_.Steady());
    }
    const std::size_t bytes = request.body.size();
    const Id id = slot->first;
    // std::function wants a copyable closure; the body must not be copied.
    auto shared = std::make_shared<const Request>(std::move(request));
    WorkerPool& pool = lane == Lane::kFast ? fast_ : slow_;
    if (in_work_ + bytes > limits_.max_buffered || !pool.Submit([this, id, shared] {
          Response response = AnswerSafely(*shared);
          {
            const std::lock_guard lock(mutex_);
            answers_.emplace_back(id, std::move(response));
          }
          Wake();
        })) {
      Response busy = handler_.refuse(503, "too much to do at the moment");
      return connection.Answer(busy.Add("Retry-After", "5"), clock_.Steady());
    }
    slot->second.in_work = bytes;
    in_work_ += bytes;
    return std::nullopt;
  }

  // Libraries below may throw.
  Response AnswerSafely(const Request& request) {
    try {
      return handler_.answer(request);
    } catch (const std::exception& failure) {
      spdlog::error("cannot answer {} {}: {}", EscapeForTerminal(request.method),
                    EscapeForTerminal(request.path), EscapeForTerminal(failure.what()));
      return handler_.refuse(500, "this is a bug; the log says more");
    }
  }

  void DeliverAnswers() {
    std::uint64_t count = 0;
    [[maybe_unused]] const ssize_t got = read(wake_, &count, sizeof count);
    std::vector<std::pair<Id, Response>> answers;
    {
      const std::lock_guard lock(mutex_);
      answers.swap(answers_);
    }
    for (auto& [id, response] : answers) {
      const auto slot = slots_.find(id);
      in_work_ -= std::exchange(slot->second.in_work, 0);
      Settle(slot, slot->second.connection->Answer(response, clock_.Steady()));
    }
  }

  void UpdateWatch(Slots::iterator slot) {
    const Connection& connection = *slot->second.connection;
    const std::uint32_t wanted = connection.wants_write() ? EPOLLOUT : connection.wants_read() ? EPOLLIN : 0U;
    if (wanted == slot->second.events) {
      return;
    }
    epoll_event event{};
    event.events = wanted;
    event.data.u64 = slot->first;
    // Not watched at all while it is answered: a client that hangs up would be reported again and again.
    const int operation = wanted == 0                ? EPOLL_CTL_DEL
                          : slot->second.events == 0 ? EPOLL_CTL_ADD
                                                     : EPOLL_CTL_MOD;
    epoll_ctl(epoll_, operation, connection.fd(), &event);
    slot->second.events = wanted;
  }

  void Close(Slots::iterator slot) {
    buffered_ -= slot->second.counted;
    slots_.erase(slot);  // which closes it, and so takes it out of the epoll set
  }

  void CloseLate() {
    const SteadyTime now = clock_.Steady();
    for (auto slot = slots_.begin(); slot != slots_.end();) {
      const auto next = std::next(slot);
      if (slot->second.connection->deadline() <= now) {
        Close(slot);
      }
      slot = next;
    }
  }

  // Of those, the one that is longest in its stage. False: there is none.
  template <class Which>
  bool CloseOldest(Which which) {
    auto oldest = slots_.end();
    for (auto slot = slots_.begin(); slot != slots_.end(); ++slot) {
      if (which(*slot->second.connection) &&
          (oldest == slots_.end() ||
           slot->second.connection->stage_since() < oldest->second.connection->stage_since())) {
        oldest = slot;
      }
    }
    if (oldest == slots_.end()) {
      return false;
    }
    Close(oldest);
    return true;
  }

  struct Descriptor {
    explicit Descriptor(int number) : fd(number) {}
    ~Descriptor() { close(fd); }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    operator int() const { return fd; }
    int fd;
  };

  const Handler handler_;
  const Limits limits_;
  const Clock& clock_;
  const Listener listener_;
  const std::uint16_t port_;
  const std::size_t room_;

  std::mutex mutex_;
  std::shared_ptr<const TlsContext> tls_;         // guarded by mutex_
  std::vector<std::pair<Id, Response>> answers_;  // guarded by mutex_
  std::atomic<bool> stopping_ = false;

  const Descriptor epoll_;
  const Descriptor wake_;

  // Of the server's own thread.
  Slots slots_;
  Id next_id_ = kWakeId + 1;
  std::size_t buffered_ = 0;  // bytes of unfinished requests
  std::size_t in_work_ = 0;   // bytes of bodies that are being answered

  WorkerPool fast_;
  WorkerPool slow_;
  std::thread thread_;
};

}  // namespace

Result<std::unique_ptr<Server>> Server::Start(const std::string& listen,
                                              std::shared_ptr<const TlsContext> tls, Handler handler,
                                              const Limits& limits, const Clock& clock) {
  ASSIGN_OR_RETURN(Listener listener, Listener::Open(listen));
  return std::make_unique<EpollServer>(std::move(listener), std::move(tls), std::move(handler), limits,
                                       clock);
}

}  // namespace paliad::http
