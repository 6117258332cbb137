// ScratchServer: the server that dry runs use, seen by the role that owns what they make there.
// Not thread-safe.
#ifndef PALIAD_CONTROLLER_SCRATCH_SERVER_H_
#define PALIAD_CONTROLLER_SCRATCH_SERVER_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "controller/postgres/session.h"

namespace paliad::scratch {

class ScratchServer {
 public:
  // Errors as Session::Connect and RequireExclusiveBackend (no standby, no transaction pooler); kInvalidInput
  // if the role may not create databases and roles.
  [[nodiscard]] static Result<ScratchServer> Connect(const std::string& url, const Clock& clock);

  // The URL's own database. Advisory locks are taken here: who lives holds the lock of its name.
  pg::Session& admin() { return admin_; }

  // The owner's role in another database, where strangers may have made functions and operators: nothing but
  // pg_catalog is in its search path.
  [[nodiscard]] Result<pg::Session> ConnectTo(const std::string& database) const;
  // Another role there.
  [[nodiscard]] Result<pg::Session> ConnectAs(const std::string& role, const std::string& password,
                                              const std::string& database,
                                              const std::optional<std::string>& search_path) const;

  const std::string& role() const { return role_; }
  bool superuser() const { return superuser_; }

  [[nodiscard]] Result<bool> HasDatabase(const std::string& name);

  // UTF-8. Tries for some seconds while somebody is connected to `from`; then kUnavailable.
  [[nodiscard]] Status CreateDatabase(const std::string& name, const std::string& from);

  // With every session in it that this role may end and every transaction prepared in it. Nothing happens
  // where there is none. A broken connection is made again first: cleaning up needs no lock.
  [[nodiscard]] Status DropDatabase(const std::string& name);

  [[nodiscard]] Status DropRole(const std::string& name);

  // Session-level locks by name, held until Unlock or the end of this object. Whoever waits asks every 100 to
  // 300 ms; a wait is over, with kUnavailable, when `wait` is.
  [[nodiscard]] Result<bool> TryLock(const std::string& name);
  [[nodiscard]] Status Lock(const std::string& name, std::chrono::milliseconds wait);
  [[nodiscard]] Status LockShared(const std::string& name, std::chrono::milliseconds wait);
  void Unlock(const std::string& name);
  void UnlockShared(const std::string& name);

 private:
  ScratchServer(std::string url, pg::Session admin, const Clock& clock)
      : url_(std::move(url)), admin_(std::move(admin)), clock_(&clock) {}

  Status RequireRights();
  Status ReconnectIfBroken();
  Status WaitFor(const std::string& sql, const std::string& name, std::chrono::milliseconds wait);
  Status EndSessionsIn(const std::string& database);
  Status RollBackPreparedIn(const std::string& database);

  std::string url_;
  pg::Session admin_;
  const Clock* clock_;
  std::string role_;
  bool superuser_ = false;
};

}  // namespace paliad::scratch

#endif  // PALIAD_CONTROLLER_SCRATCH_SERVER_H_
