#include "controller/serve/webhook/receiver.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <map>

#include "base/json.h"
#include "controller/serve/fake_control.h"
#include "tests/support/temp_dir.h"

namespace paliad::serve {
namespace {

using testing::ReadFile;

class Receiver : public ::testing::Test {
 protected:
  // A request exactly as a Gitea 1.13.1 sent it, at `branch`'s hook.
  http::Request Captured(const std::string& name) {
    const std::string path = "tests/testdata/webhooks/gitea/captured-1.13.1." + name;
    http::Request request{.method = "POST", .path = "/hooks/production"};
    const Json headers = ParseJson(ReadFile(path + ".headers")).value();
    for (const auto& [header, value] : headers.items()) {
      std::string lower = header;
      std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) { return std::tolower(c); });
      request.headers.emplace_back(lower, value);
    }
    request.body = ReadFile(path + ".json");
    return request;
  }

  int Count(const std::string& result) { return counts_[result]; }

  const SystemClock clock_{};
  FakeControl control_{{{.name = "production"}}};
  std::map<std::string, int> counts_;
  WebhookReceiver receiver_{control_,
                            clock_,
                            [this](const std::string& target, std::string_view result) {
                              EXPECT_EQ(target, "production");
                              ++counts_[std::string(result)];
                            },
                            {.quiet = std::chrono::milliseconds(1), .longest = std::chrono::milliseconds(2)}};
  WebhookTarget target_{
      .name = "production", .branch = "main", .kind = ForgeKind::kGitea, .secrets = {"s3cret"}};
};

TEST_F(Receiver, APushMakesTheLoopLook) {
  const http::Response response = receiver_.Receive(target_, Captured("push.merge-to-main"));
  EXPECT_EQ(response.status, 202);
  EXPECT_EQ(response.body, "{\"result\":\"accepted\"}\n");
  control_.AwaitNotice("production", Notice::kPush);
  EXPECT_EQ(Count("accepted"), 1);
}

TEST_F(Receiver, AReplayIsAnsweredAndDoesNothing) {
  receiver_.Receive(target_, Captured("push.merge-to-main"));
  control_.AwaitNotice("production", Notice::kPush);
  const http::Response again = receiver_.Receive(target_, Captured("push.merge-to-main"));
  EXPECT_EQ(again.status, 200);
  EXPECT_EQ(Count("duplicate"), 1);
  // What comes after it is passed on after it.
  receiver_.Receive(target_, Captured("pull_request.opened"));
  control_.AwaitNotice("production", Notice::kPullRequest);
  EXPECT_EQ(control_.Notices("production", Notice::kPush), 1);
}

TEST_F(Receiver, AForgedOneIsRefusedBeforeItIsRead) {
  http::Request request = Captured("push.merge-to-main");
  request.body = "not JSON at all";
  EXPECT_EQ(receiver_.Receive(target_, request).status, 401);
  target_.secrets = {"another"};
  EXPECT_EQ(receiver_.Receive(target_, Captured("push.merge-to-main")).status, 401);
  EXPECT_EQ(Count("unauthorized"), 2);
  EXPECT_EQ(Count("accepted"), 0);
}

TEST_F(Receiver, AForgedOneDoesNotUseUpTheIdOfTheRealOne) {
  http::Request forged = Captured("push.merge-to-main");
  forged.body += " ";
  EXPECT_EQ(receiver_.Receive(target_, forged).status, 401);
  EXPECT_EQ(receiver_.Receive(target_, Captured("push.merge-to-main")).status, 202);
}

TEST_F(Receiver, CommentsAndOtherBranchesAreFineAndIgnored) {
  for (const char* name : {"issue_comment.created", "issue_comment.edited", "push.branch-created"}) {
    const http::Response response = receiver_.Receive(target_, Captured(name));
    EXPECT_EQ(response.status, 200) << name;
    EXPECT_NE(response.body.find("\"ignored\""), std::string::npos) << response.body;
  }
  EXPECT_EQ(Count("ignored"), 3);
}

TEST_F(Receiver, NoAnswerRepeatsTheBody) {
  // This Gitea puts the secret into it.
  for (const char* name : {"push.merge-to-main", "push.second", "issue_comment.created"}) {
    EXPECT_EQ(receiver_.Receive(target_, Captured(name)).body.find("s3cret"), std::string::npos);
  }
}

}  // namespace
}  // namespace paliad::serve
