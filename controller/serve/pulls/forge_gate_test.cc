#include "controller/serve/pulls/forge_gate.h"

#include <gtest/gtest.h>

#include <chrono>

namespace paliad::serve {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

class HandClock final : public Clock {
 public:
  WallTime Now() const override { return {}; }
  SteadyTime Steady() const override { return now; }
  void Sleep(milliseconds duration) const override { now += duration; }
  mutable SteadyTime now{std::chrono::hours(1)};
};

forge::Failure Failure(std::optional<milliseconds> retry_after = std::nullopt) {
  return {.error = {.kind = ErrorKind::kUnavailable, .doing = "", .subject = "", .cause = "", .hint = ""},
          .retry_after = retry_after,
          .in_doubt = false};
}

TEST(ForgeGate, IsOpenUntilARequestFails) {
  const HandClock clock;
  ForgeGate gate(clock);
  EXPECT_TRUE(gate.open());
  EXPECT_TRUE(gate.healthy());
  gate.Failed(Failure());
  EXPECT_FALSE(gate.open());
  EXPECT_FALSE(gate.healthy());
  clock.Sleep(seconds(1));
  EXPECT_TRUE(gate.open());
  EXPECT_FALSE(gate.healthy());
}

TEST(ForgeGate, WaitsLongerEachTimeAndAQuarterOfAnHourAtMost) {
  const HandClock clock;
  ForgeGate gate(clock);
  SteadyTime::duration last{};
  for (int i = 0; i < 40; ++i) {
    gate.Failed(Failure());
    last = gate.opens_at() - clock.now;
    clock.now = gate.opens_at();
  }
  EXPECT_GE(last, minutes(15) / 2);
  EXPECT_LE(last, minutes(15));
}

TEST(ForgeGate, LeavesTheForgeAloneForAsLongAsItAsks) {
  const HandClock clock;
  ForgeGate gate(clock);
  gate.Failed(Failure(minutes(30)));
  EXPECT_EQ(gate.opens_at() - clock.now, minutes(30));
  gate.Failed(Failure());  // another request that was under way does not cut that short
  EXPECT_EQ(gate.opens_at() - clock.now, minutes(30));
  gate.Succeeded();  // nor does one that succeeds
  EXPECT_EQ(gate.opens_at() - clock.now, minutes(30));
  gate.Failed(Failure(std::chrono::hours(24 * 365)));
  EXPECT_EQ(gate.opens_at() - clock.now, minutes(75));
  clock.Sleep(minutes(75));
  EXPECT_TRUE(gate.open());
}

TEST(ForgeGate, ARefusalIsAnAnswer) {
  const HandClock clock;
  ForgeGate gate(clock);
  gate.Failed(Failure());
  forge::Failure refused = Failure();
  refused.error.kind = ErrorKind::kInvalidInput;
  gate.Failed(refused);
  EXPECT_TRUE(gate.open());
  EXPECT_TRUE(gate.healthy());
}

TEST(ForgeGate, OneSuccessOpensIt) {
  const HandClock clock;
  ForgeGate gate(clock);
  for (int i = 0; i < 10; ++i) {
    gate.Failed(Failure());
  }
  gate.Succeeded();
  EXPECT_TRUE(gate.open());
  EXPECT_TRUE(gate.healthy());
}

}  // namespace
}  // namespace paliad::serve
