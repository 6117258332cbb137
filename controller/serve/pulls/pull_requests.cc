#include "controller/serve/pulls/pull_requests.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "controller/forge/write_pace.h"
#include "controller/pulls/feedback.h"
#include "controller/pulls/open_forge.h"
#include "controller/serve/pulls/forge_target.h"

namespace paliad::serve {
namespace {

// How long a run waits to hear who approved its commit.
constexpr std::chrono::seconds kPatience{2};

}  // namespace

PullRequests::PullRequests(const config::Config& config, const Fetch& fetch, MetricsSink& metrics,
                           const Clock& clock) {
  std::map<std::string, std::vector<config::TargetConfig>> by_forge;
  for (const config::TargetConfig& target : config.targets) {
    if (HasForge(target)) {
      by_forge[target.forge->url].push_back(target);
    }
  }
  for (const auto& [url, targets] : by_forge) {
    const Delivery::MakeClient make_client = [&clock, pace = std::make_shared<forge::WritePace>()](
                                                 const config::TargetConfig& target,
                                                 const std::stop_token& stop) {
      return pulls::OpenForge(target, clock, stop, pace);
    };
    OneForge& forge = forges_[url];
    forge.gate = std::make_unique<ForgeGate>(clock);
    forge.delivery = std::make_unique<Delivery>(targets, make_client, *forge.gate, metrics, clock);
    for (const config::TargetConfig& target : targets) {
      AddTarget(target, config.http.public_url, make_client, fetch, metrics, clock);
    }
  }
}

PullRequests::~PullRequests() = default;

void PullRequests::AddTarget(const config::TargetConfig& config, const std::string& public_url,
                             const Delivery::MakeClient& make_client, const Fetch& fetch,
                             MetricsSink& metrics, const Clock& clock) {
  const std::string& name = config.target.name;
  OneTarget& target = targets_[name];
  target.forge = &forges_.at(config.forge->url);
  ForgeGate& gate = *target.forge->gate;
  target.desk = std::make_unique<AttributionDesk>(
      [config, make_client](const std::stop_token& stop) { return make_client(config, stop); }, gate);
  AttributionDesk* desk = target.desk.get();
  target.side = {
      .owner = pulls::OwnerOf(config),
      .apply_context = pulls::ApplyContext(name),
      .runs_url = public_url.empty() ? "" : fmt::format("{}/targets/{}/runs/", public_url, name),
      .find_attribution = [desk](const std::string& commit) { return desk->Ask(commit, kPatience); }};
  Delivery* delivery = target.forge->delivery.get();
  target.watch =
      std::make_unique<PullRequestWatch>(config, WatchEnvironment{.make_client = make_client,
                                                                  .fetch = [fetch, name] { fetch(name); },
                                                                  .deliver = [delivery] { delivery->Wake(); },
                                                                  .gate = gate,
                                                                  .metrics = metrics,
                                                                  .clock = clock});
}

std::optional<ForgeSide> PullRequests::SideOf(const std::string& target) const {
  const auto found = targets_.find(target);
  return found == targets_.end() ? std::nullopt : std::optional(found->second.side);
}

void PullRequests::TakeFetched(const std::string& target, const std::string& clone) {
  const auto found = targets_.find(target);
  if (found != targets_.end()) {
    found->second.watch->TakeFetched(clone);
  }
}

void PullRequests::TakeRun(const std::string& target) {
  const auto found = targets_.find(target);
  if (found != targets_.end()) {
    found->second.forge->delivery->Wake();
  }
}

void PullRequests::Retire() {
  for (auto& [url, forge] : forges_) {
    forge.delivery->Retire();
  }
  for (auto& [name, target] : targets_) {
    target.desk->Retire();
    target.watch->Retire();
  }
}

bool PullRequests::Ended() const {
  return std::all_of(forges_.begin(), forges_.end(),
                     [](const auto& each) { return each.second.delivery->ended(); }) &&
         std::all_of(targets_.begin(), targets_.end(), [](const auto& each) {
           return each.second.desk->ended() && each.second.watch->ended();
         });
}

}  // namespace paliad::serve
