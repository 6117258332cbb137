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

// The tables are there. REQUIRES of all below.
[[nodiscard]] Result<bool> HasFeedbackTables(pg::Session& session);

// REQUIRES of all texts: UTF-8 without NUL.
std::string PutFeedbackSql(const FeedbackOwner& owner, const Feedback& feedback);

struct WaitingFeedback {
  Feedback feedback;
  int generation = 0;
  std::int64_t remote_id = 0;  // of the comment that it is to become; 0: not known
  int attempt = 0;             // that failed
};

// The oldest that may be delivered now, at most `limit`, in the order in which they came: what failed has its
// delay, and holds back what came later for the same pull request, unless the forge refused it.
[[nodiscard]] Result<std::vector<WaitingFeedback>> ReadWaitingFeedback(pg::Session& session,
                                                                       const FeedbackOwner& owner, int limit);

// How long until a delay is over; none: nothing is delayed.
[[nodiscard]] Result<std::optional<std::chrono::milliseconds>> ReadFeedbackDelay(pg::Session& session,
                                                                                 const FeedbackOwner& owner);

// All that was put for a pull request (0: for none) and not forgotten yet, delivered or not.
[[nodiscard]] Result<std::vector<Feedback>> ReadFeedbackOf(pg::Session& session, const FeedbackOwner& owner,
                                                           std::int64_t pull_request);

[[nodiscard]] Result<std::int64_t> CountWaitingFeedback(pg::Session& session, const FeedbackOwner& owner);

[[nodiscard]] Status NoteDelivered(pg::Session& session, const FeedbackOwner& owner,
                                   const WaitingFeedback& waiting, std::int64_t remote_id);

// `refused`: the forge was reached, and said no.
[[nodiscard]] Status NoteFailed(pg::Session& session, const FeedbackOwner& owner,
                                const WaitingFeedback& waiting, std::chrono::milliseconds delay, bool refused,
                                const std::string& error);

// Forgets what was delivered, or is refused, since 30 days.
[[nodiscard]] Status PruneFeedback(pg::Session& session, const FeedbackOwner& owner);

struct KnownPullRequest {
  std::string key;         // of what it was judged by
  std::string verdict;     // digest of what was said
  std::string head;        // the commit of which it was said
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
// Those that are due, oldest first, of runs that the ledger has with that commit: whoever runs migrations can
// write the table.
[[nodiscard]] Result<std::vector<AwaitedAttribution>> ReadAwaitedAttributions(pg::Session& session,
                                                                              const FeedbackOwner& owner);
[[nodiscard]] Status DelayAttribution(pg::Session& session, const FeedbackOwner& owner,
                                      const AwaitedAttribution& awaited, std::chrono::milliseconds delay);

}  // namespace paliad::store

#endif  // PALIAD_CONTROLLER_STORE_FEEDBACK_H_
