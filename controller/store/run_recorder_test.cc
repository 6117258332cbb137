#include "controller/store/run_recorder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "base/json.h"
#include "base/text.h"

namespace paliad::store {
namespace {

using ledger::Kind;
using ::testing::HasSubstr;
using ::testing::Not;

// An entry's ordinal as it stands, in hex, in the SQL that appends it.
std::string Ordinal(int ordinal) { return HexEncode("\"ordinal\":" + std::to_string(ordinal) + ","); }
std::string OfKind(const std::string& kind) { return HexEncode("\"kind\":\"" + kind + "\""); }

class RunRecorderTest : public ::testing::Test {
 protected:
  SystemClock clock_;
  RunRecorder recorder_{{.run_id = ledger::NewUuid(), .target = "t", .tracker = "a.b"}, clock_};
};

TEST_F(RunRecorderTest, EntriesWaitUntilTheyWereAppended) {
  EXPECT_EQ(recorder_.AppendSql(), "");
  ASSERT_TRUE(recorder_.Add(Kind::kRunStarted, Json::object()));
  ASSERT_TRUE(recorder_.Add(Kind::kFinding, Json::object()));
  EXPECT_THAT(recorder_.AppendSql(), HasSubstr(Ordinal(0)));
  EXPECT_THAT(recorder_.AppendSql(), HasSubstr(Ordinal(1)));
  recorder_.Appended();
  EXPECT_TRUE(recorder_.NothingWaits());
  ASSERT_TRUE(recorder_.Add(Kind::kRunFinished, Json::object()));
  EXPECT_THAT(recorder_.AppendSql(), HasSubstr(Ordinal(2)));
}

TEST_F(RunRecorderTest, AnEffectThatRolledBackIsTakenBackAndItsOrdinalUsedAgain) {
  ASSERT_TRUE(recorder_.Add(Kind::kRunStarted, Json::object()));
  recorder_.Appended();
  ASSERT_TRUE(recorder_.Add(Kind::kFailed, Json::object()));
  ASSERT_TRUE(recorder_.Add(Kind::kApplied, Json::object()));
  recorder_.DropEffects();
  EXPECT_THAT(recorder_.AppendSql(), HasSubstr(OfKind("failed")));
  EXPECT_THAT(recorder_.AppendSql(), Not(HasSubstr(OfKind("applied"))));
  ASSERT_TRUE(recorder_.Add(Kind::kRunFinished, Json::object()));
  EXPECT_THAT(recorder_.AppendSql(), HasSubstr(Ordinal(2)));
}

TEST_F(RunRecorderTest, AfterALostConnectionWhatTheLedgerHasWaitsNoMore) {
  ASSERT_TRUE(recorder_.Add(Kind::kRunStarted, Json::object()));
  ASSERT_TRUE(recorder_.Add(Kind::kApplied, Json::object()));
  recorder_.Rebase(1);
  EXPECT_TRUE(recorder_.NothingWaits());
  ASSERT_TRUE(recorder_.Add(Kind::kRunFinished, Json::object()));
  EXPECT_THAT(recorder_.AppendSql(), HasSubstr(Ordinal(2)));
}

TEST_F(RunRecorderTest, ARunOfWhichACrashLeftNothingStartsAnew) {
  ASSERT_TRUE(recorder_.Add(Kind::kRunStarted, Json::object()));
  recorder_.Appended();
  ASSERT_TRUE(recorder_.Add(Kind::kApplied, Json::object()));
  recorder_.Appended();
  recorder_.Rebase(-1);
  EXPECT_THAT(recorder_.AppendSql(), HasSubstr(OfKind("run_started")));
  EXPECT_THAT(recorder_.AppendSql(), Not(HasSubstr(OfKind("applied"))));
  ASSERT_TRUE(recorder_.Add(Kind::kRunFinished, Json::object()));
  EXPECT_THAT(recorder_.AppendSql(), HasSubstr(Ordinal(1)));
}

// A crash of the server takes back commits that did not wait for the disk; what came after them and still
// waits kept its ordinal, and the run had a gap.
TEST_F(RunRecorderTest, WhatWaitsFollowsWhatACrashLeft) {
  ASSERT_TRUE(recorder_.Add(Kind::kRunStarted, Json::object()));
  ASSERT_TRUE(recorder_.Add(Kind::kApplied, Json::object()));
  ASSERT_TRUE(recorder_.Add(Kind::kApplied, Json::object()));
  recorder_.Appended();
  ASSERT_TRUE(recorder_.Add(Kind::kFailed, Json::object()));
  EXPECT_THAT(recorder_.AppendSql(), HasSubstr(Ordinal(3)));
  recorder_.Rebase(0);
  EXPECT_THAT(recorder_.AppendSql(), HasSubstr(OfKind("failed")));
  EXPECT_THAT(recorder_.AppendSql(), HasSubstr(Ordinal(1)));
  EXPECT_THAT(recorder_.AppendSql(), Not(HasSubstr(Ordinal(3))));
}

TEST_F(RunRecorderTest, WhatWaitsFollowsAnEffectThatRolledBack) {
  ASSERT_TRUE(recorder_.Add(Kind::kRunStarted, Json::object()));
  recorder_.Appended();
  ASSERT_TRUE(recorder_.Add(Kind::kApplied, Json::object()));
  ASSERT_TRUE(recorder_.Add(Kind::kFailed, Json::object()));
  recorder_.DropEffects();
  EXPECT_THAT(recorder_.AppendSql(), HasSubstr(Ordinal(1)));
  EXPECT_THAT(recorder_.AppendSql(), Not(HasSubstr(Ordinal(2))));
}

std::size_t Occurrences(const std::string& text, const std::string& of) {
  std::size_t count = 0;
  for (std::size_t at = text.find(of); at != std::string::npos; at = text.find(of, at + 1)) {
    ++count;
  }
  return count;
}

TEST_F(RunRecorderTest, ABodyIsStoredOnceAndBeforeTheEntries) {
  const auto body = std::make_shared<const ledger::SaltedBody>(ledger::SaltBody("SELECT 1;"));
  ASSERT_TRUE(recorder_.Add(Kind::kRunStarted, Json::object()));
  ASSERT_TRUE(recorder_.Add(Kind::kFailed, {{"sql", body->digest}}, body));
  ASSERT_TRUE(recorder_.Add(Kind::kApplied, {{"sql", body->digest}}, body));
  const std::string sql = recorder_.AppendSql();
  EXPECT_EQ(Occurrences(sql, "put_blob"), 1U);
  EXPECT_EQ(Occurrences(sql, "$paliad$SELECT 1;$paliad$"), 1U);
  EXPECT_LT(sql.find("put_blob"), sql.find("append"));
  EXPECT_EQ(Occurrences(sql, "paliad_ledger.append("), 3U);
  EXPECT_EQ(Occurrences(sql, "SELECT paliad_ledger."), 1U);
  recorder_.Appended();
  ASSERT_TRUE(recorder_.Add(Kind::kFailed, {{"sql", body->digest}}, body));
  EXPECT_THAT(recorder_.AppendSql(), Not(HasSubstr("put_blob")));
}

TEST_F(RunRecorderTest, ACheckComesFirstAndOnce) {
  EXPECT_EQ(recorder_.AppendSql("public.holds()"), "SELECT public.holds();");
  const auto body = std::make_shared<const ledger::SaltedBody>(ledger::SaltBody("SELECT 1;"));
  for (int i = 0; i < 101; ++i) {
    ASSERT_TRUE(recorder_.Add(Kind::kFinding, {{"sql", body->digest}}, body));
  }
  const std::string sql = recorder_.AppendSql("public.holds()");
  EXPECT_EQ(sql.find("SELECT public.holds(),paliad_ledger.put_blob("), 0U) << sql.substr(0, 100);
  EXPECT_EQ(Occurrences(sql, "public.holds()"), 1U);
  EXPECT_EQ(Occurrences(sql, "SELECT "), 3U);  // one of them is the body's
}

// PostgreSQL takes 1,664 columns of a statement at most.
TEST_F(RunRecorderTest, ManyEntriesAreAppendedInOrderByFewStatements) {
  for (int i = 0; i < 2'000; ++i) {
    ASSERT_TRUE(recorder_.Add(Kind::kFinding, Json::object()));
  }
  const std::string sql = recorder_.AppendSql();
  EXPECT_EQ(Occurrences(sql, "paliad_ledger.append("), 2'000U);
  EXPECT_EQ(Occurrences(sql, "SELECT paliad_ledger."), 20U);
  EXPECT_EQ(Occurrences(sql, ");"), 20U);
  EXPECT_LT(sql.find(Ordinal(98)), sql.find(Ordinal(99)));
  EXPECT_LT(sql.find(Ordinal(99)), sql.find(Ordinal(100)));
}

TEST_F(RunRecorderTest, ABodyGoesWithTheEffectThatNamedIt) {
  const auto body = std::make_shared<const ledger::SaltedBody>(ledger::SaltBody("größe"));
  ASSERT_TRUE(recorder_.Add(Kind::kRunStarted, Json::object()));
  ASSERT_TRUE(recorder_.Add(Kind::kApplied, {{"sql", body->digest}}, body));
  EXPECT_THAT(recorder_.AppendSql(), HasSubstr(HexEncode("größe")));  // whatever client_encoding is
  recorder_.DropEffects();
  EXPECT_THAT(recorder_.AppendSql(), Not(HasSubstr("put_blob")));
}

TEST_F(RunRecorderTest, AfterACrashABodyIsStoredAgain) {
  const auto body = std::make_shared<const ledger::SaltedBody>(ledger::SaltBody("x"));
  ASSERT_TRUE(recorder_.Add(Kind::kFailed, {{"sql", body->digest}}, body));
  recorder_.Appended();
  recorder_.Rebase(-1);
  EXPECT_THAT(recorder_.AppendSql(), HasSubstr("put_blob"));
}

TEST_F(RunRecorderTest, AnotherProcesssRunIsFinishedUnderTheNextOrdinal) {
  RunRecorder other({.run_id = ledger::NewUuid(), .target = "t", .tracker = "a.b"}, clock_, 7);
  ASSERT_TRUE(other.Add(Kind::kRunFinished, Json::object()));
  EXPECT_THAT(other.AppendSql(), HasSubstr(Ordinal(7)));
}

}  // namespace
}  // namespace paliad::store
