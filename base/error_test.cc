#include "base/error.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "base/result.h"

namespace paliad {
namespace {

TEST(Error, KindsHaveNamesAndReactions) {
  struct Case {
    ErrorKind kind;
    std::string name;
    NextAction action;
  };
  const Case cases[] = {
      {ErrorKind::kUnavailable, "unavailable", NextAction::kRetry},
      {ErrorKind::kConflict, "conflict", NextAction::kReplan},
      {ErrorKind::kInvalidInput, "invalid_input", NextAction::kWaitForChange},
      {ErrorKind::kInDoubt, "in_doubt", NextAction::kSettle},
      {ErrorKind::kCorruption, "corruption", NextAction::kStop},
      {ErrorKind::kInternal, "internal", NextAction::kStop},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(ErrorKindName(c.kind), c.name);
    EXPECT_EQ(NextActionFor(c.kind), c.action) << c.name;
  }
}

TEST(Error, MessageSaysWhatToWhatAndWhy) {
  Error error{.kind = ErrorKind::kUnavailable,
              .doing = "connect to",
              .subject = "postgresql://host/db",
              .cause = "connection refused",
              .hint = "is it running?"};
  EXPECT_EQ(error.Message(), "cannot connect to postgresql://host/db: connection refused");
  error.subject.clear();
  EXPECT_EQ(error.Message(), "cannot connect to: connection refused");
}

Result<std::unique_ptr<int>> Half(int number) {
  if (number % 2 != 0) {
    return Fail({.kind = ErrorKind::kConflict, .doing = "halve", .subject = "", .cause = "odd", .hint = ""});
  }
  return std::make_unique<int>(number / 2);
}

Status IsFourTimes(int number, int& quarter) {
  ASSIGN_OR_RETURN(const std::unique_ptr<int> half, Half(number));
  ASSIGN_OR_RETURN(const std::unique_ptr<int> result, Half(*half));
  quarter = *result;
  return {};
}

Status Both(int first, int second, int& quarter) {
  RETURN_IF_ERROR(IsFourTimes(first, quarter));
  RETURN_IF_ERROR(IsFourTimes(second, quarter));
  return {};
}

TEST(Result, MacrosGoOnWithTheValueOrReturnTheError) {
  int quarter = 0;
  EXPECT_TRUE(Both(8, 12, quarter).has_value());
  EXPECT_EQ(quarter, 3);
  const Status late = Both(8, 6, quarter);
  ASSERT_FALSE(late.has_value());
  EXPECT_EQ(late.error().kind, ErrorKind::kConflict);
  EXPECT_EQ(quarter, 2);
  EXPECT_EQ(Both(5, 8, quarter).error().cause, "odd");
  EXPECT_EQ(quarter, 2);
}

}  // namespace
}  // namespace paliad
