#include "base/duration.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace paliad {
namespace {

using std::chrono::milliseconds;

TEST(Duration, IsReadInFourUnits) {
  const std::pair<const char*, std::int64_t> cases[] = {
      {"0", 0},
      {"0s", 0},
      {"1ms", 1},
      {"500ms", 500},
      {"30s", 30'000},
      {"5m", 300'000},
      {"1h", 3'600'000},
      {"007s", 7'000},
      {"2400h", 8'640'000'000},
      {"8640000000ms", 8'640'000'000},
  };
  for (const auto& [text, expected] : cases) {
    const auto duration = ParseDuration(text);
    ASSERT_TRUE(duration.has_value()) << text;
    EXPECT_EQ(duration->count(), expected) << text;
  }
}

TEST(Duration, IsRefusedOtherwise) {
  for (const std::string text : {"", " 1s", "1s ", "1", "00", "s", "-1s", "+1s", "1.5s", "1 s", "1S", "1d",
                                 "1min", "1h30m", "0x1s", "٣s"}) {
    const auto duration = ParseDuration(text);
    ASSERT_FALSE(duration.has_value()) << text;
    EXPECT_EQ(duration.error().kind, ErrorKind::kInvalidInput);
    EXPECT_EQ(duration.error().Message(), "cannot read the duration '" + text +
                                              "': it is not a number with one of the units ms, s, m, h");
    EXPECT_EQ(duration.error().hint, "write for example 500ms, 30s, 5m or 1h");
  }
}

TEST(Duration, LongerThanAHundredDaysIsRefused) {
  for (const char* text : {"2401h", "144001m", "8640001s", "8640000001ms", "99999999999999999999s"}) {
    const auto duration = ParseDuration(text);
    ASSERT_FALSE(duration.has_value()) << text;
    EXPECT_EQ(duration.error().cause, "it is longer than 100 days") << text;
  }
}

TEST(Duration, IsWrittenInTheLargestUnitThatDividesIt) {
  const std::pair<std::int64_t, const char*> cases[] = {
      {0, "0"},        {1, "1ms"},        {1'500, "1500ms"},  {90'000, "90s"},
      {120'000, "2m"}, {3'600'000, "1h"}, {5'400'000, "90m"}, {8'640'000'000, "2400h"},
  };
  for (const auto& [count, expected] : cases) {
    EXPECT_EQ(FormatDuration(milliseconds(count)), expected);
    EXPECT_EQ(ParseDuration(expected).value(), milliseconds(count));
  }
}

}  // namespace
}  // namespace paliad
