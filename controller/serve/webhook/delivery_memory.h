// Which deliveries were accepted lately: a replay is answered and does nothing.
#ifndef PALIAD_CONTROLLER_SERVE_WEBHOOK_DELIVERY_MEMORY_H_
#define PALIAD_CONTROLLER_SERVE_WEBHOOK_DELIVERY_MEMORY_H_

#include <cstddef>
#include <deque>
#include <mutex>
#include <string>
#include <unordered_set>

namespace paliad::serve {

// Thread-safe.
class DeliveryMemory {
 public:
  // Remembers that many, the newest ones; > 0.
  explicit DeliveryMemory(std::size_t capacity) : capacity_(capacity) {}

  // False: it is known. An empty id is always new.
  bool Remember(const std::string& target, const std::string& id) {
    if (id.empty()) {
      return true;
    }
    const std::lock_guard lock(mutex_);
    std::string key = target + "\n" + id;
    if (!known_.insert(key).second) {
      return false;
    }
    order_.push_back(std::move(key));
    if (order_.size() > capacity_) {
      known_.erase(order_.front());
      order_.pop_front();
    }
    return true;
  }

 private:
  const std::size_t capacity_;
  std::mutex mutex_;
  std::unordered_set<std::string> known_;  // guarded by mutex_
  std::deque<std::string> order_;          // guarded by mutex_; the oldest first
};

}  // namespace paliad::serve

#endif  // PALIAD_CONTROLLER_SERVE_WEBHOOK_DELIVERY_MEMORY_H_
