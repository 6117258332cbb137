#include "controller/postgres/server_error.h"

namespace paliad::pg {
namespace {

bool HasClass(const ServerError& error, std::string_view sqlstate_class) {
  return error.sqlstate.compare(0, sqlstate_class.size(), sqlstate_class) == 0;
}

}  // namespace

bool IsRetryable(const ServerError& error) {
  return error.sqlstate == kLockNotAvailable || error.sqlstate == kDeadlockDetected ||
         error.sqlstate == kSerializationFailure;
}

ErrorKind KindOf(const ServerError& error) {
  // https://www.postgresql.org/docs/15/errcodes-appendix.html: connection exceptions, insufficient
  // resources, operator intervention, system errors.
  if (error.sqlstate.empty() || IsRetryable(error) || HasClass(error, "08") || HasClass(error, "53") ||
      HasClass(error, "57P") || HasClass(error, "58")) {
    return ErrorKind::kUnavailable;
  }
  if (error.sqlstate == "XX001" || error.sqlstate == "XX002") {
    return ErrorKind::kCorruption;
  }
  return ErrorKind::kInvalidInput;
}

Error ToError(const ServerError& error, std::string_view doing) {
  std::string cause = error.message;
  if (!error.detail.empty()) {
    cause += "\n" + error.detail;
  }
  std::string hint = error.hint;
  if (hint.empty() && error.sqlstate == kInsufficientPrivilege) {
    hint = "grant the login role what it lacks, or connect as a role that has it";
  }
  return {.kind = KindOf(error), .doing = std::string(doing), .subject = "", .cause = cause, .hint = hint};
}

}  // namespace paliad::pg
