// What a dry run leaves on the scratch server: a cached template, and nothing else; also when it is killed,
// and when there are many at once.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>

#include "base/json.h"
#include "tests/core/scratch_fixture.h"

namespace paliad::testing {
namespace {

using std::chrono::milliseconds;

class DryRunCleanup : public ScratchFixture {
 protected:
  DryRunCleanup() : before_(SharedState()) {}

  static int Leftovers() {
    return std::stoi(
        Admin("SELECT (SELECT count(*) FROM pg_database WHERE datname ~ '^paliad_dry_[bc]_')"
              " + (SELECT count(*) FROM pg_roles WHERE rolname ~ '^paliad_dry_[bc]_')"));
  }

  const std::string before_;
};

constexpr char kSleeping[] =
    "EXISTS (SELECT FROM pg_stat_activity WHERE usename ~ '^paliad_dry_c' AND wait_event = 'PgSleep')";

constexpr char kTemplateRoles[] =
    "SELECT count(*) FROM pg_auth_members WHERE roleid::regrole::text ~ '^paliad_dry_t_' AND member = "
    "'ci'::regrole";

const Files kHarmless = {{"001_a.up.sql", "CREATE TABLE a (id int);"}};
// Deaf to the end of its client; and it takes the locks that it sees, which say that a run lives, for itself.
const Files kSleepy = {{"001_a.up.sql", R"(
SET client_connection_check_interval = 0;
DO $$ BEGIN
  EXECUTE 'SELECT pg_try_' || 'advisory_lock((classid::bigint << 32) | objid::bigint) FROM pg_locks'
          ' WHERE locktype = ''advisory'' AND objsubid = 1';
END $$;
SELECT pg_sleep(300);)"}};

TEST_F(DryRunCleanup, OnlyTheTemplateAndItsRoleStay) {
  const int templates = Templates();
  options_.target.search_path = "public, only_here";
  EXPECT_TRUE(Dry(kHarmless).ok());
  EXPECT_EQ(SharedState(), before_);
  EXPECT_EQ(Templates(), templates + 1);
  EXPECT_FALSE(Dry({{"001_a.up.sql", "SELECT 1/0;"}}).ok());
  EXPECT_FALSE(TryDry(kHarmless, {{"001_b.up.sql", "SELECT 1/0;"}}));
  EXPECT_EQ(SharedState(), before_);
  EXPECT_EQ(Templates(), templates + 1);
  EXPECT_EQ(Admin("SELECT bool_and(NOT rolcanlogin AND rolpassword IS NULL) FROM pg_authid"
                  " WHERE rolname ~ '^paliad_dry_t_'"),
            "t");
  EXPECT_EQ(Admin("SELECT bool_or(datallowconn) FROM pg_database WHERE datname ~ '^paliad_dry_t_'"), "f");
}

TEST_F(DryRunCleanup, TheNextRunSweepsWhatAKilledOneLeft) {
  BackgroundProcess killed(Check(kSleepy));
  WaitFor(kSleeping);
  killed.Kill(SIGKILL);
  killed.Wait();
  // Nothing but the next run ends it.
  std::this_thread::sleep_for(milliseconds(1'500));
  EXPECT_EQ(Leftovers(), 2);
  EXPECT_EQ(Admin(fmt::format("SELECT {}", kSleeping)), "t");
  const auto run = Dry(kHarmless);
  EXPECT_TRUE(run.ok());
  EXPECT_TRUE(run.warnings.empty()) << run.warnings.front();
  EXPECT_EQ(SharedState(), before_);
}

TEST_F(DryRunCleanup, AKillAtAnyMomentIsSweptByTheNextRun) {
  constexpr int kMoments = 40;
  // Another tracker, another template: it is built, too.
  const auto start = [this](int i) { return Check(kSleepy, {"--tracker", fmt::format("paliad.t{}", i)}); };
  // How long it takes from the start to the migration, on this machine and today.
  const auto started = std::chrono::steady_clock::now();
  BackgroundProcess whole(start(kMoments));
  WaitFor(kSleeping);
  const auto length = std::min<std::chrono::steady_clock::duration>(
      std::chrono::steady_clock::now() - started, std::chrono::seconds(1));
  whole.Kill(SIGKILL);
  whole.Wait();
  int left = Leftovers();
  for (int i = 0; i < kMoments; ++i) {
    BackgroundProcess killed(start(i));
    std::this_thread::sleep_for(length * i / kMoments);
    killed.Kill(SIGKILL);
    killed.Wait();
    left += Leftovers();
  }
  EXPECT_GT(left, 0) << "no kill hit anything";
  // A backend finishes its CREATE DATABASE before it sees that its client is gone.
  WaitFor(
      "NOT EXISTS (SELECT FROM pg_stat_activity WHERE application_name = 'paliadctl dry run'"
      " AND usename = 'ci')");
  const auto run = Dry(kHarmless);
  EXPECT_TRUE(run.ok());
  EXPECT_TRUE(run.warnings.empty()) << run.warnings.front();
  EXPECT_EQ(SharedState(), before_);
}

TEST_F(DryRunCleanup, OneThatIsToldToStopEndsAtOnceAndLeavesNothing) {
  std::stop_source stop;
  options_.stop = stop.get_token();
  std::thread stopper([&stop] {
    WaitFor(kSleeping);
    stop.request_stop();
  });
  const auto run = TryDry(kSleepy);  // else it sleeps for longer than the test may take
  stopper.join();
  EXPECT_FALSE(run && run->ok());
  EXPECT_EQ(SharedState(), before_);
}

TEST_F(DryRunCleanup, APreparedTransactionOfAKilledRunIsRolledBack) {
  BackgroundProcess killed(Check(kSleepy));
  WaitFor(kSleeping);
  killed.Kill(SIGKILL);
  killed.Wait();
  const std::string name = Admin("SELECT datname FROM pg_database WHERE datname ~ '^paliad_dry_c'");
  Exec(Server().Url(name),
       fmt::format("SET ROLE {}; BEGIN; CREATE TABLE x (id int); PREPARE TRANSACTION 'it''s'", name));
  EXPECT_TRUE(Dry(kHarmless).ok());
  EXPECT_EQ(SharedState(), before_);
}

TEST_F(DryRunCleanup, ARunThatLivesIsNotSwept) {
  BackgroundProcess living(Check({{"001_a.up.sql", kUntilReleased}}));
  WaitFor(kSleeping);
  EXPECT_TRUE(Dry(kHarmless).ok());
  options_.url = Url("postgres");
  EXPECT_TRUE(Dry(kHarmless).ok());
  EXPECT_EQ(Leftovers(), 2);
  const auto outcome = [&] {
    const PgConnection release = Release();
    return ToOutcome(living.Wait());
  }();
  EXPECT_EQ(outcome.exit_code, 0) << outcome.out;
  EXPECT_EQ(SharedState(), before_);
}

TEST_F(DryRunCleanup, TenAtOnceDoNotDisturbEachOther) {
  std::vector<std::unique_ptr<BackgroundProcess>> running;
  for (int i = 0; i < 10; ++i) {
    running.push_back(std::make_unique<BackgroundProcess>(Check(
        {{"001_a.up.sql",
          fmt::format("CREATE TABLE a AS SELECT g FROM generate_series(1, {}) AS g; SELECT pg_sleep(0.3);",
                      i + 1)}},
        {"--tracker", "paliad.ten"})));
  }
  int built = 0;
  for (int i = 0; i < 10; ++i) {
    const Outcome outcome = ToOutcome(running[static_cast<std::size_t>(i)]->Wait());
    ASSERT_EQ(outcome.exit_code, 0) << outcome.out << outcome.err;
    const Json& run = outcome.json["dry_run"];
    EXPECT_EQ(run["ok"], true) << run;
    EXPECT_EQ(run["migrations"][0]["rows"]["inserted"], i + 1);
    EXPECT_EQ(run["warnings"], Json::array());
    built += run["template"] == "built" ? 1 : 0;
  }
  EXPECT_EQ(built, 1);
  EXPECT_EQ(SharedState(), before_);
}

TEST_F(DryRunCleanup, TemplatesAreBoundedInNumberAndAge) {
  options_.max_templates = 2;
  for (const char* path : {"a", "b", "c", "d"}) {
    options_.target.search_path = path;
    EXPECT_TRUE(Dry({}).ok());
  }
  EXPECT_EQ(Templates(), 2);
  EXPECT_EQ(Dry({}).origin, scratch::TemplateOrigin::kCached);  // the last one stayed
  EXPECT_EQ(Admin(kTemplateRoles), "2");
  options_.max_template_age = std::chrono::hours(-1);
  EXPECT_TRUE(Dry({}).ok());
  EXPECT_EQ(Templates(), 0);
  EXPECT_EQ(Admin(kTemplateRoles), "0");
}

TEST_F(DryRunCleanup, ADatabaseOfALikeNameIsLeftAlone) {
  for (const char* name :
       {"paliad_dry_c_mine", "paliad_dry_t_x", "my_paliad_dry_c_20260520103800_0123456789abcdef"}) {
    Exec(Url(), fmt::format("CREATE DATABASE {}", name));
  }
  options_.max_templates = 0;
  EXPECT_TRUE(Dry(kHarmless).ok());
  for (const char* name :
       {"paliad_dry_c_mine", "paliad_dry_t_x", "my_paliad_dry_c_20260520103800_0123456789abcdef"}) {
    Exec(Url(), fmt::format("DROP DATABASE {}", name));  // fails if it is gone
  }
}

}  // namespace
}  // namespace paliad::testing
