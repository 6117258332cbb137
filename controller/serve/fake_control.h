// A loop for tests of its callers: it holds state, and fails the test where its contract is broken.
#ifndef PALIAD_CONTROLLER_SERVE_FAKE_CONTROL_H_
#define PALIAD_CONTROLLER_SERVE_FAKE_CONTROL_H_

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "controller/serve/control.h"

namespace paliad::serve {

// Thread-safe.
class FakeControl final : public Control {
 public:
  explicit FakeControl(std::vector<TargetSnapshot> targets) : targets_(std::move(targets)) {}

  std::vector<TargetSnapshot> Snapshots() const override;
  void Notify(const std::string& target, Notice notice) override;
  Status Suspend(const std::string& target, const std::string& actor, const std::string& reason) override;
  // kConflict if history was rewritten and that is not accepted: what `reason` of a stalled target says.
  Status Resume(const std::string& target, const std::string& actor, const std::string& reason,
                bool accept_rewrite) override;
  Status Reconcile(const std::string& target, const std::string& actor, const std::string& reason) override;

  // Changes a target as the loop would.
  void Change(const std::string& target, const std::function<void(TargetSnapshot&)>& change);
  int Notices(const std::string& target, Notice notice) const;
  // Waits until there is one more than `known` of them.
  void AwaitNotice(const std::string& target, Notice notice, int known = 0);
  // "ada: suspend production: the summer sale", in order.
  std::vector<std::string> requests() const;

 private:
  Status Record(const std::string& target, const std::string& actor, const std::string& reason,
                const std::string& what, const std::function<Status(TargetSnapshot&)>& change);

  mutable std::mutex mutex_;
  std::condition_variable noticed_;
  std::vector<TargetSnapshot> targets_;                    // guarded by mutex_
  std::map<std::pair<std::string, Notice>, int> notices_;  // guarded by mutex_
  std::vector<std::string> requests_;                      // guarded by mutex_
};

}  // namespace paliad::serve

#endif  // PALIAD_CONTROLLER_SERVE_FAKE_CONTROL_H_
