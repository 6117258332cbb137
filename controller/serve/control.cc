#include "controller/serve/control.h"

namespace paliad::serve {

std::string_view StateName(State state) {
  switch (state) {
    case State::kReady:
      return "ready";
    case State::kReconciling:
      return "reconciling";
    case State::kRetrying:
      return "retrying";
    case State::kStalled:
      return "stalled";
    case State::kSuspended:
      return "suspended";
  }
  return "";
}

}  // namespace paliad::serve
