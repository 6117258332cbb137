#include "controller/reconcile/run_entries.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/json.h"
#include "controller/version.h"

namespace paliad {
namespace {

// Ranges of versions in one `bootstrapped` entry: keeps it far below a leaf's bound.
constexpr std::size_t kMaxRanges = 2'000;

std::string HostName() {
  std::array<char, 256> name{};
  return gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

Json IdentityJson(const Identity& identity) { return {{"name", identity.name}, {"email", identity.email}}; }

// [[1,4],[7,7]]: consecutive versions as ranges, which stay small where thousands are bootstrapped.
std::vector<Json> VersionRanges(const std::vector<Migration>& migrations) {
  std::vector<std::pair<Version, Version>> ranges;
  for (const Migration& migration : migrations) {
    if (!ranges.empty() && ranges.back().second + 1 == migration.version) {
      ranges.back().second = migration.version;
    } else {
      ranges.emplace_back(migration.version, migration.version);
    }
  }
  std::vector<Json> batches;
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    if (i % kMaxRanges == 0) {
      batches.push_back(Json::array());
    }
    batches.back().push_back({ranges[i].first, ranges[i].second});
  }
  return batches;
}

}  // namespace

// `status` shows it.
std::string ReasonOf(const Run& run) {
  if (run.error) {
    return run.error->Message();
  }
  if (run.failed) {
    return fmt::format("{}: {}", run.failed->path, run.failed->message);
  }
  const auto error = std::find_if(run.findings.begin(), run.findings.end(), [](const Finding& finding) {
    return finding.severity == Severity::kError && !finding.waiver;
  });
  return error == run.findings.end() ? "" : fmt::format("{}: {}", error->path, error->message);
}

Json StartedFields(const Target& target, const RunOptions& options, const Revision& revision,
                   const pg::ServerFacts& server) {
  Json fields = {{"trigger", TriggerName(options.trigger)},
          {"actor", options.actor},
          {"commit", revision.commit.id},
          {"tree", revision.tree_id},
          {"branch", target.branch},
          {"path", target.path},
          {"database", server.database},
          {"role", server.role},
          {"server_version", server.version},
          {"controller_version", kVersion},
          {"host", HostName()}};
  if (options.trigger != Trigger::kManual) {
    fields["commits_skipped"] = options.commits_skipped;
  }
  return fields;
}

Json FindingFields(const Finding& finding) {
  Json fields = {{"rule", finding.rule},
                 {"severity", SeverityName(finding.severity)},
                 {"path", finding.path},
                 {"line", finding.line},
                 {"column", finding.column},
                 {"message", finding.message},
                 {"waived", finding.waiver.has_value()}};
  if (finding.waiver) {
    fields["waiver"] = *finding.waiver;
  }
  if (finding.version) {
    fields["version"] = *finding.version;
  }
  return fields;
}

Json DriftFields(const AppliedMigration& row) {
  return {{"version", row.version},
          {"name", row.name},
          {"checksum", row.checksum ? Json(*row.checksum) : Json(nullptr)},
          {"what", "applied without an entry"}};
}

std::vector<Json> BootstrappedFields(const Target& target, const Plan& plan) {
  std::vector<Json> entries;
  for (Json& ranges : VersionRanges(plan.bootstrap)) {
    entries.push_back({{"legacy_tracker", target.legacy_tracker.Text()},
                       {"legacy_version", plan.legacy_version},
                       {"count", plan.bootstrap.size()},
                       {"versions", std::move(ranges)}});
  }
  return entries;
}

Json AppliedFields(const Target& target, const Revision& revision, const PreparedMigration& prepared,
                   const MigrationJob& job, const pg::ServerFacts& server) {
  const CommitInfo& commit = revision.commit;
  Json fields = {{"version", job.version},
                 {"name", job.name},
                 {"path", job.path},
                 {"checksum", job.checksum},
                 {"commit", commit.id},
                 {"blob", prepared.migration.entry.blob_id},
                 {"author", IdentityJson(commit.author)},
                 {"committer", IdentityJson(commit.committer)},
                 {"transactional", prepared.transactional},
                 {"attempts", job.attempt},
                 {"role", server.role},
                 {"server_version", server.version},
                 {"controller_version", kVersion},
                 {"host", HostName()}};
  if (target.search_path) {
    fields["search_path"] = *target.search_path;
  }
  return fields;
}

Json FinishedFields(const Run& run, const Revision& revision, const std::string& applied_digest,
                    bool had_lock) {
  Json fields = {{"outcome", OutcomeName(run.outcome)},
                 {"commit", run.commit},
                 {"tree", revision.tree_id},
                 {"applied", run.applied.size()},
                 {"bootstrapped", run.bootstrapped},
                 {"pending", run.pending ? Json(*run.pending) : Json(nullptr)},
                 {"findings", run.findings.size()},
                 {"applied_digest", applied_digest},
                 {"policy", revision.policy ? Json(revision.policy->digest) : Json(nullptr)},
                 {"controller_version", kVersion}};
  if (!had_lock) {
    fields["locked"] = false;
  }
  if (run.retry) {
    fields["retry"] = true;
  }
  if (std::string reason = ReasonOf(run); !reason.empty()) {
    fields["reason"] = std::move(reason);
  }
  return fields;
}

}  // namespace paliad
