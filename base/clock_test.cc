#include "base/clock.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace paliad {
namespace {

TEST(FormatUtc, HasSixDecimalsAndZ) {
  const std::pair<std::int64_t, const char*> cases[] = {
      {0, "1970-01-01T00:00:00.000000Z"},
      {1, "1970-01-01T00:00:00.000001Z"},
      {-1, "1969-12-31T23:59:59.999999Z"},
      {1'779'273'480'000'000, "2026-05-20T10:38:00.000000Z"},
      {1'709'164'799'999'999, "2024-02-28T23:59:59.999999Z"},
      {1'709'164'800'000'000, "2024-02-29T00:00:00.000000Z"},
      {253'402'300'799'123'456, "9999-12-31T23:59:59.123456Z"},
  };
  for (const auto& [microseconds, expected] : cases) {
    EXPECT_EQ(FormatUtc(WallTime(std::chrono::microseconds(microseconds))), expected);
  }
}

TEST(SystemClock, TellsTheTimeAndSleeps) {
  const SystemClock clock;
  EXPECT_GT(FormatUtc(clock.Now()), "2024");
  const SteadyTime before = clock.Steady();
  clock.Sleep(std::chrono::milliseconds(20));
  EXPECT_GE(clock.Steady() - before, std::chrono::milliseconds(20));
}

}  // namespace
}  // namespace paliad
