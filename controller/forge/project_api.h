// ProjectApi: what every forge's client asks about its one project in the same way. Not thread-safe.
#ifndef PALIAD_CONTROLLER_FORGE_PROJECT_API_H_
#define PALIAD_CONTROLLER_FORGE_PROJECT_API_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/json_fwd.h"
#include "controller/forge/api.h"
#include "controller/forge/forge.h"
#include "controller/forge/http.h"

namespace paliad::forge {

struct ProjectOptions {
  std::string path;          // below the base: "/repos/O/R"
  std::string pull_request;  // what the forge calls it: "merge request"
  std::string login;         // the field of a user that holds the login
  std::string needs_read;    // as ApiRequest::needs, of the project
  std::string needs_user;    // and of /user
};

class ProjectApi : public Api {
 public:
  // None: it has no number. The head may be empty.
  using ReadPullRequest = std::function<std::optional<PullRequest>(const Json&)>;

  ProjectApi(ApiOptions options, ProjectOptions project, std::unique_ptr<Http> http, const Clock& clock)
      : Api(std::move(options), std::move(http), clock), project_(std::move(project)) {}

  const std::string& path() const { return project_.path; }

  // A 404 may mean the project itself, and then answers nothing. Fails if the token does not see it. Asked
  // once.
  [[nodiscard]] Answer<void> RequireProject();

  // Whose the token is. Asked once.
  [[nodiscard]] Answer<std::string> Login();

  // Forge::OpenPullRequests over the list that begins at `where`.
  [[nodiscard]] Answer<std::vector<PullRequest>> OpenPullRequests(const std::string& where,
                                                                  const NextPage& next,
                                                                  const std::string& branch,
                                                                  const ReadPullRequest& read);

  // Forge::FindPullRequest of the one that is at `where`.
  [[nodiscard]] Answer<std::optional<PullRequest>> FindPullRequest(const std::string& where,
                                                                   const ReadPullRequest& read);

  // Whether what `request` finds is a `permission` to write; false where the forge does not tell.
  [[nodiscard]] Answer<bool> MayWrite(const ApiRequest& request,
                                      const std::function<bool(const Json&)>& permission);

 private:
  const ProjectOptions project_;
  bool project_seen_ = false;
  std::string login_;  // empty: not asked yet
};

}  // namespace paliad::forge

#endif  // PALIAD_CONTROLLER_FORGE_PROJECT_API_H_
