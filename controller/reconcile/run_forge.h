// RunForge: one run's dealings with the forge: it records who approved what it applies, and puts what became
// of the commit on its way. Without a ForgeSide it does nothing.
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

  // Asks who approved the commits, and adds what is said to the run's entries.
  [[nodiscard]] Status Attribute(store::RunRecorder& recorder, const std::vector<std::string>& commits);

  // Why what policy requires to be approved may not be applied yet: a commit without an approval, or one that
  // brings something else than what was approved. "": it may. REQUIRES: Attribute was called.
  [[nodiscard]] Result<std::string> WhyNotApproved(git::Repository& repository, const Target& target) const;

  // Of the newest commit, into the fields of what was applied.
  void AddPullRequest(Json& fields) const;

  // For the transaction that makes the run's start durable: the commit is being applied.
  std::string StartedSql(const Run& run, std::size_t pending) const;

  // For the transaction of the run's end: what became of the commit, and that its approvals are to be asked
  // for again where they are not known.
  std::string FinishedSql(const Run& run) const;

 private:
  std::string StatusSql(const Run& run, forge::StatusState state, std::string description) const;

  const std::optional<ForgeSide>& side_;
  // In the order of the commits; none within: not known.
  std::vector<std::pair<std::string, std::optional<Attributed>>> attributed_;
};

}  // namespace paliad

#endif  // PALIAD_CONTROLLER_RECONCILE_RUN_FORGE_H_
