// The pace of writes to a forge, which asks for a gap between them whoever makes them: all clients of one
// forge may share it. Thread-safe.
#ifndef PALIAD_CONTROLLER_FORGE_WRITE_PACE_H_
#define PALIAD_CONTROLLER_FORGE_WRITE_PACE_H_

#include <chrono>
#include <mutex>
#include <optional>

#include "base/clock.h"

namespace paliad::forge {

class WritePace {
 public:
  // Takes the next turn to write and waits for it: `gap` after the last write, and after every turn that was
  // taken before. Does not wait for a gap of zero.
  void Await(const Clock& clock, std::chrono::milliseconds gap);

  // A write has just ended.
  void Wrote(const Clock& clock);

 private:
  std::mutex mutex_;
  std::optional<SteadyTime> last_;  // guarded by mutex_; a turn, perhaps still to come, or the end of a write
};

}  // namespace paliad::forge

#endif  // PALIAD_CONTROLLER_FORGE_WRITE_PACE_H_
