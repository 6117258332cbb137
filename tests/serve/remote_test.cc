// The controller and git servers as people run them: nginx with basic authentication and a private authority,
// and OpenSSH.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

#include "tests/serve/served.h"
#include "tests/support/pg_client.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace paliad::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class GitServer {
 public:
  explicit GitServer(std::vector<std::string> arguments) : process_(MakeCommand(std::move(arguments))) {
    std::istringstream said(process_.ReadStdoutUntil("ready\n"));
    for (std::string line; std::getline(said, line);) {
      said_.push_back(line);
    }
  }
  ~GitServer() {
    process_.Kill(SIGTERM);
    process_.Wait();
  }
  const std::string& operator[](std::size_t line) const { return said_.at(line); }

 private:
  static Command MakeCommand(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), std::filesystem::absolute("tests/git/git_server").string());
    return {.argv = std::move(arguments), .deadline = std::chrono::minutes(10)};
  }

  BackgroundProcess process_;
  std::vector<std::string> said_;
};

// A push, a run, another push, another run.
void ExpectServes(Served& served) {
  served.Commit({{"1_a.up.sql", "CREATE TABLE a ();"}});
  served.Push();
  served.WriteConfig();
  const auto controller = served.Start();
  served.Await(Served::kApplied, "1");
  served.Commit({{"2_b.up.sql", "CREATE TABLE b ();"}});
  served.Push();
  served.Await(Served::kApplied, "1 2");
  EXPECT_EQ(Served::Stop(*controller), 0);
  EXPECT_EQ(served.Inconsistency(), "");
}

TEST(Remote, OverHttpsWithAPasswordAndAPrivateAuthority) {
  Served served;
  const GitServer server({"https", std::filesystem::path(served.origin()).parent_path()});
  const std::string password = served.data_dir() + ".password";
  WriteFile(password, "correct horse\n");
  served.targets.front().repository = server[0] + "/private/origin.git";
  served.targets.front().keys =
      fmt::format("ca_file = '{}'\nusername_env = 'GIT_USER'\npassword_file = '{}'", server[1], password);
  served.variables["GIT_USER"] = "reader";
  ExpectServes(served);
  EXPECT_THAT(served.Logs(), Not(HasSubstr("correct horse")));
}

TEST(Remote, OverSshWithAKeyAndKnownHosts) {
  Served served;
  const GitServer server({"ssh"});
  served.targets.front().repository = server[0] + served.origin();
  served.targets.front().keys =
      fmt::format("ssh_key_file = '{}'\nknown_hosts_file = '{}'", server[1], server[2]);
  ExpectServes(served);
}

}  // namespace
}  // namespace paliad::testing
