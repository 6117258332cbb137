// The applied set beside the desired one, and one migration's history.
#include <fmt/format.h>

#include <map>
#include <set>

#include "base/json.h"
#include "controller/serve/api/query.h"
#include "controller/serve/pages/page.h"
#include "controller/serve/pages/words.h"

namespace paliad::serve {
namespace {

constexpr std::size_t kRowsAPage = 200;

struct Row {
  std::string desired;
  std::string applied;
  std::string state = "in sync";
  std::string tone = "good";
};

using Rows = std::map<std::int64_t, Row, std::greater<>>;

template <class List>
void Mark(Rows& rows, const List& list, const std::string& state, const std::string& tone) {
  for (const auto& one : list) {
    rows[one.version].state = state;
    rows[one.version].tone = tone;
  }
}

Rows RowsOf(const Inspection& inspection) {
  Rows rows;
  for (const Migration& migration : inspection.assessment.desired.migrations) {
    rows[migration.version].desired = migration.name;
  }
  for (const AppliedMigration& row : inspection.applied.rows) {
    rows[row.version].applied = row.name;
  }
  const Plan& plan = inspection.assessment.plan;
  Mark(rows, plan.Missing(), "missing", "warn");
  Mark(rows, plan.unrecorded, "applied by another runner", "warn");
  Mark(rows, plan.bootstrap, "to be taken over", "busy");
  Mark(rows, plan.pending, "pending", "busy");
  Mark(rows, plan.renamed, "renamed", "bad");
  Mark(rows, plan.edited, "edited", "bad");
  Mark(rows, plan.orphaned, "not on the branch", "bad");
  Mark(rows, plan.lost, "row lost", "bad");
  for (const Version version : plan.in_doubt) {
    rows[version].state = "in doubt";
    rows[version].tone = "bad";
  }
  return rows;
}

// Where there is nothing to compare with, at least what is applied.
Result<Rows> AppliedRows(const PageContext& context, const SiteTarget& target) {
  ASSIGN_OR_RETURN(Records records, context.backend.OpenRecords(target));
  ASSIGN_OR_RETURN(const auto page, records.Migrations(std::nullopt, std::nullopt, kMaxPage));
  Rows rows;
  for (const MigrationRecord& migration : page.items) {
    rows[migration.version] = {.applied = migration.name, .state = "applied", .tone = "idle"};
  }
  return rows;
}

void AddRows(OrderedJson& data, const PageContext& context, const Rows& rows, bool only_differences,
             std::optional<std::int64_t> below) {
  const std::string base = TargetPath(context.target) + "/migrations";
  data["rows"] = OrderedJson::array();
  for (const auto& [version, row] : rows) {
    if ((below && version >= *below) || (only_differences && row.tone == "good")) {
      continue;
    }
    if (data["rows"].size() == kRowsAPage) {
      data["older"] = fmt::format("{}?{}cursor={}", base, only_differences ? "only=differences&" : "",
                                  data["rows"].back()["version"].get<std::int64_t>());
      break;
    }
    data["rows"].push_back({{"version", version},
                            {"href", fmt::format("{}/{}", base, version)},
                            {"desired_name", row.desired},
                            {"applied_name", row.applied},
                            {"state", row.state},
                            {"tone", row.tone}});
  }
  data["has_rows"] = !data["rows"].empty();
}

}  // namespace

http::Response MigrationsPage(const PageContext& context) {
  const auto query = Query::Read(context.request, {"only", "cursor"});
  const auto cursor = query && query->Get("cursor") ? ReadNumber("cursor", *query->Get("cursor"))
                                                    : Result<std::int64_t>(INT64_MAX);
  if (!query || !cursor) {
    return ErrorPage(context, query ? cursor.error() : query.error());
  }
  const auto target = context.backend.FindTarget(context.target);
  OrderedJson data = PageData(context, "Migrations of " + context.target, "migrations");
  const bool only = query->Get("only").has_value();
  data["only"] = only;
  const Result<Inspection> inspection = context.backend.Compare(*target);
  if (inspection) {
    data["compared"] = true;
    data["in_sync"] = inspection->assessment.plan.InSync();
    data["desired"] = inspection->assessment.desired.migrations.size();
    data["applied"] = inspection->applied.rows.size();
    data["pending"] = inspection->assessment.plan.pending.size();
    data["commit"] = ShortCommit(inspection->revision.commit.id);
    AddRows(data, context, RowsOf(*inspection), only, *cursor);
    return HtmlAnswer(200, "migrations", data);
  }
  data["problem"] = Problem(inspection.error());
  if (const auto rows = AppliedRows(context, *target)) {
    AddRows(data, context, *rows, false, *cursor);
  }
  return HtmlAnswer(200, "migrations", data);
}

http::Response MigrationPage(const PageContext& context, const std::string& text) {
  const auto version = ReadNumber("version", text);
  if (!version || *version > INT32_MAX) {
    return NoSuchPage(context);
  }
  Result<Records> records = context.backend.OpenRecords(*context.backend.FindTarget(context.target));
  if (!records) {
    return ErrorPage(context, records.error());
  }
  const auto rows = records->Migrations(*version, std::nullopt, 1);
  const auto entries = records->Entries({.version = *version, .limit = kMaxPage});
  if (!rows || !entries) {
    return ErrorPage(context, rows ? entries.error() : rows.error());
  }
  if (rows->items.empty() && entries->items.empty()) {
    return NoSuchPage(context);
  }
  OrderedJson data = PageData(context, fmt::format("Migration {}", *version), "migrations");
  data["version"] = fmt::format("{}", *version);
  data["name"] = nullptr;
  data["state"] = rows->items.empty() ? "not applied" : "applied";
  data["tone"] = rows->items.empty() ? "warn" : "good";
  if (!rows->items.empty()) {
    const MigrationRecord& row = rows->items.front();
    data["name"] = row.name;
    data["row"] = {{"name", row.name},
                   {"applied", ShortTime(row.applied_at)},
                   {"applied_iso", row.applied_at},
                   {"checksum", row.checksum.value_or("")}};
  }
  data["has_entries"] = !entries->items.empty();
  data["entries"] = OrderedJson::array();
  Json applied = Json::object();  // the newest entry that tells of it
  for (const store::EntryRow& entry : entries->items) {
    const Json leaf = LeafOf(entry);
    data["entries"].push_back(EntryData(context.target, entry, leaf));
    if (TextOf(leaf, "kind") == "applied") {
      applied = leaf;
      data["path"] = TextOf(leaf, "path");
    }
    if (data["name"].is_null()) {
      data["name"] = TextOf(leaf, "name");
    }
  }
  const auto body = records->Body(TextOf(applied, "sql"));
  data["sql"] =
      body && *body
          ? **body
          : context.backend.ReadMigration(context.target, TextOf(applied, "blob"), "", "").value_or("");
  return HtmlAnswer(200, "migration", data);
}

}  // namespace paliad::serve
