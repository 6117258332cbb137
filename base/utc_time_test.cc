#include "base/utc_time.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace paliad {
namespace {

TEST(ParseUtc, ReadsDatesAndTimes) {
  const std::pair<const char*, const char*> cases[] = {
      {"2026-04-01", "2026-04-01T00:00:00.000000Z"},
      {"1970-01-01", "1970-01-01T00:00:00.000000Z"},
      {"2024-02-29", "2024-02-29T00:00:00.000000Z"},
      {"2026-05-20T10:38:00.000001Z", "2026-05-20T10:38:00.000001Z"},
      {"2026-05-20T10:38:00Z", "2026-05-20T10:38:00.000000Z"},
      {"2026-05-20 10:38:59", "2026-05-20T10:38:59.000000Z"},
      {"2026-05-20T10:38", "2026-05-20T10:38:00.000000Z"},
      {"2026-05-20T10:38Z", "2026-05-20T10:38:00.000000Z"},
      {"2026-05-20T10:38:00.5Z", "2026-05-20T10:38:00.500000Z"},
      {"2026-05-20T10:38:00.1234", "2026-05-20T10:38:00.123400Z"},
      {"2026-05-20T00:30:00+02:00", "2026-05-19T22:30:00.000000Z"},
      {"2026-05-20T23:30-05:45", "2026-05-21T05:15:00.000000Z"},
  };
  for (const auto& [text, expected] : cases) {
    const auto time = ParseUtc(text);
    ASSERT_TRUE(time.has_value()) << text;
    EXPECT_EQ(FormatUtc(*time), expected) << text;
  }
}

TEST(ParseUtc, ReadsWhatFormatUtcWrites) {
  const WallTime time(std::chrono::microseconds(1'779'273'480'123'456));
  EXPECT_EQ(ParseUtc(FormatUtc(time)).value(), time);
}

TEST(ParseUtc, RefusesAnythingElse) {
  for (const std::string text : {"",
                                 "yesterday",
                                 "2026",
                                 "2026-04",
                                 "2026-4-1",
                                 "26-04-01",
                                 "2026-02-29",
                                 "2026-13-01",
                                 "2026-00-10",
                                 "2026-04-31",
                                 "2026-04-00",
                                 "2026/04/01",
                                 " 2026-04-01",
                                 "2026-04-01 ",
                                 "2026-04-01T",
                                 "2026-04-01Z",
                                 "2026-04-01T10",
                                 "2026-04-01T10:3",
                                 "2026-04-01T24:00",
                                 "2026-04-01T10:60",
                                 "2026-04-01T10:38:60",
                                 "2026-04-01T10:38:00.",
                                 "2026-04-01T10:38:00.1234567",
                                 "2026-04-01T10:38:00z",
                                 "2026-04-01t10:38",
                                 "2026-04-01T10:38:00+2",
                                 "2026-04-01T10:38:00+02",
                                 "2026-04-01T10:38:00+24:00",
                                 "2026-04-01T10:38:00ZZ",
                                 "2026-04-01T10:38:00 CET",
                                 "-026-04-01",
                                 "2026-04-01\n"}) {
    const auto time = ParseUtc(text);
    ASSERT_FALSE(time.has_value()) << text;
    EXPECT_EQ(time.error().kind, ErrorKind::kInvalidInput);
    EXPECT_EQ(time.error().Message(),
              "cannot read the time '" + text + "': it is neither a date nor a date with a time");
  }
}

}  // namespace
}  // namespace paliad
