// ForgeGate: when a forge may be asked again, for all who ask it. One that is down is asked once for each
// delay, however much there is to tell it.
#ifndef PALIAD_CONTROLLER_SERVE_PULLS_FORGE_GATE_H_
#define PALIAD_CONTROLLER_SERVE_PULLS_FORGE_GATE_H_

#include <mutex>

#include "base/clock.h"
#include "controller/forge/forge.h"

namespace paliad::serve {

// Thread-safe.
class ForgeGate {
 public:
  explicit ForgeGate(const Clock& clock) : clock_(clock) {}

  // From then on; in the past: now.
  SteadyTime opens_at() const;
  bool open() const { return opens_at() <= clock_.Steady(); }

  // The newest request succeeded, or there was none.
  bool healthy() const;

  // Opens it, unless the forge asked to be left alone.
  void Succeeded();

  // Where it could not be reached or cannot answer now (kUnavailable), shuts it: as long as the forge asks
  // for, else from a second to a quarter of an hour, the longer the more requests failed in a row. To be
  // refused is to be answered: that says nothing of the next request.
  void Failed(const forge::Failure& failure);

 private:
  const Clock& clock_;
  mutable std::mutex mutex_;
  SteadyTime opens_at_{};     // guarded by mutex_
  SteadyTime asked_until_{};  // guarded by mutex_: for so long the forge asked to be left alone
  int failures_ = 0;          // guarded by mutex_: in a row
};

}  // namespace paliad::serve

#endif  // PALIAD_CONTROLLER_SERVE_PULLS_FORGE_GATE_H_
