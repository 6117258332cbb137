#include "controller/forge/gitlab.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <utility>

#include "base/json.h"
#include "base/text.h"
#include "controller/forge/answer.h"
#include "controller/forge/comments.h"
#include "controller/forge/json_fields.h"
#include "controller/forge/project_api.h"
#include "controller/forge/reviews.h"
#include "controller/forge/url.h"

namespace paliad::forge {
namespace {

constexpr std::size_t kMaxText = 255;  // of a status's description and address
constexpr std::size_t kMaxComment = 1'000'000;
constexpr std::size_t kPageSize = 100;
constexpr int kDeveloper = 30;  // the lowest access level that may push

constexpr char kNeedsRead[] = "the scope `read_api` or `api`";
constexpr char kNeedsComment[] = "the scope `api`, and the role Reporter or higher";
constexpr char kNeedsStatus[] = "the scope `api`, and the role Developer or higher";

// GitLab knows one way to fail.
std::string_view StateName(StatusState state) {
  const bool failed = state == StatusState::kFailure || state == StatusState::kError;
  return failed ? "failed" : StatusStateName(state);
}

std::string BodyOf(const CommitStatus& status) {
  OrderedJson body = {{"state", StateName(status.state)},
                      {"context", StatusContext(status.context)},
                      {"description", Truncate(status.description, kMaxText)}};
  // Half an address is none.
  if (!status.target_url.empty() && status.target_url.size() <= kMaxText) {
    body["target_url"] = status.target_url;
  }
  return DumpJson(body);
}

// By number, which GitLab says in a header; by the size of the page where something on the way took that off.
NextPage NextAfter(const std::string& where) {
  return [where](const HttpReply& reply, std::size_t items, int page) {
    const auto header = reply.Header("x-next-page");
    const bool last = header ? header->empty() : items < kPageSize;
    return last ? "" : fmt::format("{}&page={}", where, page + 1);
  };
}

// None if it has no number. The head may be empty.
std::optional<PullRequest> ReadMergeRequest(const Json& json) {
  const auto number = NumberAt(json, "iid");
  if (!number || *number <= 0) {
    return std::nullopt;
  }
  const auto source = NumberAt(json, "source_project_id");  // null: the fork was deleted
  const bool from_fork = !source || source != NumberAt(json, "target_project_id");
  return PullRequest{.number = *number,
                     .title = TextAt(json, "title"),
                     .author = TextAt(json, "author.username"),
                     .head_commit = CommitAt(json, "sha"),
                     .head_ref = fmt::format("refs/merge-requests/{}/head", *number),
                     .base_branch = TextAt(json, "target_branch"),
                     .url = TextAt(json, "web_url"),
                     .from_fork = from_fork,
                     .merged = TextAt(json, "state") == "merged",
                     .status_project = from_fork && source ? std::to_string(*source) : ""};
}

std::optional<Comment> ReadNote(const Json& json) {
  const auto id = NumberAt(json, "id");
  if (!id || *id <= 0) {
    return std::nullopt;
  }
  return Comment{.id = *id, .author = TextAt(json, "author.username"), .body = TextAt(json, "body")};
}

class Gitlab final : public Forge {
 public:
  Gitlab(const ForgeOptions& options, std::unique_ptr<Http> http, const Clock& clock)
      : page_(options.url + "/" + PercentEncodePath(options.project)),
        api_({.forge = "GitLab",
              .base = options.url + "/api/v4",
              .headers = {{"PRIVATE-TOKEN", options.token}, {"Accept", "application/json"}},
              .token = options.token},
             {.path = "/projects/" + PercentEncode(options.project),
              .pull_request = "merge request",
              .login = "username",
              .needs_read = kNeedsRead,
              .needs_user = kNeedsRead},
             std::move(http), clock) {}

  Answer<std::vector<PullRequest>> OpenPullRequests(const std::string& branch) override;
  Answer<std::optional<PullRequest>> FindPullRequest(std::int64_t number) override;
  Answer<void> SetStatus(const CommitStatus& status) override;
  Answer<std::int64_t> KeepComment(std::int64_t number, const std::string& marker, const std::string& body,
                                   std::int64_t known, bool only_existing) override;
  Answer<std::optional<Attribution>> FindAttribution(const std::string& commit) override;

  std::string FileUrl(const std::string& commit, std::string_view path, int line) const override {
    return fmt::format("{}/-/blob/{}/{}{}", page_, commit, PercentEncodePath(path),
                       line > 0 ? fmt::format("#L{}", line) : "");
  }
  std::size_t CommentLimit() const override { return kMaxComment; }

 private:
  Answer<void> SetStatusOn(const std::string& project, const CommitStatus& status);
  Answer<std::optional<Json>> FindMerged(const std::string& commit, std::string* raw);
  Answer<void> AddApprovals(Attribution& attribution);
  Answer<bool> MayWrite(std::int64_t user, std::string* raw);
  std::string MergeRequest(std::int64_t number) const {
    return fmt::format("{}/merge_requests/{}", api_.path(), number);
  }

  const std::string page_;
  ProjectApi api_;
};

Answer<std::vector<PullRequest>> Gitlab::OpenPullRequests(const std::string& branch) {
  const std::string where =
      fmt::format("{}/merge_requests?state=opened&target_branch={}&order_by=created_at&sort=asc&per_page={}",
                  api_.path(), PercentEncode(branch), kPageSize);
  return api_.OpenPullRequests(where, NextAfter(where), branch, ReadMergeRequest);
}

Answer<std::optional<PullRequest>> Gitlab::FindPullRequest(std::int64_t number) {
  return api_.FindPullRequest(MergeRequest(number), ReadMergeRequest);
}

Answer<void> Gitlab::SetStatusOn(const std::string& project, const CommitStatus& status) {
  const ApiRequest request{.method = "POST",
                           .where = fmt::format("{}/statuses/{}", project, PercentEncode(status.commit)),
                           .body = BodyOf(status),
                           .doing = "set the commit status",
                           .needs = kNeedsStatus};
  ASSIGN_ANSWER_OR_RETURN(const HttpReply reply, api_.Exchange(request));
  const auto says = [&](std::string_view text) { return reply.body.find(text) != std::string::npos; };
  // From pending to pending there is no way in GitLab's machine of states.
  if (reply.status == 201 || (reply.status == 400 && says("Cannot transition status"))) {
    return {};
  }
  // "404 Commit Not Found", "404 References for commit Not Found": the project was found.
  if (reply.status == 404 && (says("Commit Not Found") || says("for commit Not Found"))) {
    return FailWith(api_.UnknownCommit(request, status.commit));
  }
  return FailWith(api_.Refused(request, reply));
}

// The page of a merge request from a fork shows the statuses of the fork's commit. A stranger's fork rarely
// lets us write there; then the project's own copy of the commit is what is left.
Answer<void> Gitlab::SetStatus(const CommitStatus& status) {
  if (!status.status_project.empty()) {
    auto set = SetStatusOn("/projects/" + PercentEncode(status.status_project), status);
    if (set || set.error().error.kind != ErrorKind::kInvalidInput) {
      return set;
    }
  }
  return SetStatusOn(api_.path(), status);
}

Answer<std::int64_t> Gitlab::KeepComment(std::int64_t number, const std::string& marker,
                                         const std::string& body, std::int64_t known, bool only_existing) {
  ASSIGN_ANSWER_OR_RETURN(std::string login, api_.Login());
  const std::string notes = MergeRequest(number) + "/notes";
  const std::string where = fmt::format("{}?sort=asc&order_by=created_at&per_page={}", notes, kPageSize);
  const auto one = [&](std::int64_t id) { return fmt::format("{}/{}", notes, id); };
  const CommentRequests requests{
      .list = {.where = where, .doing = "list the comments", .needs = kNeedsComment},
      .next = NextAfter(where),
      .create = {.method = "POST", .where = notes, .doing = "make a comment", .needs = kNeedsComment},
      .get =
          [&](std::int64_t id) {
            return ApiRequest{.where = one(id), .doing = "read our comment", .needs = kNeedsComment};
          },
      .update =
          [&](std::int64_t id) {
            return ApiRequest{
                .method = "PUT", .where = one(id), .doing = "edit our comment", .needs = kNeedsComment};
          },
      .read = ReadNote};
  return forge::KeepComment(api_, requests,
                            {.author = std::move(login),
                             .marker = marker,
                             .body = body,
                             .known = known,
                             .only_existing = only_existing});
}

// A commit may be in several: the one that was merged as this commit is preferred.
Answer<std::optional<Json>> Gitlab::FindMerged(const std::string& commit, std::string* raw) {
  const ApiRequest request{
      .where = fmt::format("{}/repository/commits/{}/merge_requests?state=merged&per_page={}", api_.path(),
                           PercentEncode(commit), kPageSize),
      .doing = "find the commit's merge request",
      .needs = kNeedsRead,
      .record = raw};
  ASSIGN_ANSWER_OR_RETURN(const std::optional<Json> list, api_.Find(request));
  std::optional<Json> merged;
  if (!list) {
    return merged;
  }
  if (!list->is_array()) {
    return FailWith(api_.Malformed(request, "it is not a list"));
  }
  for (const Json& item : *list) {
    const bool exact = CommitAt(item, "merge_commit_sha") == commit ||
                       CommitAt(item, "squash_commit_sha") == commit || CommitAt(item, "sha") == commit;
    if (TextAt(item, "state") == "merged" && (exact || !merged)) {
      merged = item;
      if (exact) {
        break;
      }
    }
  }
  return merged;
}

Answer<bool> Gitlab::MayWrite(std::int64_t user, std::string* raw) {
  return api_.MayWrite(
      {.where = fmt::format("{}/members/all/{}", api_.path(), user),
       .doing = "learn what an approver may do",
       .needs = kNeedsRead,
       .record = raw},
      [](const Json& member) { return NumberAt(member, "access_level").value_or(0) >= kDeveloper; });
}

// GitLab does not say which commit was approved.
Answer<void> Gitlab::AddApprovals(Attribution& attribution) {
  const ApiRequest request{.where = MergeRequest(attribution.number) + "/approvals",
                           .doing = "read the approvals",
                           .needs = kNeedsRead,
                           .record = &attribution.raw};
  ASSIGN_ANSWER_OR_RETURN(const std::optional<Json> json, api_.Find(request));
  if (!json) {
    return {};
  }
  if (!json->is_object()) {
    return FailWith(api_.Malformed(request, "it is not an object"));
  }
  const auto list = json->find("approved_by");
  if (list == json->end() || !list->is_array()) {
    return {};
  }
  std::map<std::string, std::int64_t> users;  // by login
  for (const Json& item : *list) {
    Approval approval{.reviewer = TextAt(item, "user.username"), .at = TimeAt(item, "approved_at")};
    if (approval.reviewer.empty()) {
      continue;  // the account is gone
    }
    users.try_emplace(approval.reviewer, NumberAt(item, "user.id").value_or(0));
    attribution.approvals.push_back(std::move(approval));
  }
  std::stable_sort(attribution.approvals.begin(), attribution.approvals.end(),
                   [](const Approval& one, const Approval& other) { return one.at < other.at; });
  return AskForRights(attribution,
                      [&](const std::string& login) { return MayWrite(users.at(login), &attribution.raw); });
}

Answer<std::optional<Attribution>> Gitlab::FindAttribution(const std::string& commit) {
  std::string raw;
  ASSIGN_ANSWER_OR_RETURN(const std::optional<Json> json, FindMerged(commit, &raw));
  if (!json) {
    RETURN_IF_FAILURE(api_.RequireProject());
    return std::nullopt;
  }
  std::optional<PullRequest> merged = ReadMergeRequest(*json);
  if (!merged || merged->head_commit.empty()) {
    return FailWith(api_.Malformed({.where = api_.path(), .doing = "find the commit's merge request"},
                                   "the merge request lacks its number or head"));
  }
  const std::string merger = TextAt(*json, "merge_user.username");
  Attribution attribution{.number = merged->number,
                          .url = std::move(merged->url),
                          .author = std::move(merged->author),
                          .from_fork = merged->from_fork,
                          .base_branch = std::move(merged->base_branch),
                          // Before GitLab 14.7 it has only the other name.
                          .merger = merger.empty() ? TextAt(*json, "merged_by.username") : merger,
                          .merged_at = TimeAt(*json, "merged_at"),
                          .head_commit = std::move(merged->head_commit),
                          .raw = std::move(raw)};
  RETURN_IF_FAILURE(AddApprovals(attribution));
  return std::optional(std::move(attribution));
}

}  // namespace

std::unique_ptr<Forge> MakeGitlab(const ForgeOptions& options, std::unique_ptr<Http> http,
                                  const Clock& clock) {
  return std::make_unique<Gitlab>(options, std::move(http), clock);
}

}  // namespace paliad::forge
