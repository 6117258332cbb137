// Threads that answer requests, behind a queue with a bound.
#ifndef PALIAD_CONTROLLER_SERVE_HTTP_WORKER_POOL_H_
#define PALIAD_CONTROLLER_SERVE_HTTP_WORKER_POOL_H_

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace paliad::http {

// Thread-safe. All signals are blocked in its threads: they are the main thread's.
class WorkerPool {
 public:
  // Both > 0.
  WorkerPool(std::size_t threads, std::size_t max_waiting);
  // Finishes what runs; what waits is forgotten.
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // False: the queue is full.
  bool Submit(std::function<void()> work);

 private:
  void Work();

  const std::size_t max_waiting_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> waiting_;  // guarded by mutex_
  bool stopping_ = false;                      // guarded by mutex_
  std::vector<std::thread> threads_;
};

}  // namespace paliad::http

#endif  // PALIAD_CONTROLLER_SERVE_HTTP_WORKER_POOL_H_
