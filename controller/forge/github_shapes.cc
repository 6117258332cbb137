#include "controller/forge/github_shapes.h"

#include <fmt/format.h>

#include <utility>

#include "base/json.h"
#include "base/text.h"
#include "controller/forge/json_fields.h"

namespace paliad::forge::github_shapes {
namespace {

// The repository of a fork that was deleted is null.
bool IsFromFork(const Json& json) {
  const auto head = NumberAt(json, "head.repo.id");
  return !head || head != NumberAt(json, "base.repo.id");
}

}  // namespace

std::optional<PullRequest> ReadPullRequest(const Json& json) {
  const auto number = NumberAt(json, "number");
  if (!number || *number <= 0) {
    return std::nullopt;
  }
  return PullRequest{.number = *number,
                     .title = TextAt(json, "title"),
                     .author = TextAt(json, "user.login"),
                     .head_commit = CommitAt(json, "head.sha"),
                     .head_ref = fmt::format("refs/pull/{}/head", *number),
                     .base_branch = TextAt(json, "base.ref"),
                     .url = TextAt(json, "html_url"),
                     .from_fork = IsFromFork(json),
                     .merged = !TextAt(json, "merged_at").empty()};
}

std::optional<Comment> ReadComment(const Json& json) {
  const auto id = NumberAt(json, "id");
  if (!id || *id <= 0) {
    return std::nullopt;
  }
  return Comment{.id = *id, .author = TextAt(json, "user.login"), .body = TextAt(json, "body")};
}

std::optional<Attribution> ReadAttribution(const Json& json) {
  std::optional<PullRequest> pull_request = ReadPullRequest(json);
  if (!pull_request || pull_request->head_commit.empty()) {
    return std::nullopt;
  }
  return Attribution{.number = pull_request->number,
                     .url = std::move(pull_request->url),
                     .author = std::move(pull_request->author),
                     .from_fork = pull_request->from_fork,
                     .base_branch = std::move(pull_request->base_branch),
                     .merger = TextAt(json, "merged_by.login"),
                     .merged_at = TimeAt(json, "merged_at"),
                     .head_commit = std::move(pull_request->head_commit)};
}

std::string StatusBody(const CommitStatus& status, std::size_t max_description) {
  OrderedJson body = {{"state", StatusStateName(status.state)},
                      {"context", StatusContext(status.context)},
                      {"description", Truncate(status.description, max_description)}};
  if (!status.target_url.empty()) {
    body["target_url"] = status.target_url;
  }
  return DumpJson(body);
}

bool MayWrite(const Json& permission) {
  const std::string name = TextAt(permission, "permission");
  return name == "admin" || name == "write" || name == "owner";
}

}  // namespace paliad::forge::github_shapes
