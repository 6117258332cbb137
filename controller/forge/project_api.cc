#include "controller/forge/project_api.h"

#include <cstdint>
#include <map>
#include <utility>

#include "base/json.h"
#include "controller/forge/answer.h"
#include "controller/forge/json_fields.h"

namespace paliad::forge {

Answer<void> ProjectApi::RequireProject() {
  if (!project_seen_) {
    RETURN_IF_FAILURE(Do({.where = project_.path, .doing = "see the project", .needs = project_.needs_read}));
    project_seen_ = true;
  }
  return {};
}

Answer<std::string> ProjectApi::Login() {
  if (login_.empty()) {
    const ApiRequest request{
        .where = "/user", .doing = "learn whose the token is", .needs = project_.needs_user};
    ASSIGN_ANSWER_OR_RETURN(const Json json, Read(request));
    login_ = TextAt(json, project_.login);
    if (login_.empty()) {
      return FailWith(Malformed(request, "the user has no login"));
    }
  }
  return login_;
}

Answer<std::vector<PullRequest>> ProjectApi::OpenPullRequests(const std::string& where, const NextPage& next,
                                                              const std::string& branch,
                                                              const ReadPullRequest& read) {
  // Pages shift while pull requests come and go: one may come twice.
  std::map<std::int64_t, PullRequest> open;
  const auto take = [&](const Json& item) {
    if (item.is_null()) {
      return Take::kNext;  // of which Gitea itself cannot read the head
    }
    std::optional<PullRequest> pull_request = read(item);
    if (!pull_request) {
      return Take::kMalformed;
    }
    if (pull_request->base_branch == branch && !pull_request->head_commit.empty()) {
      open.insert_or_assign(pull_request->number, std::move(*pull_request));
    }
    return Take::kNext;
  };
  RETURN_IF_FAILURE(ForEach(
      {.where = where, .doing = "list the open " + project_.pull_request + "s", .needs = project_.needs_read},
      next, take));
  std::vector<PullRequest> sorted;
  for (auto& [number, pull_request] : open) {
    sorted.push_back(std::move(pull_request));
  }
  return sorted;
}

Answer<std::optional<PullRequest>> ProjectApi::FindPullRequest(const std::string& where,
                                                               const ReadPullRequest& read) {
  const ApiRequest request{
      .where = where, .doing = "read the " + project_.pull_request, .needs = project_.needs_read};
  ASSIGN_ANSWER_OR_RETURN(const std::optional<Json> json, Find(request));
  if (!json) {
    RETURN_IF_FAILURE(RequireProject());
    return std::nullopt;
  }
  std::optional<PullRequest> pull_request = read(*json);
  if (!pull_request) {
    return FailWith(Malformed(request, "the " + project_.pull_request + " has no number"));
  }
  if (pull_request->head_commit.empty()) {
    return FailWith(Invalid(request, "it has no head commit", ""));
  }
  return pull_request;
}

Answer<bool> ProjectApi::MayWrite(const ApiRequest& request,
                                  const std::function<bool(const Json&)>& permission) {
  const auto found = Find(request);
  if (found) {
    return *found && permission(**found);
  }
  // Refused is an answer: it cannot be learnt. That the forge is down is none.
  if (found.error().error.kind == ErrorKind::kInvalidInput) {
    return false;
  }
  return FailWith(found.error());
}

}  // namespace paliad::forge
