#include "controller/cli/ledger_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>
#include <vector>

#include "base/json.h"
#include "base/text.h"
#include "controller/cli/render.h"

namespace paliad::cli {
namespace {

constexpr std::size_t kColumns = 100;
constexpr std::size_t kRunIndent = 4;
constexpr std::size_t kEntryIndent = 12;
constexpr std::size_t kLongestText = 1'000;  // -o json has all of it

constexpr char kRed[] = "\x1b[31m";
constexpr char kGreen[] = "\x1b[32m";
constexpr char kYellow[] = "\x1b[33m";

std::string Colored(const std::string& text, const char* color, bool use) {
  return use && color != nullptr ? fmt::format("{}{}\x1b[0m", color, text) : text;
}

const char* ColorOf(std::string_view word) {
  constexpr std::string_view kBad[] = {"failed", "rejected", "refused", "interrupted", "outcome_unknown"};
  constexpr std::string_view kGood[] = {"applied", "bootstrapped"};
  constexpr std::string_view kOdd[] = {"drift", "resolved", "redaction", "incarnation", "running"};
  const auto is = [&](const auto& list) {
    return std::find(std::begin(list), std::end(list), word) != std::end(list);
  };
  return is(kBad) ? kRed : is(kGood) ? kGreen : is(kOdd) ? kYellow : nullptr;
}

std::size_t Columns(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

std::string Seconds(const std::string& at) { return at.size() > 19 ? at.substr(0, 19) + "Z" : at; }

std::string Text(const Json& leaf, const char* field) {
  const auto at = leaf.find(field);
  return at == leaf.end() || !at->is_string() ? "" : at->get<std::string>();
}

std::int64_t Number(const Json& leaf, const char* field) {
  const auto at = leaf.find(field);
  return at == leaf.end() || !at->is_number_integer() ? 0 : at->get<std::int64_t>();
}

bool IsTrue(const Json& leaf, const char* field) {
  const auto at = leaf.find(field);
  return at != leaf.end() && *at == true;
}

std::string LabelOf(const Json& leaf) {
  return Label(static_cast<Version>(Number(leaf, "version")), Text(leaf, "name"));
}

// "migrations/003_c.up.sql:3:1: ", as far as it is known.
std::string Place(const Json& leaf) {
  std::string place = Text(leaf, "path");
  for (const char* field : {"line", "column"}) {
    if (Number(leaf, field) > 0) {
      place += fmt::format(":{}", Number(leaf, field));
    }
  }
  return place.empty() ? "" : place + ": ";
}

// "commit 5b49679fa06f by Ada <ada@example.com>".
std::string Commit(const Json& leaf) {
  std::string text = "commit " + Text(leaf, "commit").substr(0, 12);
  if (const auto author = leaf.find("author"); author != leaf.end() && author->is_object()) {
    text += fmt::format(" by {} <{}>", Text(*author, "name"), Text(*author, "email"));
  }
  return text;
}

// What an entry says: on its line, and below.
struct Telling {
  std::string line;
  std::vector<std::string> below;
};

Telling OfRun(const Json& leaf) {
  if (Text(leaf, "kind") == "run_started") {
    return {.line = fmt::format("{} by {}", Text(leaf, "trigger"), Text(leaf, "actor")),
            .below = {Commit(leaf)}};
  }
  Telling telling{.line = fmt::format("{}: {} applied", Text(leaf, "outcome"), Number(leaf, "applied")),
                  .below = {}};
  if (leaf.contains("pending") && leaf["pending"].is_number()) {
    telling.line += fmt::format(", {} pending", Number(leaf, "pending"));
  }
  telling.below.push_back(Text(leaf, "reason"));
  return telling;
}

Telling OfMigration(const Json& leaf) {
  Telling telling{.line = LabelOf(leaf), .below = {}};
  if (leaf.contains("duration_us")) {
    telling.line += "  " + Milliseconds(std::chrono::microseconds(Number(leaf, "duration_us")));
  }
  if (const std::int64_t attempts = Number(leaf, "attempts"); attempts > 1) {
    telling.line += fmt::format(", attempt {}", attempts);
  }
  telling.below = {Commit(leaf)};
  return telling;
}

Telling OfFailure(const Json& leaf) {
  Telling telling{.line = LabelOf(leaf), .below = {}};
  if (const std::string state = Text(leaf, "sqlstate"); !state.empty()) {
    telling.line += "  SQLSTATE " + state;
  }
  if (IsTrue(leaf, "will_retry")) {
    telling.line += fmt::format("  attempt {}, tried again", Number(leaf, "attempt"));
  }
  telling.below = {Place(leaf) + Text(leaf, "message"), Text(leaf, "detail"), Commit(leaf)};
  return telling;
}

Telling OfFinding(const Json& leaf) {
  const bool waived = IsTrue(leaf, "waived");
  return {.line = fmt::format("{} {}", waived ? "waived" : Text(leaf, "severity"), Text(leaf, "rule")),
          .below = {Place(leaf) + Text(leaf, "message"), waived ? "waived: " + Text(leaf, "waiver") : ""}};
}

// "pull request 7 by ada into main, merged by hedy".
std::string PullRequestLine(const Json& pull_request) {
  std::string text =
      fmt::format("pull request {} by {}", Number(pull_request, "number"), Text(pull_request, "author"));
  if (const std::string merger = Text(pull_request, "merger"); !merger.empty()) {
    text += ", merged by " + merger;
  }
  return text;
}

Telling OfAttribution(const Json& leaf) {
  const auto pull_request = leaf.find("pull_request");
  if (pull_request == leaf.end() || !pull_request->is_object()) {
    return {.line = "the forge knows of no pull request", .below = {Commit(leaf)}};
  }
  Telling telling{.line = PullRequestLine(*pull_request), .below = {}};
  const Json approvals = pull_request->value("approvals", Json::array());
  for (const Json& approval : approvals) {
    telling.below.push_back(fmt::format("approved by {}{}", Text(approval, "reviewer"),
                                        IsTrue(approval, "may_write") ? "" : ", who may not write"));
  }
  if (approvals.empty()) {
    telling.below.emplace_back("approved by nobody");
  }
  telling.below.push_back(Text(*pull_request, "url"));
  telling.below.push_back(Commit(leaf));
  return telling;
}

// What was said of a pull request; of its findings the first ones.
Telling OfCheck(const Json& leaf) {
  constexpr std::size_t kMostFindings = 5;
  Telling telling{
      .line = fmt::format("pull request {} by {}: {}", Number(leaf, "pull_request"), Text(leaf, "author"),
                          IsTrue(leaf, "passes") ? "passes" : "does not pass"),
      .below = {}};
  const auto found = leaf.find("findings");
  const Json findings = found != leaf.end() && found->is_array() ? *found : Json::array();
  for (std::size_t i = 0; i < std::min(findings.size(), kMostFindings); ++i) {
    telling.below.push_back(fmt::format("{} {}: {}{}", Text(findings[i], "severity"),
                                        Text(findings[i], "rule"), Place(findings[i]),
                                        Text(findings[i], "message")));
  }
  if (findings.size() > kMostFindings) {
    telling.below.push_back(fmt::format("{} findings in all", Number(leaf, "findings_total")));
  }
  telling.below.push_back(fmt::format("{} as merged into {}", Text(leaf, "head").substr(0, 12),
                                      Text(leaf, "base").substr(0, 12)));
  return telling;
}

// A file of the ledger's own schema, or what `ledger install` did.
Telling OfSchema(const Json& leaf) {
  constexpr std::size_t kMostChanges = 3;
  if (leaf.contains("version")) {
    return {.line = LabelOf(leaf), .below = {}};
  }
  Telling telling{.line = fmt::format("installed for {} by {}", Text(leaf, "login"), Text(leaf, "actor")),
                  .below = {}};
  const auto found = leaf.find("changes");
  const Json changes = found != leaf.end() && found->is_array() ? *found : Json::array();
  for (std::size_t i = 0; changes.size() <= kMostChanges && i < changes.size(); ++i) {
    telling.below.push_back(changes[i].is_string() ? changes[i].get<std::string>() : "");
  }
  if (changes.size() > kMostChanges) {
    telling.below.push_back(fmt::format("{} changes: -o json lists them", changes.size()));
  }
  return telling;
}

// What a person did with the controller or to the log.
std::optional<Telling> OfOperation(const Json& leaf, std::string_view kind) {
  const std::string by = "by " + Text(leaf, "actor");
  const std::string reason = "reason: " + Text(leaf, "reason");
  if (kind == "suspended" || kind == "resumed") {
    return Telling{.line = by,
                   .below = {reason, IsTrue(leaf, "accept_rewrite") ? "accepts the rewritten history" : ""}};
  }
  if (kind == "redaction") {
    return Telling{.line = by, .below = {"body " + Text(leaf, "digest"), reason}};
  }
  if (kind == "incarnation") {
    return Telling{.line = by,
                   .below = {"goes on as " + Text(leaf, "origin"),
                             fmt::format("after {}, of which {} entries were published and {} are still here",
                                         Text(leaf, "previous_origin"), Number(leaf, "published_size"),
                                         Number(leaf, "agreed_size")),
                             reason}};
  }
  if (kind == "key_rotated") {
    return Telling{
        .line = by,
        .below = {fmt::format("from {} entries on: {}", Number(leaf, "from_size"), Text(leaf, "key")),
                  "before: " + Text(leaf, "previous_key")}};
  }
  return std::nullopt;
}

Telling OfOther(const Json& leaf) {
  const std::string kind = Text(leaf, "kind");
  if (kind == "resolved") {
    return {.line = fmt::format("{}  as {} (was: {}) by {}", LabelOf(leaf), Text(leaf, "outcome"),
                                Text(leaf, "was"), Text(leaf, "actor")),
            .below = {"reason: " + Text(leaf, "reason")}};
  }
  if (kind == "bootstrapped") {
    return {.line = fmt::format("{} migrations, up to {} of {}", Number(leaf, "count"),
                                Number(leaf, "legacy_version"), Text(leaf, "legacy_tracker")),
            .below = {}};
  }
  if (kind == "drift") {
    return {.line = fmt::format("{}  {}", LabelOf(leaf), Text(leaf, "what")), .below = {}};
  }
  if (kind == "schema_upgraded") {
    return OfSchema(leaf);
  }
  if (kind == "genesis") {
    return {.line = "log " + Text(leaf, "ledger"), .below = {}};
  }
  if (auto operation = OfOperation(leaf, kind)) {
    return *std::move(operation);
  }
  // A later program's: what there is of what such entries tend to have.
  Telling telling;
  for (const char* field : {"actor", "reason", "digest", "origin"}) {
    if (const std::string value = Text(leaf, field); !value.empty()) {
      telling.below.push_back(fmt::format("{}: {}", field, value));
    }
  }
  return telling;
}

Telling Tell(const Json& leaf) {
  const std::string kind = Text(leaf, "kind");
  if (kind == "run_started" || kind == "run_finished") {
    return OfRun(leaf);
  }
  if (kind == "applied" || kind == "intent") {
    return OfMigration(leaf);
  }
  if (kind == "failed" || kind == "outcome_unknown") {
    return OfFailure(leaf);
  }
  if (kind == "attributed") {
    return OfAttribution(leaf);
  }
  if (kind == "check_finished") {
    return OfCheck(leaf);
  }
  return kind == "finding" ? OfFinding(leaf) : OfOther(leaf);
}

}  // namespace

std::string Wrapped(std::string_view text, std::size_t indent) {
  const std::size_t width = kColumns - indent;
  const std::string safe = EscapeForTerminal(Truncate(text, kLongestText));
  std::string wrapped;
  std::string line;
  const auto end_line = [&] {
    wrapped += std::string(indent, ' ') + line + "\n";
    line.clear();
  };
  std::size_t at = 0;
  while (at < safe.size()) {
    const std::size_t end = std::min(safe.find(' ', at), safe.size());
    std::string_view word = std::string_view(safe).substr(at, end - at);
    at = end + 1;
    if (!line.empty() && Columns(line) + 1 + Columns(word) > width) {
      end_line();
    }
    line += line.empty() ? "" : " ";
    for (; Columns(word) > width; word.remove_prefix(Truncate(word, width).size() - 3)) {
      line = Truncate(word, width);
      line.resize(line.size() - 3);  // without its "…"
      end_line();
    }
    line += word;
  }
  if (!line.empty()) {
    end_line();
  }
  return wrapped;
}

std::string RunRowText(const store::RunRow& run, bool color) {
  const std::string outcome = run.outcome.value_or("running");
  const std::string text =
      fmt::format("{}  {}  {}  {:>4} applied  {}  {}\n", Seconds(run.started_at), run.run_id.substr(0, 8),
                  Colored(fmt::format("{:<11}", outcome), ColorOf(outcome), color), run.applied,
                  run.commit.substr(0, 12), EscapeForTerminal(Truncate(run.actor, 27)));
  return text + Wrapped(run.reason, kRunIndent);
}

std::string EntryRowText(const store::EntryRow& entry, bool color) {
  const Result<Json> leaf = ParseJson(entry.leaf);
  if (!leaf || !leaf->is_object()) {
    return fmt::format("{:>8}  (not JSON)\n", entry.seq);
  }
  const std::string kind = Text(*leaf, "kind");
  const Telling telling = Tell(*leaf);
  std::string text =
      fmt::format("{:>8}  {}  {}  {}\n", entry.seq, Seconds(Text(*leaf, "at")),
                  Colored(fmt::format("{:<15}", EscapeForTerminal(kind)), ColorOf(kind), color),
                  EscapeForTerminal(Truncate(telling.line, 51)));
  for (const std::string& line : telling.below) {
    text += Wrapped(line, kEntryIndent);
  }
  return text;
}

}  // namespace paliad::cli
