// Programs started by tests: to the end, or as servers that stop with the object.
#ifndef PALIAD_TESTS_GIT_PROCESS_H_
#define PALIAD_TESTS_GIT_PROCESS_H_

#include <sys/types.h>

#include <string>
#include <vector>

namespace paliad::testing {

struct Finished {
  int exit_code = -1;  // 128 + N for signal N
  std::string output;  // standard output and error together
};

// Runs `arguments` (the first is the program, looked up in $PATH) in `folder` ("": here) to its end.
Finished Run(const std::vector<std::string>& arguments, const std::string& folder = "",
             const std::string& standard_input = "");

// As Run, but aborts the test program with the output if the program fails. Returns the output without its
// final line feed.
std::string MustRun(const std::vector<std::string>& arguments, const std::string& folder = "",
                    const std::string& standard_input = "");

// A server in its own process group; the group is killed with the object, and by the kernel if the test
// program dies first. Output goes to `log`.
class Server {
 public:
  Server(const std::vector<std::string>& arguments, const std::string& log);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // False once it has ended by itself.
  bool Running();
  const std::string& log() const { return log_; }

 private:
  pid_t pid_ = -1;
  std::string log_;
};

// A TCP port on 127.0.0.1 that was free a moment ago.
int FreePort();

// Waits up to ten seconds until something listens there. False if nothing does or the server has ended.
bool WaitForPort(int port, Server* server);

// Waits up to ten seconds until the file exists.
bool WaitForFile(const std::string& path, Server* server);

}  // namespace paliad::testing

#endif  // PALIAD_TESTS_GIT_PROCESS_H_
