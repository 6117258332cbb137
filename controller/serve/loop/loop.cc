#include "controller/serve/loop/loop.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <tuple>
#include <utility>

#include "controller/config/config_file.h"
#include "controller/postgres/session.h"
#include "controller/pulls/open_forge.h"
#include "controller/reconcile/past.h"
#include "controller/reconcile/suspend.h"

namespace paliad::serve {
namespace {

constexpr std::size_t kFetchesAtATime = 8;

// Targets with the same one have one source: what is fetched and with which secrets.
using SourceKey = std::tuple<std::string, std::string, std::string, std::string, std::string, std::string>;

SourceKey KeyOf(const config::TargetConfig& target) {
  const config::GitConfig& git = target.git;
  return {target.repository,
          git.username.empty() ? "" : git.username.Where(),
          git.password.empty() ? "" : git.password.Where(),
          git.ssh_key_file,
          git.known_hosts_file,
          git.ca_file};
}

}  // namespace

Loop::Loop(const config::Config& config, std::string actor, MetricsSink& metrics, const Clock& clock)
    : clock_(clock),
      metrics_(metrics),
      environment_{.clock = clock,
                   .metrics = metrics,
                   .actor = std::move(actor),
                   .stop = stop_.get_token(),
                   .cancel = cancel_.get_token()},
      slots_(kFetchesAtATime, clock),
      pull_requests_(std::make_unique<PullRequests>(
          config,
          [this](const std::string& target) {
            if (const Seat* seat = Find(target)) {
              AskForFetch(*seat);
            }
          },
          metrics, clock)) {
  AddTargets(config);
  const int count = std::min(config.concurrency, static_cast<int>(seats_.size()));
  working_ = count;
  for (int i = 0; i < count; ++i) {
    workers_.emplace_back([this] { Work(retire_.get_token()); });
  }
  StartSources(config);
}

Loop::~Loop() {
  Stop();
  workers_.clear();
  {
    const std::lock_guard lock(mutex_);
    for (const auto& seat : seats_) {
      seat->source = nullptr;
    }
  }
  sources_.clear();        // which tell targets and the watches of pull requests
  pull_requests_.reset();  // which ask for fetches
}

void Loop::AddTargets(const config::Config& config) {
  for (const config::TargetConfig& target : config.targets) {
    seats_.push_back(std::make_unique<Seat>());
    Seat* seat = seats_.back().get();
    seat->loop = std::make_unique<TargetLoop>(
        target, environment_, pull_requests_->SideOf(target.target.name),
        TargetLoop::Callbacks{
            .look_at_source = [this, seat] { AskForFetch(*seat); },
            .run_recorded = [this, name = target.target.name] { pull_requests_->TakeRun(name); }});
  }
}

void Loop::AskForFetch(const Seat& seat) {
  const std::lock_guard lock(mutex_);
  if (seat.source != nullptr) {
    seat.source->Notify();
  }
}

void Loop::StartSources(const config::Config& config) {
  std::map<SourceKey, std::vector<Seat*>> shared;
  for (const auto& seat : seats_) {
    shared[KeyOf(seat->loop->config())].push_back(seat.get());
  }
  for (const auto& [key, seats] : shared) {
    SourceOptions options{
        .target = seats.front()->loop->config(), .target_names = {}, .data_dir = config.data_dir};
    options.deadline = config.fetch_timeout;
    options.interval = options.target.interval;
    for (const Seat* seat : seats) {
      options.target_names.push_back(seat->loop->name());
      if (const auto& forge = seat->loop->config().forge; forge && !forge->token.empty()) {
        options.references.insert(pulls::HeadReferences(forge->kind));
      }
      options.interval = std::min(options.interval, seat->loop->config().interval);
    }
    sources_.push_back(std::make_unique<Source>(
        std::move(options), slots_, metrics_, clock_,
        [this, seats = seats](const Fetched& fetched) { TakeFetched(seats, fetched); }));
    const std::lock_guard lock(mutex_);
    for (Seat* seat : seats) {
      seat->source = sources_.back().get();
    }
  }
}

// A look follows even where nothing was fetched: somebody may have resumed, or changed the database.
void Loop::TakeFetched(const std::vector<Seat*>& seats, const Fetched& fetched) {
  for (Seat* seat : seats) {
    seat->loop->TakeFetched(fetched);
    if (!fetched.clone.empty()) {
      Request(*seat);
      pull_requests_->TakeFetched(seat->loop->name(), fetched.clone);
    }
  }
}

void Loop::Request(Seat& seat) {
  const std::lock_guard lock(mutex_);
  ++seat.requests;
  seat.due = std::min(seat.due, clock_.Steady());
  due_.notify_one();
}

// The one that is due for the longest time, so that all have their turn.
Loop::Seat* Loop::NextDue() {
  Seat* next = nullptr;
  for (const auto& seat : seats_) {
    if (!seat->busy && (next == nullptr || seat->due < next->due)) {
      next = seat.get();
    }
  }
  return next;
}

void Loop::Work(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    Seat* seat = NextDue();
    const SteadyTime now = clock_.Steady();
    if (seat == nullptr || seat->due > now) {
      // A deadline far away is none: adding to it would overflow.
      constexpr std::chrono::hours kAtMost{1};
      const SteadyTime until = seat == nullptr ? now + kAtMost : std::min(seat->due, now + kAtMost);
      due_.wait_until(lock, until);
      continue;
    }
    seat->busy = true;
    seat->due = SteadyTime::max();
    const std::uint64_t answered = seat->requests;
    lock.unlock();
    const SteadyTime due = seat->loop->Pass();
    lock.lock();
    seat->busy = false;
    seat->due = seat->requests != answered ? clock_.Steady() : due;
    due_.notify_one();
  }
  --working_;
}

std::vector<TargetSnapshot> Loop::Snapshots() const {
  std::vector<TargetSnapshot> all;
  for (const auto& seat : seats_) {
    TargetSnapshot snapshot = seat->loop->Snapshot();
    const Source* source = nullptr;
    {
      const std::lock_guard lock(mutex_);
      source = seat->source;
    }
    if (source != nullptr) {
      snapshot.repository = source->reachability();
    }
    // Ready as far as is known, which is not as far as it should be.
    if (snapshot.state == State::kReady && !snapshot.repository.error.empty()) {
      snapshot.state = State::kRetrying;
      snapshot.reason = snapshot.repository.error;
    }
    all.push_back(std::move(snapshot));
  }
  return all;
}

Loop::Seat* Loop::Find(const std::string& target) const {
  const auto seat = std::find_if(seats_.begin(), seats_.end(),
                                 [&](const auto& each) { return each->loop->name() == target; });
  return seat == seats_.end() ? nullptr : seat->get();
}

void Loop::Notify(const std::string& target, Notice notice) {
  Seat* seat = Find(target);
  if (seat == nullptr) {
    return;
  }
  if (notice == Notice::kPush) {
    seat->loop->TakePush();
  } else {
    seat->loop->TakePullRequestNews();
  }
  AskForFetch(*seat);
}

Status Loop::ForTarget(const std::string& name, const std::function<Status(const Target&)>& ask) {
  Seat* seat = Find(name);
  if (seat == nullptr) {
    return Fail({.kind = ErrorKind::kInvalidInput,
                 .doing = "find the target",
                 .subject = name,
                 .cause = "there is none of that name",
                 .hint = ""});
  }
  ASSIGN_OR_RETURN(const Target target, config::WithDatabase(seat->loop->config()));
  RETURN_IF_ERROR(ask(target));
  seat->loop->TakePersonsRequest();
  Request(*seat);
  return {};
}

Status Loop::Suspend(const std::string& target, const std::string& actor, const std::string& reason) {
  return ForTarget(target, [&](const Target& complete) {
    return paliad::Suspend(complete, {.actor = actor, .reason = reason}, clock_);
  });
}

Status Loop::Resume(const std::string& target, const std::string& actor, const std::string& reason,
                    bool accept_rewrite) {
  return ForTarget(target, [&](const Target& complete) {
    return paliad::Resume(complete, {.actor = actor, .reason = reason}, accept_rewrite, clock_);
  });
}

// Recorded as a `resumed` entry: it is what makes every controller look, whichever has the lock.
Status Loop::Reconcile(const std::string& target, const std::string& actor, const std::string& reason) {
  return ForTarget(target, [&](const Target& complete) -> Status {
    ASSIGN_OR_RETURN(pg::Session session, pg::Session::Connect({.url = complete.database_url}));
    ASSIGN_OR_RETURN(const Past past, ReadPast(session, complete));
    if (past.suspension) {
      return Fail(SuspendedError(*past.suspension));
    }
    return paliad::Resume(complete, {.actor = actor, .reason = reason}, /*accept_rewrite=*/false, clock_);
  });
}

void Loop::Retire() {
  retire_.request_stop();
  pull_requests_->Retire();
  const std::lock_guard lock(mutex_);
  due_.notify_all();
}

void Loop::Stop() {
  stop_.request_stop();
  Retire();
}

void Loop::Cancel() {
  Stop();
  cancel_.request_stop();
}

bool Loop::Ended() const {
  const std::lock_guard lock(mutex_);
  return working_ == 0 && pull_requests_->Ended();
}

}  // namespace paliad::serve
