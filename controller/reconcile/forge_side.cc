#include "controller/reconcile/forge_side.h"

#include <fmt/format.h>

#include <string_view>

#include "base/json.h"
#include "base/text.h"
#include "base/utc_time.h"

namespace paliad {
namespace {

Json Time(const std::optional<WallTime>& time) { return time ? Json(FormatUtc(*time)) : Json(nullptr); }

Json OrNull(const std::string& text) { return text.empty() ? Json(nullptr) : Json(ToValidUtf8(text)); }

Json ApprovalsOf(const forge::Attribution& attribution) {
  Json approvals = Json::array();
  for (const forge::Approval& approval : attribution.approvals) {
    approvals.push_back({{"reviewer", ToValidUtf8(approval.reviewer)},
                         {"at", Time(approval.at)},
                         {"commit", OrNull(approval.commit)},
                         {"may_write", approval.may_write}});
  }
  return approvals;
}

}  // namespace

std::string PutMessageSql(const store::FeedbackOwner& owner, const forge::Message& message,
                          std::int64_t pull_request) {
  return PutFeedbackSql(owner, {.slot = forge::SlotOf(message),
                                .pull_request = pull_request,
                                .payload = forge::EncodeMessage(message)});
}

Json PullRequestFields(const forge::Attribution& attribution) {
  Json approvers = Json::array();
  for (const forge::Approval& approval : attribution.approvals) {
    approvers.push_back(ToValidUtf8(approval.reviewer));
  }
  return {{"number", attribution.number},
          {"url", OrNull(attribution.url)},
          {"branch", OrNull(attribution.base_branch)},
          {"author", OrNull(attribution.author)},
          {"merger", OrNull(attribution.merger)},
          {"approvers", std::move(approvers)}};
}

std::shared_ptr<const ledger::SaltedBody> ReplyOf(const Attributed& attributed) {
  if (!attributed || attributed->raw.empty()) {
    return nullptr;
  }
  return std::make_shared<const ledger::SaltedBody>(ledger::SaltBody(ToValidUtf8(attributed->raw)));
}

Json AttributedFields(const std::string& of_run, const std::string& commit, const Attributed& attributed,
                      const ledger::SaltedBody* reply) {
  Json pull_request = nullptr;
  if (attributed) {
    pull_request = PullRequestFields(*attributed);
    pull_request["merged_at"] = Time(attributed->merged_at);
    pull_request["head"] = OrNull(attributed->head_commit);
    pull_request["from_fork"] = attributed->from_fork;
    pull_request["approvals"] = ApprovalsOf(*attributed);
  }
  return {{"of_run", of_run},
          {"commit", commit},
          {"pull_request", std::move(pull_request)},
          {"reply", reply == nullptr ? Json(nullptr) : Json(reply->digest)}};
}

std::string WhyNotApproved(const std::optional<Attributed>& attributed, const std::string& branch) {
  if (!attributed) {
    return "the forge has not said yet which pull request it came from and who approved it";
  }
  if (!*attributed) {
    return "the forge knows of no pull request that it came from";
  }
  const forge::Attribution& attribution = **attributed;
  if (attribution.author.empty() || attribution.head_commit.empty()) {
    return fmt::format("the forge does not say who wrote pull request {} and what was merged of it",
                       attribution.number);
  }
  if (attribution.base_branch != branch) {
    return fmt::format("pull request {} was merged into {}, and not into {}", attribution.number,
                       EscapeForTerminal(attribution.base_branch), branch);
  }
  std::string because = "nobody approved it";
  for (const forge::Approval& approval : attribution.approvals) {
    const std::string reviewer = EscapeForTerminal(approval.reviewer);
    if (forge::SameLogin(approval.reviewer, attribution.author)) {
      because = fmt::format("only {}, its author, approved it", reviewer);
    } else if (!approval.may_write) {
      because = fmt::format("{}, who approved it, may not write to the project", reviewer);
    } else if (approval.commit.empty()) {
      because = fmt::format("the forge does not say which commit {} approved", reviewer);
    } else if (approval.commit != attribution.head_commit) {
      because = fmt::format("{} approved {}, and what was merged is {}", reviewer,
                            approval.commit.substr(0, 12), attribution.head_commit.substr(0, 12));
    } else {
      return "";
    }
  }
  return fmt::format("pull request {}: {}", attribution.number, because);
}

}  // namespace paliad
