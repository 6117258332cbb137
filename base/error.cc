#include "base/error.h"

#include <fmt/format.h>

namespace paliad {

NextAction NextActionFor(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kUnavailable:
      return NextAction::kRetry;
    case ErrorKind::kConflict:
      return NextAction::kReplan;
    case ErrorKind::kInvalidInput:
      return NextAction::kWaitForChange;
    case ErrorKind::kInDoubt:
      return NextAction::kSettle;
    case ErrorKind::kCorruption:
    case ErrorKind::kInternal:
      return NextAction::kStop;
  }
  return NextAction::kStop;
}

std::string_view ErrorKindName(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kUnavailable:
      return "unavailable";
    case ErrorKind::kConflict:
      return "conflict";
    case ErrorKind::kInvalidInput:
      return "invalid_input";
    case ErrorKind::kInDoubt:
      return "in_doubt";
    case ErrorKind::kCorruption:
      return "corruption";
    case ErrorKind::kInternal:
      return "internal";
  }
  return "internal";
}

std::string Error::Message() const {
  if (subject.empty()) {
    return fmt::format("cannot {}: {}", doing, cause);
  }
  return fmt::format("cannot {} {}: {}", doing, subject, cause);
}

}  // namespace paliad
