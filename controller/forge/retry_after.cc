#include "controller/forge/retry_after.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string_view>

#include "controller/forge/http_client.h"

namespace paliad::forge {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kShortest = std::chrono::seconds(1);
constexpr milliseconds kLongest = std::chrono::hours(24);
constexpr milliseconds kUnstated = std::chrono::minutes(1);
constexpr std::int64_t kEarliestReset = 1'000'000'000;  // of 2001: a smaller number is no point in time

std::optional<std::int64_t> Number(std::optional<std::string_view> text) {
  std::int64_t number = 0;
  if (!text || text->empty()) {
    return std::nullopt;
  }
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), number);
  return error == std::errc() && end == text->data() + text->size() && number >= 0 ? std::optional(number)
                                                                                   : std::nullopt;
}

milliseconds Bounded(std::int64_t seconds) {
  const std::int64_t longest = std::chrono::duration_cast<std::chrono::seconds>(kLongest).count();
  return std::clamp(milliseconds(std::chrono::seconds(std::min(seconds, longest))), kShortest, kLongest);
}

milliseconds From(WallTime now, std::int64_t epoch_seconds) {
  // Whole seconds, rounded up: too early is refused again.
  return Bounded(epoch_seconds - std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count());
}

std::optional<std::int64_t> FirstNumber(const HttpReply& reply, std::string_view one,
                                        std::string_view other) {
  const auto number = Number(reply.Header(one));
  return number ? number : Number(reply.Header(other));
}

bool IsUsedUp(const HttpReply& reply) {
  return FirstNumber(reply, "x-ratelimit-remaining", "ratelimit-remaining") == 0;
}

}  // namespace

bool IsRateLimited(const HttpReply& reply) {
  return reply.status == 429 || (reply.status == 403 && (IsUsedUp(reply) || reply.Header("retry-after") ||
                                                         reply.body.find("rate limit") != std::string::npos));
}

std::optional<milliseconds> RetryAfter(const HttpReply& reply, WallTime now) {
  if (const auto header = reply.Header("retry-after")) {
    if (const auto seconds = Number(header)) {
      return Bounded(*seconds);
    }
    if (const auto date = ParseHttpDate(*header)) {
      return From(now, std::chrono::floor<std::chrono::seconds>(*date).time_since_epoch().count());
    }
  }
  if (!IsRateLimited(reply)) {
    return std::nullopt;
  }
  const auto reset = FirstNumber(reply, "x-ratelimit-reset", "ratelimit-reset");
  if (!reset || !(IsUsedUp(reply) || reply.status == 429)) {
    return kUnstated;
  }
  return *reset < kEarliestReset ? Bounded(*reset) : From(now, *reset);
}

}  // namespace paliad::forge
