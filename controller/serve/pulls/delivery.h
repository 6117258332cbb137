// Delivery: the one writer of a forge. Takes what waits in its targets' databases to it: at least once, in
// order within a pull request, the newest of each kind.
#ifndef PALIAD_CONTROLLER_SERVE_PULLS_DELIVERY_H_
#define PALIAD_CONTROLLER_SERVE_PULLS_DELIVERY_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "controller/config/config.h"
#include "controller/forge/forge.h"
#include "controller/serve/control.h"
#include "controller/serve/pulls/forge_gate.h"
#include "controller/serve/pulls/wake_up.h"
#include "controller/store/feedback.h"

namespace paliad::serve {

class Delivery {
 public:
  // Starts at once. `targets` have one forge, of which `make_client` makes clients; all references must
  // outlive it.
  using MakeClient = std::function<Result<std::unique_ptr<forge::Forge>>(const config::TargetConfig&,
                                                                         const std::stop_token&)>;
  Delivery(std::vector<config::TargetConfig> targets, MakeClient make_client, ForgeGate& gate,
           MetricsSink& metrics, const Clock& clock);
  ~Delivery();

  Delivery(const Delivery&) = delete;
  Delivery& operator=(const Delivery&) = delete;

  // Nothing new is begun, and what is under way ends soon.
  void Retire() { thread_.request_stop(); }
  bool ended() const { return ended_; }

  // There is something new.
  void Wake() { wake_up_.Wake(); }

 private:
  void Run(const std::stop_token& stop);
  SteadyTime Pass(const std::stop_token& stop);
  // Returns when to look again.
  Result<SteadyTime> DeliverFor(const config::TargetConfig& target, const std::stop_token& stop);
  Result<SteadyTime> DeliverWaiting(const config::TargetConfig& target, pg::Session& session,
                                    const std::stop_token& stop);
  enum class Sent { kDelivered, kRefused, kUnavailable };
  Result<Sent> DeliverOne(const config::TargetConfig& target, pg::Session& session, forge::Forge& client,
                          const store::WaitingFeedback& waiting);

  const std::vector<config::TargetConfig> targets_;
  const MakeClient make_client_;
  ForgeGate& gate_;
  MetricsSink& metrics_;
  const Clock& clock_;
  WakeUp wake_up_;
  std::int64_t length_ = 0;                     // the thread's own: what waits, of all targets
  std::map<std::string, SteadyTime> prune_at_;  // the thread's own; by target
  std::atomic<bool> ended_ = false;
  std::jthread thread_;  // last: the others are there when it begins
};

}  // namespace paliad::serve

#endif  // PALIAD_CONTROLLER_SERVE_PULLS_DELIVERY_H_
