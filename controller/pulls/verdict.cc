#include "controller/pulls/verdict.h"

#include <algorithm>
#include <optional>

#include "base/json.h"
#include "base/sha256.h"
#include "base/text.h"
#include "controller/scratch/lock_mode.h"

namespace paliad::pulls {
namespace {

// A leaf is bounded (ledger/entry.h), and is to hold all of kMaxRecordedFindings.
constexpr std::size_t kMaxRecordedText = 300;

Json TextField(const std::string& text) { return Truncate(ToValidUtf8(text), kMaxRecordedText); }

Json ErrorFields(const std::optional<Error>& error) {
  if (!error) {
    return nullptr;
  }
  return {{"kind", ErrorKindName(error->kind)}, {"message", TextField(error->Message())}};
}

Json FindingFields(const Finding& finding) {
  Json fields = {{"rule", finding.rule},
                 {"severity", SeverityName(finding.severity)},
                 {"path", TextField(finding.path)},
                 {"line", finding.line},
                 {"column", finding.column},
                 {"message", TextField(finding.message)},
                 {"waived", finding.waiver.has_value()}};
  if (finding.waiver) {
    fields["waiver"] = TextField(*finding.waiver);
  }
  if (finding.version) {
    fields["version"] = *finding.version;
  }
  return fields;
}

Json FailureFields(const Failure& failure) {
  return {{"version", failure.version},
          {"path", TextField(failure.path)},
          {"line", failure.line ? Json(*failure.line) : Json(nullptr)},
          {"sqlstate", failure.sqlstate},
          {"message", TextField(failure.message)}};
}

Json DryRunFields(const Verdict& verdict) {
  if (verdict.dry_run) {
    const std::optional<Failure>& failed = verdict.dry_run->failed;
    return {{"ok", verdict.dry_run->ok()},
            {"applied", verdict.dry_run->migrations.size()},
            {"failed", failed ? FailureFields(*failed) : Json(nullptr)}};
  }
  if (verdict.dry_run_error) {
    return {{"ok", false}, {"error", ErrorFields(verdict.dry_run_error)}};
  }
  return verdict.no_dry_run.empty() ? Json(nullptr) : Json{{"not_tried", verdict.no_dry_run}};
}

// Of what is shown of one migration: all but how long it took.
OrderedJson ShownOf(const scratch::MigrationReport& report) {
  OrderedJson locks = OrderedJson::array();
  for (const scratch::TableLock& lock : report.locks) {
    locks.push_back({lock.table, LockModeName(lock.mode)});
  }
  return {report.version, report.name, report.path, std::move(locks), report.rewritten};
}

OrderedJson ShownOf(const Verdict& verdict) {
  OrderedJson shown = {{"touches", verdict.touches},
                       {"policy_changed", verdict.policy_changed},
                       {"findings", ToJson(verdict.findings)},
                       {"error", verdict.error ? verdict.error->Message() + verdict.error->hint : ""},
                       {"no_dry_run", verdict.no_dry_run}};
  if (verdict.dry_run_error) {
    shown["dry_run_error"] = verdict.dry_run_error->Message() + verdict.dry_run_error->hint;
  }
  if (verdict.dry_run) {
    OrderedJson migrations = OrderedJson::array();
    for (const scratch::MigrationReport& report : verdict.dry_run->migrations) {
      migrations.push_back(ShownOf(report));
    }
    shown["migrations"] = std::move(migrations);
    if (const auto& failed = verdict.dry_run->failed) {
      shown["failed"] = {failed->path,     failed->line.value_or(0), failed->column.value_or(0),
                         failed->sqlstate, failed->message,          failed->detail,
                         failed->hint};
    }
  }
  return shown;
}

// Those that reject come first, since a leaf holds only so many.
std::vector<Finding> ByWeight(std::vector<Finding> findings) {
  std::stable_partition(findings.begin(), findings.end(), [](const Finding& finding) {
    return finding.severity == Severity::kError && !finding.waiver;
  });
  return findings;
}

}  // namespace

std::string DigestOf(const Verdict& verdict) { return Sha256Hex(DumpJson(ShownOf(verdict))); }

Json CheckFinishedFields(const Verdict& verdict) {
  Json findings = Json::array();
  for (const Finding& finding : ByWeight(verdict.findings)) {
    if (findings.size() == kMaxRecordedFindings) {
      break;
    }
    findings.push_back(FindingFields(finding));
  }
  const forge::PullRequest& pull_request = verdict.pull_request;
  return {{"pull_request", pull_request.number},
          {"url", TextField(pull_request.url)},
          {"title", TextField(pull_request.title)},
          {"author", TextField(pull_request.author)},
          {"from_fork", pull_request.from_fork},
          {"head", pull_request.head_commit},
          {"base", verdict.base},
          {"passes", verdict.PolicyPasses() && verdict.DryRunPasses()},
          {"policy_changed", verdict.policy_changed},
          {"findings", std::move(findings)},
          {"findings_total", verdict.findings.size()},
          {"error", ErrorFields(verdict.error)},
          {"dry_run", DryRunFields(verdict)}};
}

}  // namespace paliad::pulls
