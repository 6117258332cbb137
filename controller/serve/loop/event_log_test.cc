#include "controller/serve/loop/event_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "base/json.h"

namespace paliad::serve {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr Subject kSubject{
    .target = "production", .run_id = "ca2db82d-d63e", .commit = "0123456789abcdef", .version = 103};

std::string Logged(LogFormat format, const Subject& subject, std::string_view message) {
  ::testing::internal::CaptureStderr();
  SetUpEventLog(format, "info");
  LogEvent(Level::kInfo, subject, message);
  return ::testing::internal::GetCapturedStderr();
}

TEST(EventLog, TextIsALineForPeople) {
  EXPECT_THAT(
      Logged(LogFormat::kText, kSubject, "applied 103_x"),
      EndsWith("Z info production: applied 103_x (run ca2db82d-d63, commit 0123456789ab, version 103)\n"));
  EXPECT_THAT(Logged(LogFormat::kText, {}, "stopped"), EndsWith("Z info stopped\n"));
}

TEST(EventLog, JsonHasTheFieldsApart) {
  const Result<Json> line = ParseJson(Logged(LogFormat::kJson, kSubject, "say \"hi\""));
  ASSERT_TRUE(line);
  EXPECT_EQ((*line)["level"], "info");
  EXPECT_EQ((*line)["target"], "production");
  EXPECT_EQ((*line)["run_id"], "ca2db82d-d63e");
  EXPECT_EQ((*line)["commit"], "0123456789abcdef");
  EXPECT_EQ((*line)["version"], 103);
  EXPECT_EQ((*line)["message"], "say \"hi\"");
  EXPECT_EQ((*line)["at"].get<std::string>().size(), 27U);
}

TEST(EventLog, WhatComesFromOutsideCannotBeginALineOrMoveTheCursor) {
  for (const LogFormat format : {LogFormat::kText, LogFormat::kJson}) {
    const std::string line = Logged(format, kSubject, "a\n{\"level\":\"info\"}\x1b[2J\xff");
    EXPECT_EQ(line.find('\n'), line.size() - 1);
    EXPECT_THAT(line, Not(HasSubstr("\x1b")));
  }
}

}  // namespace
}  // namespace paliad::serve
