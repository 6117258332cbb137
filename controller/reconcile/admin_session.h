// AdminSession: an administrator's connection to a target's database, within one transaction. A superuser may
// do everything. Another administrator makes itself a member of the roles that own something here, and leaves
// them again before the end.
#ifndef PALIAD_CONTROLLER_RECONCILE_ADMIN_SESSION_H_
#define PALIAD_CONTROLLER_RECONCILE_ADMIN_SESSION_H_

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "controller/postgres/session.h"

namespace paliad {

class AdminSession {
 public:
  // Connects with `url`, to `database` whatever the URL says, and begins a transaction in which a lock is
  // waited for no longer than `lock_wait`.
  [[nodiscard]] static Result<AdminSession> Begin(const std::string& url, const std::string& database,
                                                  std::chrono::milliseconds lock_wait);

  // Acts as `role` from now on. kInvalidInput if this administrator may not.
  [[nodiscard]] Status ActAs(const std::string& role);

  // Leaves the roles that ActAs entered, and commits. On an error nothing was, unless the connection was
  // lost.
  [[nodiscard]] Status Commit();

  // SQL that should not fail; `doing` completes "cannot …". Missing rights are explained.
  [[nodiscard]] Result<std::vector<pg::Rows>> Run(const std::string& sql, std::string_view doing);

  pg::Session& session() { return session_; }

 private:
  explicit AdminSession(pg::Session session) : session_(std::move(session)) {}

  pg::Session session_;
  std::vector<std::string> entered_;
};

}  // namespace paliad

#endif  // PALIAD_CONTROLLER_RECONCILE_ADMIN_SESSION_H_
