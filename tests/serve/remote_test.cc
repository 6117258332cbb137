// The controller and git servers as people run them: nginx with basic authentication and a private authority,
// and OpenSSH.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "tests/serve/git_server.h"
#include "tests/serve/served.h"
#include "tests/support/http_client.h"
#include "tests/support/webhook.h"

namespace paliad::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// A push, a run, another push, another run.
void ExpectServes(Served& served) {
  const auto controller = served.StartWithFirst();
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

TEST(Remote, OverHttpsWithAPasswordAndAPrivateAuthority) {
  Served served;
  const auto server = GitServer::OverHttps(served);
  ExpectServes(served);
  EXPECT_THAT(served.Logs(), Not(HasSubstr("correct horse")));
}

TEST(Remote, OverSshWithAKeyAndKnownHosts) {
  Served served;
  const auto server = GitServer::OverSsh(served);
  ExpectServes(served);
}

TEST(Remote, OverHttpsWhereOnlyAWebhookTellsOfAPush) {
  Served served;
  const auto server = GitServer::OverHttps(served);
  ExpectWebhookServes(served);
}

TEST(Remote, OverSshWhereOnlyAWebhookTellsOfAPush) {
  Served served;
  const auto server = GitServer::OverSsh(served);
  ExpectWebhookServes(served);
}

}  // namespace
}  // namespace paliad::testing
