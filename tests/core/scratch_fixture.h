// A scratch server for dry runs: one of the test's own, with a role that owns the clones, somebody else's
// database, and a look at everything that a server's databases share.
#ifndef PALIAD_TESTS_CORE_SCRATCH_FIXTURE_H_
#define PALIAD_TESTS_CORE_SCRATCH_FIXTURE_H_

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "controller/scratch/dry_run.h"
#include "tests/core/scenario.h"
#include "tests/support/pg_client.h"
#include "tests/support/postgres_server.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace paliad::testing {

using Files = std::vector<std::pair<std::string, std::string>>;  // "001_a.up.sql" and its text

// Contents in memory. Files have to be named like migrations.
class TextSource final : public ContentSource {
 public:
  explicit TextSource(const Files& files);
  Result<std::uint64_t> Size(const SourceEntry& entry) override;
  Result<std::string> Read(const SourceEntry& entry) override;
  scratch::MigrationFiles Migrations();

 private:
  std::map<std::string, std::string> texts_;
};

class ScratchFixture : public ::testing::Test {
 protected:
  // A server for the whole test program, with max_prepared_transactions = 10: and in it the roles `ci`, which
  // may create databases and roles and nothing else, and `boss`; and boss's database `victim` with a table
  // `secret`, which everybody may read.
  static PostgresServer& Server();

  static std::string Url(std::string_view role = "ci") { return Server().Url("postgres", role); }
  static std::string Admin(std::string_view sql) { return Value(Server().Url(), sql); }
  static void AdminExec(std::string_view sql) { Exec(Server().Url(), sql); }

  // scratch::RunDry, without any policy before it.
  Result<scratch::DryRun> TryDry(const Files& pending, const Files& base = {});
  scratch::DryRun Dry(const Files& pending, const Files& base = {});  // REQUIRES: no Error

  // `check --dir … --scratch …` with these files, answering in JSON.
  Command Check(const Files& files, const std::vector<std::string>& more = {},
                const std::string& url = Url());

  // SQL that goes on once `Release` was called and its connection is still open: a test's events, and no
  // clock, say how long a migration takes.
  static constexpr char kUntilReleased[] = R"(DO $wait$ BEGIN
  WHILE NOT EXISTS (SELECT FROM pg_stat_activity WHERE application_name = 'release') LOOP
    PERFORM pg_sleep(0.05); PERFORM pg_stat_clear_snapshot();
  END LOOP; END $wait$;)";
  static PgConnection Release() { return PgConnection(Server().Url() + "&application_name=release"); }

  // Throws if it is not so within two minutes.
  static void WaitFor(const std::string& condition);

  // What all databases share, a line each: databases with their rights, roles, memberships, settings,
  // comments, tablespaces, slots, prepared transactions, sessions. Cached templates are left out. Sessions
  // that are about to end are given half a minute.
  static std::string SharedState();
  static int Templates();  // cached ones of `ci`

  scratch::Options options_{.url = Url()};
  SystemClock clock_;

 private:
  std::vector<std::unique_ptr<TempDir>> folders_;
};

}  // namespace paliad::testing

#endif  // PALIAD_TESTS_CORE_SCRATCH_FIXTURE_H_
