// An error as PostgreSQL reports it. A value.
#ifndef PALIAD_CONTROLLER_POSTGRES_SERVER_ERROR_H_
#define PALIAD_CONTROLLER_POSTGRES_SERVER_ERROR_H_

#include <string>
#include <string_view>

#include "base/error.h"

namespace paliad::pg {

struct ServerError {
  std::string sqlstate;  // five characters; "" where libpq itself failed
  std::string message;
  std::string detail;
  std::string hint;
  std::string context;
  int internal_position = 0;   // the same in `internal_query`: SQL that a function or DO block ran
  std::string internal_query;  // empty: none
  int position =
      0;  // 1-based, in characters (bytes where the server's encoding is SQL_ASCII) of the text sent; 0: none
};

inline constexpr std::string_view kLockNotAvailable = "55P03";
inline constexpr std::string_view kDeadlockDetected = "40P01";
inline constexpr std::string_view kSerializationFailure = "40001";
inline constexpr std::string_view kInsufficientPrivilege = "42501";

// True for what another try may cure: a lock time-out, a deadlock, a serialization failure.
bool IsRetryable(const ServerError& error);

// Classed by what the caller should do.
ErrorKind KindOf(const ServerError& error);

// With the server's detail and hint; `doing` completes "cannot …".
Error ToError(const ServerError& error, std::string_view doing);

}  // namespace paliad::pg

#endif  // PALIAD_CONTROLLER_POSTGRES_SERVER_ERROR_H_
