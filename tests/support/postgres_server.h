// A private PostgreSQL on a Unix socket: real, disposable, up in a fraction of a second.
//
//   const std::string url = PostgresServer::Shared().CreateDatabase();
//
// Tests that crash, restart or configure a server make one of their own.
#ifndef PALIAD_TESTS_SUPPORT_POSTGRES_SERVER_H_
#define PALIAD_TESTS_SUPPORT_POSTGRES_SERVER_H_

#include <sys/types.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace paliad::testing {

struct PostgresOptions {
  std::string encoding = "UTF8";  // of the databases that every cluster has; see also CreateDatabase
  std::string locale = "C.UTF-8";
  bool fsync = false;  // for measurements; a crash of the server alone loses nothing without
  std::vector<std::string> settings = {};  // lines of postgresql.conf
  std::string data_parent = {};            // where the data goes, such as a SmallDisk; empty: the own folder
};

// Every failure throws std::runtime_error with the server's log. Stops, with all that it holds removed,
// in the destructor, and dies with the test's process. Thread-safe.
class PostgresServer {
 public:
  enum class Stopping {
    kFast,       // sessions are ended, a checkpoint is written
    kImmediate,  // as after a crash: the next start recovers
  };

  explicit PostgresServer(PostgresOptions options = {});
  ~PostgresServer();
  PostgresServer(const PostgresServer&) = delete;
  PostgresServer& operator=(const PostgresServer&) = delete;

  // One for the whole test process, started when first asked for. Not to be stopped or configured.
  static PostgresServer& Shared();

  // A fresh, empty database: its URL. `encoding`, such as "SQL_ASCII", needs the locale "C".
  std::string CreateDatabase(std::string_view encoding = "", std::string_view locale = "");

  // A role that may log in and has no password. `attributes` as in CREATE ROLE: "SUPERUSER".
  void CreateRole(std::string_view name, bool login = true, std::string_view attributes = "");

  // "postgresql:///t1?host=/tmp/…&user=postgres". `host` replaces the socket's folder.
  std::string Url(std::string_view database = "postgres", std::string_view user = "postgres",
                  std::string_view host = "") const;

  // The folder with the socket .s.PGSQL.5432.
  const std::string& socket_dir() const { return dir_.path(); }
  const std::string& data_dir() const { return data_dir_; }
  // The system user that the server's programs run as.
  static std::string system_user();
  // A program of this server's version: "pg_dump".
  static std::string Program(std::string_view name);

  void Restart(Stopping mode);
  void Stop(Stopping mode);
  void Start();
  // SIGKILL to every process of the server at once: what the machine's crash looks like to a client.
  void Kill();

  // Appends lines to postgresql.conf and restarts.
  void Configure(const std::vector<std::string>& settings);

  // A hot standby that streams from this server, already open for reading.
  std::unique_ptr<PostgresServer> MakeStandby();
  // On a standby: waits until it has replayed all that `primary` has written so far.
  void CatchUp(const PostgresServer& primary);

  std::string Log() const;

 private:
  struct StandbyOf {
    const PostgresServer& primary;
  };
  explicit PostgresServer(StandbyOf standby_of);

  void AppendSettings(const std::vector<std::string>& settings);
  void StartLocked();
  void StopLocked(Stopping mode);

  const PostgresOptions options_;
  const TempDir dir_;
  const std::string data_dir_;
  std::atomic<int> databases_ = 0;
  std::mutex mutex_;
  std::unique_ptr<BackgroundProcess> postmaster_;  // guarded by mutex_; null: stopped
};

}  // namespace paliad::testing

#endif  // PALIAD_TESTS_SUPPORT_POSTGRES_SERVER_H_
