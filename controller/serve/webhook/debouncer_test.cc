#include "controller/serve/webhook/debouncer.h"

#include <gtest/gtest.h>

#include "controller/serve/webhook/delivery_memory.h"

namespace paliad::serve {
namespace {

using std::chrono::milliseconds;

constexpr DebounceTimes kTimes{.quiet = milliseconds(200), .longest = milliseconds(1'000)};

SteadyTime At(int after_ms) { return SteadyTime(milliseconds(after_ms)); }

using Keys = std::vector<DebounceQueue::Key>;

TEST(DebounceQueue, ABurstIsOneNoticeOnceItIsQuiet) {
  DebounceQueue queue(kTimes);
  for (int time = 0; time <= 500; time += 50) {
    queue.Add({"a", Notice::kPush}, At(time));
    EXPECT_TRUE(queue.TakeDue(At(time)).empty());
  }
  EXPECT_EQ(queue.NextDue(), At(700));
  EXPECT_TRUE(queue.TakeDue(At(699)).empty());
  EXPECT_EQ(queue.TakeDue(At(700)), (Keys{{"a", Notice::kPush}}));
  EXPECT_FALSE(queue.NextDue());
}

TEST(DebounceQueue, ABurstWithoutAnEndIsPassedOnAtTheLimit) {
  DebounceQueue queue(kTimes);
  for (int time = 0; time < 1'000; time += 50) {
    queue.Add({"a", Notice::kPush}, At(time));
    EXPECT_TRUE(queue.TakeDue(At(time)).empty()) << time;
  }
  EXPECT_EQ(queue.TakeDue(At(1'000)).size(), 1U);
}

TEST(DebounceQueue, TargetsAndKindsOfNoticesAreApart) {
  DebounceQueue queue(kTimes);
  queue.Add({"a", Notice::kPush}, At(0));
  queue.Add({"a", Notice::kPullRequest}, At(100));
  queue.Add({"b", Notice::kPush}, At(0));
  EXPECT_EQ(queue.TakeDue(At(250)), (Keys{{"a", Notice::kPush}, {"b", Notice::kPush}}));
  EXPECT_EQ(queue.NextDue(), At(300));
}

TEST(Debouncer, PassesOnWhatCameAfterTheLastNotice) {
  std::mutex mutex;
  std::condition_variable changed;
  int notices = 0;
  Debouncer debouncer(
      [&](const std::string& target, Notice) {
        EXPECT_EQ(target, "a");
        const std::lock_guard lock(mutex);
        ++notices;
        changed.notify_all();
      },
      {.quiet = milliseconds(1), .longest = milliseconds(2)});
  for (int round = 1; round <= 3; ++round) {
    debouncer.Add("a", Notice::kPush);
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return notices >= round; });
  }
}

TEST(DeliveryMemory, RemembersTheNewestOnes) {
  DeliveryMemory memory(2);
  EXPECT_TRUE(memory.Remember("a", "1"));
  EXPECT_FALSE(memory.Remember("a", "1"));
  EXPECT_TRUE(memory.Remember("b", "1"));
  EXPECT_TRUE(memory.Remember("a", "2"));
  EXPECT_TRUE(memory.Remember("a", "1"));  // forgotten meanwhile
  EXPECT_FALSE(memory.Remember("a", "2"));
}

TEST(DeliveryMemory, DeliveriesWithoutANameAreAllNew) {
  DeliveryMemory memory(1);
  EXPECT_TRUE(memory.Remember("a", ""));
  EXPECT_TRUE(memory.Remember("a", ""));
}

}  // namespace
}  // namespace paliad::serve
