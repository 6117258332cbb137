// When a forge wants to be left alone, and for how long. Pure.
#ifndef PALIAD_CONTROLLER_FORGE_RETRY_AFTER_H_
#define PALIAD_CONTROLLER_FORGE_RETRY_AFTER_H_

#include <chrono>
#include <optional>

#include "base/clock.h"
#include "controller/forge/http.h"

namespace paliad::forge {

// It was refused because there were too many requests: 429, and GitHub's 403 with a limit that is used up,
// with Retry-After, or with a message that speaks of a rate limit.
bool IsRateLimited(const HttpReply& reply);

// Retry-After (seconds, or a date of HTTP), else X-RateLimit-Reset or RateLimit-Reset (seconds since 1970;
// below 10^9, seconds from now) where the limit is used up; else a minute where it is rate-limited all the
// same, as GitHub asks for. From 1 s to 24 h, whatever is sent. None if it does not ask.
std::optional<std::chrono::milliseconds> RetryAfter(const HttpReply& reply, WallTime now);

}  // namespace paliad::forge

#endif  // PALIAD_CONTROLLER_FORGE_RETRY_AFTER_H_
