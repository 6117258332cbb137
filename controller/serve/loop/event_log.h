// The controller's log: one line an event, on stderr, as text or as JSON.
//
//   2026-05-20T10:38:00.000000Z info production: applied 103_create_holiday in 3.1 ms (run ca2db82d, commit
//   …)
//   {"at":"2026-05-20T10:38:00.000000Z","level":"info","target":"production","run_id":"…","commit":"…",
//    "version":103,"message":"applied 103_create_holiday in 3.1 ms"}
//
// Thread-safe. Text from outside is escaped here.
#ifndef PALIAD_CONTROLLER_SERVE_LOOP_EVENT_LOG_H_
#define PALIAD_CONTROLLER_SERVE_LOOP_EVENT_LOG_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace paliad::serve {

enum class LogFormat { kText, kJson };
enum class Level { kInfo, kWarning, kError };

// Before the first event, from one thread. From then on everything that is logged looks so. `least` is
// "debug", "info", "warning", "error" or "off".
void SetUpEventLog(LogFormat format, const std::string& least);

// What an event is about; what is empty, or 0, is not shown.
struct Subject {
  std::string_view target;
  std::string_view run_id;
  std::string_view commit;
  std::int64_t version = 0;
};

void LogEvent(Level level, const Subject& subject, std::string_view message);

}  // namespace paliad::serve

#endif  // PALIAD_CONTROLLER_SERVE_LOOP_EVENT_LOG_H_
