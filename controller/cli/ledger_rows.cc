#include "controller/cli/ledger_rows.h"

#include "base/csv.h"
#include "base/json.h"

namespace paliad::cli {
namespace {

OrderedJson OrNull(const std::optional<std::string>& text) {
  return text && !text->empty() ? OrderedJson(*text) : OrderedJson(nullptr);
}

// A field of the leaf as a cell; "author.email" is within another.
std::string Cell(const Json& leaf, const std::string& field) {
  const std::size_t dot = field.find('.');
  const auto at = leaf.is_object() ? leaf.find(field.substr(0, dot)) : leaf.end();
  if (!leaf.is_object() || at == leaf.end() || at->is_null()) {
    return "";
  }
  if (dot != std::string::npos) {
    return Cell(*at, field.substr(dot + 1));
  }
  return at->is_string() ? at->get<std::string>() : at->dump();
}

constexpr const char* kEntryFields[] = {
    "at",     "kind",     "run",    "ordinal",     "target",        "tracker",  "version",
    "name",   "outcome",  "commit", "author.name", "author.email",  "path",     "line",
    "column", "severity", "rule",   "waived",      "waiver",        "sqlstate", "message",
    "actor",  "reason",   "was",    "duration_us", "statements",    "attempts", "checksum",
    "blob",   "sql",      "role",   "database",    "server_version"};

}  // namespace

OrderedJson RunRowJson(const store::RunRow& run) {
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
          {"seq", run.seq}};
}

std::string RunsCsv(const std::vector<store::RunRow>& runs) {
  std::string csv = CsvRow({"run_id", "target", "trigger", "commit", "outcome", "started_at", "finished_at",
                            "applied", "actor", "reason", "author", "seq"});
  for (const store::RunRow& run : runs) {
    csv += CsvRow({run.run_id, run.target, run.trigger, run.commit, run.outcome.value_or(""), run.started_at,
                   run.finished_at.value_or(""), std::to_string(run.applied), run.actor, run.reason,
                   run.author, std::to_string(run.seq)});
  }
  return csv;
}

OrderedJson EntryRowJson(const store::EntryRow& entry) {
  const Result<Json> leaf = ParseJson(entry.leaf);
  return {{"seq", entry.seq},
          {"leaf_hash", entry.leaf_hash},
          {"leaf", leaf ? OrderedJson::parse(entry.leaf) : OrderedJson(nullptr)}};
}

std::string EntriesCsv(const std::vector<store::EntryRow>& entries) {
  std::vector<std::string> cells = {"seq"};
  cells.insert(cells.end(), std::begin(kEntryFields), std::end(kEntryFields));
  cells.emplace_back("leaf_hash");
  std::string csv = CsvRow(cells);
  for (const store::EntryRow& entry : entries) {
    const Result<Json> leaf = ParseJson(entry.leaf);
    cells = {std::to_string(entry.seq)};
    for (const char* field : kEntryFields) {
      cells.push_back(leaf ? Cell(*leaf, field) : "");
    }
    cells.push_back(entry.leaf_hash);
    csv += CsvRow(cells);
  }
  return csv;
}

}  // namespace paliad::cli
