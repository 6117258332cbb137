// AttributionDesk: asks a forge who approved a commit, on a thread of its own, so that a run waits for the
// answer only as long as it wants to. What comes too late is kept for whoever asks for that commit again.
#ifndef PALIAD_CONTROLLER_SERVE_PULLS_ATTRIBUTION_DESK_H_
#define PALIAD_CONTROLLER_SERVE_PULLS_ATTRIBUTION_DESK_H_

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>

#include "base/result.h"
#include "controller/forge/forge.h"
#include "controller/reconcile/forge_side.h"
#include "controller/serve/pulls/forge_gate.h"

namespace paliad::serve {

class AttributionDesk {
 public:
  using MakeClient = std::function<Result<std::unique_ptr<forge::Forge>>(const std::stop_token&)>;

  // `gate` must outlive it. `make_client` is called on the desk's thread, for each question.
  AttributionDesk(MakeClient make_client, ForgeGate& gate);
  ~AttributionDesk();

  AttributionDesk(const AttributionDesk&) = delete;
  AttributionDesk& operator=(const AttributionDesk&) = delete;

  // Nothing new is begun, and what is under way ends soon.
  void Retire() { thread_.request_stop(); }
  bool ended() const { return ended_; }

  // None: the forge did not say so within `patience`, or is known to be down. One at a time. An answer that
  // came after the patience of an earlier Ask is given out once, to the next one for the same commit: a run
  // that is made again and again must not ask from scratch each time.
  std::optional<Attributed> Ask(const std::string& commit, std::chrono::milliseconds patience);

 private:
  void Run(const std::stop_token& stop);
  std::optional<Attributed> Answer(const std::string& commit, const std::stop_token& stop);

  const MakeClient make_client_;
  ForgeGate& gate_;

  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::optional<std::string> question_;  // guarded by mutex_: not taken yet
  bool busy_ = false;                    // guarded by mutex_: with the newest question
  std::string asked_;                    // guarded by mutex_: the newest question
  std::optional<Attributed> answer_;     // guarded by mutex_: to it, where nobody has had it yet

  std::atomic<bool> ended_ = false;
  std::jthread thread_;  // last: the others are there when it begins
};

}  // namespace paliad::serve

#endif  // PALIAD_CONTROLLER_SERVE_PULLS_ATTRIBUTION_DESK_H_
