#include "controller/forge/message.h"

#include <gtest/gtest.h>

#include <string>

#include "base/error.h"

namespace paliad::forge {
namespace {

CommitStatus Status() {
  return {.commit = std::string(40, 'a'),
          .context = "paliad/default/policy",
          .state = StatusState::kFailure,
          .description = "1 error",
          .target_url = "https://db.example.com/targets/default",
          .status_project = "17"};
}

TEST(Message, AStatusComesBackAsItWas) {
  const auto message = DecodeMessage(EncodeMessage(Status()));
  ASSERT_TRUE(message) << message.error().Message();
  const auto& status = std::get<CommitStatus>(*message);
  EXPECT_EQ(status.commit, Status().commit);
  EXPECT_EQ(status.context, Status().context);
  EXPECT_EQ(status.state, StatusState::kFailure);
  EXPECT_EQ(status.description, Status().description);
  EXPECT_EQ(status.target_url, Status().target_url);
  EXPECT_EQ(status.status_project, Status().status_project);
}

TEST(Message, ACommentComesBackAsItWas) {
  const auto message = DecodeMessage(EncodeMessage(
      CommentMessage{.number = 7, .marker = "<!-- m -->", .body = "<!-- m -->\nno", .only_existing = true}));
  ASSERT_TRUE(message) << message.error().Message();
  const auto& comment = std::get<CommentMessage>(*message);
  EXPECT_EQ(comment.number, 7);
  EXPECT_EQ(comment.marker, "<!-- m -->");
  EXPECT_EQ(comment.body, "<!-- m -->\nno");
  EXPECT_TRUE(comment.only_existing);
}

TEST(Message, WhatTheDatabaseDoesNotTakeIsReplaced) {
  const std::string text = EncodeMessage(
      CommentMessage{.number = 7, .marker = "m", .body = std::string("a\0b\xff", 4), .only_existing = false});
  EXPECT_EQ(text, R"({"what":"comment","number":7,"marker":"m","body":"a�b�","only_existing":false})");
}

TEST(Message, OneStatusOfACommitTakesThePlaceOfAnother) {
  CommitStatus later = Status();
  later.state = StatusState::kSuccess;
  EXPECT_EQ(SlotOf(Status()), SlotOf(later));
  later.context = "paliad/default/dry-run";
  EXPECT_NE(SlotOf(Status()), SlotOf(later));
  EXPECT_EQ(SlotOf(CommentMessage{.number = 7, .marker = "m", .body = "a"}),
            SlotOf(CommentMessage{.number = 7, .marker = "m", .body = "b"}));
}

TEST(Message, AnythingElseIsRefused) {
  const std::string unknown_state =
      R"({"what":"status","commit":"a","context":"c","state":"great","description":"",)"
      R"("target_url":"","status_project":""})";
  for (const std::string& text :
       {std::string(), std::string("[]"), std::string("{}"), std::string(R"({"what":"comment"})"),
        std::string(R"({"what":"comment","number":"7","marker":"m","body":"b","only_existing":false})"),
        unknown_state}) {
    EXPECT_FALSE(DecodeMessage(text)) << text;
  }
}

}  // namespace
}  // namespace paliad::forge
