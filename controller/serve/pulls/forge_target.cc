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

Result<bool> HasFeedbackTables(pg::Session& session) {
  ASSIGN_OR_RETURN(const pg::Rows rows,
                   session.Query("SELECT FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n"
                                 " ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relname = $2",
                                 {"paliad_controller", "feedback"}, "look for the controller's tables"));
  return !rows.empty();
}

}  // namespace paliad::serve
