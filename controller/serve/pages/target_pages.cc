// The targets, and one of them.
#include <fmt/format.h>

#include "base/json.h"
#include "controller/serve/pages/chart.h"
#include "controller/serve/pages/page.h"
#include "controller/serve/pages/words.h"

namespace paliad::serve {
namespace {

constexpr std::int64_t kRunsInChart = 60;
constexpr std::size_t kNewestRuns = 8;

std::string Behind(const TargetSnapshot& snapshot) {
  if (!snapshot.commits_behind) {
    return snapshot.commit.empty() ? "–" : "not known";
  }
  return *snapshot.commits_behind == 0
             ? "up to date"
             : fmt::format("{} commit{}", *snapshot.commits_behind, *snapshot.commits_behind == 1 ? "" : "s");
}

std::string Reached(const Reachability& thing) {
  if (!thing.error.empty()) {
    return FirstLine(thing.error);
  }
  return thing.last_success ? "reached " + ShortTime(FormatUtc(*thing.last_success)) : "not tried yet";
}

void AddTime(OrderedJson& data, const std::string& name, const std::optional<WallTime>& time) {
  const std::string iso = time && *time != WallTime() ? FormatUtc(*time) : "";
  data[name] = ShortTime(iso);
  data[name + "_iso"] = iso;
}

// The fields that both pages show.
void AddSnapshot(OrderedJson& data, const TargetSnapshot& snapshot) {
  data["name"] = snapshot.name;
  data["href"] = TargetPath(snapshot.name);
  data["state"] = StateName(snapshot.state);
  data["tone"] = ToneOf(snapshot.state);
  data["step"] = snapshot.step;
  data["reason"] = snapshot.reason;
  data["commit"] = ShortCommit(snapshot.commit);
  data["behind"] = Behind(snapshot);
  AddTime(data, "since", snapshot.since);
}

OrderedJson CardData(const TargetSnapshot& snapshot) {
  OrderedJson data;
  AddSnapshot(data, snapshot);
  data["reason"] = FirstLine(snapshot.reason);
  data["run_href"] =
      snapshot.last_run ? TargetPath(snapshot.name) + "/runs/" + snapshot.last_run->run_id : std::string();
  data["run_outcome"] = !snapshot.last_run || snapshot.last_run->outcome.empty()
                            ? "running"
                            : Words(snapshot.last_run->outcome);
  data["unreachable"] =
      !snapshot.database.error.empty()     ? "The database: " + FirstLine(snapshot.database.error)
      : !snapshot.repository.error.empty() ? "The repository: " + FirstLine(snapshot.repository.error)
                                           : "";
  return data;
}

OrderedJson Legend() {
  OrderedJson legend = OrderedJson::array();
  for (const auto& [tone, label] :
       {std::pair("good", "applied"), std::pair("idle", "in sync"), std::pair("warn", "rejected, refused"),
        std::pair("bad", "failed, interrupted"), std::pair("busy", "running")}) {
    legend.push_back({{"tone", tone}, {"label", label}});
  }
  return legend;
}

}  // namespace

http::Response TargetsPage(const PageContext& context) {
  OrderedJson data = PageData(context, "Targets");
  data["targets"] = OrderedJson::array();
  for (const TargetSnapshot& snapshot : context.backend.Snapshots()) {
    data["targets"].push_back(CardData(snapshot));
  }
  return HtmlAnswer(200, "targets", data);
}

http::Response TargetPage(const PageContext& context) {
  const auto snapshot = context.backend.Snapshot(context.target);
  const auto target = context.backend.FindTarget(context.target);
  if (!snapshot || !target) {
    return NoSuchPage(context);
  }
  OrderedJson data = PageData(context, context.target);
  AddSnapshot(data, *snapshot);
  data["hint"] = snapshot->hint;
  data["actor"] = snapshot->actor;
  data["head"] = ShortCommit(snapshot->head);
  AddTime(data, "last_success", snapshot->last_success);
  AddTime(data, "next_attempt", snapshot->next_attempt);
  data["attempt"] = snapshot->attempt == 0 ? OrderedJson(nullptr) : OrderedJson(snapshot->attempt);
  data["database"] = Reached(snapshot->database);
  data["repository"] = Reached(snapshot->repository);
  data["suspended"] = snapshot->state == State::kSuspended;
  data["stalled"] = snapshot->state == State::kStalled;
  data["resumable"] = snapshot->state == State::kSuspended || snapshot->state == State::kStalled;
  const auto runs = [&]() -> Result<Page<store::RunRow>> {
    ASSIGN_OR_RETURN(Records records, context.backend.OpenRecords(*target));
    return records.Runs({.limit = kRunsInChart});
  }();
  if (!runs) {
    data["problem"] = Problem(runs.error());
    return HtmlAnswer(200, "target", data);
  }
  data["has_runs"] = !runs->items.empty();
  data["chart"] = RunChart(context.target, runs->items);
  data["legend"] = Legend();
  data["runs"] = OrderedJson::array();
  for (std::size_t i = 0; i < runs->items.size() && i < kNewestRuns; ++i) {
    data["runs"].push_back(RunRowData(context.target, runs->items[i]));
  }
  return HtmlAnswer(200, "target", data);
}

}  // namespace paliad::serve
