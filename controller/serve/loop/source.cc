#include "controller/serve/loop/source.h"

#include <fmt/format.h>

#include <utility>

#include "controller/config/config_file.h"
#include "controller/git/fetch.h"
#include "controller/git/repository.h"
#include "controller/serve/loop/delay.h"
#include "controller/serve/loop/event_log.h"

namespace paliad::serve {

Source::Source(SourceOptions options, FetchSlots& slots, MetricsSink& metrics, const Clock& clock,
               OnFetched on_fetched)
    : options_(std::move(options)),
      slots_(slots),
      metrics_(metrics),
      clock_(clock),
      on_fetched_(std::move(on_fetched)),
      thread_([this](const std::stop_token& stop) { Run(stop); }) {}

Source::~Source() {
  thread_.request_stop();
  thread_.join();
}

void Source::Notify() {
  const std::lock_guard lock(mutex_);
  ++notices_;
  wake_.notify_all();
}

Reachability Source::reachability() const {
  const std::lock_guard lock(mutex_);
  return reachability_;
}

void Source::Run(const std::stop_token& stop) {
  for (SteadyTime next = clock_.Steady(); AwaitTurn(stop, next);) {
    const std::optional<FetchSlots::Slot> slot = slots_.Take(stop);
    if (!slot) {
      return;
    }
    {
      // What was asked for until here is what the fetch that begins now answers.
      const std::lock_guard lock(mutex_);
      answered_ = notices_;
    }
    const SteadyTime began = clock_.Steady();
    const Result<std::string> result = Fetch(stop);
    if (stop.stop_requested()) {
      return;
    }
    const auto duration = std::chrono::duration_cast<std::chrono::microseconds>(clock_.Steady() - began);
    for (const std::string& name : options_.target_names) {
      metrics_.FetchEnded(name, result.has_value(), duration);
    }
    next = Take(result);
  }
}

bool Source::AwaitTurn(const std::stop_token& stop, SteadyTime next) {
  std::unique_lock lock(mutex_);
  wake_.wait_until(lock, stop, next, [this] { return notices_ != answered_; });
  return !stop.stop_requested();
}

// A folder of this machine is read where it is.
Result<std::string> Source::Fetch(const std::stop_token& stop) {
  const config::TargetConfig& target = options_.target;
  if (!git::IsRemote(target.repository)) {
    return git::Repository::Open(target.repository).map([&](const auto&) { return target.repository; });
  }
  git::FetchOptions fetch;
  fetch.url = target.repository;
  fetch.branch = target.target.branch;
  fetch.data_dir = options_.data_dir;
  fetch.references.assign(options_.references.begin(), options_.references.end());
  fetch.deadline = options_.deadline;
  fetch.stop = stop;
  ASSIGN_OR_RETURN(fetch.credentials, config::ReadCredentials(target));
  return git::Fetch(fetch);
}

SteadyTime Source::Take(const Result<std::string>& result) {
  std::chrono::milliseconds delay = UntilNextPoll(options_.interval);
  if (result) {
    fetched_ = {.clone = *result, .error = std::nullopt, .attempt = 0, .next_attempt = std::nullopt};
  } else {
    fetched_.error = result.error();
    delay = DelayAfterFailure(++fetched_.attempt);
    fetched_.next_attempt = clock_.Now() + delay;
    for (const std::string& name : options_.target_names) {
      LogEvent(Level::kWarning, {.target = name},
               fmt::format("{}; attempt {}, the next one in {:.1f} s", result.error().Message(),
                           fetched_.attempt, static_cast<double>(delay.count()) / 1e3));
    }
  }
  {
    const std::lock_guard lock(mutex_);
    if (result) {
      reachability_ = {.last_success = clock_.Now(), .error = ""};
    } else {
      reachability_.error = result.error().Message();
    }
  }
  on_fetched_(fetched_);
  return clock_.Steady() + delay;
}

}  // namespace paliad::serve
