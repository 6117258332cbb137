#include "controller/reconcile/admin_session.h"

#include <fmt/format.h>

#include <utility>

namespace paliad {
namespace {

// From 16 on a membership says what it is good for, and by default not for this.
constexpr int kMembershipOptions = 160000;

// What INHERIT gives, and not only what SET ROLE would: nothing here is done under another name.
std::string HasRoleSql(const std::string& role) {
  return fmt::format("SELECT pg_catalog.pg_has_role(current_user, {}, 'USAGE')", pg::QuoteText(role));
}

}  // namespace

Result<AdminSession> AdminSession::Begin(const std::string& url, const std::string& database,
                                         std::chrono::milliseconds lock_wait) {
  ASSIGN_OR_RETURN(
      pg::Session session,
      pg::Session::Connect({.url = url, .database = database, .search_path = pg::kOwnSearchPath}));
  RETURN_IF_ERROR(session.RequireExclusiveBackend());
  AdminSession admin(std::move(session));
  RETURN_IF_ERROR(admin.Run(
      fmt::format("{} BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; SET LOCAL lock_timeout = {};",
                  admin.session_.settings_sql(), lock_wait.count()),
      "begin"));
  return admin;
}

Status AdminSession::ActAs(const std::string& role) {
  ASSIGN_OR_RETURN(const std::vector<pg::Rows> before,
                   Run(HasRoleSql(role), "look what the administrator may do"));
  if (before.front().Bool(0, 0)) {
    return {};
  }
  const std::string options =
      session_.facts().version >= kMembershipOptions ? " WITH INHERIT TRUE, SET TRUE" : "";
  RETURN_IF_ERROR(Run(fmt::format("GRANT {} TO CURRENT_USER{}", pg::QuoteIdentifier(role), options),
                      fmt::format("act as role {}", role)));
  entered_.push_back(role);
  ASSIGN_OR_RETURN(const std::vector<pg::Rows> after,
                   Run(HasRoleSql(role), "look what the administrator may do"));
  if (!after.front().Bool(0, 0)) {
    return Fail({.kind = ErrorKind::kInvalidInput,
                 .doing = "act as role",
                 .subject = role,
                 .cause = fmt::format("role {} has NOINHERIT", session_.facts().role),
                 .hint = "use an administrator that inherits"});
  }
  return {};
}

Status AdminSession::Commit() {
  std::string sql;
  for (const std::string& role : entered_) {
    sql += fmt::format("REVOKE {} FROM CURRENT_USER;", pg::QuoteIdentifier(role));
  }
  return Run(sql + "COMMIT;", "commit").map([](const auto&) {});
}

Result<std::vector<pg::Rows>> AdminSession::Run(const std::string& sql, std::string_view doing) {
  auto answer = session_.Run(sql, doing);
  if (!answer) {
    Error error = answer.error();
    const bool lacks_a_right = error.cause.find("permission denied") != std::string::npos ||
                               error.cause.find("must ") != std::string::npos;
    if (lacks_a_right && error.kind == ErrorKind::kInvalidInput) {
      error.hint = fmt::format(
          "--as-admin needs a superuser, or a role with CREATEROLE that may create in database {} and may "
          "grant itself the "
          "roles that own the ledger and the tracker",
          session_.facts().database);
    }
    return Fail(std::move(error));
  }
  return answer;
}

}  // namespace paliad
