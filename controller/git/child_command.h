// The child's side of RunChild, the same for everything that reaches over the network: read one request,
// answer it, say how it went.
#ifndef PALIAD_CONTROLLER_GIT_CHILD_COMMAND_H_
#define PALIAD_CONTROLLER_GIT_CHILD_COMMAND_H_

#include <functional>
#include <string>

#include "base/result.h"
#include "controller/git/fetch.h"

namespace paliad::git {

// Reads the request from standard input and writes what `answer` returns to standard output. Returns the
// process's exit code: 0 if it was answered and written. A request that nobody can read is answered as an
// error.
int AnswerRequest(const std::function<Result<std::string>(const FetchOptions&)>& answer);

}  // namespace paliad::git

#endif  // PALIAD_CONTROLLER_GIT_CHILD_COMMAND_H_
