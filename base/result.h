// Result<T>: a value or an Error. Functions that can fail return it; nothing here throws.
//
//   Result<Session> Connect(...);
//   ASSIGN_OR_RETURN(Session session, Connect(...));
//   RETURN_IF_ERROR(session.Execute(...));
#ifndef PALIAD_BASE_RESULT_H_
#define PALIAD_BASE_RESULT_H_

#include <tl/expected.hpp>
#include <utility>

#include "base/error.h"

namespace paliad {

template <class T>
using Result = tl::expected<T, Error>;

// A Result without a value.
using Status = tl::expected<void, Error>;

inline tl::unexpected<Error> Fail(Error error) { return tl::unexpected<Error>(std::move(error)); }

}  // namespace paliad

#define PALIAD_CONCAT_INNER(a, b) a##b
#define PALIAD_CONCAT(a, b) PALIAD_CONCAT_INNER(a, b)

#define ASSIGN_OR_RETURN(declaration, expression) \
  ASSIGN_OR_RETURN_IMPL(PALIAD_CONCAT(result_, __LINE__), declaration, expression)
#define ASSIGN_OR_RETURN_IMPL(result, declaration, expression) \
  auto result = (expression);                                  \
  if (!result) {                                               \
    return ::paliad::Fail(std::move(result).error());          \
  }                                                            \
  declaration = std::move(result).value()

#define RETURN_IF_ERROR(expression)                      \
  do {                                                   \
    if (auto status_ = (expression); !status_) {         \
      return ::paliad::Fail(std::move(status_).error()); \
    }                                                    \
  } while (false)

#endif  // PALIAD_BASE_RESULT_H_
