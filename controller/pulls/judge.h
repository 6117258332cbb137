// PullRequestJudge: the open pull requests against one branch, as they stand to each other. What is
// judged is the merge of each into the branch.
#ifndef PALIAD_CONTROLLER_PULLS_JUDGE_H_
#define PALIAD_CONTROLLER_PULLS_JUDGE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "controller/forge/forge.h"
#include "controller/git/repository.h"
#include "controller/pulls/verdict.h"
#include "controller/reconcile/target.h"
#include "migrations/applied_set.h"

namespace paliad::pulls {

struct JudgeSettings {
  Target target;            // without its database's URL: no pull request's SQL ever reaches it
  std::string scratch_url;  // empty: no dry runs
  std::string scratch_template;
  bool dry_run_forks = false;
  std::stop_token stop;  // cuts a dry run short; what is judged then is of no use
};

// One that may have to be judged.
struct Case {
  forge::PullRequest pull_request;
  bool touches = false;  // see Verdict
  // Of everything that its verdict follows from: its head, the base's folder and policy, what the applied
  // rows say of it, who else claims its versions, this program's version. While it is the same, judging again
  // is of no use. A base commit that changes neither folder nor policy leaves it as it is.
  std::string key;  // 64 hex digits
};

// What was done since the beginning, for tests and measurements.
struct Work {
  std::size_t merges = 0;
  std::size_t files_read = 0;  // and judged
  std::size_t dry_runs = 0;    // on the scratch server
};

// Not thread-safe. Remembers what it parsed and tried, so that judging many again costs little.
class PullRequestJudge {
 public:
  PullRequestJudge(JudgeSettings settings, const Clock& clock);
  ~PullRequestJudge();

  PullRequestJudge(const PullRequestJudge&) = delete;
  PullRequestJudge& operator=(const PullRequestJudge&) = delete;

  // What is open now, against the branch at `base`. `applied`: the target's rows; none: they are not known
  // (then only git speaks). Every head must be in `repository`, which must outlive the next call of Open.
  // One that cannot be merged or read is a case all the same: Judge says why, and it counts as one that
  // touches. Merges are kept in the repository's memory until it is closed. Errors of the base; a policy file
  // with mistakes is none, but every verdict's.
  [[nodiscard]] Result<std::vector<Case>> Open(git::Repository& repository, const std::string& base,
                                               const std::vector<forge::PullRequest>& pull_requests,
                                               const std::optional<AppliedSet>& applied);

  // Verdict::error and dry_run_error of kind kUnavailable may pass: to be judged again, although the key is
  // the same. REQUIRES: `number` is of the newest Open.
  Verdict Judge(std::int64_t number);

  Work work() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace paliad::pulls

#endif  // PALIAD_CONTROLLER_PULLS_JUDGE_H_
