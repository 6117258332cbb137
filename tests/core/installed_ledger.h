// A database whose ledger `ledger install` gives to an owner of its own, and a login that runs migrations in
// it.
#ifndef PALIAD_TESTS_CORE_INSTALLED_LEDGER_H_
#define PALIAD_TESTS_CORE_INSTALLED_LEDGER_H_

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "controller/reconcile/install.h"
#include "controller/reconcile/migration_job.h"
#include "controller/reconcile/reconcile.h"
#include "controller/reconcile/target.h"
#include "controller/store/catalog.h"
#include "ledger/append_mac.h"
#include "tests/core/scenario.h"
#include "tests/support/temp_dir.h"

namespace paliad::testing {

class InstalledLedger {
 public:
  // A fresh database on the shared server, which belongs to `postgres`, a login that may create in it, and a
  // signing key. Nothing is installed yet.
  InstalledLedger();

  // `admin_url`: empty: the superuser's.
  Result<Installation> Install(const std::string& admin_url = "");

  // One run as the login, with the target's key. A call that could not even be recorded has an Error.
  Result<Run> Reconcile(const RunOptions& options = {.actor = "test"});

  // `sql` as a migration of the next version, straight to the executor: no rule looks at it.
  JobResult Migrate(const std::string& sql);

  // As the login sees it.
  store::CatalogReport Catalog();

  // SQL as the superuser.
  std::string AdminValue(std::string_view sql) const { return testing::Value(admin_url_, sql); }
  void AdminExec(std::string_view sql) const { testing::Exec(admin_url_, sql); }

  Scenario& scenario() { return scenario_; }
  Target& target() { return target_; }
  const std::string& login() const { return login_; }
  const std::string& admin_url() const { return admin_url_; }
  ledger::MacSecret secret() const;

 private:
  TempDir dir_;
  const std::string admin_url_;
  const std::string login_;
  Scenario scenario_;
  Target target_;
  SystemClock clock_;
  Version next_version_ = 1'000;
};

}  // namespace paliad::testing

#endif  // PALIAD_TESTS_CORE_INSTALLED_LEDGER_H_
