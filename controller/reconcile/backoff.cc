#include "controller/reconcile/backoff.h"

#include <algorithm>
#include <cassert>
#include <random>

namespace paliad {
namespace {

int RandomBetween(int low, int high) {
  thread_local std::minstd_rand generator{std::random_device{}()};
  return std::uniform_int_distribution<int>(low, high)(generator);
}

}  // namespace

std::chrono::milliseconds BackoffDelay(int attempt) {
  assert(attempt >= 1);
  const int full = 500 << std::min(attempt - 1, 4);
  return std::chrono::milliseconds(RandomBetween(full / 2, full));
}

std::chrono::milliseconds PollDelay() { return std::chrono::milliseconds(RandomBetween(100, 300)); }

}  // namespace paliad
