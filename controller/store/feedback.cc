#include "controller/store/feedback.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace paliad::store {
namespace {

std::string Milliseconds(std::chrono::milliseconds delay) {
  return fmt::format("{} milliseconds", delay.count());
}

// "'tracker', 'forge'": what every function of the schema takes first.
std::string OwnerSql(const FeedbackOwner& owner) {
  return pg::QuoteText(owner.tracker) + ", " + pg::QuoteText(owner.forge);
}

}  // namespace

Result<bool> HasFeedbackTables(pg::Session& session) {
  ASSIGN_OR_RETURN(const pg::Rows rows,
                   session.Query("SELECT FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n"
                                 " ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relname = $2",
                                 {"paliad_controller", "feedback"}, "look for the controller's tables"));
  return !rows.empty();
}

std::string PutFeedbackSql(const FeedbackOwner& owner, const Feedback& feedback) {
  return fmt::format("SELECT paliad_controller.put_feedback({}, {}, {}, {});", OwnerSql(owner),
                     pg::QuoteText(feedback.slot), feedback.pull_request, pg::QuoteText(feedback.payload));
}

Result<std::vector<WaitingFeedback>> ReadWaitingFeedback(pg::Session& session, const FeedbackOwner& owner,
                                                         int limit) {
  constexpr char kSql[] = R"sql(
SELECT slot, pull_request, payload, generation, remote_id, attempt
FROM paliad_controller.feedback AS f
WHERE tracker = $1 AND forge = $2 AND delivered < generation AND next_attempt <= clock_timestamp()
  AND NOT EXISTS (
    SELECT FROM paliad_controller.feedback AS earlier
    WHERE earlier.tracker = $1 AND earlier.forge = $2 AND earlier.delivered < earlier.generation
      AND earlier.pull_request = f.pull_request AND f.pull_request <> 0
      AND (earlier.at, earlier.slot) < (f.at, f.slot)
      AND NOT earlier.refused AND earlier.next_attempt > clock_timestamp())
ORDER BY at, slot
LIMIT $3::int
)sql";
  ASSIGN_OR_RETURN(const pg::Rows rows,
                   session.Query(kSql, {owner.tracker, owner.forge, std::to_string(limit)},
                                 "read the feedback that waits"));
  std::vector<WaitingFeedback> waiting;
  for (int i = 0; i < rows.size(); ++i) {
    waiting.push_back({.feedback = {.slot = rows.String(i, 0),
                                    .pull_request = rows.Int(i, 1),
                                    .payload = rows.String(i, 2)},
                       .generation = static_cast<int>(rows.Int(i, 3)),
                       .remote_id = rows.Int(i, 4),
                       .attempt = static_cast<int>(rows.Int(i, 5))});
  }
  return waiting;
}

Result<std::optional<std::chrono::milliseconds>> ReadFeedbackDelay(pg::Session& session,
                                                                   const FeedbackOwner& owner) {
  ASSIGN_OR_RETURN(
      const pg::Rows rows,
      session.Query(
          "SELECT pg_catalog.ceil(extract(epoch FROM min(next_attempt) - clock_timestamp()) * 1000)::bigint"
          " FROM paliad_controller.feedback"
          " WHERE tracker = $1 AND forge = $2 AND delivered < generation AND next_attempt > "
          "clock_timestamp()",
          {owner.tracker, owner.forge}, "read when feedback is due"));
  if (rows.IsNull(0, 0)) {
    return std::nullopt;
  }
  return std::chrono::milliseconds(std::max<std::int64_t>(rows.Int(0, 0), 0));
}

Result<std::vector<Feedback>> ReadFeedbackOf(pg::Session& session, const FeedbackOwner& owner,
                                             std::int64_t pull_request) {
  ASSIGN_OR_RETURN(
      const pg::Rows rows,
      session.Query("SELECT slot, payload FROM paliad_controller.feedback"
                    " WHERE tracker = $1 AND forge = $2 AND pull_request = $3::bigint"
                    " ORDER BY at, slot",
                    {owner.tracker, owner.forge, std::to_string(pull_request)}, "read what was told"));
  std::vector<Feedback> told;
  for (int i = 0; i < rows.size(); ++i) {
    told.push_back({.slot = rows.String(i, 0), .pull_request = pull_request, .payload = rows.String(i, 1)});
  }
  return told;
}

Result<std::int64_t> CountWaitingFeedback(pg::Session& session, const FeedbackOwner& owner) {
  ASSIGN_OR_RETURN(const pg::Rows rows,
                   session.Query("SELECT pg_catalog.count(*) FROM paliad_controller.feedback"
                                 " WHERE tracker = $1 AND forge = $2 AND delivered < generation",
                                 {owner.tracker, owner.forge}, "count the feedback that waits"));
  return rows.Int(0, 0);
}

Status NoteDelivered(pg::Session& session, const FeedbackOwner& owner, const WaitingFeedback& waiting,
                     std::int64_t remote_id) {
  return session
      .Query("SELECT paliad_controller.feedback_delivered($1, $2, $3, $4::int, $5::bigint)",
             {owner.tracker, owner.forge, waiting.feedback.slot, std::to_string(waiting.generation),
              std::to_string(remote_id)},
             "note that feedback was delivered")
      .map([](const pg::Rows&) {});
}

Status NoteFailed(pg::Session& session, const FeedbackOwner& owner, const WaitingFeedback& waiting,
                  std::chrono::milliseconds delay, bool refused, const std::string& error) {
  return session
      .Query("SELECT paliad_controller.feedback_failed($1, $2, $3, $4::int, $5::interval, $6::boolean, $7)",
             {owner.tracker, owner.forge, waiting.feedback.slot, std::to_string(waiting.generation),
              Milliseconds(delay), refused ? "t" : "f", error},
             "note that feedback was not delivered")
      .map([](const pg::Rows&) {});
}

Status PruneFeedback(pg::Session& session, const FeedbackOwner& owner) {
  return session
      .Query("SELECT paliad_controller.prune_feedback($1, $2)", {owner.tracker, owner.forge},
             "forget old feedback")
      .map([](const pg::Rows&) {});
}

Result<std::map<std::int64_t, KnownPullRequest>> ReadPullRequests(pg::Session& session,
                                                                  const FeedbackOwner& owner) {
  ASSIGN_OR_RETURN(
      const pg::Rows rows,
      session.Query("SELECT number, key, verdict, head, held_check FROM paliad_controller.pull_request"
                    " WHERE tracker = $1 AND forge = $2",
                    {owner.tracker, owner.forge}, "read what was said of pull requests"));
  std::map<std::int64_t, KnownPullRequest> known;
  for (int i = 0; i < rows.size(); ++i) {
    known[rows.Int(i, 0)] = {.key = rows.String(i, 1),
                             .verdict = rows.String(i, 2),
                             .head = rows.String(i, 3),
                             .held_check = rows.String(i, 4)};
  }
  return known;
}

std::string PutPullRequestSql(const FeedbackOwner& owner, std::int64_t number,
                              const KnownPullRequest& known) {
  return fmt::format("SELECT paliad_controller.put_pull_request({}, {}, {}, {}, {}, {});", OwnerSql(owner),
                     number, pg::QuoteText(known.key), pg::QuoteText(known.verdict),
                     pg::QuoteText(known.head), pg::QuoteText(known.held_check));
}

std::string ForgetPullRequestSql(const FeedbackOwner& owner, std::int64_t number) {
  return fmt::format("SELECT paliad_controller.forget_pull_request({}, {});", OwnerSql(owner), number);
}

std::string AwaitAttributionSql(const FeedbackOwner& owner, const std::string& run_id,
                                const std::string& commit) {
  return fmt::format("SELECT paliad_controller.await_attribution({}, {}::uuid, {});", OwnerSql(owner),
                     pg::QuoteText(run_id), pg::QuoteText(commit));
}

std::string SettleAttributionSql(const FeedbackOwner& owner, const AwaitedAttribution& awaited) {
  return fmt::format("SELECT paliad_controller.settle_attribution({}, {}::uuid, {});", OwnerSql(owner),
                     pg::QuoteText(awaited.run_id), pg::QuoteText(awaited.commit));
}

Result<std::vector<AwaitedAttribution>> ReadAwaitedAttributions(pg::Session& session,
                                                                const FeedbackOwner& owner) {
  ASSIGN_OR_RETURN(
      const pg::Rows rows,
      session.Query(
          "SELECT run_id, commit, extract(epoch FROM now() - since)::bigint"
          " FROM paliad_controller.awaited_attribution AS a"
          " WHERE tracker = $1 AND forge = $2 AND next_attempt <= now() AND EXISTS"
          " (SELECT FROM paliad_ledger.entry AS e WHERE e.run_id = a.run_id AND e.kind = 'run_started'"
          "  AND e.tracker = a.tracker AND e.\"commit\" = a.commit) ORDER BY since, run_id, commit",
          {owner.tracker, owner.forge}, "read which approvals are not known yet"));
  std::vector<AwaitedAttribution> awaited;
  for (int i = 0; i < rows.size(); ++i) {
    awaited.push_back({.run_id = rows.String(i, 0),
                       .commit = rows.String(i, 1),
                       .age = std::chrono::seconds(rows.Int(i, 2))});
  }
  return awaited;
}

Status DelayAttribution(pg::Session& session, const FeedbackOwner& owner, const AwaitedAttribution& awaited,
                        std::chrono::milliseconds delay) {
  return session
      .Query("SELECT paliad_controller.delay_attribution($1, $2, $3::uuid, $4, $5::interval)",
             {owner.tracker, owner.forge, awaited.run_id, awaited.commit, Milliseconds(delay)},
             "ask for the approvals later")
      .map([](const pg::Rows&) {});
}

}  // namespace paliad::store
