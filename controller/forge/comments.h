// One comment of ours in a pull request, kept rather than repeated. The same on every forge.
#ifndef PALIAD_CONTROLLER_FORGE_COMMENTS_H_
#define PALIAD_CONTROLLER_FORGE_COMMENTS_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "base/json_fwd.h"
#include "controller/forge/api.h"
#include "controller/forge/forge.h"

namespace paliad::forge {

struct Comment {
  std::int64_t id = 0;
  std::string author;  // login
  std::string body;
};

// How a forge is asked about the comments of one pull request. Bodies of create and update are added here:
// all forges take {"body": …}.
struct CommentRequests {
  ApiRequest list;
  NextPage next;
  ApiRequest create;
  std::function<ApiRequest(std::int64_t id)> get;
  std::function<ApiRequest(std::int64_t id)> update;
  std::function<std::optional<Comment>(const Json&)> read;  // none: it is malformed
};

struct WantedComment {
  std::string author;  // our own login
  std::string marker;
  std::string body;
  std::int64_t known = 0;
  bool only_existing = false;
};

// Forge::KeepComment. The known one is looked at first, and is ours if its author is. Else all are looked
// through, before every POST: so one whose answer was lost is found, and not made again. Of several the
// oldest counts. A comment that is as it should be already is not written.
[[nodiscard]] Answer<std::int64_t> KeepComment(Api& api, const CommentRequests& requests,
                                               const WantedComment& wanted);

}  // namespace paliad::forge

#endif  // PALIAD_CONTROLLER_FORGE_COMMENTS_H_
