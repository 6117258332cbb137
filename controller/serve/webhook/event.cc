#include "controller/serve/webhook/event.h"

#include <array>

#include "base/json.h"
#include "controller/serve/http/parse.h"

namespace paliad::serve {
namespace {

std::string_view EventName(ForgeKind kind, const HeaderLookup& header) {
  switch (kind) {
    case ForgeKind::kForgejo:
      if (const auto name = header("x-forgejo-event")) {
        return *name;
      }
      [[fallthrough]];
    case ForgeKind::kGitea:
      return header("x-gitea-event").value_or("");
    case ForgeKind::kGithub:
      return header("x-github-event").value_or("");
    case ForgeKind::kGitlab:
      return header("x-gitlab-event").value_or("");
  }
  return "";
}

bool IsPush(ForgeKind kind, std::string_view name) {
  return name == (kind == ForgeKind::kGitlab ? "Push Hook" : "push");
}

bool IsPullRequest(ForgeKind kind, std::string_view name) {
  switch (kind) {
    case ForgeKind::kGitlab:
      return name == "Merge Request Hook";
    case ForgeKind::kGithub:
      return name == "pull_request" || name == "pull_request_review";
    case ForgeKind::kGitea:
    case ForgeKind::kForgejo:
      return name == "pull_request" || name == "pull_request_approved" || name == "pull_request_rejected";
  }
  return false;
}

Error NotAnEvent(std::string cause) {
  return {.kind = ErrorKind::kInvalidInput,
          .doing = "read the webhook",
          .subject = "",
          .cause = std::move(cause),
          .hint = "let the forge send application/json"};
}

Result<Json> ReadBody(const HeaderLookup& header, std::string_view body) {
  constexpr std::string_view kForm = "application/x-www-form-urlencoded";
  std::string text(body);
  if (header("content-type").value_or("").substr(0, kForm.size()) == kForm) {
    const auto form = http::ParseParameters(body);
    if (!form || form->size() != 1 || form->front().first != "payload") {
      return Fail(NotAnEvent("the form has no payload"));
    }
    text = form->front().second;
  }
  // Neither the parser's message nor the body goes anywhere: old forges put the secret into it.
  Result<Json> json = ParseJson(text);
  if (!json || !json->is_object()) {
    return Fail(NotAnEvent("the body is not a JSON object"));
  }
  return json;
}

}  // namespace

Result<WebhookEvent> ReadEvent(ForgeKind kind, const HeaderLookup& header, std::string_view body,
                               const std::string& branch) {
  const std::string_view name = EventName(kind, header);
  const bool push = IsPush(kind, name);
  if (!push && !IsPullRequest(kind, name)) {
    return WebhookEvent{.ignored_because = "only pushes and pull requests matter here"};
  }
  ASSIGN_OR_RETURN(const Json json, ReadBody(header, body));
  if (!push) {
    return WebhookEvent{.notice = Notice::kPullRequest};
  }
  const auto ref = json.find("ref");
  if (ref == json.end() || !ref->is_string()) {
    return Fail(NotAnEvent("a push without a ref"));
  }
  if (ref->get<std::string>() != "refs/heads/" + branch) {
    return WebhookEvent{.ignored_because = "a push to another branch"};
  }
  return WebhookEvent{.notice = Notice::kPush};
}

std::string DeliveryId(ForgeKind kind, const HeaderLookup& header) {
  constexpr std::array<std::string_view, 2> kOfGitlab = {"webhook-id", "idempotency-key"};
  constexpr std::array<std::string_view, 2> kOfGitea = {"x-gitea-delivery", "x-forgejo-delivery"};
  constexpr std::array<std::string_view, 2> kOfGithub = {"x-github-delivery", ""};
  const auto& names = kind == ForgeKind::kGitlab   ? kOfGitlab
                      : kind == ForgeKind::kGithub ? kOfGithub
                                                   : kOfGitea;
  for (const std::string_view name : names) {
    if (const auto id = header(name)) {
      return std::string(id->substr(0, 128));
    }
  }
  return "";
}

}  // namespace paliad::serve
