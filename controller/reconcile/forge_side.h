// ForgeSide: where a run's commit is discussed: who brought it to the branch and approved it, and where it is
// told what became of it.
#ifndef PALIAD_CONTROLLER_RECONCILE_FORGE_SIDE_H_
#define PALIAD_CONTROLLER_RECONCILE_FORGE_SIDE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/json_fwd.h"
#include "controller/forge/forge.h"
#include "controller/forge/message.h"
#include "controller/store/feedback.h"
#include "ledger/body.h"

namespace paliad {

// What the forge says of a commit's pull request; none within: it knows of none.
using Attributed = std::optional<forge::Attribution>;

struct ForgeSide {
  store::FeedbackOwner owner;
  // Where the outcome is told; empty: nowhere.
  std::string apply_context;
  // The page of a run is this and the run's id; empty: there are no pages that the forge's readers reach.
  std::string runs_url;
  // None: the forge does not say, or not in time. May be asked at most once a run.
  std::function<std::optional<Attributed>(const std::string& commit)> find_attribution;
};

// SQL that puts a message on its way, for the transaction that records its cause. `pull_request`: 0 for none.
std::string PutMessageSql(const store::FeedbackOwner& owner, const forge::Message& message,
                          std::int64_t pull_request);

// Of an `attributed` entry about the commit that `of_run` applies: the pull request, or null, with author,
// merger and approvals, and the digest of `reply`. Written to the ledger: never rename.
Json AttributedFields(const std::string& of_run, const std::string& commit, const Attributed& attributed,
                      const ledger::SaltedBody* reply);

// The forge's replies as a body; null if there are none.
std::shared_ptr<const ledger::SaltedBody> ReplyOf(const Attributed& attributed);

// The short form, for the entries of what was applied: number, url, author, merger, approvers.
Json PullRequestFields(const forge::Attribution& attribution);

// Why a commit may not be applied where policy requires an approval: of the head that was merged into
// `branch`, by somebody with write access other than the author. "": it may. `attributed`: none: the forge
// did not say.
std::string WhyNotApproved(const std::optional<Attributed>& attributed, const std::string& branch);

}  // namespace paliad

#endif  // PALIAD_CONTROLLER_RECONCILE_FORGE_SIDE_H_
