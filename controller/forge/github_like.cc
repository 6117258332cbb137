#include "controller/forge/github_like.h"

#include <fmt/format.h>

#include <map>
#include <utility>

#include "base/json.h"
#include "controller/forge/answer.h"
#include "controller/forge/comments.h"
#include "controller/forge/github_shapes.h"
#include "controller/forge/json_fields.h"
#include "controller/forge/retry_after.h"
#include "controller/forge/url.h"

namespace paliad::forge {

GithubLike::GithubLike(ApiOptions options, const std::string& project, Needs needs,
                       std::size_t max_description, std::unique_ptr<Http> http, const Clock& clock)
    : repository_("/repos/" + PercentEncodePath(project)),
      needs_(std::move(needs)),
      api_(std::move(options), std::move(http), clock),
      max_description_(max_description) {}

Answer<void> GithubLike::RequireProject() {
  if (!project_seen_) {
    RETURN_IF_FAILURE(api_.Do({.where = repository_, .doing = "see the project", .needs = needs_.read}));
    project_seen_ = true;
  }
  return {};
}

Answer<std::string> GithubLike::Login() {
  if (login_.empty()) {
    const ApiRequest request{.where = "/user", .doing = "learn whose the token is", .needs = needs_.user};
    ASSIGN_ANSWER_OR_RETURN(const Json json, api_.Read(request));
    login_ = TextAt(json, "login");
    if (login_.empty()) {
      return FailWith(api_.Malformed(request, "the user has no login"));
    }
  }
  return login_;
}

Answer<std::vector<PullRequest>> GithubLike::OpenPullRequests(const std::string& branch) {
  // Pages shift while pull requests come and go: one may come twice.
  std::map<std::int64_t, PullRequest> open;
  const auto take = [&](const Json& item) {
    if (item.is_null()) {
      return Take::kNext;  // of which Gitea itself cannot read the head
    }
    std::optional<PullRequest> pull_request = github_shapes::ReadPullRequest(item);
    if (!pull_request) {
      return Take::kMalformed;
    }
    if (pull_request->base_branch == branch && !pull_request->head_commit.empty()) {
      open.insert_or_assign(pull_request->number, std::move(*pull_request));
    }
    return Take::kNext;
  };
  const std::string where = repository_ + "/pulls" + OpenQuery(branch);
  RETURN_IF_FAILURE(
      api_.ForEach({.where = where, .doing = "list the open pull requests", .needs = needs_.read},
                   NextAfter(where), take));
  std::vector<PullRequest> sorted;
  for (auto& [number, pull_request] : open) {
    sorted.push_back(std::move(pull_request));
  }
  return sorted;
}

Answer<std::optional<PullRequest>> GithubLike::FindPullRequest(std::int64_t number) {
  const ApiRequest request{.where = fmt::format("{}/pulls/{}", repository_, number),
                           .doing = "read the pull request",
                           .needs = needs_.read};
  ASSIGN_ANSWER_OR_RETURN(const std::optional<Json> json, api_.Find(request));
  if (!json) {
    RETURN_IF_FAILURE(RequireProject());
    return std::nullopt;
  }
  std::optional<PullRequest> pull_request = github_shapes::ReadPullRequest(*json);
  if (!pull_request) {
    return FailWith(api_.Malformed(request, "the pull request has no number"));
  }
  if (pull_request->head_commit.empty()) {
    return FailWith(api_.Invalid(request, "it has no head commit", ""));
  }
  return pull_request;
}

Answer<void> GithubLike::SetStatus(const CommitStatus& status) {
  const ApiRequest request{.method = "POST",
                           .where = fmt::format("{}/statuses/{}", repository_, PercentEncode(status.commit)),
                           .body = github_shapes::StatusBody(status, max_description_),
                           .doing = "set the commit status",
                           .needs = needs_.status};
  ASSIGN_ANSWER_OR_RETURN(const HttpReply reply, api_.Exchange(request));
  if (reply.status >= 200 && reply.status < 300) {
    return {};
  }
  if (!IsUnknownCommit(reply)) {
    return FailWith(api_.Refused(request, reply));
  }
  RETURN_IF_FAILURE(RequireProject());
  return FailWith(api_.UnknownCommit(request, status.commit));
}

Answer<std::int64_t> GithubLike::KeepComment(std::int64_t number, const std::string& marker,
                                             const std::string& body, std::int64_t known,
                                             bool only_existing) {
  ASSIGN_ANSWER_OR_RETURN(std::string login, Login());
  const std::string list = fmt::format("{}/issues/{}/comments", repository_, number);
  const auto one = [this](std::int64_t id) { return fmt::format("{}/issues/comments/{}", repository_, id); };
  const CommentRequests requests{
      .list = {.where = list + CommentQuery(), .doing = "list the comments", .needs = needs_.comment},
      .next = NextOfComments(list + CommentQuery()),
      .create = {.method = "POST", .where = list, .doing = "make a comment", .needs = needs_.comment},
      .get =
          [&](std::int64_t id) {
            return ApiRequest{.where = one(id), .doing = "read our comment", .needs = needs_.comment};
          },
      .update =
          [&](std::int64_t id) {
            return ApiRequest{
                .method = "PATCH", .where = one(id), .doing = "edit our comment", .needs = needs_.comment};
          },
      .read = github_shapes::ReadComment};
  return forge::KeepComment(api_, requests,
                            {.author = std::move(login),
                             .marker = marker,
                             .body = body,
                             .known = known,
                             .only_existing = only_existing});
}

Answer<bool> GithubLike::MayWrite(const std::string& login, std::string* raw) {
  const ApiRequest request{
      .where = fmt::format("{}/collaborators/{}/permission", repository_, PercentEncode(login)),
      .doing = "learn what a reviewer may do",
      .needs = needs_.permission,
      .record = raw};
  const auto permission = api_.Find(request);
  if (permission) {
    return *permission && github_shapes::MayWrite(**permission);
  }
  // Refused is an answer: it cannot be learnt. That the forge is down is none.
  if (permission.error().error.kind == ErrorKind::kInvalidInput) {
    return false;
  }
  return FailWith(permission.error());
}

Answer<void> GithubLike::AddApprovals(Attribution& attribution) {
  std::vector<Review> reviews;
  const auto take = [&](const Json& item) {
    if (std::optional<Review> review = ReadReview(item)) {
      reviews.push_back(std::move(*review));
    }
    return Take::kNext;
  };
  const std::string where =
      fmt::format("{}/pulls/{}/reviews{}", repository_, attribution.number, ReviewQuery());
  RETURN_IF_FAILURE(api_.ForEach(
      {.where = where, .doing = "read the reviews", .needs = needs_.read, .record = &attribution.raw},
      NextAfter(where), take));
  attribution.approvals = ApprovalsOf(std::move(reviews), attribution.head_commit);
  for (Approval& approval : attribution.approvals) {
    ASSIGN_ANSWER_OR_RETURN(approval.may_write, MayWrite(approval.reviewer, &attribution.raw));
  }
  return {};
}

Answer<std::optional<Attribution>> GithubLike::FindAttribution(const std::string& commit) {
  std::string raw;
  ASSIGN_ANSWER_OR_RETURN(const std::optional<Json> json, FindMerged(commit, &raw));
  if (!json) {
    RETURN_IF_FAILURE(RequireProject());
    return std::nullopt;
  }
  std::optional<Attribution> attribution = github_shapes::ReadAttribution(*json);
  if (!attribution) {
    return FailWith(api_.Malformed({.where = repository_, .doing = "find the commit's pull request"},
                                   "the pull request lacks its number or head"));
  }
  attribution->raw = std::move(raw);
  RETURN_IF_FAILURE(AddApprovals(*attribution));
  return attribution;
}

}  // namespace paliad::forge
