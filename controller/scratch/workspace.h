// Workspace: a database of one dry run, and the login that strangers' SQL runs over. Both have one name,
// whose lock says that the run lives.
//
// The login is no superuser, may make neither databases nor roles, and is in no role. As soon as it is
// connected it loses the right to log in, so that no second session of it can be had, to any database, with
// any password, for as long as there is a workspace. Not thread-safe.
#ifndef PALIAD_CONTROLLER_SCRATCH_WORKSPACE_H_
#define PALIAD_CONTROLLER_SCRATCH_WORKSPACE_H_

#include <memory>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "controller/postgres/session.h"
#include "controller/scratch/dry_run.h"
#include "controller/scratch/names.h"
#include "controller/scratch/server.h"

namespace paliad::scratch {

class Workspace {
 public:
  // A copy of the database `from`. `server` must outlive it.
  [[nodiscard]] static Result<Workspace> Make(ScratchServer& server, RunNameKind kind,
                                              const std::string& from, const Limits& limits,
                                              const Clock& clock);

  Workspace(Workspace&&) noexcept = default;
  Workspace& operator=(Workspace&&) = delete;
  // Drops what Drop or Publish has not settled.
  ~Workspace();

  // The owner in the workspace's database.
  [[nodiscard]] Result<pg::Session> OpenAsOwner() const { return server_->ConnectTo(*name_); }

  // The login, once. Its rights in the database are those of one who may create schemas, and `public` is its
  // own.
  [[nodiscard]] Result<pg::Session> OpenLogin(const std::optional<std::string>& search_path);

  // The database and the role get the name of a template, and nobody may connect to it any more; false if
  // somebody else made it meanwhile: then nothing has changed. REQUIRES: no session of this process is in it.
  [[nodiscard]] Result<bool> Publish(const std::string& template_name, const std::string& comment);

  // Drops both. An Error names what stays; the next run's start tries again.
  [[nodiscard]] Status Drop();

  const std::string& name() const { return *name_; }
  bool temp_files_limited() const { return temp_files_limited_; }

 private:
  Workspace(ScratchServer& server, std::string name)
      : server_(&server), name_(std::make_unique<std::string>(std::move(name))) {}

  Status Create(const std::string& from, const Limits& limits, const Clock& clock);
  Status CreateLogin(const Limits& limits);
  Status LimitTempFiles(const Limits& limits);

  ScratchServer* server_;
  std::unique_ptr<std::string> name_;  // null: moved from, dropped or published
  std::string password_;
  bool temp_files_limited_ = true;
};

}  // namespace paliad::scratch

#endif  // PALIAD_CONTROLLER_SCRATCH_WORKSPACE_H_
