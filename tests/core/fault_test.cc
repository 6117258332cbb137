// Faults at every protocol message of a run, made from outside by a proxy: the product has no test hook.
// After each, one more run ends in the right state: effect ⇔ tracker row ⇔ exactly one `applied` entry, no
// gap in seq, nothing applied twice.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <csignal>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "tests/core/scenario.h"
#include "tests/support/disk.h"
#include "tests/support/pg_proxy.h"

namespace paliad::testing {
namespace {

using ::testing::HasSubstr;

constexpr int kMigrations = 3;
// A run has some thirty messages; a loop that never ends is a bug.
constexpr int kMostMessages = 200;

// Each migration's effect can be counted: applied twice, a row more.
void AddCounting(Scenario& scenario) {
  scenario.Exec("CREATE TABLE effects (version int)");
  for (int i = 1; i <= kMigrations; ++i) {
    scenario.Add(fmt::format("{:03}_m.up.sql", i),
                 fmt::format("CREATE TABLE t{} (id int);\nINSERT INTO effects VALUES ({});\n", i, i));
  }
  scenario.Commit();
}

std::string Effects(const Scenario& scenario) {
  return scenario.Value("SELECT coalesce(string_agg(version::text, ' ' ORDER BY version), '') FROM effects");
}

std::string Versions(const Scenario& scenario) {
  return scenario.Value(
      "SELECT coalesce(string_agg(version::text, ' ' ORDER BY version), '') FROM paliad.applied_migrations");
}

void ExpectRightEnd(Scenario& scenario, int open_runs = 0) {
  EXPECT_EQ(Effects(scenario), Versions(scenario));
  EXPECT_EQ(scenario.Inconsistency(open_runs), "");
}

// Another run, without faults, finishes the work.
void ExpectNextRunFinishes(Scenario& scenario) {
  const Outcome next = scenario.Reconcile();
  EXPECT_EQ(next.exit_code, 0) << next.err;
  EXPECT_EQ(Effects(scenario), "1 2 3");
  ExpectRightEnd(scenario);
  const Outcome last = scenario.Reconcile();
  EXPECT_EQ(last.json["outcome"], "in_sync") << last.err;
}

struct FaultCase {
  Scenario scenario;
  PgProxy proxy{PostgresServer::Shared().socket_dir()};

  Command Reconcile() {
    const std::string database = Value(scenario.url(), "SELECT current_database()");
    return scenario.MakeCommand({"reconcile"}, proxy.Url(database));
  }
};

// Runs with a fault at message 1, 2, 3, … until a run ends before its fault was due. Returns how many faults
// were made.
int ForEveryMessage(const std::function<void(FaultCase&, int at)>& run_with_fault) {
  for (int at = 1; at < kMostMessages; ++at) {
    SCOPED_TRACE(fmt::format("at message {}", at));
    FaultCase fault_case;
    AddCounting(fault_case.scenario);
    run_with_fault(fault_case, at);
    if (!fault_case.proxy.Fired()) {
      return at - 1;
    }
    ExpectNextRunFinishes(fault_case.scenario);
    if (::testing::Test::HasFailure()) {
      for (const PgProxy::Message& message : fault_case.proxy.Messages()) {
        ADD_FAILURE() << message.number << " " << message.type << " " << message.text.substr(0, 100);
      }
      return at;
    }
  }
  return kMostMessages;
}

int KillAtEveryMessage(PgProxy::When when) {
  return ForEveryMessage([&](FaultCase& fault_case, int at) {
    std::atomic<pid_t> pid = 0;
    fault_case.proxy.Inject({.at = at,
                             .when = when,
                             .action =
                                 [&] {
                                   while (pid == 0) {
                                     std::this_thread::yield();
                                   }
                                   kill(pid, SIGKILL);
                                 },
                             .then = PgProxy::Then::kDropBoth});
    BackgroundProcess process(fault_case.Reconcile());
    pid = process.pid();
    // The kill is part of the action, and the fault has fired only once the action has returned.
    while (process.Wait().signal == SIGKILL && !fault_case.proxy.Fired()) {
      std::this_thread::yield();
    }
  });
}

int TerminateAtEveryMessage(PgProxy::When when) {
  return ForEveryMessage([&](FaultCase& fault_case, int at) {
    const std::string url = fault_case.scenario.url();
    fault_case.proxy.Inject(
        {.at = at, .when = when, .action = [url] {
           Exec(url,
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
                " AND application_name = 'paliadctl'");
         }});
    const Outcome outcome = ToOutcome(RunProgram(fault_case.Reconcile()));
    // It ends by itself, and says what it knows: done, or failed with the connection as the reason.
    EXPECT_TRUE(outcome.exit_code == 0 || outcome.exit_code == 1) << outcome.exit_code << outcome.err;
  });
}

int DropAtEveryMessage(PgProxy::When when) {
  return ForEveryMessage([&](FaultCase& fault_case, int at) {
    fault_case.proxy.Inject({.at = at, .when = when, .then = PgProxy::Then::kDropBoth});
    const Outcome outcome = ToOutcome(RunProgram(fault_case.Reconcile()));
    EXPECT_TRUE(outcome.exit_code == 0 || outcome.exit_code == 1) << outcome.exit_code << outcome.err;
  });
}

TEST(Fault, TheProcessIsKilledBeforeEachMessage) {
  EXPECT_GT(KillAtEveryMessage(PgProxy::When::kBeforeForwarding), 3 * kMigrations);
}

TEST(Fault, TheProcessIsKilledAfterEachMessage) {
  EXPECT_GT(KillAtEveryMessage(PgProxy::When::kBeforeAnswer), 3 * kMigrations);
}

TEST(Fault, TheBackendIsTerminatedBeforeEachMessage) {
  EXPECT_GT(TerminateAtEveryMessage(PgProxy::When::kBeforeForwarding), 3 * kMigrations);
}

TEST(Fault, TheConnectionIsDroppedAndEachMessagesAnswerLost) {
  EXPECT_GT(DropAtEveryMessage(PgProxy::When::kBeforeAnswer), 3 * kMigrations);
}

TEST(Fault, ACommitWhoseAnswerIsLostIsFoundAndTheRunGoesOn) {
  FaultCase fault_case;
  AddCounting(fault_case.scenario);
  // The first migration's row: its message holds the COMMIT. The ledger's own files have another tracker.
  fault_case.proxy.Inject({.containing = R"(INSERT INTO "paliad"."applied_migrations")",
                           .when = PgProxy::When::kBeforeAnswer,
                           .then = PgProxy::Then::kDropBoth});
  const Outcome outcome = ToOutcome(RunProgram(fault_case.Reconcile()));
  ASSERT_TRUE(fault_case.proxy.Fired());
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(outcome.json["applied"].size(), 3U);
  EXPECT_THAT(outcome.err, HasSubstr("the connection was lost"));
  EXPECT_EQ(Effects(fault_case.scenario), "1 2 3");
  ExpectRightEnd(fault_case.scenario);
}

TEST(Fault, ABodyWhoseConnectionIsLostIsRolledBackAndTheRunSaysSo) {
  FaultCase fault_case;
  AddCounting(fault_case.scenario);
  fault_case.proxy.Inject({.containing = "CREATE TABLE t2",
                           .when = PgProxy::When::kBeforeAnswer,
                           .then = PgProxy::Then::kDropBoth});
  const Outcome outcome = ToOutcome(RunProgram(fault_case.Reconcile()));
  EXPECT_EQ(outcome.exit_code, 1) << outcome.err;
  EXPECT_EQ(outcome.json["outcome"], "failed");
  EXPECT_EQ(outcome.json["applied"].size(), 1U);
  EXPECT_EQ(outcome.json["failed"]["version"], 2);
  EXPECT_EQ(outcome.json["pending"], 2);
  EXPECT_EQ(Effects(fault_case.scenario), "1");
  ExpectRightEnd(fault_case.scenario);
  ExpectNextRunFinishes(fault_case.scenario);
}

TEST(Fault, AConnectionLostOutsideOfATransactionLeavesADoubtThatIsRecorded) {
  FaultCase fault_case;
  fault_case.scenario.Commit(
      {{"001_a.up.sql", "CREATE TABLE a (id int);"},
       {"002_i.up.sql", "-- paliad:no-transaction\nCREATE INDEX CONCURRENTLY a_id ON a (id)"}});
  // The statement alone: the intent's message has the file as a body, with more behind it.
  fault_case.proxy.Inject({.containing = std::string("a_id ON a (id)\0", 15),
                           .when = PgProxy::When::kBeforeAnswer,
                           .then = PgProxy::Then::kDropBoth});
  const Outcome outcome = ToOutcome(RunProgram(fault_case.Reconcile()));
  EXPECT_EQ(outcome.exit_code, 5) << outcome.err;
  EXPECT_EQ(outcome.json["outcome"], "refused");
  EXPECT_EQ(fault_case.scenario.Entries("outcome_unknown", 2), 1);
  EXPECT_EQ(fault_case.scenario.Reconcile().exit_code, 5);
  ASSERT_EQ(fault_case.scenario.Value("SELECT indisvalid FROM pg_index WHERE indexrelid = 'a_id'::regclass"),
            "t");
  ASSERT_EQ(
      fault_case.scenario.Run({"resolve", "2", "--as", "applied", "--reason", "the index is there and valid"})
          .exit_code,
      0);
  EXPECT_EQ(fault_case.scenario.Reconcile().json["outcome"], "in_sync");
}

TEST(Fault, TheWholeServerIsKilledInTheMiddleOfEachMigration) {
  PostgresServer server({.fsync = true});
  for (int at = 1; at <= kMigrations; ++at) {
    SCOPED_TRACE(at);
    Scenario scenario(server.CreateDatabase());
    AddCounting(scenario);
    const std::string database = Value(scenario.url(), "SELECT current_database()");
    PgProxy proxy(server.socket_dir());
    proxy.Inject({.containing = fmt::format("CREATE TABLE t{} ", at),
                  .when = PgProxy::When::kBeforeAnswer,
                  .action =
                      [&] {
                        server.Kill();
                        server.Start();
                      },
                  .then = PgProxy::Then::kDropBoth});
    const Outcome outcome = ToOutcome(RunProgram(scenario.MakeCommand({"reconcile"}, proxy.Url(database))));
    ASSERT_TRUE(proxy.Fired());
    EXPECT_EQ(outcome.exit_code, 1) << outcome.err;
    // A crash may lose the last asynchronous commits, effect and entry together: what is left is a prefix,
    // and the run says which.
    EXPECT_EQ(std::to_string(outcome.json["applied"].size()), scenario.Value("SELECT count(*) FROM effects"));
    ExpectRightEnd(scenario);
    ExpectNextRunFinishes(scenario);
  }
}

TEST(Fault, MigrationsThatACrashTookBackBeforeTheRunsEndAreNotReportedAsApplied) {
  // The run's end was written with what had been applied before the crash: exit 0, and two of three were
  // gone.
  PostgresServer server({.fsync = true, .settings = {"wal_writer_delay = 10s"}});
  Scenario scenario(server.CreateDatabase());
  AddCounting(scenario);
  const std::string run_finished = "2272756e5f66696e697368656422";  // "run_finished" with its quotes, in hex
  PgProxy proxy(server.socket_dir());
  proxy.Inject({.containing = run_finished,
                .action =
                    [&] {
                      server.Kill();
                      server.Start();
                    },
                .then = PgProxy::Then::kDropBoth});
  const std::string database = Value(scenario.url(), "SELECT current_database()");
  const Outcome outcome = ToOutcome(RunProgram(scenario.MakeCommand({"reconcile"}, proxy.Url(database))));
  ASSERT_TRUE(proxy.Fired());
  const auto durable = std::stoul(scenario.Value("SELECT count(*) FROM effects"));
  ASSERT_LT(durable, 3U) << "nothing was lost, so the test shows nothing";
  EXPECT_EQ(outcome.exit_code, 1) << outcome.out;
  EXPECT_EQ(outcome.json["outcome"], "failed");
  EXPECT_EQ(outcome.json["applied"].size(), durable);
  EXPECT_EQ(outcome.json["pending"], 3 - durable);
  EXPECT_EQ(scenario.Value("SELECT convert_from(leaf, 'UTF8')::jsonb ->> 'applied' FROM paliad_ledger.entry"
                           " WHERE kind = 'run_finished' ORDER BY seq DESC LIMIT 1"),
            std::to_string(durable));
  ExpectRightEnd(scenario);
  ExpectNextRunFinishes(scenario);
}

TEST(Fault, TheServerRestartsWhileTheRunGoesOn) {
  PostgresServer server;
  Scenario scenario(server.CreateDatabase());
  AddCounting(scenario);
  const std::string database = Value(scenario.url(), "SELECT current_database()");
  PgProxy proxy(server.socket_dir());
  proxy.Inject({.containing = "CREATE TABLE t2", .when = PgProxy::When::kBeforeForwarding, .action = [&] {
                  server.Restart(PostgresServer::Stopping::kFast);
                }});
  const Outcome outcome = ToOutcome(RunProgram(scenario.MakeCommand({"reconcile"}, proxy.Url(database))));
  EXPECT_EQ(outcome.exit_code, 1) << outcome.err;
  EXPECT_EQ(outcome.json["applied"].size(), 1U);
  ExpectRightEnd(scenario);
  ExpectNextRunFinishes(scenario);
}

TEST(Fault, AFullDiskFailsTheMigrationAndLosesNothing) {
  const SmallDisk disk(96);
  PostgresServer server({.settings = {"max_wal_size = 64MB"}});
  WriteFile(server.socket_dir() + "/.keep", "");
  Scenario scenario(server.CreateDatabase());
  Exec(server.Url(), fmt::format("CREATE TABLESPACE small LOCATION '{}'", disk.path()));
  AddCounting(scenario);
  scenario.Commit(
      {{"002_m.up.sql",
        "CREATE TABLE t2 (id int, filler text) TABLESPACE small;\nINSERT INTO effects VALUES (2);\n"
        "INSERT INTO t2 SELECT i, repeat('x', 1000) FROM generate_series(1, 200000) AS i;\n"}});
  const Outcome outcome = scenario.Reconcile();
  EXPECT_EQ(outcome.exit_code, 1) << outcome.err;
  EXPECT_EQ(outcome.json["failed"]["sqlstate"], "53100");
  EXPECT_EQ(outcome.json["failed"]["line"], 3);
  EXPECT_EQ(Effects(scenario), "1");
  ExpectRightEnd(scenario);
  scenario.Commit(
      {{"002_m.up.sql", "CREATE TABLE t2 (id int) TABLESPACE small;\nINSERT INTO effects VALUES (2);\n"}});
  ExpectNextRunFinishes(scenario);
}

}  // namespace
}  // namespace paliad::testing
