// fork and exec for process.cc.
#ifndef PALIAD_TESTS_SUPPORT_SPAWN_H_
#define PALIAD_TESTS_SUPPORT_SPAWN_H_

#include <sys/types.h>

#include "tests/support/process.h"

namespace paliad::testing {

// Starts the program with these three as its stdin, stdout and stderr, which stay the caller's.
// Throws std::runtime_error when it cannot be started. Thread-safe.
pid_t Spawn(const Command& command, int in, int out, int err);

}  // namespace paliad::testing

#endif  // PALIAD_TESTS_SUPPORT_SPAWN_H_
