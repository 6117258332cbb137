// The runs with their filters, and one of them with all that it did.
#include <fmt/format.h>

#include <map>

#include "base/json.h"
#include "controller/serve/api/query.h"
#include "controller/serve/http/parse.h"
#include "controller/serve/pages/page.h"
#include "controller/serve/pages/words.h"

namespace paliad::serve {
namespace {

constexpr std::int64_t kEntriesShown = 500;
constexpr std::size_t kMaxSqlShown = 200'000;

OrderedJson Outcomes(const std::optional<std::string>& chosen) {
  OrderedJson list = OrderedJson::array();
  for (const char* outcome : {"applied", "in_sync", "rejected", "failed", "refused", "interrupted"}) {
    list.push_back({{"value", outcome}, {"label", Words(outcome)}, {"selected", chosen == outcome}});
  }
  return list;
}

// The same filters, from another run on.
std::string OlderHref(const http::Request& request, std::int64_t cursor) {
  std::string query;
  for (const auto& [name, value] : http::ParseParameters(request.query).value_or(http::Parameters())) {
    if (name != "cursor" && !value.empty()) {
      query += http::PercentEncode(name) + "=" + http::PercentEncode(value) + "&";
    }
  }
  return fmt::format("{}?{}cursor={}", request.path, query, cursor);
}

// What the form had, shown again even where it was wrong.
void AddFilters(OrderedJson& data, const http::Request& request) {
  bool filtered = false;
  std::optional<std::string> outcome;
  for (const auto& [name, value] : http::ParseParameters(request.query).value_or(http::Parameters())) {
    data["f_" + name] = value;
    filtered |= name != "cursor" && name != "limit" && !value.empty();
    if (name == "outcome") {
      outcome = value;
    }
  }
  data["filtered"] = filtered;
  data["outcomes"] = Outcomes(outcome);
}

OrderedJson FindingData(const Json& leaf) {
  const std::string severity = TextOf(leaf, "severity");
  const std::string waiver = TextOf(leaf, "waiver");
  std::string place = TextOf(leaf, "path");
  if (leaf.value("line", Json()).is_number_integer()) {
    place += ":" + leaf["line"].dump();
  }
  return {{"severity", waiver.empty() ? severity : "waived"},
          {"tone", !waiver.empty()       ? "idle"
                   : severity == "error" ? "bad"
                                         : "warn"},
          {"rule", TextOf(leaf, "rule")},
          {"place", place},
          {"message", TextOf(leaf, "message")},
          {"waiver", waiver}};
}

std::optional<std::chrono::microseconds> DurationOf(const Json& leaf) {
  const Json micros = leaf.value("duration_us", Json());
  return micros.is_number_integer() ? std::optional(std::chrono::microseconds(micros.get<std::int64_t>()))
                                    : std::nullopt;
}

// The SQL as it ran: the ledger's own copy, else the clone's file.
std::string SqlOf(const PageContext& context, Records& records, const std::string& commit, const Json& leaf) {
  const auto body = records.Body(TextOf(leaf, "sql"));
  std::string sql =
      body && *body
          ? **body
          : context.backend.ReadMigration(context.target, TextOf(leaf, "blob"), commit, TextOf(leaf, "path"))
                .value_or("");
  if (sql.size() > kMaxSqlShown) {
    sql = sql.substr(0, kMaxSqlShown) + "\n-- … (cut)";
  }
  return sql;
}

// What a run did to one migration, from the last entry about it.
OrderedJson MigrationData(const PageContext& context, Records& records, const std::string& commit,
                          const Json& leaf) {
  const std::string kind = TextOf(leaf, "kind");
  const std::string version = leaf["version"].dump();
  return {
      {"href", TargetPath(context.target) + "/migrations/" + version},
      {"label", version + "_" + TextOf(leaf, "name")},
      {"outcome", Words(kind == "intent" ? "started" : kind)},
      {"tone", kind == "intent" ? "busy" : ToneOfEntry(kind)},
      {"path", TextOf(leaf, "path")},
      {"took", Took(DurationOf(leaf))},
      {"author", leaf.contains("author") && leaf["author"].is_object() ? TextOf(leaf["author"], "name") : ""},
      {"message", TextOf(leaf, "message")},
      {"sql", SqlOf(context, records, commit, leaf)}};
}

// Of an `attributed` entry; the address is the forge's word, so it is a link only where it can be one.
OrderedJson PullRequestData(const Json& leaf) {
  const Json pull_request = leaf.value("pull_request", Json());
  if (!pull_request.is_object()) {
    return {{"label", "none: the forge knows of no pull request"}, {"href", ""}, {"approved_by", ""}};
  }
  std::string approvers;
  for (const Json& approver : pull_request.value("approvers", Json::array())) {
    approvers += (approvers.empty() ? "" : ", ") + (approver.is_string() ? approver.get<std::string>() : "");
  }
  const std::string merger = TextOf(pull_request, "merger");
  const std::string url = TextOf(pull_request, "url");
  return {
      {"label", fmt::format("{} by {}{}", pull_request.value("number", std::int64_t{0}),
                            TextOf(pull_request, "author"), merger.empty() ? "" : ", merged by " + merger)},
      {"href", url.starts_with("https://") || url.starts_with("http://") ? url : ""},
      {"approved_by", approvers.empty() ? "nobody" : approvers}};
}

// The `attributed` entries of a run: its own, and those that came after its end.
Result<OrderedJson> PullRequestsOf(Records& records, const std::string& run_id,
                                   const std::vector<store::EntryRow>& entries) {
  constexpr std::int64_t kLate = 50;
  OrderedJson list = OrderedJson::array();
  const auto add = [&](const std::vector<store::EntryRow>& rows) {
    for (const store::EntryRow& entry : rows) {
      const Json leaf = LeafOf(entry);
      if (TextOf(leaf, "kind") == "attributed" && TextOf(leaf, "of_run") == run_id) {
        list.push_back(PullRequestData(leaf));
      }
    }
  };
  add(entries);
  if (list.empty() && !entries.empty()) {
    ASSIGN_OR_RETURN(const auto late,
                     records.Entries({.kind = "attributed", .cursor = entries.back().seq, .limit = kLate}));
    add(late.items);
  }
  return list;
}

bool TellsOfMigration(const std::string& kind) {
  return kind == "applied" || kind == "failed" || kind == "intent" || kind == "outcome_unknown";
}

}  // namespace

http::Response RunsPage(const PageContext& context) {
  OrderedJson data = PageData(context, "Runs of " + context.target, "runs");
  AddFilters(data, context.request);
  const auto page = [&]() -> Result<Page<store::RunRow>> {
    ASSIGN_OR_RETURN(const RunQuery query, ReadRunQuery(context.request));
    ASSIGN_OR_RETURN(Records records,
                     context.backend.OpenRecords(*context.backend.FindTarget(context.target)));
    return records.Runs(query);
  }();
  if (!page) {
    data["problem"] = Problem(page.error());
    return HtmlAnswer(page.error().kind == ErrorKind::kInvalidInput ? 400 : 503, "runs", data);
  }
  data["has_runs"] = !page->items.empty();
  data["runs"] = OrderedJson::array();
  for (const store::RunRow& run : page->items) {
    data["runs"].push_back(RunRowData(context.target, run));
  }
  data["older"] = page->next ? OlderHref(context.request, *page->next) : "";
  return HtmlAnswer(200, "runs", data);
}

http::Response RunPage(const PageContext& context, const std::string& run_id) {
  if (!IsRunIdPrefix(run_id)) {
    return NoSuchPage(context);
  }
  Result<Records> records = context.backend.OpenRecords(*context.backend.FindTarget(context.target));
  if (!records) {
    return ErrorPage(context, records.error());
  }
  const auto runs = records->Runs({.run_id = run_id, .limit = 2});
  if (!runs || runs->items.size() != 1) {
    return runs ? NoSuchPage(context) : ErrorPage(context, runs.error());
  }
  const store::RunRow& run = runs->items.front();
  const auto entries = records->Entries({.run_id = run.run_id, .limit = kEntriesShown});
  if (!entries) {
    return ErrorPage(context, entries.error());
  }
  OrderedJson data = PageData(context, "Run " + run.run_id.substr(0, 8), "runs");
  data.update(RunRowData(context.target, run));
  data["run_id"] = run.run_id;
  data["short_id"] = run.run_id.substr(0, 8);
  data["commit"] = run.commit;
  data["reason"] = run.reason;
  data["entries"] = OrderedJson::array();
  data["findings"] = OrderedJson::array();
  std::map<std::int64_t, Json> migrations;  // the last word about each
  for (const store::EntryRow& entry : entries->items) {
    const Json leaf = LeafOf(entry);
    data["entries"].push_back(EntryData(context.target, entry, leaf));
    const std::string kind = TextOf(leaf, "kind");
    if (kind == "finding") {
      data["findings"].push_back(FindingData(leaf));
    }
    if (TellsOfMigration(kind) && leaf.contains("version") && leaf["version"].is_number_integer()) {
      migrations[leaf["version"].get<std::int64_t>()].update(leaf);
    }
  }
  const Result<OrderedJson> pull_requests = PullRequestsOf(*records, run.run_id, entries->items);
  if (!pull_requests) {
    return ErrorPage(context, pull_requests.error());
  }
  data["pull_requests"] = *pull_requests;
  data["has_findings"] = !data["findings"].empty();
  data["has_migrations"] = !migrations.empty();
  data["migrations"] = OrderedJson::array();
  for (const auto& [version, leaf] : migrations) {
    data["migrations"].push_back(MigrationData(context, *records, run.commit, leaf));
    data["migrations"].back()["open"] = migrations.size() == 1;
  }
  data["more_entries"] = entries->next.has_value();
  data["shown"] = entries->items.size();
  return HtmlAnswer(200, "run", data);
}

}  // namespace paliad::serve
