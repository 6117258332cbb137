// base/result.h's macros for Answer<T>.
#ifndef PALIAD_CONTROLLER_FORGE_ANSWER_H_
#define PALIAD_CONTROLLER_FORGE_ANSWER_H_

#include <utility>

#include "base/result.h"
#include "controller/forge/forge.h"

namespace paliad::forge {

inline tl::unexpected<Failure> FailWith(Failure failure) {
  return tl::unexpected<Failure>(std::move(failure));
}

}  // namespace paliad::forge

#define ASSIGN_ANSWER_OR_RETURN(declaration, expression) \
  ASSIGN_ANSWER_OR_RETURN_IMPL(PALIAD_CONCAT(answer_, __LINE__), declaration, expression)
#define ASSIGN_ANSWER_OR_RETURN_IMPL(answer, declaration, expression) \
  auto answer = (expression);                                         \
  if (!answer) {                                                      \
    return ::paliad::forge::FailWith(std::move(answer).error());      \
  }                                                                   \
  declaration = std::move(answer).value()

#define RETURN_IF_FAILURE(expression)                               \
  do {                                                              \
    if (auto answer_ = (expression); !answer_) {                    \
      return ::paliad::forge::FailWith(std::move(answer_).error()); \
    }                                                               \
  } while (false)

#endif  // PALIAD_CONTROLLER_FORGE_ANSWER_H_
