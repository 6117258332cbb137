#include "controller/pulls/judge.h"

#include <algorithm>
#include <cassert>
#include <iterator>
#include <map>
#include <set>
#include <utility>

#include "base/json.h"
#include "base/sha256.h"
#include "controller/check/check.h"
#include "controller/check/file_judge.h"
#include "controller/pulls/base_branch.h"
#include "controller/pulls/delta.h"
#include "controller/pulls/rehearsals.h"
#include "controller/version.h"
#include "policies/free_versions.h"
#include "policies/rules.h"

namespace paliad::pulls {
namespace {

// A longer line is not shown with its finding: thousands of findings are held at a time.
constexpr std::size_t kMaxSourceLine = 1'024;

// A delta and the Open that made it: what the merge wrote is known to that one's repository only.
struct Merged {
  std::shared_ptr<const Delta> delta;
  std::uint64_t made_in = 0;
};

struct Opened {
  forge::PullRequest pull_request;
  Merged merged;
  std::vector<Finding> findings;  // all but those of contents; judged
};

std::string LabelOf(const forge::PullRequest& pull_request) {
  const bool gitlab = pull_request.head_ref.starts_with("refs/merge-requests/");
  return (gitlab ? "!" : "#") + std::to_string(pull_request.number);
}

std::vector<VersionClaim> ClaimsOf(const Opened& opened) {
  std::vector<VersionClaim> claims = opened.merged.delta->claims;
  for (VersionClaim& claim : claims) {
    claim.pull_request = opened.pull_request.number;
    claim.label = LabelOf(opened.pull_request);
    claim.from_fork = opened.pull_request.from_fork;
  }
  return claims;
}

void Append(std::vector<Finding>& to, std::vector<Finding> from) {
  std::move(from.begin(), from.end(), std::back_inserter(to));
}

scratch::Options ScratchOptions(const JudgeSettings& settings) {
  scratch::Options options;
  options.url = settings.scratch_url;
  options.given_template = settings.scratch_template;
  options.target = settings.target;
  options.target.database_url.clear();
  options.stop = settings.stop;
  return options;
}

std::string KeyOf(const std::optional<AppliedSet>& applied) {
  if (!applied) {
    return "unknown";
  }
  std::string key = applied->Digest();
  for (const RecordedMigration& recorded : applied->recorded) {
    key += std::to_string(recorded.version) + (recorded.applied ? "a" : "n") +
           (recorded.in_doubt ? "d" : "s") + recorded.blob_id + recorded.checksum.value_or("") + " ";
  }
  return Sha256Hex(key);
}

}  // namespace

struct PullRequestJudge::State {
  State(JudgeSettings given, const Clock& clock)
      : settings(std::move(given)), rehearsals(ScratchOptions(settings), clock) {}

  Status ReadBase(const std::string& commit, const std::optional<AppliedSet>& applied);
  void Merge(const std::vector<forge::PullRequest>& pull_requests, const std::optional<AppliedSet>& applied);
  void Compare();
  void ForgetOthers();
  std::string CaseKey(const Opened& opened) const;
  Status JudgeContents(const Opened& opened, std::vector<Finding>& findings);
  std::string ReasonNotToTry(const Opened& opened, const Verdict& verdict) const;
  void Rehearse(const Opened& opened, Verdict& verdict);

  const JudgeSettings settings;
  git::Repository* repository = nullptr;
  std::uint64_t opens = 0;
  std::string base_key;  // of which `base` and `merged` are
  BaseBranch base;
  Checksums checksums;
  std::map<std::string, Merged> merged;  // by head
  std::map<std::int64_t, Opened> open;
  std::unique_ptr<FileJudge> files;  // by the base's policy; null while that has mistakes
  Rehearsals rehearsals;
  Work work;  // but for what `files` and `rehearsals` count
};

Status PullRequestJudge::State::ReadBase(const std::string& commit,
                                         const std::optional<AppliedSet>& applied) {
  std::string key = commit + KeyOf(applied);
  if (key == base_key) {
    return {};
  }
  merged.clear();
  base_key.clear();
  ASSIGN_OR_RETURN(base, ReadBaseBranch(*repository, settings.target, commit, applied, checksums));
  base_key = std::move(key);
  if (base.policy && (!files || files->policy().digest != base.policy->digest)) {
    work.files_read += files ? files->read() : 0;
    files = std::make_unique<FileJudge>(*base.policy, settings.target.tracker.Text());
  }
  return {};
}

void PullRequestJudge::State::Merge(const std::vector<forge::PullRequest>& pull_requests,
                                    const std::optional<AppliedSet>& applied) {
  std::map<std::string, Merged> before = std::exchange(merged, {});
  for (const forge::PullRequest& pull_request : pull_requests) {
    const std::string& head = pull_request.head_commit;
    auto at = merged.find(head);
    if (at == merged.end()) {
      // What could not be read may be readable by now.
      if (const auto old = before.find(head); old != before.end() && !old->second.delta->error) {
        at = merged.emplace(head, old->second).first;
      } else {
        ++work.merges;
        Delta delta = MakeDelta(*repository, settings.target, base, head, applied, checksums);
        at = merged.emplace(head, Merged{std::make_shared<const Delta>(std::move(delta)), opens}).first;
      }
    }
    open.insert_or_assign(pull_request.number, Opened{pull_request, at->second, {}});
  }
}

// What the pull requests are to each other.
void PullRequestJudge::State::Compare() {
  ClaimsByVersion claims;
  std::set<Version> claimed;
  for (const auto& [number, opened] : open) {
    for (VersionClaim& claim : ClaimsOf(opened)) {
      claimed.insert(claim.version);
      claims[claim.version].push_back(std::move(claim));
    }
  }
  const FreeVersions all_free(HighestVersion(base.set), std::move(claimed));
  for (auto& [number, opened] : open) {
    const Delta& delta = *opened.merged.delta;
    if (delta.error || !delta.touches || !base.policy) {
      continue;
    }
    FreeVersions free = all_free;
    opened.findings = paliad::Judge(*base.policy, CheckSet(delta.news, free, delta.new_paths));
    Append(opened.findings, CheckClaims(ClaimsOf(opened), claims, free));
    Append(opened.findings, delta.findings);
    SortFindings(opened.findings);
  }
}

void PullRequestJudge::State::ForgetOthers() {
  std::set<FileJudge::Key> keys;
  std::set<std::int64_t> numbers;
  for (const auto& [number, opened] : open) {
    numbers.insert(number);
    for (const Migration& migration : opened.merged.delta->to_judge) {
      keys.insert(FileJudge::KeyOf(migration));
    }
  }
  if (files) {
    files->Keep(keys);
    files->Rest();
  }
  rehearsals.Keep(numbers);
}

std::string PullRequestJudge::State::CaseKey(const Opened& opened) const {
  const Delta& delta = *opened.merged.delta;
  OrderedJson facts = {{"version", kVersion},
                       {"head", opened.pull_request.head_commit},
                       {"touches", delta.touches},
                       {"error", delta.error ? delta.error->Message() : ""}};
  if (delta.touches) {
    facts.update(OrderedJson{{"base", base.tree_id},
                             {"merged", delta.merged_tree},
                             {"policy", base.policy ? base.policy->digest : base.policy.error().Message()},
                             {"policy_changed", delta.policy_changed},
                             {"findings", ToJson(opened.findings)},
                             {"from_fork", opened.pull_request.from_fork},
                             {"scratch", rehearsals.configured()},
                             {"scratch_template", settings.scratch_template},
                             {"dry_run_forks", settings.dry_run_forks}});
  }
  return Sha256Hex(DumpJson(facts));
}

// Adds to `findings`.
Status PullRequestJudge::State::JudgeContents(const Opened& opened, std::vector<Finding>& findings) {
  const Delta& delta = *opened.merged.delta;
  if (opened.merged.made_in != opens) {  // so that Read knows what the merge makes of files
    RETURN_IF_ERROR(
        repository->PreviewMerge(base.commit, opened.pull_request.head_commit, settings.target.path));
  }
  RETURN_IF_ERROR(JudgeFiles(delta.to_judge, *repository, *files, findings));
  for (Finding& finding : findings) {
    if (finding.source_line.size() > kMaxSourceLine) {
      finding.source_line.clear();
    }
  }
  SortFindings(findings);
  return {};
}

// "" where there is none.
std::string PullRequestJudge::State::ReasonNotToTry(const Opened& opened, const Verdict& verdict) const {
  if (opened.pull_request.from_fork && !settings.dry_run_forks) {
    return kFromFork;
  }
  if (verdict.error) {
    return kNotJudged;
  }
  if (HasErrors(verdict.findings)) {
    return kPolicyErrors;
  }
  if (base.set_has_errors) {
    return kBranchErrors;
  }
  return opened.merged.delta->pending.empty() ? kNothingToTry : "";
}

void PullRequestJudge::State::Rehearse(const Opened& opened, Verdict& verdict) {
  if (!rehearsals.configured()) {
    return;
  }
  verdict.no_dry_run = ReasonNotToTry(opened, verdict);
  if (!verdict.no_dry_run.empty()) {
    return;
  }
  Result<scratch::DryRun> run =
      rehearsals.Try(opened.pull_request.number, *repository, base, opened.merged.delta->pending);
  if (run) {
    verdict.dry_run = *std::move(run);
  } else {
    verdict.dry_run_error = run.error();
  }
}

PullRequestJudge::PullRequestJudge(JudgeSettings settings, const Clock& clock)
    : state_(std::make_unique<State>(std::move(settings), clock)) {}
PullRequestJudge::~PullRequestJudge() = default;

Result<std::vector<Case>> PullRequestJudge::Open(git::Repository& repository, const std::string& base,
                                                 const std::vector<forge::PullRequest>& pull_requests,
                                                 const std::optional<AppliedSet>& applied) {
  State& state = *state_;
  state.repository = &repository;
  state.open.clear();
  ++state.opens;
  RETURN_IF_ERROR(state.ReadBase(base, applied));
  state.Merge(pull_requests, applied);
  state.Compare();
  state.ForgetOthers();
  std::vector<Case> cases;
  for (const auto& [number, opened] : state.open) {
    cases.push_back({.pull_request = opened.pull_request,
                     .touches = opened.merged.delta->touches,
                     .key = state.CaseKey(opened)});
  }
  return cases;
}

Verdict PullRequestJudge::Judge(std::int64_t number) {
  State& state = *state_;
  const auto at = state.open.find(number);
  assert(at != state.open.end());
  const Opened& opened = at->second;
  const Delta& delta = *opened.merged.delta;
  Verdict verdict;
  verdict.pull_request = opened.pull_request;
  verdict.base = state.base.commit;
  verdict.touches = delta.touches;
  verdict.policy_changed = delta.policy_changed;
  if (!delta.touches) {
    return verdict;
  }
  if (delta.error) {
    verdict.error = delta.error;
  } else if (!state.base.policy) {
    verdict.error = state.base.policy.error();
  } else {
    verdict.findings = opened.findings;
    if (const Status judged = state.JudgeContents(opened, verdict.findings); !judged) {
      verdict.error = judged.error();
    }
  }
  state.Rehearse(opened, verdict);
  return verdict;
}

Work PullRequestJudge::work() const {
  Work work = state_->work;
  work.files_read += state_->files ? state_->files->read() : 0;
  work.dry_runs = state_->rehearsals.tried();
  return work;
}

}  // namespace paliad::pulls
