#include "controller/serve/loop/delay.h"

#include <algorithm>
#include <cassert>
#include <random>

namespace paliad::serve {
namespace {

using std::chrono::milliseconds;

constexpr int kMostDoublings = 16;

milliseconds Between(milliseconds low, milliseconds high) {
  thread_local std::minstd_rand generator{std::random_device{}()};
  return milliseconds(std::uniform_int_distribution<milliseconds::rep>(low.count(), high.count())(generator));
}

milliseconds Doubled(milliseconds first, milliseconds most, int attempt) {
  return std::min(most, first * (1 << std::min(attempt - 1, kMostDoublings)));
}

}  // namespace

milliseconds DelayAfterFailure(int attempt, milliseconds longest) {
  assert(attempt >= 1);
  const milliseconds full = Doubled(kShortestDelay, longest, attempt);
  return Between(full / 2, full);
}

milliseconds UntilNextPoll(milliseconds interval) { return Between(interval - interval / 5, interval); }

milliseconds DelayAfterConflict(int conflicts) {
  const milliseconds full = Doubled(milliseconds(100), milliseconds(5'000), std::max(conflicts, 1));
  return Between(full / 2, full);
}

}  // namespace paliad::serve
