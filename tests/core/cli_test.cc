// The command line's contract: shapes, exit codes, what goes to stdout and what to stderr.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "tests/core/scenario.h"

namespace paliad::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;

std::set<std::string> Keys(const Json& object) {
  std::set<std::string> keys;
  for (const auto& [key, value] : object.items()) {
    keys.insert(key);
  }
  return keys;
}

void ExpectHas(const Json& object, const std::set<std::string>& expected) {
  for (const std::string& key : expected) {
    EXPECT_TRUE(object.contains(key)) << key << " is missing in " << object.dump();
  }
}

TEST(Cli, PlanReconcileVerifyAndStatusHaveTheirShapes) {
  Scenario scenario;
  const std::string commit = scenario.Commit({{"001_a.up.sql", "CREATE TABLE a (id int);"},
                                              {"002_b.up.sql", "-- paliad:no-transaction\nVACUUM a;"},
                                              {"README.md", "hello"}});
  const Outcome plan = scenario.Run({"plan"});
  EXPECT_EQ(plan.exit_code, 4);
  ExpectHas(plan.json, {"target", "commit", "tree", "desired", "applied", "bootstrap", "pending", "ignored",
                        "findings"});
  EXPECT_EQ(plan.json["commit"], commit);
  EXPECT_EQ(plan.json["tree"], scenario.repo().ObjectAt("HEAD", "migrations"));
  EXPECT_EQ(plan.json["desired"], 2);
  ASSERT_EQ(plan.json["pending"].size(), 2U);
  ExpectHas(plan.json["pending"][0], {"version", "name", "path", "checksum", "transactional"});
  EXPECT_EQ(plan.json["pending"][0]["path"], "migrations/001_a.up.sql");
  EXPECT_EQ(plan.json["pending"][1]["transactional"], false);
  EXPECT_EQ(plan.json["ignored"][0]["path"], "migrations/README.md");
  EXPECT_EQ(scenario.Value("SELECT to_regnamespace('paliad') IS NULL"), "t") << "plan creates nothing";

  const Outcome never = scenario.Run({"status"});
  EXPECT_EQ(never.exit_code, 0);
  EXPECT_TRUE(never.json[0]["last_run"].is_null());

  const Outcome run = scenario.Reconcile();
  ASSERT_EQ(run.exit_code, 0) << run.err;
  ExpectHas(run.json, {"run_id", "target", "commit", "outcome", "applied", "failed", "pending", "findings",
                       "bootstrapped", "ledger"});
  EXPECT_THAT(run.json["run_id"].get<std::string>(), MatchesRegex("[0-9a-f-]{36}"));
  ExpectHas(run.json["applied"][0], {"version", "name", "duration_ms"});
  EXPECT_TRUE(run.json["failed"].is_null());
  EXPECT_EQ(run.json["ledger"]["size"],
            std::stoi(scenario.Value("SELECT count(*) FROM paliad_ledger.entry")));
  EXPECT_EQ(run.json["ledger"]["root"].get<std::string>().size(), 44U);
  EXPECT_EQ(run.err, "") << "piped, there is no progress";

  const Outcome verify = scenario.Run({"verify"});
  EXPECT_EQ(verify.exit_code, 0);
  ExpectHas(verify.json, {"target", "commit", "in_sync", "missing", "orphaned", "renamed", "edited",
                          "unrecorded", "lost"});
  EXPECT_EQ(verify.json["in_sync"], true);
  EXPECT_EQ(scenario.Run({"plan"}).exit_code, 0);

  scenario.Commit("an empty one");
  const Outcome status = scenario.Run({"status"});
  ASSERT_EQ(status.json.size(), 1U);
  ExpectHas(status.json[0], {"target", "state", "reason", "commit", "commits_behind", "since", "last_run"});
  EXPECT_EQ(status.json[0]["state"], "ready");
  EXPECT_EQ(status.json[0]["commits_behind"], 1);
  EXPECT_EQ(Keys(status.json[0]["last_run"]), (std::set<std::string>{"run_id", "outcome", "commit"}));
}

TEST(Cli, VerifyNamesEachKindOfDifference) {
  Scenario scenario;
  scenario.Commit({{"001_a.up.sql", "CREATE TABLE a (id int);"},
                   {"002_b.up.sql", "CREATE TABLE b (id int);"},
                   {"003_c.up.sql", "CREATE TABLE c (id int);"}});
  ASSERT_EQ(scenario.Reconcile().exit_code, 0);
  scenario.repo().Rename("migrations/002_b.up.sql", "migrations/002_bb.up.sql");
  scenario.repo().Remove("migrations/003_c.up.sql");
  scenario.Commit(
      {{"001_a.up.sql", "CREATE TABLE a (id bigint);"}, {"004_d.up.sql", "CREATE TABLE d (id int);"}});
  const Outcome verify = scenario.Run({"verify"});
  EXPECT_EQ(verify.exit_code, 4);
  EXPECT_EQ(verify.json["edited"], Json::parse(R"([{"version":1,"name":"a"}])"));
  EXPECT_EQ(verify.json["renamed"], Json::parse(R"([{"version":2,"applied_name":"b","desired_name":"bb"}])"));
  EXPECT_EQ(verify.json["orphaned"], Json::parse(R"([{"version":3,"name":"c"}])"));
  EXPECT_EQ(verify.json["missing"], Json::parse(R"([{"version":4,"name":"d"}])"));

  const Outcome rejected = scenario.Reconcile();
  EXPECT_EQ(rejected.exit_code, 3);
  std::set<std::string> rules;
  for (const Json& finding : rejected.json["findings"]) {
    ExpectHas(finding, {"rule", "severity", "path", "line", "column", "version", "message", "hint", "waived",
                        "waiver"});
    rules.insert(finding["rule"]);
  }
  EXPECT_EQ(rules, (std::set<std::string>{"renamed-after-apply", "edited-after-apply", "orphaned"}));
  EXPECT_EQ(scenario.Applied(), "1:a 2:b 3:c");
  EXPECT_EQ(scenario.Entries("finding"), 3);
}

TEST(Cli, ANoOpAppendsItsTwoEntriesAndWarningsAreSaidEachTime) {
  Scenario scenario;
  scenario.Commit({{"001_a.up.sql", "CREATE TABLE a (id int);"}});
  ASSERT_EQ(scenario.Reconcile().exit_code, 0);
  const int before = std::stoi(scenario.Value("SELECT count(*) FROM paliad_ledger.entry"));
  EXPECT_EQ(scenario.Reconcile().json["outcome"], "in_sync");
  EXPECT_EQ(std::stoi(scenario.Value("SELECT count(*) FROM paliad_ledger.entry")), before + 2);
  scenario.Commit({{"001_a.up.sql", "CREATE TABLE a (id bigint);"}});
  EXPECT_EQ(scenario.Reconcile().json["findings"].size(), 1U);
  EXPECT_EQ(scenario.Reconcile().json["findings"].size(), 1U) << "skipping unchanged work hid a warning";
}

TEST(Cli, CheckJudgesPlainFilesAndCommitsAlike) {
  Scenario scenario;
  const std::string commit = scenario.Commit(
      {{"001_a.up.sql", "SELECT 1;"}, {"2_b.up.sql", "SELEC 1;"}, {"02_c.up.sql", "SELECT 1;"}});
  const Outcome files = scenario.Run({"check", "--dir", scenario.repo().path() + "/migrations"});
  const Outcome head = scenario.Run({"check"});
  for (const Outcome& outcome : {files, head}) {
    EXPECT_EQ(outcome.exit_code, 3) << outcome.err;
    ExpectHas(outcome.json, {"target", "head", "base", "findings", "dry_run"});
    ASSERT_GE(outcome.json["findings"].size(), 1U);
    EXPECT_EQ(outcome.json["findings"][0]["rule"], "version-collision");
    EXPECT_THAT(outcome.json["findings"][0]["message"].get<std::string>(), HasSubstr("02_c.up.sql"));
    EXPECT_THAT(outcome.json["findings"][0]["message"].get<std::string>(), HasSubstr("2_b.up.sql"));
  }
  EXPECT_TRUE(files.json["head"].is_null());
  EXPECT_EQ(head.json["head"], commit);
  scenario.repo().Remove("migrations/2_b.up.sql");
  scenario.Commit();
  EXPECT_EQ(scenario.Run({"check"}).exit_code, 0);
  EXPECT_EQ(scenario.Run({"check", "--head", commit}).exit_code, 3);
  EXPECT_EQ(scenario.Run({"check", "--dir", "/nowhere"}).exit_code, 1);
}

TEST(Cli, NewTakesTheVersionThatNoBranchClaims) {
  Scenario scenario;
  scenario.Commit({{"0001_a.up.sql", "SELECT 1;"}});
  scenario.repo().CreateBranch("other");
  scenario.Commit({{"0007_b.up.sql", "SELECT 1;"}});
  scenario.repo().Checkout("main");
  scenario.Add("0003_uncommitted.up.sql", "SELECT 1;");
  const Outcome created = scenario.Run({"new", "add office"});
  ASSERT_EQ(created.exit_code, 0) << created.err;
  EXPECT_EQ(created.json["version"], 8);
  EXPECT_TRUE(std::filesystem::exists(scenario.repo().path() + "/migrations/0008_add_office.up.sql"));
  EXPECT_TRUE(std::filesystem::exists(scenario.repo().path() + "/migrations/0008_add_office.down.sql"));
  EXPECT_EQ(scenario.Run({"new", "next"}).json["version"], 9);
  EXPECT_EQ(scenario.Run({"new", "a/b"}).exit_code, 1);
}

TEST(Cli, LedgerRunsShowAndEntries) {
  Scenario scenario;
  EXPECT_EQ(scenario.Run({"ledger", "runs"}).json, Json::array());
  scenario.Commit({{"001_a.up.sql", "CREATE TABLE a (id int);"}});
  const Outcome first = scenario.Reconcile();
  scenario.Commit({{"002_b.up.sql", "SELECT nope;"}});
  scenario.Reconcile();
  const Outcome runs = scenario.Run({"ledger", "runs"});
  ASSERT_EQ(runs.json.size(), 2U);
  ExpectHas(runs.json[0], {"run_id", "target", "trigger", "commit", "outcome", "started_at", "finished_at",
                           "applied", "actor"});
  EXPECT_EQ(runs.json[0]["outcome"], "failed");
  EXPECT_EQ(runs.json[1]["outcome"], "applied");
  EXPECT_EQ(runs.json[1]["applied"], 1);
  EXPECT_EQ(runs.json[1]["trigger"], "manual");
  EXPECT_THAT(runs.json[1]["started_at"].get<std::string>(),
              MatchesRegex("[0-9-]{10}T[0-9:]{8}\\.[0-9]{6}Z"));
  EXPECT_EQ(scenario.Run({"ledger", "runs", "--outcome", "failed"}).json.size(), 1U);
  EXPECT_EQ(scenario.Run({"ledger", "runs", "--limit", "1"}).json.size(), 1U);

  const std::string id = first.json["run_id"];
  const Outcome show = scenario.Run({"ledger", "show", id.substr(0, 8)});
  EXPECT_EQ(show.exit_code, 0);
  EXPECT_EQ(show.json["run_id"], id);
  ASSERT_EQ(show.json["entries"].size(), 3U);
  const Json applied = show.json["entries"][1]["leaf"];
  ExpectHas(applied, {"version",  "name",   "path",           "checksum",   "commit",
                      "blob",     "author", "committer",      "statements", "duration_us",
                      "attempts", "xid",    "server_version", "role",       "controller_version",
                      "host",     "at",     "format",         "kind",       "ordinal",
                      "run",      "target", "tracker"});
  EXPECT_EQ(applied["blob"], scenario.repo().ObjectAt("HEAD", "migrations/001_a.up.sql"));
  EXPECT_EQ(scenario.Run({"ledger", "show", "ffffffff"}).exit_code, 1);
  EXPECT_EQ(scenario.Run({"ledger", "entries", "--version", "2"}).json[0]["leaf"]["kind"], "failed");
  EXPECT_EQ(scenario.Run({"ledger", "entries", "--kind", "applied"}).json.size(), 1U);
}

TEST(Cli, TextIsForPeopleAndStdoutCarriesOnlyTheAnswer) {
  Scenario scenario;
  scenario.Commit({{"001_a.up.sql", "DO $$ BEGIN RAISE NOTICE 'hello \x1b[31m'; END $$;"}});
  const Outcome plan = scenario.Run({"plan", "-o", "text"});
  EXPECT_THAT(plan.out, HasSubstr("1 desired, 0 applied, 1 pending"));
  const Outcome run = scenario.Run({"reconcile", "-o", "text", "--color", "never"});
  EXPECT_THAT(run.out, HasSubstr("applied 1 migration; 0 pending"));
  EXPECT_THAT(run.err, HasSubstr("hello \\x1b[31m"));
  EXPECT_THAT(run.err + run.out, Not(HasSubstr("\x1b")));
  EXPECT_THAT(scenario.Run({"verify", "-o", "text"}).out, HasSubstr("in sync: 1 desired, 1 applied"));
  EXPECT_THAT(scenario.Run({"status", "-o", "text"}).out, HasSubstr("ready since"));
  EXPECT_THAT(scenario.Run({"ledger", "runs", "-o", "text"}).out, HasSubstr("1 applied"));
}

TEST(Cli, HelpAndVersion) {
  const ProcessResult version = RunProgram({.argv = {PaliadctlPath(), "--version"}});
  EXPECT_EQ(version.exit_code, 0);
  EXPECT_THAT(version.out, HasSubstr("paliadctl 0."));
  const ProcessResult help = RunProgram({.argv = {PaliadctlPath(), "--help"}});
  EXPECT_EQ(help.exit_code, 0);
  for (const char* word : {"plan", "reconcile", "verify", "status", "check", "resolve", "new", "ledger",
                           "--database", "Exit codes"}) {
    EXPECT_THAT(help.out, HasSubstr(word));
  }
  EXPECT_EQ(RunProgram({.argv = {PaliadctlPath(), "reconcile", "--help"}}).exit_code, 0);
}

TEST(Cli, GlobalOptionsStandBeforeOrAfterTheCommandAndTheLastOneWins) {
  Scenario scenario;
  scenario.Commit({{"001_a.up.sql", "SELECT 1;"}});
  const Outcome before =
      ToOutcome(RunProgram({.argv = {PaliadctlPath(), "-o", "text", "--database", scenario.url(), "--repo",
                                     scenario.repo().path(), "plan", "--output", "json"}}));
  EXPECT_EQ(before.json["desired"], 1);
}

TEST(Cli, TheDatabaseComesFromTheEnvironment) {
  Scenario scenario;
  scenario.Commit({{"001_a.up.sql", "SELECT 1;"}});
  const Outcome outcome = ToOutcome(RunProgram({.argv = {PaliadctlPath(), "plan", "-o", "json"},
                                                .env = {{"PALIAD_DATABASE_URL", scenario.url()}},
                                                .cwd = scenario.repo().path()}));
  EXPECT_EQ(outcome.exit_code, 4) << outcome.err;
}

TEST(Cli, ARemoteRepositoryIsClonedAndFetched) {
  Scenario scenario;
  scenario.Commit({{"001_a.up.sql", "CREATE TABLE a (id int);"}});
  EXPECT_EQ(scenario.Reconcile({"--repo", scenario.repo().url()}).exit_code, 0);
  scenario.Commit({{"002_b.up.sql", "CREATE TABLE b (id int);"}});
  EXPECT_EQ(scenario.Reconcile({"--repo", scenario.repo().url()}).json["applied"][0]["version"], 2);
}

TEST(Cli, AnotherTrackerHasItsOwnRowsAndItsOwnLock) {
  Scenario scenario;
  scenario.Commit({{"001_a.up.sql", "CREATE TABLE a (id int);"}});
  ASSERT_EQ(scenario.Reconcile({"--tracker", "other.done"}).exit_code, 0);
  EXPECT_EQ(scenario.Value("SELECT string_agg(version::text, ',') FROM other.done"), "1");
  EXPECT_EQ(scenario.Run({"plan"}).json["pending"].size(), 1U);
}

}  // namespace
}  // namespace paliad::testing
