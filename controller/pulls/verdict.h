// Verdict: what the controller has to say of a pull request. A value.
#ifndef PALIAD_CONTROLLER_PULLS_VERDICT_H_
#define PALIAD_CONTROLLER_PULLS_VERDICT_H_

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/json_fwd.h"
#include "controller/forge/forge.h"
#include "controller/scratch/dry_run.h"
#include "policies/finding.h"

namespace paliad::pulls {

// Verdict::no_dry_run, as people read it.
inline constexpr char kFromFork[] = "it comes from a fork";
inline constexpr char kNothingToTry[] = "it adds no migration";
inline constexpr char kPolicyErrors[] = "policy found errors";
inline constexpr char kBranchErrors[] = "the branch itself has errors";
inline constexpr char kNotJudged[] = "policy could not be judged";

struct Verdict {
  forge::PullRequest pull_request;
  std::string base;      // the branch's commit that it would be merged into, 40 hex digits
  bool touches = false;  // the merge changes the target's folder or its policy file; else nothing is said
  bool policy_changed = false;    // it changes the policy file, and is judged by the branch's all the same
  std::vector<Finding> findings;  // sorted
  std::optional<Error> error;     // why policy could not be judged; then it is not known whether it is fine

  // Of the dry run: one of these, or none of them where none is configured.
  std::optional<scratch::DryRun> dry_run;
  std::optional<Error> dry_run_error;
  std::string no_dry_run;  // why there was none: one of those above

  bool PolicyPasses() const { return !error && !HasErrors(findings); }
  // Nothing that was tried fails. What could not be tried is no failure here; its status is no success either
  // (feedback.h).
  bool DryRunPasses() const { return !dry_run_error && (!dry_run || dry_run->ok()); }
};

// Identifies what is said: two verdicts with one digest need not be told twice. 64 hex digits. Durations,
// commits and where a template came from do not count.
std::string DigestOf(const Verdict& verdict);

// The fields of a `check_finished` entry; of findings, the first kMaxRecordedFindings, errors first. Written
// to the ledger: never rename a field or change what it means.
inline constexpr std::size_t kMaxRecordedFindings = 50;
Json CheckFinishedFields(const Verdict& verdict);

}  // namespace paliad::pulls

#endif  // PALIAD_CONTROLLER_PULLS_VERDICT_H_
