// The controller and git servers as people run them: nginx with basic authentication and a private authority,
// and OpenSSH.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

#include "tests/serve/served.h"
#include "tests/support/http_client.h"
#include "tests/support/pg_client.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"
#include "tests/support/webhook.h"

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

// A push that only a webhook tells of. It says how long that took, from before the push until the row is
// there.
void ExpectWebhookServes(Served& served) {
  constexpr char kSecret[] = "s3cret";
  constexpr char kPush[] = R"({"ref":"refs/heads/main"})";
  constexpr int kPushes = 5;
  served.interval = "1h";
  served.targets.front().keys +=
      "\n[target.forge]\nkind = 'gitea'\nurl = 'https://git.example.com'\nproject = 'm/paliad'\n"
      "webhook_secret_env = 'HOOK_SECRET'";
  served.variables["HOOK_SECRET"] = kSecret;
  served.Commit({{"1_m.up.sql", "CREATE TABLE t1 ();"}});
  served.Push();
  served.WriteConfig();
  const auto controller = served.Start();
  served.Await(Served::kApplied, "1");
  const std::uint16_t port = served.AwaitServing(*controller);
  std::string expected = "1";
  std::vector<double> took;
  for (int i = 2; i <= 1 + kPushes; ++i) {
    served.Commit({{fmt::format("{}_m.up.sql", i), fmt::format("CREATE TABLE t{} ();", i)}});
    expected += fmt::format(" {}", i);
    const auto began = std::chrono::steady_clock::now();
    served.Push();
    const HttpReply reply =
        Fetch(port, "POST", "/hooks/default", GiteaPushHeaders(kSecret, kPush, std::to_string(i)), kPush);
    EXPECT_EQ(reply.status, 202) << reply.body;
    served.Await(Served::kApplied, expected);
    took.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count());
  }
  std::sort(took.begin(), took.end());
  fmt::print("push, webhook, fetch, applied: median {:.2f} s of {}, at most {:.2f} s\n", took[kPushes / 2],
             kPushes, took.back());
  EXPECT_EQ(Served::Stop(*controller), 0);
  EXPECT_EQ(served.Inconsistency(), "");
}

// The private repository behind nginx.
void UseHttps(Served& served, const GitServer& server) {
  const std::string password = served.data_dir() + ".password";
  WriteFile(password, "correct horse\n");
  served.targets.front().repository = server[0] + "/private/origin.git";
  served.targets.front().keys =
      fmt::format("ca_file = '{}'\nusername_env = 'GIT_USER'\npassword_file = '{}'", server[1], password);
  served.variables["GIT_USER"] = "reader";
}

void UseSsh(Served& served, const GitServer& server) {
  served.targets.front().repository = server[0] + served.origin();
  served.targets.front().keys =
      fmt::format("ssh_key_file = '{}'\nknown_hosts_file = '{}'", server[1], server[2]);
}

TEST(Remote, OverHttpsWithAPasswordAndAPrivateAuthority) {
  Served served;
  const GitServer server({"https", std::filesystem::path(served.origin()).parent_path()});
  UseHttps(served, server);
  ExpectServes(served);
  EXPECT_THAT(served.Logs(), Not(HasSubstr("correct horse")));
}

TEST(Remote, OverSshWithAKeyAndKnownHosts) {
  Served served;
  const GitServer server({"ssh"});
  UseSsh(served, server);
  ExpectServes(served);
}

TEST(Remote, OverHttpsWhereOnlyAWebhookTellsOfAPush) {
  Served served;
  const GitServer server({"https", std::filesystem::path(served.origin()).parent_path()});
  UseHttps(served, server);
  ExpectWebhookServes(served);
}

TEST(Remote, OverSshWhereOnlyAWebhookTellsOfAPush) {
  Served served;
  const GitServer server({"ssh"});
  UseSsh(served, server);
  ExpectWebhookServes(served);
}

}  // namespace
}  // namespace paliad::testing
