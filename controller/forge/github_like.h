// What GitHub's API and Gitea's have in common, which is most of it.
#ifndef PALIAD_CONTROLLER_FORGE_GITHUB_LIKE_H_
#define PALIAD_CONTROLLER_FORGE_GITHUB_LIKE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/json_fwd.h"
#include "controller/forge/api.h"
#include "controller/forge/forge.h"
#include "controller/forge/project_api.h"
#include "controller/forge/reviews.h"

namespace paliad::forge {

class GithubLike : public Forge {
 public:
  Answer<std::vector<PullRequest>> OpenPullRequests(const std::string& branch) final;
  Answer<std::optional<PullRequest>> FindPullRequest(std::int64_t number) final;
  Answer<void> SetStatus(const CommitStatus& status) final;
  Answer<std::int64_t> KeepComment(std::int64_t number, const std::string& marker, const std::string& body,
                                   std::int64_t known, bool only_existing) final;
  Answer<std::optional<Attribution>> FindAttribution(const std::string& commit) final;

 protected:
  // What the token must be allowed to do, for hints.
  struct Needs {
    std::string read;
    std::string status;
    std::string comment;
    std::string user;
    std::string permission;
  };

  // `project`: "OWNER/NAME". `max_description`: bytes of a status.
  GithubLike(ApiOptions options, const std::string& project, Needs needs, std::size_t max_description,
             std::unique_ptr<Http> http, const Clock& clock);

  // The queries of lists, and how one goes on that began at `where`.
  virtual std::string OpenQuery(const std::string& branch) const = 0;
  virtual std::string CommentQuery() const = 0;
  virtual std::string ReviewQuery() const = 0;
  virtual NextPage NextAfter(const std::string& where) const = 0;
  virtual NextPage NextOfComments(const std::string& where) const = 0;

  virtual bool IsUnknownCommit(const HttpReply& reply) const = 0;

  // None for what says neither yes nor no.
  virtual std::optional<Review> ReadReview(const Json& json) const = 0;

  // The merged pull request of a commit, whole.
  virtual Answer<std::optional<Json>> FindMerged(const std::string& commit, std::string* raw) = 0;

  Answer<void> AddApprovals(Attribution& attribution);
  // False where the forge does not tell.
  Answer<bool> MayWrite(const std::string& login, std::string* raw);

  const Needs needs_;
  ProjectApi api_;

 private:
  const std::size_t max_description_;
};

}  // namespace paliad::forge

#endif  // PALIAD_CONTROLLER_FORGE_GITHUB_LIKE_H_
