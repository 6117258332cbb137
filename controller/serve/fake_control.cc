#include "controller/serve/fake_control.h"

#include <gtest/gtest.h>

namespace paliad::serve {
namespace {

Error Refusal(ErrorKind kind, const std::string& target, const std::string& cause) {
  return {.kind = kind, .doing = "do that to", .subject = target, .cause = cause, .hint = "see the targets"};
}

}  // namespace

std::vector<TargetSnapshot> FakeControl::Snapshots() const {
  const std::lock_guard lock(mutex_);
  return targets_;
}

void FakeControl::Notify(const std::string& target, Notice notice) {
  {
    const std::lock_guard lock(mutex_);
    ++notices_[{target, notice}];
  }
  noticed_.notify_all();
}

Status FakeControl::Suspend(const std::string& target, const std::string& actor, const std::string& reason) {
  return Record(target, actor, reason, "suspend", [&](TargetSnapshot& snapshot) -> Status {
    snapshot.state = State::kSuspended;
    snapshot.actor = actor;
    snapshot.reason = reason;
    return {};
  });
}

Status FakeControl::Resume(const std::string& target, const std::string& actor, const std::string& reason,
                           bool accept_rewrite) {
  return Record(target, actor, reason, accept_rewrite ? "resume, rewritten," : "resume",
                [&](TargetSnapshot& snapshot) -> Status {
                  if (snapshot.state == State::kStalled && !accept_rewrite) {
                    return Fail(Refusal(ErrorKind::kConflict, target, "its history was rewritten"));
                  }
                  snapshot.state = State::kReady;
                  snapshot.actor.clear();
                  snapshot.reason.clear();
                  return {};
                });
}

Status FakeControl::Reconcile(const std::string& target, const std::string& actor,
                              const std::string& reason) {
  return Record(target, actor, reason, "reconcile", [&](const TargetSnapshot& snapshot) -> Status {
    if (snapshot.state == State::kSuspended) {
      return Fail(Refusal(ErrorKind::kConflict, target, "it is suspended"));
    }
    return {};
  });
}

Status FakeControl::Record(const std::string& target, const std::string& actor, const std::string& reason,
                           const std::string& what, const std::function<Status(TargetSnapshot&)>& change) {
  EXPECT_FALSE(actor.empty()) << "nobody asked to " << what << " " << target;
  EXPECT_FALSE(reason.empty()) << actor << " gave no reason to " << what << " " << target;
  const std::lock_guard lock(mutex_);
  for (TargetSnapshot& snapshot : targets_) {
    if (snapshot.name == target) {
      RETURN_IF_ERROR(change(snapshot));
      requests_.push_back(actor + ": " + what + " " + target + ": " + reason);
      return {};
    }
  }
  return Fail(Refusal(ErrorKind::kInvalidInput, target, "there is no such target"));
}

void FakeControl::Change(const std::string& target, const std::function<void(TargetSnapshot&)>& change) {
  const std::lock_guard lock(mutex_);
  for (TargetSnapshot& snapshot : targets_) {
    if (snapshot.name == target) {
      change(snapshot);
    }
  }
}

int FakeControl::Notices(const std::string& target, Notice notice) const {
  const std::lock_guard lock(mutex_);
  const auto count = notices_.find({target, notice});
  return count == notices_.end() ? 0 : count->second;
}

void FakeControl::AwaitNotice(const std::string& target, Notice notice, int known) {
  std::unique_lock lock(mutex_);
  noticed_.wait(lock, [&] { return notices_[{target, notice}] > known; });
}

std::vector<std::string> FakeControl::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

}  // namespace paliad::serve
