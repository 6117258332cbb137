#include "controller/reconcile/assessment.h"

#include <fmt/format.h>

#include <cassert>
#include <map>
#include <utility>

#include "base/sha256.h"
#include "migrations/sql_file.h"
#include "policies/policy_file.h"
#include "policies/rules.h"

namespace paliad {
namespace {

void Append(std::vector<Finding>& to, std::vector<Finding> from) {
  to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

Result<std::map<Version, std::string>> Checksums(ContentSource& source,
                                                 const std::vector<Migration>& migrations) {
  std::map<Version, std::string> checksums;
  for (const Migration& migration : migrations) {
    ASSIGN_OR_RETURN(const std::string text, source.Read(*migration.entry));
    checksums.emplace(migration.version, Sha256Hex(text));
  }
  return checksums;
}

template <class T>
std::string VersionList(const std::vector<T>& migrations) {
  std::string text;
  for (const T& migration : migrations) {
    text += fmt::format("{}{}_{}", text.empty() ? "" : ", ", migration.version, migration.name);
  }
  return text;
}

}  // namespace

Result<Revision> ReadRevision(git::Repository& repository, const Target& target,
                              const std::string& revision) {
  ASSIGN_OR_RETURN(const std::string id, repository.Resolve(revision.empty() ? target.branch : revision));
  ASSIGN_OR_RETURN(CommitInfo commit, repository.ReadCommit(id));
  ASSIGN_OR_RETURN(git::CommitRecord record, repository.ReadCommitRecord(id));
  ASSIGN_OR_RETURN(std::string tree_id, repository.TreeId(id, target.path));
  ASSIGN_OR_RETURN(Result<Policy> policy, ReadPolicyAt(repository, target, id));
  return Revision{.commit = std::move(commit),
                  .record = std::move(record),
                  .tree_id = std::move(tree_id),
                  .policy = std::move(policy)};
}

Result<Result<Policy>> ReadPolicyAt(git::Repository& repository, const Target& target,
                                    const std::string& commit_id) {
  if (target.policy) {
    return Result<Policy>(*target.policy);
  }
  ASSIGN_OR_RETURN(const std::optional<std::string> text,
                   repository.ReadFile(commit_id, target.policy_path, kMaxPolicyBytes));
  return text ? ReadPolicy(*text, target.policy_path) : Result<Policy>(DefaultPolicy());
}

Result<FileText> ReadFileText(ContentSource& source, const Migration& migration,
                              std::vector<Finding>& findings) {
  ASSIGN_OR_RETURN(const std::uint64_t size, source.Size(*migration.entry));
  if (size > kMaxFileBytes) {
    Append(findings, CheckOversized(migration, size));
    return FileText{};
  }
  FileText file;
  ASSIGN_OR_RETURN(file.text, source.Read(*migration.entry));
  std::vector<Finding> unreadable = CheckContents(migration, file.text);
  file.readable = unreadable.empty();
  Append(findings, std::move(unreadable));
  return file;
}

Result<PreparedMigration> Prepare(ContentSource& source, const Migration& migration, const Policy& policy,
                                  const std::string& tracker, std::vector<Finding>& findings) {
  PreparedMigration prepared{.migration = migration, .checksum = "", .transactional = true};
  ASSIGN_OR_RETURN(const FileText file, ReadFileText(source, migration, findings));
  if (!file.text.empty() || file.readable) {
    prepared.checksum = Sha256Hex(file.text);
  }
  if (!file.readable) {
    return prepared;
  }
  const std::string& text = file.text;
  SqlFile sql = ParseSqlFile(text);
  prepared.transactional = !sql.no_transaction;
  prepared.opaque = sql.error.has_value();
  Append(findings, CheckSql(migration, text, sql, policy, {.tracker = tracker}));
  for (const Statement& statement : sql.statements) {
    prepared.statement_begins.push_back(statement.begin);
  }
  if (!prepared.transactional) {
    prepared.sql = std::make_shared<const SqlFile>(std::move(sql));
  }
  return prepared;
}

Result<Assessment> Assess(git::Repository& repository, const Target& target, const Revision& revision,
                          const AppliedSet& applied, const std::optional<LegacyState>& legacy) {
  assert(revision.policy.has_value());
  const Policy& policy = *revision.policy;
  Assessment assessment;
  ASSIGN_OR_RETURN(SourceTree tree, repository.ReadTree(revision.commit.id, target.path));
  assessment.desired = MakeMigrationSet(std::move(tree), policy.ignore);
  ASSIGN_OR_RETURN(const auto checksums, Checksums(repository, NeedsChecksum(assessment.desired, applied)));
  assessment.plan = MakePlan(assessment.desired, applied, checksums, legacy);
  assessment.findings = Judge(policy, CheckSet(assessment.desired));
  Append(assessment.findings, Judge(policy, CheckHistory(assessment.desired, applied, assessment.plan)));
  assessment.pending.reserve(assessment.plan.pending.size());
  for (const Migration& migration : assessment.plan.pending) {
    ASSIGN_OR_RETURN(PreparedMigration prepared,
                     Prepare(repository, migration, policy, target.tracker.Text(), assessment.findings));
    assessment.pending.push_back(std::move(prepared));
  }
  SortFindings(assessment.findings);
  return assessment;
}

std::optional<Error> ReasonToRefuse(const Plan& plan, const Target& target) {
  if (!plan.in_doubt.empty()) {
    const Version version = plan.in_doubt.front();
    return Error{
        .kind = ErrorKind::kInDoubt,
        .doing = "apply migrations while the outcome is unknown of version",
        .subject = std::to_string(version),
        .cause = "it was started outside of a transaction, and nobody recorded how it ended",
        .hint = fmt::format(
            "look whether its statements took effect, then `paliadctl resolve {} --as applied|not-applied "
            "--reason TEXT`; `paliadctl ledger entries --version {}` shows what is known",
            version, version)};
  }
  if (plan.legacy_dirty) {
    return Error{
        .kind = ErrorKind::kInvalidInput,
        .doing = "take over from",
        .subject = target.legacy_tracker.Text(),
        .cause = fmt::format("legacy tracker is dirty at version {}", plan.legacy_version),
        .hint =
            "finish or undo that migration by hand and clear the old runner's dirty flag, then run again"};
  }
  if (!plan.lost_desired.empty()) {
    const Version version = plan.lost_desired.front().version;
    return Error{
        .kind = ErrorKind::kInDoubt,
        .doing = "apply migrations while rows are lost of",
        .subject = VersionList(plan.lost_desired),
        .cause = fmt::format("the ledger says applied, but {} has no such row: somebody rolled back by hand",
                             target.tracker.Text()),
        .hint = fmt::format(
            "`paliadctl resolve {} --as not-applied --reason TEXT` makes it pending again, `--as applied` "
            "puts the row back",
            version)};
  }
  return std::nullopt;
}

}  // namespace paliad
