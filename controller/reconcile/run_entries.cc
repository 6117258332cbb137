#include "controller/reconcile/run_entries.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

#include "base/json.h"
#include "controller/version.h"

namespace paliad {
namespace {

// Ranges of versions in one `bootstrapped` entry: keeps it far below a leaf's bound.
constexpr std::size_t kMaxRanges = 2'000;

Json OrNull(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

Json IdentityJson(const Identity& identity, const std::string& at) {
  return {{"name", identity.name}, {"email", identity.email}, {"at", OrNull(at)}};
}

// The commit that the branch was at; not the one that brought the file.
Json CommitFields(const Revision& revision) {
  const CommitInfo& commit = revision.commit;
  return {{"commit", commit.id},
          {"author", IdentityJson(commit.author, revision.record.authored_at)},
          {"committer", IdentityJson(commit.committer, revision.record.committed_at)},
          {"summary", commit.summary},
          {"signed", revision.record.has_signature}};
}

// [[1,4],[7,7]]: consecutive versions as ranges, which stay small where thousands are bootstrapped.
using Ranges = std::vector<std::pair<Version, Version>>;

void AddTo(Ranges& ranges, Version version) {
  if (!ranges.empty() && ranges.back().second + 1 == version) {
    ranges.back().second = version;
  } else {
    ranges.emplace_back(version, version);
  }
}

std::vector<Json> VersionRanges(const std::vector<Migration>& migrations) {
  Ranges ranges;
  for (const Migration& migration : migrations) {
    AddTo(ranges, migration.version);
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

// Which of the folder's migrations became what, in the order of their versions.
class Fates {
 public:
  void Add(const std::string& fate, Version version) {
    ++counts_[fate];
    AddTo(ranges_[fate], version);
  }

  // Into `account`, where every fate has its count.
  void WriteTo(FolderAccount& account) const {
    for (const auto& [fate, count] : counts_) {
      account.counts[fate] = count;
    }
    for (const auto& [fate, ranges] : ranges_) {
      account.lists[fate] = ranges;
    }
  }

 private:
  std::map<std::string, std::int64_t> counts_ = {{"applied_before", 0}, {"applied_now", 0},
                                                 {"bootstrapped", 0},   {"in_doubt", 0},
                                                 {"lost", 0},           {"pending", 0}};
  std::map<std::string, Ranges> ranges_;
};

}  // namespace

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

std::string HostName() {
  std::array<char, 256> name{};
  return gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

Json DatabaseFields(const std::string& database, const DatabaseIdentity& identity) {
  return {{"database", database},
          {"database_oid", OrNull(identity.oid)},
          {"system_identifier", OrNull(identity.system_identifier)}};
}

Json StartedFields(const Target& target, const RunOptions& options, const Revision& revision,
                   const pg::ServerFacts& server, const DatabaseIdentity& identity) {
  Json fields = DatabaseFields(server.database, identity);
  fields.update(CommitFields(revision));
  fields.update(Json{{"trigger", TriggerName(options.trigger)},
                     {"actor", options.actor},
                     {"tree", revision.tree_id},
                     {"branch", target.branch},
                     {"path", target.path},
                     {"role", server.role},
                     {"server_version", server.version},
                     {"controller_version", kVersion},
                     {"host", HostName()}});
  if (options.trigger != Trigger::kManual) {
    fields["commits_skipped"] = options.commits_skipped;
  }
  return fields;
}

Json FindingFields(const Finding& finding) {
  Json fields = {{"rule", finding.rule},     {"severity", SeverityName(finding.severity)},
                 {"path", finding.path},     {"line", finding.line},
                 {"column", finding.column}, {"message", finding.message},
                 {"hint", finding.hint},     {"waived", finding.waiver.has_value()}};
  if (finding.waiver) {
    fields["waiver"] = *finding.waiver;
  }
  if (finding.version) {
    fields["version"] = *finding.version;
  }
  return fields;
}

Json DriftFields(const AppliedMigration& row, const Revision& revision) {
  return {{"version", row.version},
          {"name", row.name},
          {"checksum", row.checksum ? Json(*row.checksum) : Json(nullptr)},
          {"commit", revision.commit.id},
          {"what", "applied without an entry"}};
}

std::vector<Json> BootstrappedFields(const Target& target, const Plan& plan, const Revision& revision) {
  std::vector<Json> entries;
  for (Json& ranges : VersionRanges(plan.bootstrap)) {
    entries.push_back({{"legacy_tracker", target.legacy_tracker.Text()},
                       {"legacy_version", plan.legacy_version},
                       {"count", plan.bootstrap.size()},
                       {"commit", revision.commit.id},
                       {"versions", std::move(ranges)}});
  }
  return entries;
}

Json AppliedFields(const Target& target, const Revision& revision, const PreparedMigration& prepared,
                   const MigrationJob& job, const pg::ServerFacts& server, const DatabaseIdentity& identity) {
  Json fields = DatabaseFields(server.database, identity);
  fields.update(CommitFields(revision));
  fields.update(Json{{"version", job.version},
                     {"name", job.name},
                     {"path", job.path},
                     {"checksum", job.checksum},
                     {"blob", prepared.migration.entry->blob_id},
                     {"transactional", prepared.transactional},
                     {"attempts", job.attempt},
                     {"role", server.role},
                     {"server_version", server.version},
                     {"controller_version", kVersion},
                     {"host", HostName()}});
  if (target.search_path) {
    fields["search_path"] = *target.search_path;
  }
  if (job.sql != nullptr) {
    fields["sql"] = job.sql->digest;
  }
  return fields;
}

Json FailedFields(const Revision& revision, const PreparedMigration& prepared, const JobResult& result) {
  Json fields = FailureFields(*result.failure, result.attempts);
  fields.update(CommitFields(revision));
  fields["blob"] = prepared.migration.entry->blob_id;
  fields["checksum"] = prepared.checksum;
  fields["duration_us"] = result.duration.count();
  fields["statements_done"] = result.statements_done;
  fields["statement"] = result.failure->line ? Json(result.statements_done + 1) : Json(nullptr);
  if (result.sql != nullptr) {
    fields["sql"] = result.sql->digest;
  }
  return fields;
}

FolderAccount AccountFor(const Assessment& assessment, const Run& run,
                         const std::vector<AppliedMigration>& rows) {
  const auto versions = [](const auto& list) {
    std::set<Version> set;
    for (const auto& item : list) {
      set.insert(item.version);
    }
    return set;
  };
  const MigrationSet& desired = assessment.desired;
  const std::set<Version> now = versions(run.applied);
  const std::set<Version> bootstrap = versions(assessment.plan.bootstrap);
  const std::set<Version> lost = versions(assessment.plan.lost_desired);
  const std::set<Version> applied = versions(rows);
  const std::set<Version> in_doubt(assessment.plan.in_doubt.begin(), assessment.plan.in_doubt.end());
  Fates fates;
  for (const Migration& migration : desired.migrations) {
    const Version version = migration.version;
    fates.Add(now.contains(version)                                 ? "applied_now"
              : run.bootstrapped > 0 && bootstrap.contains(version) ? "bootstrapped"
              : applied.contains(version)                           ? "applied_before"
              : lost.contains(version)                              ? "lost"
              : in_doubt.contains(version)                          ? "in_doubt"
                                                                    : "pending",
              version);
  }
  FolderAccount account{.counts = Json::object(), .lists = Json::object()};
  fates.WriteTo(account);
  const auto list = [&](const char* name) -> Json& { return account.lists[name] = Json::array(); };
  Json& ignored = list("ignored");
  for (const IgnoredEntry& entry : desired.ignored) {
    ignored.push_back({{"path", entry.path}, {"reason", entry.reason}});
  }
  Json& rejected = list("rejected");
  for (const RejectedEntry& entry : desired.rejected) {
    rejected.push_back({{"path", entry.path}, {"reason", entry.reason}});
  }
  for (const Collision& collision : desired.collisions) {
    for (const std::string& path : collision.paths) {
      rejected.push_back(
          {{"path", path},
           {"reason", fmt::format("version {} is claimed by several files", collision.version)}});
    }
  }
  account.lists["down"] = desired.down_files;
  account.counts["ignored"] = ignored.size();
  account.counts["rejected"] = rejected.size();
  account.counts["down"] = desired.down_files.size();
  return account;
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
