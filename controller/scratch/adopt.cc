#include "controller/scratch/adopt.h"

#include <string>
#include <utility>

#include "controller/scratch/adopt_sql.h"

namespace paliad::scratch {
namespace {

// Runs what `query` returns, in one message.
Status RunReturned(pg::Session& owner, const std::string& query,
                   const std::vector<std::optional<std::string>>& parameters, std::string_view doing) {
  ASSIGN_OR_RETURN(const pg::Rows statements, owner.Query(query, parameters, doing));
  std::string sql = "BEGIN;";
  for (int row = 0; row < statements.size(); ++row) {
    sql += statements.Text(row, 0);
  }
  auto done = owner.Run(sql + "COMMIT;", doing);
  if (done) {
    return {};
  }
  if (!owner.broken()) {
    (void)owner.Send("ROLLBACK;");
  }
  Error error = std::move(done).error();
  error.hint = "let the scratch server's role own everything in the template, or use a superuser's URL";
  return Fail(std::move(error));
}

}  // namespace

Status Adopt(Workspace& workspace) {
  ASSIGN_OR_RETURN(pg::Session owner, workspace.OpenAsOwner());
  RETURN_IF_ERROR(RunReturned(owner, kOwnershipSql, {workspace.name()},
                              "hand the clone of the template over to the dry run's login"));
  return RunReturned(owner, kDoorsSql, {}, "close the clone's foreign servers");
}

}  // namespace paliad::scratch
