#include "controller/scratch/workspace.h"

#include <fmt/format.h>

#include <chrono>
#include <utility>

#include "base/text.h"

namespace paliad::scratch {
namespace {

// The login has to be had, and nothing more, before it is closed.
constexpr char kValidUntilSql[] =
    "SELECT (pg_catalog.now() + interval '5 minutes')::pg_catalog.timestamptz::text;";

// Another run published the same template, or another owner has a role of its name.
bool IsDuplicate(const pg::ServerError& error) {
  return error.sqlstate == "42P04" || error.sqlstate == "42710" || error.sqlstate == "23505";
}

}  // namespace

Result<Workspace> Workspace::Make(ScratchServer& server, RunNameKind kind, const std::string& from,
                                  const Limits& limits, const Clock& clock) {
  Workspace workspace(server, MakeRunName(kind, clock.Now()));
  // Before there is anything to sweep.
  RETURN_IF_ERROR(server.Lock(workspace.name(), std::chrono::milliseconds(0)));
  RETURN_IF_ERROR(workspace.Create(from, limits, clock));
  return workspace;
}

Status Workspace::Create(const std::string& from, const Limits& limits, const Clock& clock) {
  RETURN_IF_ERROR(server_->CreateDatabase(name(), from));
  RETURN_IF_ERROR(CreateLogin(limits));
  const std::string database = pg::QuoteIdentifier(name());
  RETURN_IF_ERROR(server_->admin().Run(
      fmt::format("COMMENT ON DATABASE {0} IS 'paliad-gitops dry run, made {1}; swept by a later run';"
                  "REVOKE ALL ON DATABASE {0} FROM PUBLIC;"
                  "GRANT CONNECT, CREATE, TEMPORARY ON DATABASE {0} TO {0};",
                  database, FormatUtc(clock.Now())),
      "close the database " + name() + " to others"));
  ASSIGN_OR_RETURN(pg::Session owner, OpenAsOwner());
  // Not there in every database that somebody keeps; and before PostgreSQL 15 a superuser's, but open to all.
  return owner
      .Run(fmt::format("DO $do$ BEGIN IF EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname = 'public'"
                       " AND pg_catalog.pg_has_role(nspowner, 'MEMBER'))"
                       " THEN ALTER SCHEMA public OWNER TO {}; END IF; END $do$;",
                       database),
           "hand over the schema public")
      .map([](const auto&) {});
}

Status Workspace::CreateLogin(const Limits& limits) {
  ASSIGN_OR_RETURN(const std::vector<pg::Rows> until,
                   server_->admin().Run(kValidUntilSql, "ask for the server's time"));
  password_ = RandomHex();
  const std::string role = pg::QuoteIdentifier(name());
  // Parallel workers of a role that may not log in do not start before 13.19, 14.16, 15.11, 16.7 and 17.3.
  RETURN_IF_ERROR(server_->admin().Run(
      fmt::format(
          "CREATE ROLE {0} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS INHERIT"
          " CONNECTION LIMIT 1 PASSWORD '{1}' VALID UNTIL '{2}';"
          "GRANT {0} TO CURRENT_USER;"
          "ALTER ROLE {0} SET max_parallel_workers_per_gather = 0;"
          "ALTER ROLE {0} SET max_parallel_maintenance_workers = 0;",
          role, password_, until.front().Text(0, 0)),
      "make the dry run's login"));
  return LimitTempFiles(limits);
}

// A superuser's to set; from PostgreSQL 15 on also of who was granted it.
Status Workspace::LimitTempFiles(const Limits& limits) {
  const pg::MessageResult message = server_->admin().Send(fmt::format(
      "ALTER ROLE {} SET temp_file_limit = '{}kB'", pg::QuoteIdentifier(name()), limits.temp_file_kb));
  temp_files_limited_ = message.ok();
  if (message.ok() || message.error->sqlstate == pg::kInsufficientPrivilege) {
    return {};
  }
  return Fail(pg::ToError(*message.error, "limit the temporary files of the dry run's login"));
}

Result<pg::Session> Workspace::OpenLogin(const std::optional<std::string>& search_path) {
  ASSIGN_OR_RETURN(pg::Session login, server_->ConnectAs(name(), password_, name(), search_path));
  RETURN_IF_ERROR(
      server_->admin().Run(fmt::format("ALTER ROLE {} NOLOGIN PASSWORD NULL;", pg::QuoteIdentifier(name())),
                           "close the dry run's login"));
  return login;
}

Result<bool> Workspace::Publish(const std::string& template_name, const std::string& comment) {
  const pg::MessageResult message = server_->admin().Send(
      fmt::format("BEGIN; ALTER ROLE {0} RENAME TO {1}; ALTER DATABASE {0} RENAME TO {1};"
                  "ALTER DATABASE {1} ALLOW_CONNECTIONS false; COMMENT ON DATABASE {1} IS {2}; COMMIT;",
                  pg::QuoteIdentifier(name()), pg::QuoteIdentifier(template_name), "'" + comment + "'"));
  if (message.committed) {
    server_->Unlock(name());
    name_.reset();
    return true;
  }
  if (!message.connection_lost) {
    (void)server_->admin().Send("ROLLBACK;");
  }
  if (IsDuplicate(*message.error)) {
    return false;
  }
  return Fail(pg::ToError(*message.error, "keep the template " + template_name));
}

Status Workspace::Drop() {
  if (!name_) {
    return {};
  }
  const std::unique_ptr<std::string> name = std::move(name_);
  Status database = server_->DropDatabase(*name);
  Status dropped = database ? server_->DropRole(*name) : std::move(database);
  server_->Unlock(*name);
  return dropped;
}

Workspace::~Workspace() { (void)Drop(); }

}  // namespace paliad::scratch
