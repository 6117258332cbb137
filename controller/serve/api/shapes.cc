#include "controller/serve/api/shapes.h"

#include <cmath>
#include <optional>
#include <string>

#include "base/json.h"

namespace paliad::serve {
namespace {

OrderedJson OrNull(const std::string& text) {
  return text.empty() ? OrderedJson(nullptr) : OrderedJson(text);
}

template <class T>
OrderedJson OrNull(const std::optional<T>& value) {
  return value ? OrderedJson(*value) : OrderedJson(nullptr);
}

OrderedJson OrNull(const std::optional<WallTime>& time) {
  return time ? OrderedJson(FormatUtc(*time)) : OrderedJson(nullptr);
}

}  // namespace

OrderedJson ReachabilityJson(const Reachability& reachability) {
  return {{"ok", reachability.ok()},
          {"last_success", OrNull(reachability.last_success)},
          {"error", OrNull(reachability.error)}};
}

OrderedJson TargetJson(const TargetSnapshot& snapshot) {
  OrderedJson last_run = nullptr;
  if (snapshot.last_run) {
    last_run = {{"run_id", snapshot.last_run->run_id},
                {"outcome", OrNull(snapshot.last_run->outcome)},
                {"commit", snapshot.last_run->commit}};
  }
  return {
      {"target", snapshot.name},
      {"state", StateName(snapshot.state)},
      {"reason", OrNull(snapshot.reason)},
      {"commit", OrNull(snapshot.commit)},
      {"commits_behind", OrNull(snapshot.commits_behind)},
      {"since", snapshot.since == WallTime() ? OrderedJson(nullptr) : OrderedJson(FormatUtc(snapshot.since))},
      {"last_run", std::move(last_run)},
      {"hint", OrNull(snapshot.hint)},
      {"actor", OrNull(snapshot.actor)},
      {"head", OrNull(snapshot.head)},
      {"last_success", OrNull(snapshot.last_success)},
      {"next_attempt", OrNull(snapshot.next_attempt)},
      {"attempt", snapshot.attempt},
      {"step", OrNull(snapshot.step)},
      {"database", ReachabilityJson(snapshot.database)},
      {"repository", ReachabilityJson(snapshot.repository)}};
}

OrderedJson RunJson(const store::RunRow& run) {
  OrderedJson duration = nullptr;
  if (run.duration) {
    duration = std::round(static_cast<double>(run.duration->count()) / 100.0) / 10.0;
  }
  return {{"run_id", run.run_id},
          {"target", run.target},
          {"trigger", run.trigger},
          {"commit", run.commit},
          {"outcome", OrNull(run.outcome)},
          {"started_at", run.started_at},
          {"finished_at", OrNull(run.finished_at)},
          {"applied", run.applied},
          {"actor", run.actor},
          {"reason", OrNull(run.reason)},
          {"author", OrNull(run.author)},
          {"seq", run.seq},
          {"duration_ms", std::move(duration)}};
}

OrderedJson EntryJson(const store::EntryRow& entry) {
  OrderedJson leaf = OrderedJson::parse(entry.leaf, nullptr, /*allow_exceptions=*/false);
  return {{"seq", entry.seq},
          {"leaf_hash", entry.leaf_hash},
          {"leaf", leaf.is_discarded() ? OrderedJson(nullptr) : std::move(leaf)}};
}

OrderedJson MigrationJson(const MigrationRecord& migration) {
  return {{"version", migration.version},
          {"name", migration.name},
          {"applied_at", migration.applied_at},
          {"checksum", OrNull(migration.checksum)}};
}

OrderedJson ProofJson(const ProofRecord& proof) {
  OrderedJson checkpoint = nullptr;
  if (proof.checkpoint) {
    checkpoint = {{"size", proof.checkpoint->size},
                  {"signed", proof.checkpoint->is_signed},
                  {"note", proof.checkpoint->note}};
  }
  return {{"seq", proof.seq},
          {"size", proof.size},
          {"leaf_hash", proof.leaf_hash},
          {"root", proof.root},
          {"path", proof.path},
          {"checkpoint", std::move(checkpoint)},
          {"tlog_proof", OrNull(proof.tlog_proof)}};
}

}  // namespace paliad::serve
