// CurrentLoop: the Control that outlives a reload. The configuration's loop may be replaced by a new one; the
// old one makes no new run and ends in its own time.
#ifndef PALIAD_CONTROLLER_SERVE_LOOP_CURRENT_LOOP_H_
#define PALIAD_CONTROLLER_SERVE_LOOP_CURRENT_LOOP_H_

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "controller/serve/control.h"
#include "controller/serve/loop/loop.h"

namespace paliad::serve {

// Thread-safe, but for Replace and what follows it, which one thread calls.
class CurrentLoop final : public Control {
 public:
  explicit CurrentLoop(std::shared_ptr<Loop> loop) : loop_(std::move(loop)) {}

  std::vector<TargetSnapshot> Snapshots() const override { return loop()->Snapshots(); }
  void Notify(const std::string& target, Notice notice) override { loop()->Notify(target, notice); }
  Status Suspend(const std::string& target, const std::string& actor, const std::string& reason) override {
    return loop()->Suspend(target, actor, reason);
  }
  Status Resume(const std::string& target, const std::string& actor, const std::string& reason,
                bool accept_rewrite) override {
    return loop()->Resume(target, actor, reason, accept_rewrite);
  }
  Status Reconcile(const std::string& target, const std::string& actor, const std::string& reason) override {
    return loop()->Reconcile(target, actor, reason);
  }

  void Replace(std::shared_ptr<Loop> loop);
  // Lets go of replaced loops that have ended.
  void Tidy();
  // As Loop's, of all.
  void Stop();
  void Cancel();
  bool Ended() const;

 private:
  std::shared_ptr<Loop> loop() const {
    const std::lock_guard lock(mutex_);
    return loop_;
  }

  mutable std::mutex mutex_;
  std::shared_ptr<Loop> loop_;                  // guarded by mutex_
  std::vector<std::shared_ptr<Loop>> retired_;  // of the one thread
};

}  // namespace paliad::serve

#endif  // PALIAD_CONTROLLER_SERVE_LOOP_CURRENT_LOOP_H_
