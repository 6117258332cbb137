#include "ledger/checkpoint_set.h"

#include <fmt/format.h>

#include <utility>

namespace paliad::ledger {

void CheckpointSet::Add(std::string_view source, std::string_view bytes, std::string_view origin,
                        const TrustedKeys& keys, Problems& problems) {
  Verified<OpenedCheckpoint> opened = OpenCheckpoint(bytes, origin, keys);
  if (!opened) {
    Problem problem = std::move(opened).error();
    problem.detail = fmt::format("{}: {}", source, problem.detail);
    problems.Add(std::move(problem));
    return;
  }
  const auto [place, is_new] =
      by_size_.try_emplace(opened->checkpoint.size, Published{.root = opened->checkpoint.root,
                                                              .is_signed = !opened->signers.empty(),
                                                              .source = std::string(source)});
  if (!is_new && place->second.root != opened->checkpoint.root) {
    problems.Add(ProblemKind::kFork, fmt::format("{} and {} are of {} entries and have different roots",
                                                 place->second.source, source, opened->checkpoint.size));
  }
}

}  // namespace paliad::ledger
