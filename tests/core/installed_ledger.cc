#include "tests/core/installed_ledger.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <fstream>

#include "base/json.h"
#include "base/sha256.h"
#include "controller/git/repository.h"
#include "controller/postgres/advisory_lock.h"
#include "controller/reconcile/in_transaction.h"
#include "controller/reconcile/signing_key.h"
#include "controller/store/run_recorder.h"
#include "ledger/ed25519.h"
#include "tests/support/postgres_server.h"

namespace paliad::testing {
namespace {

class Silent : public RunObserver {
 public:
  void OnWaitingForLock(const pg::LockHolder&, std::chrono::milliseconds) override {}
  void OnMigrationStarted(std::size_t, std::size_t, const Migration&) override {}
  void OnMigrationApplied(std::size_t, std::size_t, const Migration&, std::chrono::microseconds) override {}
  void OnRetry(const Failure&, int, std::chrono::milliseconds) override {}
  void OnConnectionLost(const std::string&) override {}
  void OnNotice(std::string_view) override {}
};

std::string MakeLogin(const std::string& admin_url) {
  const std::string database = Value(admin_url, "SELECT current_database()");
  std::string login = "App of " + database;  // has to be quoted everywhere
  PostgresServer::Shared().CreateRole(login);
  Exec(admin_url,
       fmt::format("GRANT CREATE ON DATABASE {} TO \"{}\"; GRANT CREATE ON SCHEMA public TO \"{}\"", database,
                   login, login));
  return login;
}

}  // namespace

InstalledLedger::InstalledLedger()
    : admin_url_(PostgresServer::Shared().CreateDatabase()),
      login_(MakeLogin(admin_url_)),
      scenario_(PostgresServer::Shared().Url(Value(admin_url_, "SELECT current_database()"), login_)) {
  target_.database_url = scenario_.url();
  target_.ledger.signing_key_file = dir_.path() + "/key.pem";
  std::ofstream(target_.ledger.signing_key_file) << ledger::Ed25519PrivateKey::Generate().ToPem();
}

Result<Installation> InstalledLedger::Install(const std::string& admin_url) {
  return InstallLedger(
      target_, {.admin_url = admin_url.empty() ? admin_url_ : admin_url, .actor = "admin@test"}, clock_);
}

Result<Run> InstalledLedger::Reconcile(const RunOptions& options) {
  ASSIGN_OR_RETURN(git::Repository repository, git::Repository::Open(scenario_.repo().path()));
  Silent observer;
  return paliad::Reconcile(target_, repository, options, clock_, observer);
}

JobResult InstalledLedger::Migrate(const std::string& sql) {
  pg::Session session = *pg::Session::Connect({.url = scenario_.url()});
  const Version version = next_version_++;
  const MigrationJob job{.version = version,
                         .name = "hostile",
                         .path = fmt::format("migrations/{}_hostile.up.sql", version),
                         .text = sql,
                         .checksum = Sha256Hex(sql),
                         .tracker = target_.tracker,
                         .lock_number = pg::LockNumber(target_.tracker.Text())};
  EXPECT_TRUE(session.Run(session.settings_sql() + pg::TryLockSql(job.lock_number), "lock"));
  store::RunRecorder recorder(
      {.run_id = ledger::NewUuid(), .target = target_.name, .tracker = target_.tracker.Text()}, clock_,
      /*first_ordinal=*/0, secret());
  const auto result =
      RunInTransaction(session, recorder, clock_, job, ledger::Kind::kApplied,
                       {{"version", version}, {"name", job.name}, {"checksum", job.checksum}});
  EXPECT_TRUE(result) << result.error().Message();
  return *result;
}

store::CatalogReport InstalledLedger::Catalog() {
  pg::Session session = *pg::Session::Connect({.url = scenario_.url()});
  auto report = store::CompareCatalog(session);
  EXPECT_TRUE(report) << report.error().Message();
  return *std::move(report);
}

ledger::MacSecret InstalledLedger::secret() const { return **ReadMacSecret(target_); }

}  // namespace paliad::testing
