// JSON as GitHub writes it, and Gitea and Forgejo after it. Pure.
#ifndef PALIAD_CONTROLLER_FORGE_GITHUB_SHAPES_H_
#define PALIAD_CONTROLLER_FORGE_GITHUB_SHAPES_H_

#include <cstddef>
#include <optional>
#include <string>

#include "base/json_fwd.h"
#include "controller/forge/comments.h"
#include "controller/forge/forge.h"

namespace paliad::forge::github_shapes {

// None if it has no number. The head may be empty.
std::optional<PullRequest> ReadPullRequest(const Json& json);

// None if it has no id.
std::optional<Comment> ReadComment(const Json& json);

// All but the approvals and `raw`. None if it has no number or head.
std::optional<Attribution> ReadAttribution(const Json& json);

// Of POST /repos/O/R/statuses/SHA.
std::string StatusBody(const CommitStatus& status, std::size_t max_description);

// "admin", "write", and Gitea's "owner": may push.
bool MayWrite(const Json& permission);

}  // namespace paliad::forge::github_shapes

#endif  // PALIAD_CONTROLLER_FORGE_GITHUB_SHAPES_H_
