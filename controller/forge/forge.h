// Pull requests on a forge: what of them the controller reads, and the two things that it writes, statuses
// and comments. One interface for GitHub, GitLab, Gitea and Forgejo; "pull request" means a merge request on
// GitLab.
//
// Source of every fact on the wire: the forges' own API descriptions, tests/forge.
#ifndef PALIAD_CONTROLLER_FORGE_FORGE_H_
#define PALIAD_CONTROLLER_FORGE_FORGE_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "base/clock.h"
#include "base/error.h"

namespace paliad::forge {

// Nothing in it is believed but the number and the commits: names and titles are strangers' text.
struct PullRequest {
  std::int64_t number = 0;  // on GitLab the iid
  std::string title;
  std::string author;       // login
  std::string head_commit;  // 40 hex digits
  std::string head_ref;  // in the target's own repository: "refs/pull/7/head", "refs/merge-requests/7/head"
  std::string base_branch;
  std::string url;  // of its page
  bool from_fork = false;
  bool merged = false;  // and so not open any more
  // Where a status of its head is set, if not on the project itself: GitLab's numeric id of the source
  // project.
  std::string status_project;
};

enum class StatusState { kPending, kSuccess, kFailure, kError };

// "pending", "success", "failure", "error": as GitHub and Gitea name them, and as they are kept.
std::string_view StatusStateName(StatusState state);

struct CommitStatus {
  std::string commit;   // 40 hex digits
  std::string context;  // at most 255 bytes (StatusContext)
  StatusState state = StatusState::kPending;
  std::string description;     // cut to the forge's limit here
  std::string target_url;      // may be empty
  std::string status_project;  // PullRequest::status_project, or empty
};

// `context` as every forge takes it: longer than 255 bytes, it is cut, and "-" and 12 hex digits of its
// SHA-256 are added.
std::string StatusContext(std::string_view context);

// Forges do not tell logins by case: whoever might be the author is the author.
bool SameLogin(std::string_view one, std::string_view other);

struct Approval {
  std::string reviewer;  // login
  std::optional<WallTime> at;
  std::string commit;      // that was approved; empty where the forge does not say
  bool may_write = false;  // to the project; false if it could not be learnt
};

// The most that Attribution::raw holds, in bytes: strangers have a say in how long replies are, and the
// ledger keeps them for ever.
inline constexpr std::size_t kMaxRecord = 1024 * 1024;

// How many approvers the rights are asked of, with a request each: any stranger may approve.
inline constexpr std::size_t kMaxApproversAsked = 20;

// Where a commit of the branch came from.
struct Attribution {
  std::int64_t number = 0;
  std::string url;
  std::string author;  // login
  bool from_fork = false;
  std::string base_branch;  // that it was merged into
  std::string merger;       // empty: not known
  std::optional<WallTime> merged_at;
  // What was merged. Of Gitea and Forgejo, the head of its branch as it is now: whoever pushes there after
  // the merge moves it, but not refs/pull/N/head.
  std::string head_commit;
  // Of it, the newest word of each reviewer, in the order of time. Of no more than kMaxApproversAsked the
  // forge is asked for their rights, first of those whose word may count: not the author's, and not for
  // another commit than the head. `may_write` of the others is false.
  std::vector<Approval> approvals;
  // The forge's replies, as they came, one a line; at most kMaxRecord bytes. In the place of a reply that
  // does not fit is a line {"left_out_bytes":N}: then the record is not whole.
  std::string raw;
};

struct Failure {
  Error error;  // names the forge and the request, never the token
  // How long the forge asked to be left alone.
  std::optional<std::chrono::milliseconds> retry_after;
  // The request may have taken effect, although no answer says so.
  bool in_doubt = false;
};

template <class T>
using Answer = tl::expected<T, Failure>;

// Not thread-safe: one owner per worker. Every call makes one request or a few, each of which may take as
// long as the time-outs, and none twice: to try again is the caller's part. Failures are
//
//   kUnavailable   5xx, 408, 409, 425, 429, a used-up rate limit; no whole answer, or one that is no such
//   JSON; TLS,
//                  DNS, a time-out
//   kInvalidInput  any other 4xx, and redirects, which are not followed; the hint says what the token needs
class Forge {
 public:
  virtual ~Forge() = default;

  // All that are open against `branch`, drafts too, in the order of their numbers; but those without a head
  // commit (GitLab has such while nothing was pushed).
  [[nodiscard]] virtual Answer<std::vector<PullRequest>> OpenPullRequests(const std::string& branch) = 0;

  // An open, closed or merged one. None: there is no such pull request. kInvalidInput for one without a head.
  [[nodiscard]] virtual Answer<std::optional<PullRequest>> FindPullRequest(std::int64_t number) = 0;

  // Idempotent: a repeated one is no failure. kInvalidInput, which says so, where the forge does not know the
  // commit.
  [[nodiscard]] virtual Answer<void> SetStatus(const CommitStatus& status) = 0;

  // Makes the comment of `number` that holds `marker` be `body` (which holds the marker too), and returns its
  // id. `known`: the id that an earlier call returned, or 0. It is found by marker and author, so that nobody
  // can have us edit theirs, and a repeated call never makes a second one. With `only_existing`, none is
  // made: 0.
  [[nodiscard]] virtual Answer<std::int64_t> KeepComment(std::int64_t number, const std::string& marker,
                                                         const std::string& body, std::int64_t known,
                                                         bool only_existing) = 0;

  // The pull request that brought `commit` to the branch. None: it was not merged from one, as far as the
  // forge knows by now.
  [[nodiscard]] virtual Answer<std::optional<Attribution>> FindAttribution(const std::string& commit) = 0;

  // The page of a line of a file at a commit, every part of the path percent-encoded. No request.
  [[nodiscard]] virtual std::string FileUrl(const std::string& commit, std::string_view path,
                                            int line) const = 0;

  // The longest comment that it takes, in bytes.
  [[nodiscard]] virtual std::size_t CommentLimit() const = 0;
};

}  // namespace paliad::forge

#endif  // PALIAD_CONTROLLER_FORGE_FORGE_H_
