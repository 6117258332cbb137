#include "controller/serve/pulls/forge_target.h"

#include <fmt/format.h>

#include "controller/postgres/advisory_lock.h"

namespace paliad::serve {

bool HasForge(const config::TargetConfig& target) { return target.forge && !target.forge->token.empty(); }

Result<bool> TakeTurn(pg::Session& session, const store::FeedbackOwner& owner, std::string_view what) {
  const std::int64_t number =
      pg::LockNumber(fmt::format("paliad_controller {} {} {}", what, owner.tracker, owner.forge));
  ASSIGN_OR_RETURN(const std::vector<pg::Rows> answer,
                   session.Run(pg::TryLockSql(number), "take the turn at the pull requests"));
  return answer.front().Bool(0, 0);
}

}  // namespace paliad::serve
