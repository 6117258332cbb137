// RunForge: one run's dealings with the forge: it records who approved what it applies, refuses what has to
// be approved and is not, and puts what became of the commit on its way. Without a ForgeSide nothing is known
// to be approved, and nobody is told.
#ifndef PALIAD_CONTROLLER_RECONCILE_RUN_FORGE_H_
#define PALIAD_CONTROLLER_RECONCILE_RUN_FORGE_H_

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json_fwd.h"
#include "base/result.h"
#include "controller/forge/forge.h"
#include "controller/git/repository.h"
#include "controller/postgres/session.h"
#include "controller/reconcile/forge_side.h"
#include "controller/reconcile/reconcile.h"
#include "controller/reconcile/target.h"
#include "controller/store/run_recorder.h"

namespace paliad {

// Not thread-safe.
class RunForge {
 public:
  // `side` must outlive it.
  explicit RunForge(const std::optional<ForgeSide>& side) : side_(side) {}

  // Asks who approved the commits, and adds what is found to the run's entries. That there is nothing may
  // mean that the forge does not know of the merge yet: it is asked again later (FinishedSql).
  [[nodiscard]] Status Attribute(store::RunRecorder& recorder, const std::vector<std::string>& commits);

  // Looks which other commits than the run's own are still told to be under way.
  [[nodiscard]] Status ReadUnderWay(pg::Session& session, const std::string& commit);

  // Why what policy requires to be approved may not be applied yet: a commit without an approval, or one that
  // brings something else than what was approved. "": it may. REQUIRES: Attribute was called.
  [[nodiscard]] Result<std::string> WhyNotApproved(git::Repository& repository, const Target& target) const;

  // Of the newest commit, into the fields of what was applied.
  void AddPullRequest(Json& fields) const;

  // For the transaction that makes the run's start durable: the commit is being applied.
  std::string StartedSql(const Run& run, std::size_t pending) const;

  // For the transaction of the run's end: what became of the commit, and of those before it whose own run
  // never came to an end; and that approvals are to be asked for again where they are not known.
  std::string FinishedSql(const Run& run) const;

 private:
  std::string StatusSql(const Run& run, forge::StatusState state, std::string description) const;

  const std::optional<ForgeSide>& side_;
  // In the order of the commits; none within: not known.
  std::vector<std::pair<std::string, std::optional<Attributed>>> attributed_;
  std::vector<forge::CommitStatus> under_way_;  // of other commits, in the same context
};

}  // namespace paliad

#endif  // PALIAD_CONTROLLER_RECONCILE_RUN_FORGE_H_
