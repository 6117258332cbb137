#include "controller/scratch/server.h"

#include <fmt/format.h>

#include <utility>

#include "controller/postgres/advisory_lock.h"
#include "controller/reconcile/backoff.h"

namespace paliad::scratch {
namespace {

constexpr std::string_view kApplication = "paliadctl dry run";

// How often and how long a database in use is tried again. PostgreSQL waits five seconds itself each time.
constexpr int kBusyAttempts = 3;
constexpr std::string_view kObjectInUse = "55006";

constexpr char kRightsSql[] =
    "SELECT current_user, rolsuper, rolcreatedb, rolcreaterole FROM pg_catalog.pg_roles"
    " WHERE rolname = current_user;";

// Those of the owner and of the logins that it made; somebody else's are not for it to end. FORCE is not
// used: it refuses to end an autovacuum worker for anybody but a superuser, which a plain DROP DATABASE does
// end.
constexpr char kEndSessionsSql[] =
    "SELECT pg_catalog.pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity"
    " WHERE datname = $1 AND pid <> pg_catalog.pg_backend_pid() AND usesysid IS NOT NULL"
    " AND pg_catalog.pg_has_role(usesysid, 'MEMBER')";

constexpr char kPreparedSql[] =
    "SELECT pg_catalog.quote_literal(gid), pg_catalog.quote_ident(owner) FROM pg_catalog.pg_prepared_xacts"
    " WHERE database = $1";

}  // namespace

Result<ScratchServer> ScratchServer::Connect(const std::string& url, const Clock& clock) {
  ASSIGN_OR_RETURN(pg::Session admin,
                   pg::Session::Connect({.url = url, .application_name = std::string(kApplication)}));
  RETURN_IF_ERROR(admin.RequireExclusiveBackend());
  RETURN_IF_ERROR(admin.Run(admin.settings_sql(), "prepare the session"));
  ScratchServer server(url, std::move(admin), clock);
  RETURN_IF_ERROR(server.RequireRights());
  return server;
}

Status ScratchServer::ReconnectIfBroken() {
  if (!admin_.broken()) {
    return {};
  }
  ASSIGN_OR_RETURN(ScratchServer again, Connect(url_, *clock_));
  admin_ = std::move(again.admin_);
  return {};
}

Status ScratchServer::RequireRights() {
  ASSIGN_OR_RETURN(const std::vector<pg::Rows> answer, admin_.Run(kRightsSql, "read the role's rights"));
  const pg::Rows& row = answer.front();
  role_ = row.String(0, 0);
  superuser_ = row.Bool(0, 1);
  if (superuser_ || (row.Bool(0, 2) && row.Bool(0, 3))) {
    return {};
  }
  return Fail({.kind = ErrorKind::kInvalidInput,
               .doing = "use for dry runs",
               .subject = admin_.shown_url(),
               .cause = fmt::format("the role {} may not create {}", role_,
                                    row.Bool(0, 2)   ? "roles"
                                    : row.Bool(0, 3) ? "databases"
                                                     : "databases and roles"),
               .hint = fmt::format("ALTER ROLE {} CREATEDB CREATEROLE", pg::QuoteIdentifier(role_))});
}

Result<pg::Session> ScratchServer::ConnectTo(const std::string& database) const {
  ASSIGN_OR_RETURN(pg::Session session, pg::Session::Connect({.url = url_,
                                                              .database = database,
                                                              .application_name = std::string(kApplication),
                                                              .search_path = pg::kOwnSearchPath}));
  RETURN_IF_ERROR(session.Run(session.settings_sql(), "prepare the session"));
  return session;
}

Result<pg::Session> ScratchServer::ConnectAs(const std::string& role, const std::string& password,
                                             const std::string& database,
                                             const std::optional<std::string>& search_path) const {
  auto session = pg::Session::Connect({.url = url_,
                                       .database = database,
                                       .role = role,
                                       .password = password,
                                       .application_name = std::string(kApplication),
                                       .search_path = search_path});
  if (!session) {
    Error error = session.error();
    error.hint = "pg_hba.conf of the scratch server must let roles made by " + role_ +
                 " in with a password (scram-sha-256); docs/dry-run.md has the line";
    return Fail(std::move(error));
  }
  RETURN_IF_ERROR(session->Run(session->settings_sql(), "prepare the session"));
  return session;
}

Result<bool> ScratchServer::HasDatabase(const std::string& name) {
  ASSIGN_OR_RETURN(const pg::Rows found, admin_.Query("SELECT FROM pg_catalog.pg_database WHERE datname = $1",
                                                      {name}, "look for the database"));
  return !found.empty();
}

Status ScratchServer::CreateDatabase(const std::string& name, const std::string& from) {
  // template0 may have any encoding; another one is copied as it is, and has to be UTF-8 when it is used.
  const std::string sql =
      fmt::format("CREATE DATABASE {} TEMPLATE {}{}", pg::QuoteIdentifier(name), pg::QuoteIdentifier(from),
                  from == "template0" ? " ENCODING 'UTF8'" : "");
  for (int attempt = 1;; ++attempt) {
    const pg::MessageResult message = admin_.Send(sql);
    if (message.ok()) {
      return {};
    }
    if (message.error->sqlstate != kObjectInUse || attempt == kBusyAttempts) {
      Error error = pg::ToError(*message.error, fmt::format("clone the database {}", from));
      if (message.error->sqlstate == kObjectInUse) {
        error.kind = ErrorKind::kUnavailable;
        error.hint = "PostgreSQL copies a database only while nobody is connected to it: end those sessions";
      } else if (message.error->sqlstate == pg::kInsufficientPrivilege) {
        error.hint = fmt::format("ALTER DATABASE {} OWNER TO {}, or mark it with IS_TEMPLATE true",
                                 pg::QuoteIdentifier(from), pg::QuoteIdentifier(role_));
      }
      return Fail(std::move(error));
    }
    clock_->Sleep(BackoffDelay(attempt));
  }
}

Status ScratchServer::DropDatabase(const std::string& name) {
  RETURN_IF_ERROR(ReconnectIfBroken());
  for (int attempt = 1;; ++attempt) {
    ASSIGN_OR_RETURN(const bool exists, HasDatabase(name));
    if (!exists) {
      return {};
    }
    RETURN_IF_ERROR(EndSessionsIn(name));
    RETURN_IF_ERROR(RollBackPreparedIn(name));
    const pg::MessageResult message =
        admin_.Send(fmt::format("DROP DATABASE IF EXISTS {}", pg::QuoteIdentifier(name)));
    if (message.ok()) {
      return {};
    }
    if (message.error->sqlstate != kObjectInUse || attempt == kBusyAttempts) {
      return Fail(pg::ToError(*message.error, fmt::format("drop the database {}", name)));
    }
    clock_->Sleep(BackoffDelay(attempt));
  }
}

Status ScratchServer::EndSessionsIn(const std::string& database) {
  return admin_.Query(kEndSessionsSql, {database}, "end what runs in the database " + database)
      .map([](const auto&) {});
}

// A prepared transaction outlives its session, keeps its database from being dropped, and can only be ended
// there, by the role that prepared it.
Status ScratchServer::RollBackPreparedIn(const std::string& database) {
  ASSIGN_OR_RETURN(const pg::Rows prepared,
                   admin_.Query(kPreparedSql, {database}, "look for prepared transactions"));
  if (prepared.empty()) {
    return {};
  }
  ASSIGN_OR_RETURN(pg::Session session, ConnectTo(database));
  for (int row = 0; row < prepared.size(); ++row) {
    for (const std::string& sql :
         {"SET ROLE " + prepared.String(row, 1), "ROLLBACK PREPARED " + prepared.String(row, 0),
          std::string("RESET ROLE")}) {
      RETURN_IF_ERROR(session.Run(sql, "roll back a prepared transaction"));
    }
  }
  return {};
}

Status ScratchServer::DropRole(const std::string& name) {
  return admin_
      .Run(fmt::format("DROP ROLE IF EXISTS {};", pg::QuoteIdentifier(name)), "drop the role " + name)
      .map([](const auto&) {});
}

Result<bool> ScratchServer::TryLock(const std::string& name) {
  ASSIGN_OR_RETURN(const std::vector<pg::Rows> answer,
                   admin_.Run(pg::TryLockSql(pg::LockNumber(name)), "take the lock of " + name));
  return answer.front().Bool(0, 0);
}

Status ScratchServer::Lock(const std::string& name, std::chrono::milliseconds wait) {
  return WaitFor(pg::TryLockSql(pg::LockNumber(name)), name, wait);
}

Status ScratchServer::LockShared(const std::string& name, std::chrono::milliseconds wait) {
  return WaitFor(fmt::format("SELECT pg_catalog.pg_try_advisory_lock_shared({});", pg::LockNumber(name)),
                 name, wait);
}

Status ScratchServer::WaitFor(const std::string& sql, const std::string& name,
                              std::chrono::milliseconds wait) {
  const SteadyTime deadline = clock_->Steady() + wait;
  while (true) {
    ASSIGN_OR_RETURN(const std::vector<pg::Rows> answer, admin_.Run(sql, "take the lock of " + name));
    if (answer.front().Bool(0, 0)) {
      return {};
    }
    if (clock_->Steady() >= deadline) {
      ASSIGN_OR_RETURN(const pg::LockHolder holder, pg::FindLockHolder(admin_, pg::LockNumber(name)));
      return Fail({.kind = ErrorKind::kUnavailable,
                   .doing = "wait for another dry run that makes the template",
                   .subject = name,
                   .cause = "it did not finish: " + holder.Describe(),
                   .hint = "run again"});
    }
    clock_->Sleep(PollDelay());
  }
}

void ScratchServer::Unlock(const std::string& name) {
  (void)admin_.Send(pg::UnlockSql(pg::LockNumber(name)));
}

void ScratchServer::UnlockShared(const std::string& name) {
  (void)admin_.Send(fmt::format("SELECT pg_catalog.pg_advisory_unlock_shared({});", pg::LockNumber(name)));
}

}  // namespace paliad::scratch
