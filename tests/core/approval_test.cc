// A run and its forge: who approved what is applied, and what is told of the commit. On a ledger that has an
// owner of its own; the forge is a function here (tests/pulls has real ones).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "base/json.h"
#include "controller/forge/forge.h"
#include "controller/reconcile/forge_side.h"
#include "controller/reconcile/reconcile.h"
#include "tests/core/installed_ledger.h"

namespace paliad::testing {
namespace {

using ::testing::HasSubstr;

// `head`: a commit of the repository; what was approved and merged.
forge::Attribution Merged(const std::string& approver, const std::string& head) {
  forge::Attribution merged{.number = 7,
                            .url = "https://git.example.com/m/paliad/pulls/7",
                            .author = "ada",
                            .base_branch = "main",
                            .merger = "ada",
                            .head_commit = head,
                            .raw = R"({"number":7})"};
  if (!approver.empty()) {
    merged.approvals.push_back({.reviewer = approver, .at = std::nullopt, .commit = head, .may_write = true});
  }
  return merged;
}

class Approvals : public ::testing::Test {
 protected:
  Approvals() { EXPECT_TRUE(ledger_.Install().has_value()); }

  // One run for whose commit the forge has this answer; none: it does not say in time.
  Result<paliad::Run> Reconcile(const std::optional<Attributed>& answer, bool somebody_waits = true) {
    RunOptions options{.actor = "test"};
    options.forge = ForgeSide{.owner = {.tracker = "paliad.applied_migrations", .forge = "gitea x m/paliad"},
                              .apply_context = "paliad/default/apply",
                              .runs_url = "https://paliad.example.com/targets/default/runs/",
                              .find_attribution = [this, answer](const std::string& commit) {
                                asked_ += commit;
                                return answer;
                              }};
    if (!somebody_waits) {
      options.only_after = -1;
    }
    return ledger_.Reconcile(options);
  }

  void RequireApproval() {
    ledger_.scenario().repo().Write(".paliad/policy.toml", "extends = 'default'\nrequire_approval = true\n");
  }

  std::string Leaf(const std::string& kind, const std::string& field) {
    return ledger_.AdminValue("SELECT string_agg(convert_from(leaf, 'UTF8')::jsonb #>> '{" + field +
                              "}', ' ' ORDER BY seq) FROM paliad_ledger.entry WHERE kind = '" + kind + "'");
  }

  std::string Head() { return ledger_.scenario().repo().RevParse("HEAD"); }

  // Of the newest status: "success applied 1 migration".
  std::string Told(const std::string& commit) {
    return ledger_.AdminValue(
        "SELECT coalesce(max(payload::jsonb ->> 'state' || ' ' || (payload::jsonb ->> 'description')), '')"
        " FROM paliad_controller.feedback WHERE slot = 'status " +
        commit + " paliad/default/apply'");
  }

  InstalledLedger ledger_;
  std::string asked_;  // the commits
};

TEST_F(Approvals, WhoWroteMergedAndApprovedIsInTheRunsEntries) {
  const std::string commit =
      ledger_.scenario().Commit({{"001_a.up.sql", "CREATE TABLE public.a (id bigint);"}});
  const auto run = Reconcile(Attributed(Merged("grace", Head())));
  ASSERT_TRUE(run) << run.error().Message();
  EXPECT_EQ(asked_, commit);
  EXPECT_EQ(ledger_.scenario().Kinds().substr(ledger_.scenario().Kinds().find("run_started")),
            "run_started attributed applied run_finished");
  EXPECT_EQ(Leaf("attributed", "of_run"), run->run_id);
  EXPECT_EQ(Leaf("attributed", "pull_request,approvals,0,reviewer"), "grace");
  EXPECT_EQ(Leaf("applied", "pull_request,number"), "7");
  EXPECT_EQ(Leaf("applied", "pull_request,approvers,0"), "grace");
  EXPECT_EQ(
      ledger_.AdminValue("SELECT convert_from(body, 'UTF8') FROM paliad_ledger.blob WHERE digest = decode('" +
                         Leaf("attributed", "reply") + "', 'hex')"),
      R"({"number":7})");
  EXPECT_EQ(ledger_.AdminValue("SELECT count(*) FROM paliad_controller.awaited_attribution"), "0");
}

TEST_F(Approvals, AForgeThatIsLateDelaysNothingAndIsAskedAgain) {
  const std::string commit =
      ledger_.scenario().Commit({{"001_a.up.sql", "CREATE TABLE public.a (id bigint);"}});
  const auto run = Reconcile(std::nullopt);
  ASSERT_TRUE(run) << run.error().Message();
  EXPECT_EQ(run->outcome, ledger::Outcome::kApplied);
  EXPECT_EQ(ledger_.scenario().Entries("attributed"), 0);
  EXPECT_EQ(ledger_.AdminValue("SELECT run_id || ' ' || commit FROM paliad_controller.awaited_attribution"),
            run->run_id + " " + commit);
}

// The push may come before the forge knows of the merge.
TEST_F(Approvals, ThatThereIsNoneIsNotBelievedAtOnce) {
  const std::string commit =
      ledger_.scenario().Commit({{"001_a.up.sql", "CREATE TABLE public.a (id bigint);"}});
  const auto run = Reconcile(Attributed());
  ASSERT_TRUE(run) << run.error().Message();
  EXPECT_EQ(run->outcome, ledger::Outcome::kApplied);
  EXPECT_EQ(ledger_.scenario().Entries("attributed"), 0);
  EXPECT_EQ(ledger_.AdminValue("SELECT run_id || ' ' || commit FROM paliad_controller.awaited_attribution"),
            run->run_id + " " + commit);
}

TEST_F(Approvals, ARunThatAppliesNothingAsksNobody) {
  ledger_.scenario().Commit({{"001_a.up.sql", "CREATE TABLE public.a (id bigint);"}});
  ASSERT_TRUE(Reconcile(std::nullopt));
  asked_.clear();
  ASSERT_TRUE(Reconcile(std::nullopt));
  EXPECT_EQ(asked_, "");
  EXPECT_EQ(ledger_.AdminValue("SELECT count(*) FROM paliad_controller.awaited_attribution"), "1");
}

TEST_F(Approvals, TheCommitIsToldWhatBecameOfIt) {
  Scenario& scenario = ledger_.scenario();
  const std::string good = scenario.Commit({{"001_a.up.sql", "CREATE TABLE public.a (id bigint);"}});
  const auto run = Reconcile(Attributed());
  ASSERT_TRUE(run);
  EXPECT_EQ(Told(good), "success applied 1 migration");
  EXPECT_EQ(ledger_.AdminValue("SELECT payload::jsonb ->> 'target_url' FROM paliad_controller.feedback"),
            "https://paliad.example.com/targets/default/runs/" + run->run_id);
  const std::string bad = scenario.Commit({{"002_b.up.sql", "CREATE TABLE public.b (id nonsense);"}});
  ASSERT_TRUE(Reconcile(Attributed()));
  EXPECT_EQ(Told(bad), "failure migrations/002_b.up.sql: type \"nonsense\" does not exist");
  const std::string rejected = scenario.Commit({{"003_c.up.sql", "COMMIT;"}});
  ASSERT_TRUE(Reconcile(Attributed()));
  EXPECT_THAT(Told(rejected), HasSubstr("failure rejected by policy: migrations/003_c.up.sql: "));
}

// A run that was killed, or was to be tried again, may never come back: the next commit's run did its work.
TEST_F(Approvals, NoCommitIsToldForEverThatItIsUnderWay) {
  Scenario& scenario = ledger_.scenario();
  const auto tell = [&](const std::string& commit, const std::string& context, const std::string& state) {
    ledger_.AdminExec(
        "SELECT paliad_controller.put_feedback('paliad.applied_migrations', 'gitea x m/paliad', 'status " +
        commit + " " + context + R"(', 0, '{"what":"status","commit":")" + commit + R"(","context":")" +
        context + R"(","state":")" + state +
        R"(","description":"d","target_url":"u","status_project":""}'))");
  };
  const std::string killed(40, 'a');
  const std::string failed(40, 'b');
  tell(killed, "paliad/default/apply", "pending");
  tell(failed, "paliad/default/apply", "failure");
  tell(killed, "paliad/other/apply", "pending");
  const std::string bad = scenario.Commit({{"001_a.up.sql", "CREATE TABLE public.a (id nonsense);"}});
  ASSERT_EQ(Reconcile(Attributed())->outcome, ledger::Outcome::kFailed);
  EXPECT_EQ(Told(killed), "pending d");
  const std::string good = scenario.Commit({{"001_a.up.sql", "CREATE TABLE public.a (id bigint);"}});
  ASSERT_EQ(Reconcile(Attributed())->outcome, ledger::Outcome::kApplied);
  EXPECT_EQ(Told(killed), "success applied with " + good.substr(0, 12));
  EXPECT_EQ(Told(failed), "failure d");
  EXPECT_THAT(Told(bad), HasSubstr("failure "));
  EXPECT_EQ(
      ledger_.AdminValue(
          "SELECT count(*) FROM paliad_controller.feedback WHERE payload::jsonb ->> 'state' = 'pending'"),
      "1");
}

TEST_F(Approvals, WithoutOneNothingIsAppliedWherePolicyRequiresIt) {
  RequireApproval();
  ledger_.scenario().Commit({{"001_a.up.sql", "CREATE TABLE public.a (id bigint);"}});
  const std::optional<Attributed> insufficient[] = {
      std::nullopt, Attributed(), Attributed(Merged("", Head())), Attributed(Merged("ada", Head()))};
  for (const auto& answer : insufficient) {
    const auto run = Reconcile(answer);
    ASSERT_TRUE(run) << run.error().Message();
    EXPECT_EQ(run->outcome, ledger::Outcome::kRefused);
    EXPECT_THAT(run->error->Message(), HasSubstr("policy requires an approval: "));
  }
  EXPECT_EQ(ledger_.scenario().Applied(), "");
  const auto approved = Reconcile(Attributed(Merged("grace", Head())));
  ASSERT_TRUE(approved);
  EXPECT_EQ(approved->outcome, ledger::Outcome::kApplied);
  EXPECT_EQ(ledger_.scenario().Applied(), "1:a");
}

TEST_F(Approvals, ARunThatNobodyWaitsForLeavesNoTraceUntilItIsApproved) {
  RequireApproval();
  const std::string commit =
      ledger_.scenario().Commit({{"001_a.up.sql", "CREATE TABLE public.a (id bigint);"}});
  const std::string before = ledger_.scenario().Kinds();
  const auto run = Reconcile(Attributed(Merged("", Head())), /*somebody_waits=*/false);
  ASSERT_TRUE(run) << run.error().Message();
  EXPECT_TRUE(run->awaits_approval);
  EXPECT_EQ(run->error->Message(), "cannot apply " + commit + ": policy requires an approval: " +
                                       commit.substr(0, 12) + ": pull request 7: nobody approved it");
  EXPECT_EQ(ledger_.scenario().Kinds(), before);
  EXPECT_EQ(Told(commit), "");
}

// A commit that nobody approved must not come in under the next one that somebody did.
TEST_F(Approvals, EveryCommitThatBroughtSomethingNeedsItsOwn) {
  RequireApproval();
  Scenario& scenario = ledger_.scenario();
  scenario.Commit({{"001_a.up.sql", "CREATE TABLE public.a (id bigint);"}});
  ASSERT_TRUE(Reconcile(Attributed(Merged("grace", Head()))));
  const std::string sneaked = scenario.Commit({{"002_b.up.sql", "CREATE TABLE public.b (id bigint);"}});
  ASSERT_EQ(Reconcile(Attributed())->outcome, ledger::Outcome::kRefused);
  const std::string approved = scenario.Commit({{"003_c.up.sql", "CREATE TABLE public.c (id bigint);"}});
  RunOptions options{.actor = "test"};
  options.forge = ForgeSide{.owner = {.tracker = "paliad.applied_migrations", .forge = "gitea x m/paliad"},
                            .find_attribution = [&](const std::string& commit) -> std::optional<Attributed> {
                              return commit == approved ? Attributed(Merged("grace", commit)) : Attributed();
                            }};
  const auto run = ledger_.Reconcile(options);
  ASSERT_TRUE(run) << run.error().Message();
  EXPECT_EQ(run->outcome, ledger::Outcome::kRefused);
  EXPECT_THAT(run->error->Message(),
              HasSubstr(sneaked.substr(0, 12) + ": the forge knows of no pull request"));
  EXPECT_EQ(scenario.Applied(), "1:a");
}

// A forge may show another head after the merge than the one that was merged.
TEST_F(Approvals, WhatIsAppliedIsWhatWasApproved) {
  RequireApproval();
  Scenario& scenario = ledger_.scenario();
  const std::string approved = scenario.Commit({{"001_a.up.sql", "CREATE TABLE public.a (id bigint);"}});
  scenario.Commit({{"001_a.up.sql", "CREATE TABLE public.a (id bigint, sneaked text);"}});
  const auto run = Reconcile(Attributed(Merged("grace", approved)));
  ASSERT_TRUE(run) << run.error().Message();
  EXPECT_EQ(run->outcome, ledger::Outcome::kRefused);
  EXPECT_THAT(run->error->Message(),
              HasSubstr("001_a.up.sql is not as it was approved in " + approved.substr(0, 12)));
  const auto gone = Reconcile(Attributed(Merged("grace", std::string(40, 'b'))));
  ASSERT_TRUE(gone) << gone.error().Message();
  EXPECT_THAT(gone->error->Message(), HasSubstr("bbbbbbbbbbbb, which was approved, is not in the clone"));
  EXPECT_EQ(scenario.Applied(), "");
}

TEST_F(Approvals, TurningItOffNeedsOneToo) {
  RequireApproval();
  Scenario& scenario = ledger_.scenario();
  scenario.Commit({{"001_a.up.sql", "CREATE TABLE public.a (id bigint);"}});
  ASSERT_EQ(Reconcile(Attributed(Merged("grace", Head())))->outcome, ledger::Outcome::kApplied);
  scenario.repo().Write(".paliad/policy.toml", "extends = 'default'\n");
  scenario.Commit("anything goes");
  EXPECT_EQ(Reconcile(Attributed())->outcome, ledger::Outcome::kRefused);
  scenario.Commit({{"002_b.up.sql", "CREATE TABLE public.b (id bigint);"}});
  EXPECT_EQ(Reconcile(Attributed())->outcome, ledger::Outcome::kRefused);
  EXPECT_EQ(scenario.Applied(), "1:a");
  EXPECT_EQ(Reconcile(Attributed(Merged("grace", Head())))->outcome, ledger::Outcome::kApplied);
}

TEST(Approval, WhoHasNoForgeConfiguredAppliesNothingThatNeedsOne) {
  Scenario scenario;
  scenario.repo().Write(".paliad/policy.toml", "require_approval = true\n");
  scenario.Commit({{"001_a.up.sql", "CREATE TABLE public.a (id bigint);"}});
  const Outcome run = scenario.Reconcile();
  EXPECT_EQ(run.exit_code, 5) << run.out << run.err;
  EXPECT_THAT(run.err, HasSubstr("policy requires an approval"));
  EXPECT_EQ(scenario.Applied(), "");
}

}  // namespace
}  // namespace paliad::testing
