// What systemd wants to be told of a service of Type=notify: sd_notify(3), without its library.
#ifndef PALIAD_CONTROLLER_SERVE_LOOP_SERVICE_MANAGER_H_
#define PALIAD_CONTROLLER_SERVE_LOOP_SERVICE_MANAGER_H_

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace paliad::serve {

class ServiceManager {
 public:
  // From $NOTIFY_SOCKET and $WATCHDOG_USEC; without the first it says nothing to nobody.
  static ServiceManager FromEnvironment();

  // "READY=1", "STOPPING=1", "WATCHDOG=1". That nobody listens is no matter.
  void Tell(std::string_view state) const;

  // How often it wants to hear WATCHDOG=1: half of what it waits for. None: not at all.
  std::optional<std::chrono::milliseconds> watchdog() const { return watchdog_; }

 private:
  std::string socket_;
  std::optional<std::chrono::milliseconds> watchdog_;
};

}  // namespace paliad::serve

#endif  // PALIAD_CONTROLLER_SERVE_LOOP_SERVICE_MANAGER_H_
