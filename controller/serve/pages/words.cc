#include "controller/serve/pages/words.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/json.h"
#include "base/text.h"
#include "controller/serve/http/parse.h"

namespace paliad::serve {

std::string_view ToneOf(State state) {
  switch (state) {
    case State::kReady:
      return "good";
    case State::kReconciling:
      return "busy";
    case State::kRetrying:
      return "warn";
    case State::kStalled:
      return "bad";
    case State::kSuspended:
      return "idle";
  }
  return "idle";
}

std::string_view ToneOfOutcome(std::string_view outcome) {
  if (outcome == "applied") {
    return "good";
  }
  if (outcome == "in_sync") {
    return "idle";
  }
  if (outcome.empty()) {
    return "busy";
  }
  return outcome == "rejected" || outcome == "refused" ? "warn" : "bad";
}

std::string_view ToneOfEntry(std::string_view kind) {
  if (kind == "applied") {
    return "good";
  }
  if (kind == "failed" || kind == "outcome_unknown") {
    return "bad";
  }
  return kind == "finding" || kind == "drift" || kind == "resolved" ? "warn" : "idle";
}

std::string Words(std::string_view name) {
  std::string words(name);
  std::replace(words.begin(), words.end(), '_', ' ');
  return words;
}

std::string ShortTime(std::string_view utc) {
  std::string text(utc.substr(0, 19));
  std::replace(text.begin(), text.end(), 'T', ' ');
  return text;
}

std::string ShortCommit(std::string_view commit) { return std::string(commit.substr(0, 12)); }

std::string Took(std::optional<std::chrono::microseconds> duration) {
  if (!duration) {
    return "";
  }
  const auto micros = static_cast<double>(duration->count());
  if (*duration < std::chrono::seconds(1)) {
    return fmt::format("{:.1f} ms", micros / 1e3);
  }
  if (*duration < std::chrono::minutes(2)) {
    return fmt::format("{:.1f} s", micros / 1e6);
  }
  const auto seconds = std::chrono::floor<std::chrono::seconds>(*duration).count();
  return fmt::format("{} min {} s", seconds / 60, seconds % 60);
}

std::string TargetPath(std::string_view target) { return "/targets/" + http::PercentEncode(target); }

std::string FirstLine(std::string_view text) {
  return Truncate(std::string(text.substr(0, text.find('\n'))), 200);
}

std::string TextOf(const Json& leaf, std::string_view field) {
  const auto found = leaf.find(field);
  return found != leaf.end() && found->is_string() ? found->get<std::string>() : "";
}

namespace {

// "pull request 7 · approved by grace", of the two ways in which entries name one.
std::string PullRequestWords(const Json& leaf) {
  const auto found = leaf.find("pull_request");
  if (found == leaf.end() || found->is_null()) {
    return "";
  }
  if (!found->is_object()) {
    return fmt::format("pull request {} · {}", found->dump(),
                       leaf.value("passes", Json()) == true ? "passes" : "does not pass");
  }
  std::string text = fmt::format("pull request {}", found->value("number", Json()).dump());
  for (const Json& approver : found->value("approvers", Json::array())) {
    text += fmt::format(" · approved by {}", approver.is_string() ? approver.get<std::string>() : "");
  }
  return text;
}

}  // namespace

std::string Summary(const Json& leaf) {
  std::string text = PullRequestWords(leaf);
  for (const char* field : {"version", "name", "outcome", "was", "severity", "rule", "path", "message",
                            "reason", "actor", "trigger", "applied", "pending"}) {
    const auto found = leaf.find(field);
    if (found == leaf.end() || found->is_null()) {
      continue;
    }
    const std::string value = found->is_string() ? found->get<std::string>() : found->dump();
    text += fmt::format("{}{} {}", text.empty() ? "" : " · ", Words(field), Truncate(value, 300));
  }
  return text;
}

Json LeafOf(const store::EntryRow& entry) {
  Result<Json> leaf = ParseJson(entry.leaf);
  return leaf && leaf->is_object() ? *std::move(leaf) : Json::object();
}

OrderedJson RunRowData(std::string_view target, const store::RunRow& run) {
  const std::string outcome = run.outcome.value_or("");
  return {{"href", TargetPath(target) + "/runs/" + run.run_id},
          {"started", ShortTime(run.started_at)},
          {"started_iso", run.started_at},
          {"outcome", outcome.empty() ? "running" : Words(outcome)},
          {"tone", ToneOfOutcome(outcome)},
          {"applied", run.applied},
          {"took", Took(run.duration)},
          {"commit", ShortCommit(run.commit)},
          {"trigger", Words(run.trigger)},
          {"actor", run.actor},
          {"reason", FirstLine(run.reason)}};
}

OrderedJson EntryData(std::string_view target, const store::EntryRow& entry, const Json& leaf) {
  const std::string kind = TextOf(leaf, "kind");
  const std::string run = TextOf(leaf, "run");
  return {{"at", ShortTime(TextOf(leaf, "at"))},
          {"at_iso", TextOf(leaf, "at")},
          {"kind", Words(kind)},
          {"seq", entry.seq},
          {"href", fmt::format("{}/ledger?cursor={}#entry-{}", TargetPath(target), entry.seq + 1, entry.seq)},
          {"tone", ToneOfEntry(kind)},
          {"summary", Summary(leaf)},
          {"run", run.substr(0, 8)},
          {"run_href", run.empty() ? "" : TargetPath(target) + "/runs/" + run},
          {"leaf_hash", entry.leaf_hash}};
}

}  // namespace paliad::serve
