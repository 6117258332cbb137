#include "controller/scratch/watchdog.h"

#include <algorithm>
#include <utility>

namespace paliad::scratch {
namespace {

constexpr int kSamplingPart = 50;  // of the time that a migration has taken so far
constexpr std::chrono::milliseconds kLongestPause{1'000};
constexpr std::chrono::seconds kBiteAgainAfter{1};

constexpr char kEndSql[] =
    "SELECT pg_catalog.pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity WHERE usename = $1";

}  // namespace

Watchdog::Watchdog(pg::Session& session, std::string login, const Backend& backend,
                   std::chrono::milliseconds limit, std::stop_token stop)
    : session_(session),
      login_(std::move(login)),
      backend_(backend),
      next_bite_(Clock::now() + limit),
      thread_([this] { Watch(); }),
      on_stop_(std::move(stop), [this] { EndNow(); }) {}

Watchdog::~Watchdog() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

bool Watchdog::fired() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return fired_;
}

void Watchdog::StartSampling() {
  std::unique_lock<std::mutex> lock(mutex_);
  samples_.clear();
  sampling_ = true;
  sampled_ = false;
  sampling_since_ = Clock::now();
  ++round_;
  changed_.notify_all();
  changed_.wait(lock, [this] { return sampled_ || fired_; });
}

LocksByTable Watchdog::TakeSamples() {
  const std::lock_guard<std::mutex> lock(mutex_);
  sampling_ = false;
  changed_.notify_all();
  return std::exchange(samples_, {});
}

void Watchdog::EndNow() {
  const std::lock_guard<std::mutex> lock(mutex_);
  end_now_ = true;
  changed_.notify_all();
}

void Watchdog::Watch() {
  std::unique_lock<std::mutex> lock(mutex_);
  while (!stopping_) {
    const Clock::time_point now = Clock::now();
    if (now >= next_bite_ || WantsEnd()) {
      EndBackends(lock);
    } else if (sampling_) {
      Sample(lock);
      const auto pause = std::min<Clock::duration>((now - sampling_since_) / kSamplingPart, kLongestPause);
      changed_.wait_until(lock, std::min(now + pause, next_bite_),
                          [this] { return stopping_ || !sampling_ || WantsEnd(); });
    } else {
      changed_.wait_until(lock, next_bite_, [this] { return stopping_ || sampling_ || WantsEnd(); });
    }
  }
}

// The server is asked without the lock: it may take its time.
void Watchdog::EndBackends(std::unique_lock<std::mutex>& lock) {
  fired_ = true;
  changed_.notify_all();
  lock.unlock();
  (void)session_.Query(kEndSql, {login_}, "end the dry run");
  next_bite_ = Clock::now() + kBiteAgainAfter;
  lock.lock();
}

void Watchdog::Sample(std::unique_lock<std::mutex>& lock) {
  const int round = round_;
  lock.unlock();
  LocksByTable seen;
  (void)AddLocks(session_, backend_, seen);  // what could not be looked at is not seen
  lock.lock();
  if (round != round_) {
    return;  // they are an earlier migration's
  }
  sampled_ = true;
  for (const auto& [table, mode] : seen) {
    LockMode& strongest = samples_.emplace(table, mode).first->second;
    strongest = std::max(strongest, mode);
  }
  changed_.notify_all();
}

}  // namespace paliad::scratch
