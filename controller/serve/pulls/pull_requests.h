// PullRequests: everything that a controller does with the forges of its targets. One gate and one writer a
// forge, one watch and one desk a target.
#ifndef PALIAD_CONTROLLER_SERVE_PULLS_PULL_REQUESTS_H_
#define PALIAD_CONTROLLER_SERVE_PULLS_PULL_REQUESTS_H_

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "controller/config/config.h"
#include "controller/reconcile/forge_side.h"
#include "controller/serve/control.h"
#include "controller/serve/pulls/attribution_desk.h"
#include "controller/serve/pulls/delivery.h"
#include "controller/serve/pulls/forge_gate.h"
#include "controller/serve/pulls/watch.h"

namespace paliad::serve {

// Thread-safe.
class PullRequests {
 public:
  // Asks that the target's repository be fetched.
  using Fetch = std::function<void(const std::string& target)>;

  // Starts at once. `metrics` and `clock` must outlive it.
  PullRequests(const config::Config& config, const Fetch& fetch, MetricsSink& metrics, const Clock& clock);
  ~PullRequests();

  PullRequests(const PullRequests&) = delete;
  PullRequests& operator=(const PullRequests&) = delete;

  // For the runs of a target; none: it has no forge. What it holds is used while this lives.
  std::optional<ForgeSide> SideOf(const std::string& target) const;

  void TakeFetched(const std::string& target, const std::string& clone);
  // There may be feedback of a run.
  void TakeRun(const std::string& target);

  // Nothing new is begun; what is under way ends soon, and then Ended.
  void Retire();
  bool Ended() const;

 private:
  struct OneForge {
    std::unique_ptr<ForgeGate> gate;
    std::unique_ptr<Delivery> delivery;
  };
  struct OneTarget {
    ForgeSide side;
    OneForge* forge = nullptr;
    std::unique_ptr<AttributionDesk> desk;
    std::unique_ptr<PullRequestWatch> watch;
  };

  void AddTarget(const config::TargetConfig& target, const std::string& public_url,
                 const Delivery::MakeClient& make_client, const Fetch& fetch, MetricsSink& metrics,
                 const Clock& clock);

  std::map<std::string, OneForge> forges_;    // by their addresses; fixed once it is made
  std::map<std::string, OneTarget> targets_;  // the same, by name
};

}  // namespace paliad::serve

#endif  // PALIAD_CONTROLLER_SERVE_PULLS_PULL_REQUESTS_H_
