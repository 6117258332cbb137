#include "controller/forge/retry_after.h"

#include <gtest/gtest.h>

namespace paliad::forge {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// 2026-05-28T20:26:40Z
constexpr WallTime kNow(std::chrono::seconds(1'780'000'000));

std::optional<milliseconds> Of(int status, HttpHeaders headers, std::string body = "") {
  return RetryAfter({.status = status, .headers = std::move(headers), .body = std::move(body)}, kNow);
}

TEST(RetryAfter, SecondsAndDatesOfHttpCount) {
  EXPECT_EQ(Of(429, {{"retry-after", "17"}}), seconds(17));
  EXPECT_EQ(Of(503, {{"retry-after", "120"}}), seconds(120));
  EXPECT_EQ(Of(503, {{"retry-after", "Thu, 28 May 2026 20:27:10 GMT"}}), seconds(30));
  EXPECT_EQ(Of(503, {{"retry-after", "Thursday, 28-May-26 20:27:10 GMT"}}), seconds(30));
}

TEST(RetryAfter, AUsedUpLimitCountsUntilItIsReset) {
  EXPECT_EQ(Of(403, {{"x-ratelimit-remaining", "0"}, {"x-ratelimit-reset", "1780000090"}}), seconds(90));
  EXPECT_EQ(Of(429, {{"ratelimit-remaining", "0"}, {"ratelimit-reset", "1780000060"}}), seconds(60));
  EXPECT_EQ(Of(429, {{"ratelimit-reset", "45"}}), seconds(45));
  // Retry-After is the plainer word.
  EXPECT_EQ(
      Of(403, {{"x-ratelimit-remaining", "0"}, {"x-ratelimit-reset", "1780000090"}, {"retry-after", "5"}}),
      seconds(5));
}

TEST(RetryAfter, ASecondaryLimitWithoutATimeIsAMinute) {
  EXPECT_EQ(
      Of(403, {{"x-ratelimit-remaining", "12"}}, R"({"message":"You have exceeded a secondary rate limit"})"),
      seconds(60));
  EXPECT_EQ(Of(429, {}), seconds(60));
}

TEST(RetryAfter, WhateverIsSentItIsASecondToADay) {
  EXPECT_EQ(Of(429, {{"retry-after", "0"}}), seconds(1));
  EXPECT_EQ(Of(429, {{"retry-after", "9223372036854775807"}}), std::chrono::hours(24));
  EXPECT_EQ(Of(403, {{"x-ratelimit-remaining", "0"}, {"x-ratelimit-reset", "1700000000"}}), seconds(1));
  EXPECT_EQ(Of(503, {{"retry-after", "Fri, 31 Dec 9999 23:59:59 GMT"}}), std::chrono::hours(24));
}

TEST(RetryAfter, WhatSaysNothingAsksForNothing) {
  EXPECT_EQ(Of(500, {}), std::nullopt);
  EXPECT_EQ(Of(403, {{"x-ratelimit-remaining", "4000"}, {"x-ratelimit-reset", "1780000090"}}), std::nullopt);
  EXPECT_EQ(Of(503, {{"retry-after", "soon"}}), std::nullopt);
  EXPECT_EQ(Of(503, {{"retry-after", "-5"}}), std::nullopt);
}

TEST(RetryAfter, AForbiddenRequestIsARateLimitOnlyIfItSaysSo) {
  EXPECT_FALSE(IsRateLimited({.status = 403, .body = R"({"message":"Resource not accessible"})"}));
  EXPECT_FALSE(IsRateLimited({.status = 404, .headers = {{"x-ratelimit-remaining", "0"}}}));
  EXPECT_TRUE(IsRateLimited({.status = 403, .headers = {{"x-ratelimit-remaining", "0"}}}));
  EXPECT_TRUE(IsRateLimited({.status = 403, .headers = {{"retry-after", "60"}}}));
}

}  // namespace
}  // namespace paliad::forge
