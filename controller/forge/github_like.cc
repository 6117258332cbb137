#include "controller/forge/github_like.h"

#include <fmt/format.h>

#include <utility>

#include "base/json.h"
#include "controller/forge/answer.h"
#include "controller/forge/comments.h"
#include "controller/forge/github_shapes.h"
#include "controller/forge/retry_after.h"
#include "controller/forge/url.h"

namespace paliad::forge {

GithubLike::GithubLike(ApiOptions options, const std::string& project, Needs needs,
                       std::size_t max_description, std::unique_ptr<Http> http, const Clock& clock)
    : needs_(std::move(needs)),
      api_(std::move(options),
           {.path = "/repos/" + PercentEncodePath(project),
            .pull_request = "pull request",
            .login = "login",
            .needs_read = needs_.read,
            .needs_user = needs_.user},
           std::move(http), clock),
      max_description_(max_description) {}

Answer<std::vector<PullRequest>> GithubLike::OpenPullRequests(const std::string& branch) {
  const std::string where = api_.path() + "/pulls" + OpenQuery(branch);
  return api_.OpenPullRequests(where, NextAfter(where), branch, github_shapes::ReadPullRequest);
}

Answer<std::optional<PullRequest>> GithubLike::FindPullRequest(std::int64_t number) {
  return api_.FindPullRequest(fmt::format("{}/pulls/{}", api_.path(), number),
                              github_shapes::ReadPullRequest);
}

Answer<void> GithubLike::SetStatus(const CommitStatus& status) {
  const ApiRequest request{.method = "POST",
                           .where = fmt::format("{}/statuses/{}", api_.path(), PercentEncode(status.commit)),
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
  RETURN_IF_FAILURE(api_.RequireProject());
  return FailWith(api_.UnknownCommit(request, status.commit));
}

Answer<std::int64_t> GithubLike::KeepComment(std::int64_t number, const std::string& marker,
                                             const std::string& body, std::int64_t known,
                                             bool only_existing) {
  ASSIGN_ANSWER_OR_RETURN(std::string login, api_.Login());
  const std::string list = fmt::format("{}/issues/{}/comments", api_.path(), number);
  const auto one = [this](std::int64_t id) { return fmt::format("{}/issues/comments/{}", api_.path(), id); };
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
  return api_.MayWrite(
      {.where = fmt::format("{}/collaborators/{}/permission", api_.path(), PercentEncode(login)),
       .doing = "learn what a reviewer may do",
       .needs = needs_.permission,
       .record = raw},
      github_shapes::MayWrite);
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
      fmt::format("{}/pulls/{}/reviews{}", api_.path(), attribution.number, ReviewQuery());
  RETURN_IF_FAILURE(api_.ForEach(
      {.where = where, .doing = "read the reviews", .needs = needs_.read, .record = &attribution.raw},
      NextAfter(where), take));
  attribution.approvals = ApprovalsOf(std::move(reviews), attribution.head_commit);
  return AskForRights(attribution,
                      [&](const std::string& login) { return MayWrite(login, &attribution.raw); });
}

Answer<std::optional<Attribution>> GithubLike::FindAttribution(const std::string& commit) {
  std::string raw;
  ASSIGN_ANSWER_OR_RETURN(const std::optional<Json> json, FindMerged(commit, &raw));
  if (!json) {
    RETURN_IF_FAILURE(api_.RequireProject());
    return std::nullopt;
  }
  std::optional<Attribution> attribution = github_shapes::ReadAttribution(*json);
  if (!attribution) {
    return FailWith(api_.Malformed({.where = api_.path(), .doing = "find the commit's pull request"},
                                   "the pull request lacks its number or head"));
  }
  attribution->raw = std::move(raw);
  RETURN_IF_FAILURE(AddApprovals(*attribution));
  return attribution;
}

}  // namespace paliad::forge
