// What controllers keep of pull requests in paliad_controller: feedback on its way to a forge, what was said
// last of each pull request, and runs whose approvals are not known yet. Writes go in as SQL, for the
// transaction that records their cause.
#ifndef PALIAD_CONTROLLER_STORE_FEEDBACK_H_
#define PALIAD_CONTROLLER_STORE_FEEDBACK_H_

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "controller/postgres/session.h"

namespace paliad::store {

// Whose rows: one target on one project of one forge.
struct FeedbackOwner {
  std::string tracker;  // "paliad.applied_migrations"
  std::string forge;    // "gitea https://git.example.com m/paliad"
};

struct Feedback {
  std::string slot;               // what is told where: the newest in a slot wins
  std::int64_t pull_request = 0;  // 0: of none
  std::string payload;            // forge/message.h
};

// REQUIRES of all texts: UTF-8 without NUL.
std::string PutFeedbackSql(const FeedbackOwner& owner, const Feedback& feedback);

struct WaitingFeedback {
  Feedback feedback;
  int generation = 0;
  std::int64_t remote_id = 0;  // of the comment that it is to become; 0: not known
  int attempt = 0;             // that failed
  std::chrono::milliseconds due_in{0};
};

// The oldest that wait, at most `limit`, in the order in which they came.
[[nodiscard]] Result<std::vector<WaitingFeedback>> ReadWaitingFeedback(pg::Session& session,
                                                                       const FeedbackOwner& owner, int limit);

[[nodiscard]] Result<std::int64_t> CountWaitingFeedback(pg::Session& session, const FeedbackOwner& owner);

[[nodiscard]] Status NoteDelivered(pg::Session& session, const FeedbackOwner& owner,
                                   const WaitingFeedback& waiting, std::int64_t remote_id);

[[nodiscard]] Status NoteFailed(pg::Session& session, const FeedbackOwner& owner,
                                const WaitingFeedback& waiting, std::chrono::milliseconds delay,
                                const std::string& error);

// Forgets what was delivered, or refused again and again, long ago.
[[nodiscard]] Status PruneFeedback(pg::Session& session, const FeedbackOwner& owner);

struct KnownPullRequest {
  std::string key;         // of what it was judged by
  std::string verdict;     // digest of what was said
  std::string held_check;  // of a fork's: fields of an entry that is recorded once it is merged; may be empty
};

[[nodiscard]] Result<std::map<std::int64_t, KnownPullRequest>> ReadPullRequests(pg::Session& session,
                                                                                const FeedbackOwner& owner);
std::string PutPullRequestSql(const FeedbackOwner& owner, std::int64_t number, const KnownPullRequest& known);
std::string ForgetPullRequestSql(const FeedbackOwner& owner, std::int64_t number);

struct AwaitedAttribution {
  std::string run_id;
  std::string commit;
  std::chrono::seconds age{0};
};

std::string AwaitAttributionSql(const FeedbackOwner& owner, const std::string& run_id,
                                const std::string& commit);
std::string SettleAttributionSql(const FeedbackOwner& owner, const AwaitedAttribution& awaited);
// Those that are due, oldest first.
[[nodiscard]] Result<std::vector<AwaitedAttribution>> ReadAwaitedAttributions(pg::Session& session,
                                                                              const FeedbackOwner& owner);
[[nodiscard]] Status DelayAttribution(pg::Session& session, const FeedbackOwner& owner,
                                      const AwaitedAttribution& awaited, std::chrono::milliseconds delay);

}  // namespace paliad::store

#endif  // PALIAD_CONTROLLER_STORE_FEEDBACK_H_
