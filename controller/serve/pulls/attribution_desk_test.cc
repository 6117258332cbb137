#include "controller/serve/pulls/attribution_desk.h"

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>

namespace paliad::serve {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// Whether and when the forge answers.
class Lever {
 public:
  void Release() {
    const std::lock_guard lock(mutex_);
    released_ = true;
    changed_.notify_all();
  }
  void Await() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return released_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool released_ = false;  // guarded by mutex_
};

// Knows of pull request 7 for every commit but "none", and is down for "down".
class OneForge final : public forge::Forge {
 public:
  explicit OneForge(Lever& lever) : lever_(lever) {}

  forge::Answer<Attributed> FindAttribution(const std::string& commit) override {
    lever_.Await();
    if (commit == "down") {
      return tl::unexpected(
          forge::Failure{.error = {.kind = ErrorKind::kUnavailable, .cause = "it is down"}});
    }
    return commit == "none" ? Attributed() : Attributed(forge::Attribution{.number = 7});
  }
  forge::Answer<std::vector<forge::PullRequest>> OpenPullRequests(const std::string& /*branch*/) override {
    return {};
  }
  forge::Answer<std::optional<forge::PullRequest>> FindPullRequest(std::int64_t /*number*/) override {
    return std::nullopt;
  }
  forge::Answer<void> SetStatus(const forge::CommitStatus& /*status*/) override { return {}; }
  forge::Answer<std::int64_t> KeepComment(std::int64_t /*number*/, const std::string& /*marker*/,
                                          const std::string& /*body*/, std::int64_t known,
                                          bool /*only_existing*/) override {
    return known;
  }
  std::string FileUrl(const std::string& /*commit*/, std::string_view /*path*/, int /*line*/) const override {
    return "";
  }
  std::size_t CommentLimit() const override { return 65'536; }

 private:
  Lever& lever_;
};

class Desk : public ::testing::Test {
 protected:
  SystemClock clock_;
  ForgeGate gate_{clock_};
  Lever lever_;
  std::atomic<int> questions_ = 0;
  AttributionDesk desk_{[this](const std::stop_token&) -> Result<std::unique_ptr<forge::Forge>> {
                          ++questions_;
                          return std::make_unique<OneForge>(lever_);
                        },
                        gate_};
};

TEST_F(Desk, AnswersAsTheForgeDoes) {
  lever_.Release();
  const auto known = desk_.Ask("abc", seconds(60));
  ASSERT_TRUE(known && *known);
  EXPECT_EQ((*known)->number, 7);
  const auto none = desk_.Ask("none", seconds(60));
  ASSERT_TRUE(none);
  EXPECT_FALSE(none->has_value());
}

TEST_F(Desk, DoesNotWaitLongerThanOneWants) {
  EXPECT_FALSE(desk_.Ask("abc", milliseconds(1)));
  EXPECT_FALSE(desk_.Ask("none", seconds(3'600)));  // at once: the forge still owes the last answer
  lever_.Release();
}

TEST_F(Desk, WhatCameTooLateIsGivenToTheNextWhoAsksForItAndToNobodyElse) {
  EXPECT_FALSE(desk_.Ask("abc", milliseconds(1)));
  lever_.Release();
  const auto late = desk_.Ask("abc", seconds(60));
  ASSERT_TRUE(late && *late);
  EXPECT_EQ((*late)->number, 7);
  EXPECT_EQ(questions_, 1);
  EXPECT_TRUE(desk_.Ask("abc", seconds(60)));  // may be another one by now
  EXPECT_EQ(questions_, 2);
  const auto other = desk_.Ask("none", seconds(60));
  ASSERT_TRUE(other);
  EXPECT_FALSE(other->has_value());
}

TEST_F(Desk, AForgeThatIsDownIsNotAskedAgainUntilItsGateOpens) {
  lever_.Release();
  EXPECT_FALSE(desk_.Ask("down", seconds(60)));
  EXPECT_FALSE(gate_.healthy());
  EXPECT_FALSE(desk_.Ask("abc", seconds(60)));
  gate_.Succeeded();
  EXPECT_TRUE(desk_.Ask("abc", seconds(60)));
}

}  // namespace
}  // namespace paliad::serve
