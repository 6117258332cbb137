// Time, as a dependency: what must be repeatable takes a Clock.
#ifndef PALIAD_BASE_CLOCK_H_
#define PALIAD_BASE_CLOCK_H_

#include <chrono>
#include <string>

namespace paliad {

using WallTime = std::chrono::sys_time<std::chrono::microseconds>;
using SteadyTime = std::chrono::steady_clock::time_point;

// Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual WallTime Now() const = 0;       // for records
  virtual SteadyTime Steady() const = 0;  // for durations and deadlines
  virtual void Sleep(std::chrono::milliseconds duration) const = 0;
};

class SystemClock final : public Clock {
 public:
  WallTime Now() const override;
  SteadyTime Steady() const override;
  void Sleep(std::chrono::milliseconds duration) const override;
};

// "2026-05-20T10:38:00.000000Z": UTC, exactly six decimals. Written to the ledger; never change.
std::string FormatUtc(WallTime time);

}  // namespace paliad

#endif  // PALIAD_BASE_CLOCK_H_
