// Feedback on its way to a forge, as the database keeps it: on a ledger that has an owner of its own.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "controller/postgres/session.h"
#include "controller/store/feedback.h"
#include "tests/core/installed_ledger.h"

namespace paliad::testing {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

const store::FeedbackOwner kOwner = {.tracker = "paliad.applied_migrations", .forge = "gitea x m/paliad"};

class Outbox : public ::testing::Test {
 protected:
  Outbox() {
    EXPECT_TRUE(ledger_.Install().has_value());
    auto session = pg::Session::Connect({.url = ledger_.target().database_url});
    EXPECT_TRUE(session.has_value());
    session_ = std::make_unique<pg::Session>(*std::move(session));
  }

  void Put(const std::string& slot, const std::string& payload, std::int64_t pull_request = 7) {
    const auto put = session_->Run(
        PutFeedbackSql(kOwner, {.slot = slot, .pull_request = pull_request, .payload = payload}), "put");
    ASSERT_TRUE(put) << put.error().Message();
  }

  std::vector<store::WaitingFeedback> Waiting() {
    auto waiting = ReadWaitingFeedback(*session_, kOwner, 100);
    EXPECT_TRUE(waiting) << waiting.error().Message();
    return *std::move(waiting);
  }

  std::vector<std::string> Payloads() {
    std::vector<std::string> payloads;
    for (const store::WaitingFeedback& each : Waiting()) {
      payloads.push_back(each.feedback.payload);
    }
    return payloads;
  }

  InstalledLedger ledger_;
  std::unique_ptr<pg::Session> session_;
};

TEST_F(Outbox, WaitsInTheOrderInWhichItCame) {
  Put("b", "1");
  Put("a", "2");
  Put("c", "3", 8);
  EXPECT_THAT(Payloads(), ElementsAre("1", "2", "3"));
  EXPECT_EQ(Waiting().back().feedback.pull_request, 8);
  EXPECT_EQ(*CountWaitingFeedback(*session_, kOwner), 3);
}

TEST_F(Outbox, TheNewestInASlotTakesTheOldOnesPlace) {
  Put("a", "1");
  Put("b", "2");
  Put("a", "3");
  EXPECT_THAT(Payloads(), ElementsAre("2", "3"));
}

TEST_F(Outbox, WhatIsThereAlreadyIsNotToldAgain) {
  Put("a", "1");
  ASSERT_TRUE(NoteDelivered(*session_, kOwner, Waiting().front(), 0));
  Put("a", "1");
  EXPECT_THAT(Payloads(), IsEmpty());
  Put("a", "2");
  EXPECT_THAT(Payloads(), ElementsAre("2"));
}

TEST_F(Outbox, ANewerOneThatCameDuringADeliveryStillWaits) {
  Put("a", "1");
  const store::WaitingFeedback under_way = Waiting().front();
  Put("a", "2");
  ASSERT_TRUE(NoteDelivered(*session_, kOwner, under_way, 41));
  EXPECT_THAT(Payloads(), ElementsAre("2"));
  EXPECT_EQ(Waiting().front().remote_id, 41);
}

TEST_F(Outbox, AFailureDelaysWhatFailedAndNotWhatTookItsPlace) {
  Put("a", "1");
  const store::WaitingFeedback under_way = Waiting().front();
  EXPECT_EQ(*ReadFeedbackDelay(*session_, kOwner), std::nullopt);
  ASSERT_TRUE(NoteFailed(*session_, kOwner, under_way, milliseconds(60'000), /*refused=*/false, "no"));
  EXPECT_THAT(Payloads(), IsEmpty());
  EXPECT_GT(*ReadFeedbackDelay(*session_, kOwner), milliseconds(50'000));
  EXPECT_EQ(*CountWaitingFeedback(*session_, kOwner), 1);
  Put("a", "2");
  EXPECT_THAT(Payloads(), ElementsAre("2"));
  ASSERT_TRUE(NoteFailed(*session_, kOwner, under_way, milliseconds(60'000), /*refused=*/false, "no"));
  EXPECT_THAT(Payloads(), ElementsAre("2"));
}

TEST_F(Outbox, WhatFailedIsDueAgainAndSaysHowOften) {
  Put("a", "1");
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(NoteFailed(*session_, kOwner, Waiting().front(), milliseconds(0), /*refused=*/false, "no"));
  }
  EXPECT_EQ(Waiting().front().attempt, 3);
}

// In order within a pull request; but what the forge does not want stops nobody.
TEST_F(Outbox, WhatFailedHoldsBackItsPullRequestUnlessItWasRefused) {
  Put("a", "1", 7);
  Put("b", "2", 7);
  Put("c", "3", 8);
  Put("d", "4", 0);
  Put("e", "5", 0);
  const std::vector<store::WaitingFeedback> all = Waiting();
  ASSERT_EQ(all.size(), 5U);
  ASSERT_TRUE(NoteFailed(*session_, kOwner, all[0], milliseconds(60'000), /*refused=*/false, "down"));
  ASSERT_TRUE(NoteFailed(*session_, kOwner, all[3], milliseconds(60'000), /*refused=*/false, "down"));
  EXPECT_THAT(Payloads(), ElementsAre("3", "5"));
  ASSERT_TRUE(NoteFailed(*session_, kOwner, all[0], milliseconds(60'000), /*refused=*/true, "no"));
  EXPECT_THAT(Payloads(), ElementsAre("2", "3", "5"));
}

TEST_F(Outbox, WhatIsNotDueTakesNobodysPlaceInABatch) {
  for (int i = 0; i < 5; ++i) {
    Put(std::to_string(i), "x", 0);
  }
  for (const store::WaitingFeedback& each : Waiting()) {
    ASSERT_TRUE(NoteFailed(*session_, kOwner, each, milliseconds(60'000), /*refused=*/true, "no"));
  }
  Put("new", "6");
  EXPECT_EQ(ReadWaitingFeedback(*session_, kOwner, 2)->size(), 1U);
}

TEST_F(Outbox, WhatWasToldOfNoPullRequestCanBeReadAgain) {
  Put("a", "1", 0);
  Put("b", "2", 7);
  Put("c", "3", 0);
  ASSERT_TRUE(NoteDelivered(*session_, kOwner, Waiting().front(), 0));
  const auto told = ReadFeedbackOf(*session_, kOwner, 0);
  ASSERT_TRUE(told);
  ASSERT_EQ(told->size(), 2U);
  EXPECT_EQ((*told)[0].payload, "1");
  EXPECT_EQ((*told)[1].slot, "c");
}

TEST_F(Outbox, AnotherForgeOrTrackerHasItsOwn) {
  Put("a", "1");
  EXPECT_THAT(*ReadWaitingFeedback(
                  *session_, store::FeedbackOwner{.tracker = kOwner.tracker, .forge = "gitea y m/paliad"}, 9),
              IsEmpty());
  EXPECT_THAT(*ReadWaitingFeedback(*session_,
                                   store::FeedbackOwner{.tracker = "paliad.other", .forge = kOwner.forge}, 9),
              IsEmpty());
}

TEST_F(Outbox, OldNewsAreForgottenOnceTheyAreDelivered) {
  Put("delivered", "1");
  ASSERT_TRUE(NoteDelivered(*session_, kOwner, Waiting().front(), 0));
  Put("refused", "2");
  ASSERT_TRUE(NoteFailed(*session_, kOwner, Waiting().front(), milliseconds(60'000), /*refused=*/true, "no"));
  Put("waits", "2");
  ASSERT_TRUE(
      NoteFailed(*session_, kOwner, Waiting().front(), milliseconds(60'000), /*refused=*/false, "down"));
  ledger_.AdminExec("UPDATE paliad_controller.feedback SET at = now() - interval '40 days'");
  Put("new", "3", 8);  // of another one, which "waits" does not hold back
  ASSERT_TRUE(NoteDelivered(*session_, kOwner, Waiting().back(), 0));
  ASSERT_TRUE(PruneFeedback(*session_, kOwner));
  EXPECT_EQ(ledger_.AdminValue("SELECT string_agg(slot, ' ' ORDER BY slot) FROM paliad_controller.feedback"),
            "new waits");
}

TEST_F(Outbox, TheLoginCannotWriteToItsTables) {
  for (const char* sql :
       {"DELETE FROM paliad_controller.feedback", "UPDATE paliad_controller.pull_request SET key = ''",
        "INSERT INTO paliad_controller.awaited_attribution VALUES ('t', 'f', gen_random_uuid(), 'c')"}) {
    EXPECT_FALSE(session_->Run(sql, "write")) << sql;
  }
}

TEST_F(Outbox, WhatWasSaidOfAPullRequestIsRememberedUntilItIsForgotten) {
  const store::KnownPullRequest first = {.key = "k", .verdict = "v", .head = "h", .held_check = "{}"};
  ASSERT_TRUE(session_->Run(PutPullRequestSql(kOwner, 7, first), "put"));
  ASSERT_TRUE(session_->Run(
      PutPullRequestSql(kOwner, 7, {.key = "k2", .verdict = "v2", .head = "h2", .held_check = ""}), "put"));
  const auto known = ReadPullRequests(*session_, kOwner);
  ASSERT_TRUE(known);
  ASSERT_EQ(known->size(), 1U);
  EXPECT_EQ(known->at(7).key, "k2");
  EXPECT_EQ(known->at(7).verdict, "v2");
  EXPECT_EQ(known->at(7).head, "h2");
  EXPECT_EQ(known->at(7).held_check, "");
  ASSERT_TRUE(session_->Run(ForgetPullRequestSql(kOwner, 7), "forget"));
  EXPECT_TRUE(ReadPullRequests(*session_, kOwner)->empty());
}

TEST_F(Outbox, AnAttributionIsAwaitedUntilItIsSettled) {
  ledger_.scenario().Commit({{"001_a.up.sql", "CREATE TABLE a (id int);"}});
  const auto ended = ledger_.Reconcile();
  ASSERT_TRUE(ended);
  const std::string run = ended->run_id;
  const std::string commit = ended->commit;
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(session_->Run(AwaitAttributionSql(kOwner, run, commit), "await"));
  }
  // Whoever runs migrations can write the table: neither another commit nor a run that never was is asked
  // for.
  ASSERT_TRUE(session_->Run(AwaitAttributionSql(kOwner, run, std::string(40, 'a')), "await"));
  ASSERT_TRUE(
      session_->Run(AwaitAttributionSql(kOwner, "ca2db82d-0000-4000-8000-000000000001", commit), "await"));
  const auto awaited = ReadAwaitedAttributions(*session_, kOwner);
  ASSERT_TRUE(awaited);
  ASSERT_EQ(awaited->size(), 1U);
  EXPECT_EQ(awaited->front().run_id, run);
  EXPECT_EQ(awaited->front().commit, commit);
  const store::AwaitedAttribution first = awaited->front();
  ASSERT_TRUE(DelayAttribution(*session_, kOwner, first, milliseconds(60'000)));
  EXPECT_TRUE(ReadAwaitedAttributions(*session_, kOwner)->empty());
  ASSERT_TRUE(DelayAttribution(*session_, kOwner, first, milliseconds(-1)));
  EXPECT_EQ(ReadAwaitedAttributions(*session_, kOwner)->size(), 1U);
  ASSERT_TRUE(session_->Run(SettleAttributionSql(kOwner, first), "settle"));
  EXPECT_TRUE(ReadAwaitedAttributions(*session_, kOwner)->empty());
}

}  // namespace
}  // namespace paliad::testing
