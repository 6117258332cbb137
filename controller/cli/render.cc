#include "controller/cli/render.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string_view>

#include "base/json.h"
#include "base/text.h"
#include "controller/cli/anchoring.h"
#include "controller/cli/command.h"
#include "policies/rules.h"

namespace paliad::cli {
namespace {

constexpr std::size_t kShortCommit = 12;

OrderedJson OrNull(const std::string& text) {
  return text.empty() ? OrderedJson(nullptr) : OrderedJson(text);
}

template <class T>
OrderedJson OrNull(const std::optional<T>& value) {
  return value ? OrderedJson(*value) : OrderedJson(nullptr);
}

template <class T>
OrderedJson VersionsAndNames(const std::vector<T>& migrations) {
  OrderedJson list = OrderedJson::array();
  for (const T& migration : migrations) {
    list.push_back({{"version", migration.version}, {"name", migration.name}});
  }
  return list;
}

OrderedJson Versions(const std::vector<RecordedMigration>& migrations) {
  OrderedJson list = OrderedJson::array();
  for (const RecordedMigration& migration : migrations) {
    list.push_back({{"version", migration.version}});
  }
  return list;
}

template <class T>
void AddList(std::string& text, std::string_view title, const std::vector<T>& migrations) {
  for (const T& migration : migrations) {
    text += fmt::format("  {:<11}{}\n", title, EscapeForTerminal(Label(migration.version, migration.name)));
  }
}

std::string Heading(const Target& target, const Revision& revision) {
  return fmt::format("{} at {} ({})\n", EscapeForTerminal(target.name),
                     revision.commit.id.substr(0, kShortCommit),
                     EscapeForTerminal(Truncate(revision.commit.summary, 60)));
}

std::string OutcomeLine(const Run& run) {
  switch (run.outcome) {
    case ledger::Outcome::kInSync:
      return "in sync: nothing to apply";
    case ledger::Outcome::kApplied:
      return "applied " + Count(run.applied.size(), "migration");
    case ledger::Outcome::kRejected:
      return "rejected by policy: nothing was applied";
    case ledger::Outcome::kFailed:
      return fmt::format("failed after {}", Count(run.applied.size(), "migration"));
    case ledger::Outcome::kRefused:
      return fmt::format("refused after {}", Count(run.applied.size(), "migration"));
    case ledger::Outcome::kInterrupted:
      return "interrupted";
  }
  return "";
}

}  // namespace

std::string Label(Version version, const std::string& name) { return fmt::format("{}_{}", version, name); }

std::string Count(std::size_t number, const std::string& noun) {
  return fmt::format("{} {}{}", number, noun, number == 1 ? "" : "s");
}

double RoundedMilliseconds(std::chrono::microseconds duration) {
  return std::round(static_cast<double>(duration.count()) / 100.0) / 10.0;
}

std::string Milliseconds(std::chrono::microseconds duration) {
  if (duration >= std::chrono::seconds(1)) {
    return fmt::format("{:.1f} s", static_cast<double>(duration.count()) / 1e6);
  }
  return fmt::format("{:.1f} ms", static_cast<double>(duration.count()) / 1e3);
}

OrderedJson PlanJson(const Target& target, const Inspection& inspection) {
  const Plan& plan = inspection.assessment.plan;
  OrderedJson pending = OrderedJson::array();
  for (const PreparedMigration& prepared : inspection.assessment.pending) {
    pending.push_back({{"version", prepared.migration.version},
                       {"name", prepared.migration.name},
                       {"path", prepared.migration.path},
                       {"checksum", prepared.checksum},
                       {"transactional", prepared.transactional}});
  }
  OrderedJson ignored = OrderedJson::array();
  for (const IgnoredEntry& entry : inspection.assessment.desired.ignored) {
    ignored.push_back({{"path", entry.path}, {"reason", entry.reason}});
  }
  OrderedJson json = {{"target", target.name},
                      {"commit", inspection.revision.commit.id},
                      {"tree", inspection.revision.tree_id},
                      {"desired", inspection.assessment.desired.migrations.size()},
                      {"applied", inspection.applied.rows.size()},
                      {"bootstrap", plan.bootstrap.size()},
                      {"pending", std::move(pending)},
                      {"ignored", std::move(ignored)},
                      {"findings", ToJson(inspection.assessment.findings)}};
  json["refused"] = inspection.refusal ? ErrorJson(*inspection.refusal) : OrderedJson(nullptr);
  return json;
}

std::string PlanText(const Target& target, const Inspection& inspection, bool color) {
  const Plan& plan = inspection.assessment.plan;
  std::string text = Heading(target, inspection.revision);
  text += fmt::format("  {} desired, {} applied, {} pending", inspection.assessment.desired.migrations.size(),
                      inspection.applied.rows.size(), inspection.assessment.pending.size());
  if (!plan.bootstrap.empty()) {
    text += fmt::format(", {} taken over from {} at {} without running them", plan.bootstrap.size(),
                        target.legacy_tracker.Text(), plan.legacy_version);
  }
  text += "\n";
  for (const PreparedMigration& prepared : inspection.assessment.pending) {
    text += fmt::format("  pending  {}{}\n", EscapeForTerminal(prepared.migration.path),
                        prepared.transactional ? "" : "  (not in a transaction)");
  }
  for (const IgnoredEntry& entry : inspection.assessment.desired.ignored) {
    text +=
        fmt::format("  ignored  {}  ({})\n", EscapeForTerminal(entry.path), EscapeForTerminal(entry.reason));
  }
  return text + FindingsText(inspection.assessment.findings, color);
}

bool IsInSync(const Inspection& inspection) {
  return inspection.assessment.plan.InSync() && !HasErrors(CheckSet(inspection.assessment.desired));
}

OrderedJson VerifyJson(const Target& target, const Inspection& inspection) {
  const Plan& plan = inspection.assessment.plan;
  OrderedJson renamed = OrderedJson::array();
  for (const Renamed& entry : plan.renamed) {
    renamed.push_back({{"version", entry.version},
                       {"applied_name", entry.applied_name},
                       {"desired_name", entry.desired_name}});
  }
  return {{"target", target.name},
          {"commit", inspection.revision.commit.id},
          {"in_sync", IsInSync(inspection)},
          {"missing", VersionsAndNames(plan.Missing())},
          {"orphaned", VersionsAndNames(plan.orphaned)},
          {"renamed", std::move(renamed)},
          {"edited", VersionsAndNames(plan.edited)},
          {"unrecorded", VersionsAndNames(plan.unrecorded)},
          {"lost", Versions(plan.lost)},
          {"findings", ToJson(CheckSet(inspection.assessment.desired))}};
}

std::string VerifyText(const Target& target, const Inspection& inspection, bool color) {
  const Plan& plan = inspection.assessment.plan;
  std::string text = Heading(target, inspection.revision);
  text += fmt::format("  {}: {} desired, {} applied\n", IsInSync(inspection) ? "in sync" : "OUT OF SYNC",
                      inspection.assessment.desired.migrations.size(), inspection.applied.rows.size());
  AddList(text, "missing", plan.Missing());
  AddList(text, "orphaned", plan.orphaned);
  for (const Renamed& entry : plan.renamed) {
    text += fmt::format("  {:<11}{} is {} on the branch\n", "renamed",
                        EscapeForTerminal(Label(entry.version, entry.applied_name)),
                        EscapeForTerminal(Label(entry.version, entry.desired_name)));
  }
  AddList(text, "edited", plan.edited);
  AddList(text, "unrecorded", plan.unrecorded);
  for (const RecordedMigration& entry : plan.lost) {
    text +=
        fmt::format("  {:<11}{}: the ledger says applied, the tracker has no row\n", "lost", entry.version);
  }
  return text + FindingsText(CheckSet(inspection.assessment.desired), color);
}

OrderedJson FailureJson(const Failure& failure) {
  return {{"version", failure.version},
          {"name", failure.name},
          {"path", failure.path},
          {"line", OrNull(failure.line)},
          {"column", OrNull(failure.column)},
          {"sqlstate", failure.sqlstate},
          {"message", failure.message},
          {"detail", failure.detail},
          {"hint", failure.hint}};
}

OrderedJson RunJson(const Run& run) {
  OrderedJson applied = OrderedJson::array();
  for (const AppliedStep& step : run.applied) {
    applied.push_back({{"version", step.version},
                       {"name", step.name},
                       {"duration_ms", RoundedMilliseconds(step.duration)}});
  }
  OrderedJson ledger = nullptr;
  if (run.ledger) {
    ledger = {{"size", run.ledger->size}, {"root", run.ledger->root}};
  }
  return {{"run_id", run.run_id},
          {"target", run.target},
          {"commit", run.commit},
          {"outcome", OutcomeName(run.outcome)},
          {"applied", std::move(applied)},
          {"failed", run.failed ? FailureJson(*run.failed) : OrderedJson(nullptr)},
          {"pending", OrNull(run.pending)},
          {"findings", ToJson(run.findings)},
          {"bootstrapped", run.bootstrapped},
          {"ledger", std::move(ledger)},
          {"checkpoint", run.anchoring ? AnchoringJson(*run.anchoring) : OrderedJson(nullptr)},
          {"checkpoint_error", run.anchoring_error ? ErrorJson(*run.anchoring_error) : OrderedJson(nullptr)},
          {"error", run.error ? ErrorJson(*run.error) : OrderedJson(nullptr)}};
}

std::string RunText(const Run& run, bool color) {
  std::string text = FindingsText(run.findings, color);
  for (const AppliedStep& step : run.applied) {
    text += fmt::format("applied  {}  {}\n", EscapeForTerminal(Label(step.version, step.name)),
                        Milliseconds(step.duration));
  }
  if (run.bootstrapped > 0) {
    text += fmt::format("took over {} from the old tracker without running them\n",
                        Count(static_cast<std::size_t>(run.bootstrapped), "migration"));
  }
  text += fmt::format("{}; {} pending; run {}\n", OutcomeLine(run),
                      run.pending ? std::to_string(*run.pending) : "unknown", run.run_id);
  if (run.ledger) {
    text += fmt::format("ledger: {} entries, root {}\n", run.ledger->size, run.ledger->root);
  }
  if (run.anchoring) {
    text += AnchoringText(*run.anchoring);
  }
  return text;
}

OrderedJson StatusJson(const Target& target, const TargetStatus& status) {
  OrderedJson last_run = nullptr;
  if (status.last_run) {
    last_run = {{"run_id", status.last_run->run_id},
                {"outcome", OrNull(status.last_run->outcome)},
                {"commit", status.last_run->commit}};
  }
  return {{"target", target.name},
          {"state", status.state},
          {"reason", OrNull(status.reason)},
          {"commit", OrNull(status.commit)},
          {"commits_behind", OrNull(status.commits_behind)},
          {"since", OrNull(status.since)},
          {"last_run", std::move(last_run)}};
}

std::string StatusText(const Target& target, const TargetStatus& status) {
  std::string text = fmt::format("{}: {}", EscapeForTerminal(target.name), status.state);
  if (!status.since.empty()) {
    text += fmt::format(" since {}", status.since);
  }
  if (!status.reason.empty()) {
    text += fmt::format("\n  {}", EscapeForTerminal(status.reason, /*multiline=*/true));
  }
  if (!status.commit.empty()) {
    text += fmt::format("\n  in sync with {}", status.commit.substr(0, kShortCommit));
    text += status.commits_behind
                ? fmt::format(", {} behind the branch", Count(*status.commits_behind, "commit"))
                : ", which the branch does not have";
  }
  if (status.last_run) {
    text += fmt::format("\n  last run {} {}", status.last_run->run_id,
                        status.last_run->outcome.empty() ? "has no end" : status.last_run->outcome);
  }
  return text + "\n";
}

OrderedJson CheckJson(const std::string& target, const std::string& head, const std::string& base,
                      const std::vector<Finding>& findings) {
  return {{"target", target},
          {"head", OrNull(head)},
          {"base", OrNull(base)},
          {"findings", ToJson(findings)},
          {"dry_run", nullptr}};
}

std::string FindingsText(const std::vector<Finding>& findings, bool color) {
  std::string text;
  for (const Finding& finding : findings) {
    text += Render(ToDiagnostic(finding), color);
  }
  const auto count = [&](auto is_one) {
    return static_cast<std::size_t>(std::count_if(findings.begin(), findings.end(), is_one));
  };
  const std::size_t waived = count([](const Finding& f) { return f.waiver.has_value(); });
  const std::size_t errors =
      count([](const Finding& f) { return !f.waiver && f.severity == Severity::kError; });
  if (!findings.empty()) {
    text +=
        fmt::format("{}, {}{}\n", Count(errors, "error"), Count(findings.size() - errors - waived, "warning"),
                    waived == 0 ? "" : fmt::format(", {} waived", waived));
  }
  return text;
}

std::string FailureText(const Failure& failure, bool color) {
  Diagnostic diagnostic{.path = failure.path,
                        .line = failure.line.value_or(0),
                        .column = failure.column.value_or(0),
                        .severity = "error",
                        .message = failure.message,
                        .source_line = failure.source_line,
                        .hint = failure.hint};
  if (!failure.sqlstate.empty()) {
    diagnostic.message += fmt::format(" (SQLSTATE {})", failure.sqlstate);
  }
  if (!failure.detail.empty()) {
    diagnostic.message += "\n  " + failure.detail;
  }
  return Render(diagnostic, color);
}

}  // namespace paliad::cli
