#include "controller/forge/github.h"

#include <fmt/format.h>

#include <utility>

#include "base/json.h"
#include "controller/forge/answer.h"
#include "controller/forge/github_like.h"
#include "controller/forge/json_fields.h"
#include "controller/forge/link_header.h"
#include "controller/forge/url.h"

namespace paliad::forge {
namespace {

constexpr std::size_t kMaxDescription = 140;  // more is a 422
constexpr std::size_t kMaxComment = 65'536;

constexpr char kPages[] = "?per_page=100";

// A server of one's own has its API below its own address, github.com and ghe.com at a name beside it.
std::string ApiBase(const std::string& url) {
  const Origin origin = OriginOf(url).value_or(Origin{});
  if (origin.host == "github.com" || origin.host.ends_with(".ghe.com")) {
    return "https://api." + origin.host;
  }
  return url + "/api/v3";
}

ApiOptions OptionsOf(const ForgeOptions& options) {
  return {.forge = "GitHub",
          .base = ApiBase(options.url),
          .headers = {{"Authorization", "Bearer " + options.token},
                      {"Accept", "application/vnd.github+json"},
                      {"X-GitHub-Api-Version", "2022-11-28"}},
          .token = options.token,
          .write_gap = options.github_write_gap,
          .pace = options.pace};
}

class Github final : public GithubLike {
 public:
  Github(const ForgeOptions& options, std::unique_ptr<Http> http, const Clock& clock)
      : GithubLike(OptionsOf(options), options.project,
                   {.read = "\"Pull requests: read\", or `repo` with a classic token",
                    .status = "\"Commit statuses: read and write\", or `repo:status` with a classic token",
                    .comment = "\"Pull requests: read and write\", or `repo` with a classic token",
                    .user = "to be a user's, not an app's",
                    .permission = "\"Metadata: read\", or `repo` with a classic token"},
                   kMaxDescription, std::move(http), clock),
        page_(options.url + "/" + PercentEncodePath(options.project)) {}

  std::string FileUrl(const std::string& commit, std::string_view path, int line) const override {
    return fmt::format("{}/blob/{}/{}{}", page_, commit, PercentEncodePath(path),
                       line > 0 ? fmt::format("#L{}", line) : "");
  }
  std::size_t CommentLimit() const override { return kMaxComment; }

 private:
  std::string OpenQuery(const std::string& branch) const override {
    return fmt::format("?state=open&base={}&sort=created&direction=asc&per_page=100", PercentEncode(branch));
  }
  std::string CommentQuery() const override { return kPages; }
  std::string ReviewQuery() const override { return kPages; }

  // Never built, always what GitHub says: Api asks nobody but the same origin.
  NextPage NextAfter(const std::string& /*where*/) const override {
    return [](const HttpReply& reply, std::size_t /*items*/, int /*page*/) {
      return LinkTarget(reply.Header("link").value_or(""), "next");
    };
  }
  NextPage NextOfComments(const std::string& where) const override { return NextAfter(where); }

  bool IsUnknownCommit(const HttpReply& reply) const override {
    return reply.status == 422 && reply.body.find("No commit found") != std::string::npos;
  }

  std::optional<Review> ReadReview(const Json& json) const override;
  Answer<std::optional<Json>> FindMerged(const std::string& commit, std::string* raw) override;

  const std::string page_;
};

std::optional<Review> Github::ReadReview(const Json& json) const {
  const std::string state = TextAt(json, "state");
  std::string reviewer = TextAt(json, "user.login");  // null: the account is gone
  if ((state != "APPROVED" && state != "CHANGES_REQUESTED" && state != "DISMISSED") || reviewer.empty()) {
    return std::nullopt;
  }
  return Review{.id = NumberAt(json, "id").value_or(0),
                .reviewer = std::move(reviewer),
                .at = TimeAt(json, "submitted_at"),
                .commit = CommitAt(json, "commit_id"),
                .approves = state == "APPROVED"};
}

// A commit may be in several: the one that was merged as this commit is preferred.
Answer<std::optional<Json>> Github::FindMerged(const std::string& commit, std::string* raw) {
  std::int64_t merged = 0;
  const auto take = [&](const Json& item) {
    const std::int64_t number = NumberAt(item, "number").value_or(0);
    if (number <= 0) {
      return Take::kMalformed;
    }
    if (!TimeAt(item, "merged_at")) {
      return Take::kNext;
    }
    const bool exact = CommitAt(item, "merge_commit_sha") == commit;
    merged = exact || merged == 0 ? number : merged;
    return exact ? Take::kEnough : Take::kNext;
  };
  const ApiRequest list{
      .where = fmt::format("{}/commits/{}/pulls{}", api_.path(), PercentEncode(commit), kPages),
      .doing = "find the commit's pull request",
      .needs = needs_.read,
      .record = raw,
      // Of a commit that was never pushed there.
      .no_list = [this](const HttpReply& reply) { return reply.status == 404 || IsUnknownCommit(reply); }};
  RETURN_IF_FAILURE(api_.ForEach(list, NextAfter(list.where), take));
  if (merged == 0) {
    return std::nullopt;
  }
  // The list does not say who merged it.
  return api_.Find({.where = fmt::format("{}/pulls/{}", api_.path(), merged),
                    .doing = "read the pull request",
                    .needs = needs_.read,
                    .record = raw});
}

}  // namespace

std::unique_ptr<Forge> MakeGithub(const ForgeOptions& options, std::unique_ptr<Http> http,
                                  const Clock& clock) {
  return std::make_unique<Github>(options, std::move(http), clock);
}

}  // namespace paliad::forge
