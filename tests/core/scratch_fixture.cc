#include "tests/core/scratch_fixture.h"

#include <fmt/format.h>

#include <chrono>
#include <fstream>
#include <stdexcept>
#include <thread>

#include "tests/support/wait_for.h"

namespace paliad::testing {
namespace {

constexpr char kOtherSessionsSql[] =
    "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()";

constexpr char kSharedStateSql[] = R"sql(
SELECT coalesce(string_agg(line, E'\n' ORDER BY line), '') FROM (
  SELECT concat_ws(' ', 'database', datname, datdba::regrole, datallowconn, datistemplate, datconnlimit,
                   coalesce(datacl, acldefault('d', datdba)))
  FROM pg_database
  UNION ALL SELECT concat_ws(' ', 'role', rolname, rolsuper, rolcanlogin, rolcreatedb, rolcreaterole, rolconnlimit,
                             rolpassword, rolvaliduntil) FROM pg_authid
  UNION ALL SELECT concat_ws(' ', 'member', roleid::regrole, member::regrole) FROM pg_auth_members
  UNION ALL SELECT concat_ws(' ', 'setting', setdatabase, setrole::regrole, setconfig) FROM pg_db_role_setting
  UNION ALL SELECT concat_ws(' ', 'comment', (SELECT datname FROM pg_database AS d WHERE d.oid = objoid),
                             description) FROM pg_shdescription
  UNION ALL SELECT concat_ws(' ', 'tablespace', spcname) FROM pg_tablespace
  UNION ALL SELECT concat_ws(' ', 'slot', slot_name) FROM pg_replication_slots
  UNION ALL SELECT concat_ws(' ', 'subscription', subname) FROM pg_subscription
  UNION ALL SELECT concat_ws(' ', 'prepared', gid) FROM pg_prepared_xacts
  UNION ALL SELECT concat_ws(' ', 'session', usename, datname, application_name) FROM pg_stat_activity
            WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()
) AS lines (line) WHERE line !~ 'paliad_dry_t_'
)sql";

}  // namespace

TextSource::TextSource(const Files& files) {
  for (const auto& [name, text] : files) {
    texts_[name] = text;
  }
}

Result<std::uint64_t> TextSource::Size(const SourceEntry& entry) { return texts_.at(entry.name).size(); }

Result<std::string> TextSource::Read(const SourceEntry& entry) { return texts_.at(entry.name); }

scratch::MigrationFiles TextSource::Migrations() {
  SourceTree tree{.path = "migrations"};
  for (const auto& [name, text] : texts_) {
    tree.entries.push_back({.name = name});
  }
  MigrationSet set = MakeMigrationSet(tree);
  if (set.migrations.size() != texts_.size()) {
    throw std::logic_error("a file is not named like a migration");
  }
  return {.migrations = std::move(set.migrations), .source = this};
}

PostgresServer& ScratchFixture::Server() {
  static PostgresServer& server = *[] {
    static PostgresServer made({.settings = {"max_prepared_transactions = 10"}});
    made.CreateRole("ci", true, "CREATEDB CREATEROLE");
    made.CreateRole("boss");
    Exec(made.Url(), "CREATE DATABASE victim OWNER boss");
    Exec(made.Url("victim", "boss"),
         "CREATE TABLE secret AS SELECT 42 AS n; GRANT SELECT ON secret TO PUBLIC");
    return &made;
  }();
  return server;
}

Result<scratch::DryRun> ScratchFixture::TryDry(const Files& pending, const Files& base) {
  TextSource pending_source(pending);
  TextSource base_source(base);
  return scratch::RunDry(options_, base_source.Migrations(), pending_source.Migrations(), clock_);
}

scratch::DryRun ScratchFixture::Dry(const Files& pending, const Files& base) {
  auto run = TryDry(pending, base);
  if (!run) {
    throw std::runtime_error(run.error().Message());
  }
  return std::move(*run);
}

Command ScratchFixture::Check(const Files& files, const std::vector<std::string>& more,
                              const std::string& url) {
  folders_.push_back(std::make_unique<TempDir>());
  for (const auto& [name, text] : files) {
    std::ofstream(folders_.back()->path() + "/" + name) << text;
  }
  std::vector<std::string> argv = {PaliadctlPath(), "check", "--dir", folders_.back()->path(),
                                   "--scratch",     url,     "-o",    "json"};
  argv.insert(argv.end(), more.begin(), more.end());
  return {.argv = std::move(argv)};
}

void ScratchFixture::WaitFor(const std::string& condition) { testing::WaitFor(Server().Url(), condition); }

std::string ScratchFixture::SharedState() {
  PgConnection admin(Server().Url());
  // A backend is listed for a moment after its client has closed the connection.
  for (int i = 0; i < 3'000 && admin.Value(kOtherSessionsSql) != "0"; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return admin.Value(kSharedStateSql);
}

int ScratchFixture::Templates() {
  return std::stoi(
      Admin("SELECT count(*) FROM pg_database WHERE datname ~ '^paliad_dry_t_'"
            " AND datdba = 'ci'::regrole"));
}

}  // namespace paliad::testing
