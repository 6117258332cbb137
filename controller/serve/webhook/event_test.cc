#include "controller/serve/webhook/event.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <string>

#include "base/json.h"
#include "tests/support/temp_dir.h"

namespace paliad::serve {
namespace {

using testing::ReadFile;

struct Case {
  ForgeKind kind;
  std::string file;
  std::string event;  // what the forge's event header says
  std::string branch;
  std::optional<Notice> notice;
};

std::string HeaderOf(ForgeKind kind) {
  return kind == ForgeKind::kGithub   ? "x-github-event"
         : kind == ForgeKind::kGitlab ? "x-gitlab-event"
                                      : "x-gitea-event";
}

HeaderLookup Headers(std::map<std::string, std::string> headers) {
  return [headers = std::move(headers)](std::string_view name) -> std::optional<std::string_view> {
    const auto header = headers.find(std::string(name));
    return header == headers.end() ? std::nullopt : std::optional<std::string_view>(header->second);
  };
}

std::optional<Notice> NoticeOf(const Case& one) {
  const Result<WebhookEvent> event = ReadEvent(one.kind, Headers({{HeaderOf(one.kind), one.event}}),
                                               ReadFile("tests/testdata/webhooks/" + one.file), one.branch);
  EXPECT_TRUE(event) << one.file;
  EXPECT_TRUE(event->notice || !event->ignored_because.empty()) << one.file;
  return event->notice;
}

TEST(Event, RealPayloadsOfEachForgeTellWhatTheyShould) {
  const std::vector<Case> cases = {
      {ForgeKind::kGitea, "gitea/captured-1.13.1.push.second.json", "push", "feat", Notice::kPush},
      {ForgeKind::kGitea, "gitea/captured-1.13.1.push.second.json", "push", "main", std::nullopt},
      {ForgeKind::kGitea, "gitea/captured-1.13.1.push.merge-to-main.json", "push", "main", Notice::kPush},
      {ForgeKind::kGitea, "gitea/captured-1.13.1.pull_request.opened.json", "pull_request", "main",
       Notice::kPullRequest},
      {ForgeKind::kGitea, "gitea/captured-1.13.1.pull_request.synchronized.json", "pull_request", "main",
       Notice::kPullRequest},
      {ForgeKind::kGitea, "gitea/captured-1.13.1.pull_request.merged.json", "pull_request", "main",
       Notice::kPullRequest},
      {ForgeKind::kGitea, "gitea/captured-1.13.1.issue_comment.created.json", "issue_comment", "main",
       std::nullopt},
      {ForgeKind::kForgejo, "gitea/goscm.push.json", "push", "master", Notice::kPush},
      {ForgeKind::kForgejo, "gitea/goscm.pull_request.synchronized.json", "pull_request", "master",
       Notice::kPullRequest},
      {ForgeKind::kGithub, "github/push.json", "push", "master", Notice::kPush},
      {ForgeKind::kGithub, "github/push.json", "push", "mast", std::nullopt},
      {ForgeKind::kGithub, "github/pull_request.synchronize.json", "pull_request", "master",
       Notice::kPullRequest},
      {ForgeKind::kGithub, "github/ping.json", "ping", "master", std::nullopt},
      {ForgeKind::kGithub, "github/push.json", "status", "master", std::nullopt},
      {ForgeKind::kGitlab, "gitlab/push.json", "Push Hook", "master", Notice::kPush},
      {ForgeKind::kGitlab, "gitlab/push.merge.json", "Push Hook", "master", Notice::kPush},
      {ForgeKind::kGitlab, "gitlab/merge_request.update-new-commits.derived.json", "Merge Request Hook",
       "master", Notice::kPullRequest},
      {ForgeKind::kGitlab, "gitlab/gogitlab.merge_request.open.json", "Merge Request Hook", "master",
       Notice::kPullRequest},
      {ForgeKind::kGitlab, "gitlab/merge_request.open.json", "Note Hook", "master", std::nullopt},
      {ForgeKind::kGitlab, "gitlab/push.json", "Tag Push Hook", "master", std::nullopt},
  };
  for (const Case& one : cases) {
    EXPECT_EQ(NoticeOf(one), one.notice) << one.file << " on " << one.branch;
  }
}

TEST(Event, AnotherForgesEventHeaderMeansNothing) {
  const std::string body = ReadFile("tests/testdata/webhooks/github/push.json");
  const auto event = ReadEvent(ForgeKind::kGithub, Headers({{"x-gitea-event", "push"}}), body, "master");
  ASSERT_TRUE(event);
  EXPECT_FALSE(event->notice);
}

TEST(Event, APushAsAFormIsRead) {
  const auto headers = Headers(
      {{"x-github-event", "push"}, {"content-type", "application/x-www-form-urlencoded; charset=utf-8"}});
  const auto event =
      ReadEvent(ForgeKind::kGithub, headers, "payload=%7B%22ref%22%3A%22refs%2Fheads%2Fmain%22%7D", "main");
  ASSERT_TRUE(event);
  EXPECT_EQ(event->notice, Notice::kPush);
}

TEST(Event, WhatIsNotItsEventsJsonIsAnErrorThatRepeatsNothingOfIt) {
  for (const std::string body :
       {"", "{", "[]", "null", "s3cret", "{\"ref\":7}", "{}", "{\"ref\":null,\"secret\":\"s3cret\"}"}) {
    const auto event = ReadEvent(ForgeKind::kGitea, Headers({{"x-gitea-event", "push"}}), body, "main");
    ASSERT_FALSE(event) << body;
    EXPECT_EQ(event.error().kind, ErrorKind::kInvalidInput);
    EXPECT_EQ(event.error().Message().find("s3cret"), std::string::npos);
  }
}

TEST(Event, ABodyOfBracketsAloneIsRefusedWithoutHarm) {
  const std::string body(300'000, '[');
  EXPECT_FALSE(ReadEvent(ForgeKind::kGitea, Headers({{"x-gitea-event", "push"}}), body, "main"));
}

}  // namespace
}  // namespace paliad::serve
