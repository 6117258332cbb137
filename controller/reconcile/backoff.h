// How long to wait before the next attempt.
#ifndef PALIAD_CONTROLLER_RECONCILE_BACKOFF_H_
#define PALIAD_CONTROLLER_RECONCILE_BACKOFF_H_

#include <chrono>

namespace paliad {

// Doubles from 500 ms up to 8 s, less up to half of it at random, so that two who collided do not again.
// REQUIRES: attempt >= 1.
std::chrono::milliseconds BackoffDelay(int attempt);

// 100 to 300 ms at random: how often somebody who waits for the lock asks.
std::chrono::milliseconds PollDelay();

}  // namespace paliad

#endif  // PALIAD_CONTROLLER_RECONCILE_BACKOFF_H_
