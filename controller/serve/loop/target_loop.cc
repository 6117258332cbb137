#include "controller/serve/loop/target_loop.h"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "controller/config/config_file.h"
#include "controller/reconcile/database_state.h"
#include "controller/reconcile/suspend.h"
#include "controller/serve/loop/delay.h"
#include "controller/serve/loop/event_log.h"
#include "controller/serve/loop/run_log.h"

namespace paliad::serve {
namespace {

using Kind = Decision::Kind;
using std::chrono::milliseconds;

constexpr std::size_t kShort = 12;

// A commit whose run could not be recorded is tried again so often: nothing else would notice that rights
// were granted or a folder's owner changed.
constexpr milliseconds kTryStalledAgain = kLongestDelay;

std::string Rewritten(const FinishedRun& last, const std::string& branch) {
  return fmt::format("the history of {} was rewritten: it no longer has {}, which was reconciled last",
                     branch, last.commit.substr(0, kShort));
}

constexpr char kRewrittenHint[] =
    "look at what the new history has; `paliadctl resume --accept-rewrite --reason TEXT` goes on from its "
    "newest commit";

}  // namespace

TargetLoop::TargetLoop(config::TargetConfig config, const LoopEnvironment& environment,
                       std::optional<ForgeSide> forge, Callbacks callbacks)
    : config_(std::move(config)),
      environment_(environment),
      forge_(std::move(forge)),
      callbacks_(std::move(callbacks)) {
  snapshot_.name = config_.target.name;
  snapshot_.since = environment_.clock.Now();
  snapshot_.reason = "starting";
}

TargetLoop::~TargetLoop() = default;

TargetSnapshot TargetLoop::Snapshot() const {
  const std::lock_guard lock(mutex_);
  return snapshot_;
}

void TargetLoop::TakeFetched(const Fetched& fetched) {
  const std::lock_guard lock(mutex_);
  if (!fetched.clone.empty()) {
    news_.clone = fetched.clone;
    snapshot_.clone = fetched.clone;
  }
  // Without a clone there is nothing that a pass could say.
  if (fetched.error && fetched.clone.empty()) {
    snapshot_.state = State::kRetrying;
    snapshot_.reason = fetched.error->Message();
    snapshot_.hint = fetched.error->hint;
    snapshot_.attempt = fetched.attempt;
    snapshot_.next_attempt = fetched.next_attempt;
  }
}

void TargetLoop::TakePush() {
  const std::lock_guard lock(mutex_);
  news_.pushed = true;
}

void TargetLoop::TakePullRequestNews() {
  const std::lock_guard lock(mutex_);
  news_.pull_request = true;
}

void TargetLoop::TakePersonsRequest() {
  const std::lock_guard lock(mutex_);
  news_.person = true;
}

TargetLoop::News TargetLoop::TakeNews() {
  const std::lock_guard lock(mutex_);
  News news = news_;
  news_.pushed = false;
  news_.person = false;
  news_.pull_request = false;
  return news;
}

SteadyTime TargetLoop::After(milliseconds delay) const { return environment_.clock.Steady() + delay; }

SteadyTime TargetLoop::Pass() {
  const News news = TakeNews();
  pushed_ = pushed_ || news.pushed;
  if (news.clone.empty()) {
    return SteadyTime::max();  // the first fetch asks for the next pass
  }
  if (news.person) {
    cannot_begin_.clear();
    not_before_ = {};
  }
  if (news.pull_request && awaits_approval_) {
    not_before_ = {};
  }
  return PassOver(news);
}

SteadyTime TargetLoop::PassOver(const News& news) {
  Result<git::Repository> repository = git::Repository::Open(news.clone);
  const Result<std::string> head =
      repository ? repository->Resolve(config_.target.branch) : Fail(repository.error());
  const bool early = environment_.clock.Steady() < not_before_;
  if (!head && early) {
    return not_before_;
  }
  if (!head) {
    callbacks_.look_at_source();  // which mends a clone that is damaged
    return Retry(head.error().Message(), head.error().hint);
  }
  // A fetch does not cut a delay short unless it brought something.
  if (early && *head == head_) {
    return not_before_;
  }
  head_ = *head;
  Result<pg::Session> session = Connect();
  if (!session) {
    return Retry(session.error().Message(), session.error().hint);
  }
  const Result<View> view = Look(*session, *repository);
  if (!view) {
    callbacks_.look_at_source();
    return Retry(view.error().Message(), view.error().hint);
  }
  NoteView(*view);
  return Act(news, *std::move(session), *repository, *view);
}

Result<pg::Session> TargetLoop::Connect() {
  const Result<Target> target = config::WithDatabase(config_);
  Result<pg::Session> session =
      target ? pg::Session::Connect({.url = target->database_url}) : Fail(target.error());
  // After a failover it may be one that is promoted in a moment.
  if (const Status primary = session ? session->RequirePrimary() : Status(); !primary) {
    session = Fail(primary.error());
  }
  const std::lock_guard lock(mutex_);
  if (session) {
    snapshot_.database = {.last_success = environment_.clock.Now(), .error = ""};
  } else {
    snapshot_.database.error = session.error().Message();
  }
  return session;
}

Result<TargetLoop::View> TargetLoop::Look(pg::Session& session, git::Repository& repository) {
  View view;
  ASSIGN_OR_RETURN(view.past, ReadPast(session, config_.target));
  view.branch.head = head_;
  if (view.past.last) {
    const Target& target = config_.target;
    ASSIGN_OR_RETURN(auto steps,
                     repository.StepsSince(view.past.last->commit, head_, {target.path, target.policy_path}));
    view.branch.rewritten = !steps.has_value();
    if (steps) {
      view.branch.since = *std::move(steps);
      ASSIGN_OR_RETURN(const int behind, repository.CommitsBehind(view.past.last->commit, head_));
      view.behind = behind;
    }
    ASSIGN_OR_RETURN(view.rows_changed, RowsChanged(session, view.past));
  }
  return view;
}

Result<bool> TargetLoop::RowsChanged(pg::Session& session, const Past& past) {
  if (!past.last->InSync() || past.last->applied_digest.empty()) {
    return false;
  }
  ASSIGN_OR_RETURN(const std::string digest, ReadAppliedDigest(session, config_.target));
  return digest != past.last->applied_digest;
}

SteadyTime TargetLoop::Act(const News& news, pg::Session session, git::Repository& repository,
                           const View& view) {
  const Past& past = view.past;
  if (past.person_seq > person_seq_) {
    person_seq_ = past.person_seq;
    cannot_begin_.clear();
  }
  Circumstances circumstances{.rows_changed = view.rows_changed,
                              .retry_now = news.person || environment_.clock.Steady() >= not_before_,
                              .pushed = pushed_,
                              .cannot_begin = {}};
  // A failure that was not seen yet has its delay still to come.
  if (past.last && past.last->retry && past.seq() != failed_seq_ && !news.person) {
    circumstances.retry_now = false;
  }
  for (const auto& [commit, error] : cannot_begin_) {
    circumstances.cannot_begin.insert(commit);
  }
  const Decision decision = Decide(past, view.branch, circumstances);
  rewritten_ = decision.kind == Kind::kRewritten;
  switch (decision.kind) {
    case Kind::kRun:
      if (environment_.stop.stop_requested()) {
        return SteadyTime::max();
      }
      {
        const pg::Session closed = std::move(session);  // a run has a connection of its own
      }
      return Run(decision, repository, view);
    case Kind::kSuspended:
      SetState(State::kSuspended, past.suspension->reason, "`paliadctl resume --reason TEXT` goes on",
               past.suspension->by);
      return SteadyTime::max();
    case Kind::kRewritten:
      SetState(State::kStalled, Rewritten(*past.last, config_.target.branch), kRewrittenHint);
      NoteInDatabase(session, past);
      return SteadyTime::max();
    case Kind::kCannotBegin: {
      const Error& error = cannot_begin_.at(decision.commit);
      SetState(State::kStalled, error.Message(), error.hint);
      NoteInDatabase(session, past);
      cannot_begin_.clear();
      not_before_ = After(kTryStalledAgain);
      return not_before_;
    }
    case Kind::kRetryLater: {
      SteadyTime due = not_before_;
      if (past.seq() != failed_seq_) {
        failed_seq_ = past.seq();
        due = Retry(past.last->reason, "");
      }
      NoteInDatabase(session, past);
      return due;
    }
    case Kind::kStalled:
      SetState(State::kStalled, past.last->reason,
               "a new commit, or `paliadctl resume --reason TEXT`, goes on");
      NoteInDatabase(session, past);
      return SteadyTime::max();
    case Kind::kReady:
      pushed_ = false;
      SetState(State::kReady, "");
      NoteInDatabase(session, past);
      return SteadyTime::max();
  }
  return SteadyTime::max();
}

SteadyTime TargetLoop::Run(const Decision& decision, git::Repository& repository, const View& view) {
  const Result<Target> target = config::WithDatabase(config_);
  if (!target) {
    return Retry(target.error().Message(), target.error().hint);
  }
  SetState(State::kReconciling, "");
  {
    const std::lock_guard lock(mutex_);
    snapshot_.step = "looking at " + decision.commit.substr(0, kShort);
  }
  RunLogger observer(name(), decision.commit, environment_.metrics, [this](std::string step) {
    const std::lock_guard lock(mutex_);
    snapshot_.step = std::move(step);
  });
  const SteadyTime began = environment_.clock.Steady();
  const Result<paliad::Run> run = Reconcile(*target, repository,
                                            {.revision = decision.commit,
                                             .trigger = decision.trigger,
                                             .actor = environment_.actor,
                                             .lock_wait = milliseconds(0),
                                             .only_after = view.past.seq(),
                                             .commits_skipped = decision.commits_skipped,
                                             .forge = forge_,
                                             .stop = environment_.stop,
                                             .cancel = environment_.cancel},
                                            environment_.clock, observer);
  const auto duration =
      std::chrono::duration_cast<std::chrono::microseconds>(environment_.clock.Steady() - began);
  {
    const std::lock_guard lock(mutex_);
    snapshot_.step.clear();
  }
  awaits_approval_ = run && run->awaits_approval;
  if (awaits_approval_) {
    return AwaitApproval(*run, view.past);
  }
  NoteLockWait(run.has_value(), began);
  callbacks_.run_recorded();
  return run ? TakeRun(*run, duration) : TakeError(decision, run.error());
}

// What it means for the state is for the next look to say, which comes at once: it reads the same from the
// ledger as every other controller.
SteadyTime TargetLoop::TakeRun(const paliad::Run& run, std::chrono::microseconds duration) {
  conflicts_ = 0;
  const std::string outcome(OutcomeName(run.outcome));
  const bool good = run.outcome == ledger::Outcome::kInSync || run.outcome == ledger::Outcome::kApplied;
  LogRun(name(), run);
  environment_.metrics.RunEnded(name(), outcome, duration);
  if (run.pending) {
    environment_.metrics.PendingMigrations(name(), *run.pending);
  }
  const std::lock_guard lock(mutex_);
  snapshot_.last_run = {.run_id = run.run_id, .outcome = outcome, .commit = run.commit};
  if (good) {
    snapshot_.commit = run.commit;
    snapshot_.last_success = environment_.clock.Now();
    snapshot_.attempt = 0;
  }
  return environment_.clock.Steady();
}

// A run does not wait for the lock, which would keep a worker from other targets: it is tried again and
// again, and all of that is the wait.
void TargetLoop::NoteLockWait(bool had_lock, SteadyTime began) {
  if (!had_lock) {
    waits_since_ = waits_since_.value_or(began);
    return;
  }
  const auto waited = began - std::exchange(waits_since_, std::nullopt).value_or(began);
  environment_.metrics.LockWaited(name(), std::chrono::duration_cast<std::chrono::microseconds>(waited));
}

// The next look comes after a delay, or when the forge speaks of a pull request.
SteadyTime TargetLoop::AwaitApproval(const paliad::Run& run, const Past& past) {
  const SteadyTime due = Retry(run.error->Message(), run.error->hint);
  if (Result<pg::Session> session = Connect()) {
    NoteInDatabase(*session, past);
  }
  return due;
}

SteadyTime TargetLoop::TakeError(const Decision& decision, const Error& error) {
  switch (NextActionFor(error.kind)) {
    case NextAction::kReplan:
      SetState(State::kReconciling, error.Message());
      return After(DelayAfterConflict(++conflicts_));
    case NextAction::kRetry:
      LogEvent(Level::kWarning, {.target = name(), .commit = decision.commit}, error.Message());
      return Retry(error.Message(), error.hint);
    case NextAction::kWaitForChange:
    case NextAction::kSettle:
    case NextAction::kStop:
      break;
  }
  LogEvent(Level::kError, {.target = name(), .commit = decision.commit}, error.Message());
  cannot_begin_.insert_or_assign(decision.commit, error);
  return environment_.clock.Steady();
}

SteadyTime TargetLoop::Retry(const std::string& reason, const std::string& hint) {
  int attempt = 0;
  {
    const std::lock_guard lock(mutex_);
    attempt = ++snapshot_.attempt;
  }
  const milliseconds delay = DelayAfterFailure(attempt);
  not_before_ = After(delay);
  SetState(State::kRetrying, reason, hint);
  const std::lock_guard lock(mutex_);
  snapshot_.next_attempt = environment_.clock.Now() + delay;
  return not_before_;
}

void TargetLoop::NoteView(const View& view) {
  environment_.metrics.LedgerSize(name(), view.past.ledger_size,
                                  view.past.ledger_size - view.past.anchored_size);
  const std::lock_guard lock(mutex_);
  snapshot_.head = view.branch.head;
  snapshot_.commits_behind = view.behind;
  if (view.past.last) {
    const FinishedRun& last = *view.past.last;
    snapshot_.last_run = {.run_id = last.run_id, .outcome = last.outcome, .commit = last.commit};
    if (last.InSync()) {
      snapshot_.commit = last.commit;
    }
  }
}

void TargetLoop::SetState(State state, std::string reason, std::string hint, std::string actor) {
  const std::lock_guard lock(mutex_);
  if (snapshot_.state != state || snapshot_.reason != reason) {
    LogEvent(state == State::kReady || state == State::kReconciling ? Level::kInfo : Level::kWarning,
             {.target = name()}, fmt::format("{}{}{}", StateName(state), reason.empty() ? "" : ": ", reason));
  }
  if (snapshot_.state != state) {
    snapshot_.since = environment_.clock.Now();
  }
  snapshot_.state = state;
  snapshot_.reason = std::move(reason);
  snapshot_.hint = std::move(hint);
  snapshot_.actor = std::move(actor);
  if (state != State::kRetrying) {
    snapshot_.next_attempt = std::nullopt;
  }
  if (state == State::kReady || state == State::kSuspended || state == State::kStalled) {
    snapshot_.attempt = 0;
    conflicts_ = 0;
  }
}

// For `status` and for the other controllers. A failure is no matter: the snapshot has it, and the next look
// tries again.
void TargetLoop::NoteInDatabase(pg::Session& session, const Past& past) {
  const TargetSnapshot now = Snapshot();
  const std::string state(StateName(now.state));
  const bool known = past.noted ? past.noted->state == state && past.noted->reason == now.reason &&
                                      past.noted->rewritten == rewritten_ && past.noted->seq == past.seq()
                                : now.state == State::kReady;
  const bool still_ready = past.noted && past.noted->state == "ready" && now.state == State::kReady;
  if (known || still_ready || past.ledger_size == 0) {
    return;
  }
  (void)session.Query("SELECT paliad_controller.set_state($1, $2, $3, $4, $5, $6, $7, $8)",
                      {config_.target.tracker.Text(), name(), state, now.reason, rewritten_ ? "t" : "f",
                       std::to_string(now.attempt),
                       now.next_attempt ? std::optional(FormatUtc(*now.next_attempt)) : std::nullopt,
                       past.last ? std::optional(std::to_string(past.seq())) : std::nullopt},
                      "note the state");
}

}  // namespace paliad::serve
