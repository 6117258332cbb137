// Points in time as people write them in flags: "2026-04-01", "2026-04-01T10:38:00Z".
#ifndef PALIAD_BASE_UTC_TIME_H_
#define PALIAD_BASE_UTC_TIME_H_

#include <string_view>

#include "base/clock.h"
#include "base/result.h"

namespace paliad {

//   date                                         its first moment, in UTC
//   date ("T" | SP) HH:MM[:SS[.decimals]] [zone]
//   date = YYYY-MM-DD     zone = "Z" | ("+" | "-") HH:MM; without one it is UTC, whatever the machine's zone
//
// At most six decimals, which is all that an entry holds. kInvalidInput for anything else, and for dates that
// no calendar has.
[[nodiscard]] Result<WallTime> ParseUtc(std::string_view text);

}  // namespace paliad

#endif  // PALIAD_BASE_UTC_TIME_H_
