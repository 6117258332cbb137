#include "controller/forge/comments.h"

#include <utility>

#include "base/json.h"
#include "controller/forge/answer.h"

namespace paliad::forge {
namespace {

std::string BodyOf(const WantedComment& wanted) { return DumpJson({{"body", wanted.body}}); }

Answer<std::optional<Comment>> FindKnown(Api& api, const CommentRequests& requests,
                                         const WantedComment& wanted) {
  const ApiRequest request = requests.get(wanted.known);
  ASSIGN_ANSWER_OR_RETURN(const std::optional<Json> json, api.Find(request));
  if (!json) {
    return std::nullopt;  // somebody deleted it
  }
  std::optional<Comment> comment = requests.read(*json);
  if (!comment) {
    return FailWith(api.Malformed(request, "the comment lacks what it must have"));
  }
  return comment->author == wanted.author ? std::move(comment) : std::nullopt;
}

Answer<std::optional<Comment>> Search(Api& api, const CommentRequests& requests,
                                      const WantedComment& wanted) {
  std::optional<Comment> oldest;
  const auto take = [&](const Json& item) {
    std::optional<Comment> comment = requests.read(item);
    if (!comment) {
      return Take::kMalformed;
    }
    const bool ours =
        comment->author == wanted.author && comment->body.find(wanted.marker) != std::string::npos;
    if (ours && (!oldest || comment->id < oldest->id)) {
      oldest = std::move(comment);
    }
    return Take::kNext;
  };
  RETURN_IF_FAILURE(api.ForEach(requests.list, requests.next, take));
  return oldest;
}

Answer<std::int64_t> Create(Api& api, const CommentRequests& requests, const WantedComment& wanted) {
  ApiRequest request = requests.create;
  request.body = BodyOf(wanted);
  ASSIGN_ANSWER_OR_RETURN(const Json json, api.Read(request));
  const std::optional<Comment> made = requests.read(json);
  if (!made) {
    return FailWith(api.Malformed(request, "the new comment has no id"));
  }
  return made->id;
}

}  // namespace

Answer<std::int64_t> KeepComment(Api& api, const CommentRequests& requests, const WantedComment& wanted) {
  std::optional<Comment> found;
  if (wanted.known != 0) {
    ASSIGN_ANSWER_OR_RETURN(found, FindKnown(api, requests, wanted));
  }
  if (!found) {
    ASSIGN_ANSWER_OR_RETURN(found, Search(api, requests, wanted));
  }
  if (!found) {
    return wanted.only_existing ? Answer<std::int64_t>(0) : Create(api, requests, wanted);
  }
  if (found->body != wanted.body) {
    ApiRequest request = requests.update(found->id);
    request.body = BodyOf(wanted);
    RETURN_IF_FAILURE(api.Do(request));
  }
  return found->id;
}

}  // namespace paliad::forge
