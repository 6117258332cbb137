#include "controller/scratch/sweep.h"

#include <fmt/format.h>

#include <set>
#include <utility>

#include "controller/postgres/advisory_lock.h"
#include "controller/scratch/names.h"

namespace paliad::scratch {
namespace {

constexpr std::chrono::hours kNoteAgainAfter{1};
constexpr std::size_t kUtcLength = 27;  // of FormatUtc

// $1: a pattern. Another owner's are that owner's to sweep.
constexpr char kDatabasesSql[] =
    "SELECT datname, coalesce(pg_catalog.shobj_description(oid, 'pg_database'), '')"
    " FROM pg_catalog.pg_database WHERE datname ~ $1"
    " AND datdba = (SELECT oid FROM pg_catalog.pg_roles WHERE rolname = current_user) ORDER BY 1";

// $1: a pattern. Without a database of the name, and nobody else's: who makes a role becomes a member of it.
constexpr char kRolesSql[] =
    "SELECT rolname FROM pg_catalog.pg_roles AS r WHERE rolname ~ $1"
    " AND NOT EXISTS (SELECT FROM pg_catalog.pg_database WHERE datname = r.rolname)"
    " AND (NOT EXISTS (SELECT FROM pg_catalog.pg_auth_members WHERE roleid = r.oid)"
    "      OR EXISTS (SELECT FROM pg_catalog.pg_auth_members AS m WHERE m.roleid = r.oid AND m.member ="
    "                 (SELECT oid FROM pg_catalog.pg_roles WHERE rolname = current_user))) ORDER BY 1";

// Of all databases: runs may be connected to different ones. Only the owner's own sessions: a login of a
// killed run could take the lock of its name in its clone, and live for ever.
constexpr char kAdvisoryLocksSql[] =
    "SELECT (held.classid::bigint << 32) | held.objid::bigint FROM pg_catalog.pg_locks AS held"
    " JOIN pg_catalog.pg_stat_activity AS activity ON activity.pid = held.pid"
    " WHERE held.locktype = 'advisory' AND held.granted AND held.objsubid = 1"
    " AND activity.usesysid = (SELECT oid FROM pg_catalog.pg_roles WHERE rolname = current_user)";

Result<std::set<std::int64_t>> HeldLocks(ScratchServer& server) {
  ASSIGN_OR_RETURN(const pg::Rows rows,
                   server.admin().Query(kAdvisoryLocksSql, {}, "look which dry runs live"));
  std::set<std::int64_t> held;
  for (int row = 0; row < rows.size(); ++row) {
    held.insert(rows.Int(row, 0));
  }
  return held;
}

// Drops what `drop` drops of each name that no lock protects. The names were listed before the locks: who
// makes something has its lock first, so a name without one is dead.
template <class Drop>
Status DropDead(ScratchServer& server, const pg::Rows& names, const Drop& drop,
                std::vector<std::string>& problems) {
  if (names.empty()) {
    return {};
  }
  ASSIGN_OR_RETURN(const std::set<std::int64_t> held, HeldLocks(server));
  for (int row = 0; row < names.size(); ++row) {
    const std::string name = names.String(row, 0);
    if (held.contains(pg::LockNumber(name))) {
      continue;
    }
    if (const Status dropped = drop(name); !dropped) {
      problems.push_back(dropped.error().Message());
    }
  }
  return {};
}

Status SweepRoles(ScratchServer& server, const char* pattern, std::vector<std::string>& problems) {
  ASSIGN_OR_RETURN(const pg::Rows roles,
                   server.admin().Query(kRolesSql, {pattern}, "look for roles of earlier dry runs"));
  return DropDead(
      server, roles, [&](const std::string& name) { return server.DropRole(name); }, problems);
}

Status DropTemplate(ScratchServer& server, const std::string& name) {
  ASSIGN_OR_RETURN(const bool locked, server.TryLock(name));
  if (!locked) {
    return {};  // somebody clones it at this moment, so it is used
  }
  Status database = server.DropDatabase(name);
  // Fails while a clone has something of the role's, such as default privileges; then SweepRoles does it.
  const Status role = database ? server.DropRole(name) : Status();
  server.Unlock(name);
  return database;
}

std::string UsedAt(std::string_view comment) {
  return comment.size() < kUtcLength ? "" : std::string(comment.substr(comment.size() - kUtcLength));
}

}  // namespace

Result<std::vector<std::string>> SweepLeftovers(ScratchServer& server) {
  std::vector<std::string> problems;
  ASSIGN_OR_RETURN(const pg::Rows databases, server.admin().Query(kDatabasesSql, {kRunNamePattern},
                                                                  "look for databases of earlier dry runs"));
  RETURN_IF_ERROR(DropDead(
      server, databases, [&](const std::string& name) { return server.DropDatabase(name); }, problems));
  RETURN_IF_ERROR(SweepRoles(server, kRunNamePattern, problems));
  return problems;
}

Result<std::vector<std::string>> SweepTemplates(ScratchServer& server, std::size_t keep, WallTime oldest) {
  std::vector<std::string> problems;
  ASSIGN_OR_RETURN(const pg::Rows databases,
                   server.admin().Query(kDatabasesSql, {kTemplateNamePattern}, "look for templates"));
  std::set<std::pair<std::string, std::string>> by_use;  // longest unused first
  for (int row = 0; row < databases.size(); ++row) {
    by_use.emplace(UsedAt(databases.Text(row, 1)), databases.String(row, 0));
  }
  const std::string oldest_text = FormatUtc(oldest);
  std::size_t left = by_use.size();
  for (const auto& [used, name] : by_use) {
    if (left <= keep && used >= oldest_text) {
      break;
    }
    if (const Status dropped = DropTemplate(server, name); !dropped) {
      problems.push_back(dropped.error().Message());
    }
    --left;
  }
  RETURN_IF_ERROR(SweepRoles(server, kTemplateNamePattern, problems));
  return problems;
}

std::string TemplateComment(std::size_t base, WallTime used) {
  return fmt::format("paliad-gitops dry-run template; base {}; used {}", base, FormatUtc(used));
}

void NoteUse(ScratchServer& server, const std::string& template_name, std::size_t base, WallTime now) {
  const auto rows = server.admin().Query(
      "SELECT coalesce(pg_catalog.shobj_description(oid, 'pg_database'), '') FROM pg_catalog.pg_database"
      " WHERE datname = $1",
      {template_name}, "read when the template was used");
  if (!rows || rows->empty() || UsedAt(rows->Text(0, 0)) > FormatUtc(now - kNoteAgainAfter)) {
    return;
  }
  (void)server.admin().Send(fmt::format("COMMENT ON DATABASE {} IS '{}'", pg::QuoteIdentifier(template_name),
                                        TemplateComment(base, now)));
}

}  // namespace paliad::scratch
