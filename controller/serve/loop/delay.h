// How long to wait: between two looks, and after a failure.
#ifndef PALIAD_CONTROLLER_SERVE_LOOP_DELAY_H_
#define PALIAD_CONTROLLER_SERVE_LOOP_DELAY_H_

#include <chrono>

namespace paliad::serve {

inline constexpr std::chrono::milliseconds kShortestDelay{1'000};
inline constexpr std::chrono::milliseconds kLongestDelay{300'000};

// Doubles from kShortestDelay to `longest`, less up to half of it at random. REQUIRES: attempt >= 1.
std::chrono::milliseconds DelayAfterFailure(int attempt, std::chrono::milliseconds longest = kLongestDelay);

// The interval less up to a fifth of it at random: never longer, so that a push is seen within the interval.
std::chrono::milliseconds UntilNextPoll(std::chrono::milliseconds interval);

// 100 ms doubling to 5 s, jittered: how soon to look again where somebody else was first.
std::chrono::milliseconds DelayAfterConflict(int conflicts);

}  // namespace paliad::serve

#endif  // PALIAD_CONTROLLER_SERVE_LOOP_DELAY_H_
