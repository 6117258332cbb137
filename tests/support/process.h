// Programs, run as an operator or a service manager would run them: arguments, environment, pipes,
// signals. Every program dies with the test that started it, and none outlives its deadline.
#ifndef PALIAD_TESTS_SUPPORT_PROCESS_H_
#define PALIAD_TESTS_SUPPORT_PROCESS_H_

#include <sys/types.h>

#include <chrono>
#include <csignal>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace paliad::testing {

// Every member has a default, so that designated initializers may leave out any.
struct Command {
  std::vector<std::string> argv = {};           // argv[0]: a path, or a name for FindProgram
  std::map<std::string, std::string> env = {};  // added to the test's own environment, or all of it
  bool clear_env = false;                       // start from nothing
  std::string cwd = {};                         // empty: the test's
  std::string stdin_text = {};                  // then end of file
  std::string user = {};                        // become this user (as root only); empty: stay
  std::string log_file = {};                    // stdout and stderr go here, not into the result
  int parent_death_signal = SIGKILL;
  std::chrono::milliseconds deadline = std::chrono::minutes(2);
};

struct ProcessResult {
  int exit_code = -1;      // -1 where a signal ended it
  int signal = 0;          // 0 where it exited
  bool timed_out = false;  // the deadline passed and it was killed
  std::string out;
  std::string err;
};

// Thread-safe.
class BackgroundProcess {
 public:
  // Throws std::runtime_error when the program cannot be started.
  explicit BackgroundProcess(Command command);
  // Kills it if it still runs.
  ~BackgroundProcess();
  BackgroundProcess(const BackgroundProcess&) = delete;
  BackgroundProcess& operator=(const BackgroundProcess&) = delete;

  pid_t pid() const;
  bool Running();

  // Nothing happens when it has ended.
  void Kill(int signal = SIGKILL);

  // Waits for the end, for `Command::deadline` from now at most, then kills it. Output of a
  // grandchild that lives on is not waited for. May be called again.
  ProcessResult Wait();

  // All that was written so far, as soon as it holds `text`. Throws std::runtime_error, with the
  // output, if the program ends first or the deadline passes.
  std::string ReadStderrUntil(std::string_view text);
  std::string ReadStdoutUntil(std::string_view text);

 private:
  class State;
  std::unique_ptr<State> state_;
};

ProcessResult RunProgram(Command command);

// stdout. Throws std::runtime_error, with both outputs, unless the program exits with 0.
std::string RunOrThrow(Command command);

// The path of a system program: PATH in a Bazel test has no sbin. Throws where there is none.
std::string FindProgram(std::string_view name);

}  // namespace paliad::testing

#endif  // PALIAD_TESTS_SUPPORT_PROCESS_H_
