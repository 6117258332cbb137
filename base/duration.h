// Durations as people write them in flags and configuration: "500ms", "30s", "5m", "1h".
#ifndef PALIAD_BASE_DURATION_H_
#define PALIAD_BASE_DURATION_H_

#include <chrono>
#include <string>
#include <string_view>

#include "base/result.h"

namespace paliad {

// Digits and a unit (ms, s, m, h); "0" alone is zero. kInvalidInput for anything else, for a sign,
// and for more than 100 days.
[[nodiscard]] Result<std::chrono::milliseconds> ParseDuration(std::string_view text);

// In the largest unit that divides it: 90 s is "90s", 120 s is "2m".
std::string FormatDuration(std::chrono::milliseconds duration);

}  // namespace paliad

#endif  // PALIAD_BASE_DURATION_H_
