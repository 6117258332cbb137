#include "controller/reconcile/run_session.h"

#include <algorithm>
#include <utility>

#include "controller/reconcile/backoff.h"
#include "controller/reconcile/reconcile.h"
#include "controller/reconcile/run_lock.h"

namespace paliad {
namespace {

// A server that restarts needs some seconds even where nobody wants to wait for a lock.
constexpr std::chrono::milliseconds kShortestReopen{30'000};

}  // namespace

RunSession::RunSession(const Target& target, std::chrono::milliseconds lock_wait, const Clock& clock,
                       RunObserver& observer, std::stop_token cancel)
    : target_(target),
      lock_wait_(lock_wait),
      clock_(clock),
      observer_(observer),
      cancel_(std::move(cancel)),
      lock_number_(pg::LockNumber(target.tracker.Text())) {}

Result<std::optional<pg::LockHolder>> RunSession::Open() {
  session_.reset();
  locked_ = false;
  ASSIGN_OR_RETURN(
      pg::Session session,
      pg::Session::Connect({.url = target_.database_url,
                            .search_path = target_.search_path,
                            .cancel = cancel_,
                            .on_notice = [this](std::string_view text) { observer_.OnNotice(text); }}));
  session_.emplace(std::move(session));
  RETURN_IF_ERROR(session_->RequireExclusiveBackend());
  return Lock();
}

// Settings, the first try for the lock, and the look at the tables travel in one message; the tables are
// looked at after the lock was asked for, and again where it had to be waited for.
Result<std::optional<pg::LockHolder>> RunSession::Lock() {
  ASSIGN_OR_RETURN(
      const std::vector<pg::Rows> answer,
      session_->Run(session_->settings_sql() + pg::TryLockSql(lock_number_) + ObjectsSql(target_),
                    "take the run's lock"));
  objects_ = ParseObjects(answer.back());
  locked_ = answer[answer.size() - 2].Bool(0, 0);
  if (locked_) {
    return std::nullopt;
  }
  ASSIGN_OR_RETURN(std::optional<pg::LockHolder> holder,
                   WaitForLock(*session_, lock_number_, lock_wait_, clock_,
                               [this](const pg::LockHolder& waited_for, std::chrono::milliseconds waited) {
                                 observer_.OnWaitingForLock(waited_for, waited);
                               }));
  locked_ = !holder.has_value();
  RETURN_IF_ERROR(ReadObjects());
  return holder;
}

Status RunSession::Reopen() {
  const SteadyTime deadline = clock_.Steady() + std::max(lock_wait_, kShortestReopen);
  for (int attempt = 1;; ++attempt) {
    const auto opened = Open();
    if (opened && !*opened) {
      return {};
    }
    if (clock_.Steady() >= deadline) {
      return opened ? Fail({.kind = ErrorKind::kUnavailable,
                            .doing = "go on after the connection was lost",
                            .subject = "",
                            .cause = "the lock is held by " + (**opened).Describe(),
                            .hint = ""})
                    : Fail(opened.error());
    }
    clock_.Sleep(BackoffDelay(attempt));
  }
}

Status RunSession::ReadObjects() {
  ASSIGN_OR_RETURN(const std::vector<pg::Rows> answer,
                   session_->Run(ObjectsSql(target_), "look for the tracker"));
  objects_ = ParseObjects(answer.front());
  return {};
}

void RunSession::Unlock() {
  if (locked_ && !session_->broken()) {
    (void)session_->Send(pg::UnlockSql(lock_number_));
    locked_ = false;
  }
}

}  // namespace paliad
