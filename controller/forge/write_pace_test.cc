#include "controller/forge/write_pace.h"

#include <gtest/gtest.h>

#include "controller/forge/fake_http.h"

namespace paliad::forge {
namespace {

using std::chrono::milliseconds;

TEST(WritePace, TheFirstWriteWaitsForNothing) {
  const FakeClock clock;
  WritePace pace;
  pace.Await(clock, milliseconds(1'000));
  EXPECT_EQ(clock.slept(), milliseconds(0));
}

TEST(WritePace, AWriteWaitsForTheGapSinceTheEndOfTheLastOne) {
  const FakeClock clock;
  WritePace pace;
  pace.Await(clock, milliseconds(1'000));
  clock.Sleep(milliseconds(300));  // the write
  pace.Wrote(clock);
  clock.Sleep(milliseconds(400));
  pace.Await(clock, milliseconds(1'000));
  EXPECT_EQ(clock.slept(), milliseconds(1'300));
}

TEST(WritePace, ATurnThatWasTakenCountsThoughNothingIsWrittenYet) {
  const FakeClock clock;
  WritePace pace;
  for (int i = 0; i < 3; ++i) {
    pace.Await(clock, milliseconds(1'000));
  }
  EXPECT_EQ(clock.slept(), milliseconds(2'000));
}

TEST(WritePace, WithoutAGapNobodyWaits) {
  const FakeClock clock;
  WritePace pace;
  for (int i = 0; i < 3; ++i) {
    pace.Await(clock, milliseconds(0));
    pace.Wrote(clock);
  }
  EXPECT_EQ(clock.slept(), milliseconds(0));
}

}  // namespace
}  // namespace paliad::forge
