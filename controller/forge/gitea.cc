#include "controller/forge/gitea.h"

#include <fmt/format.h>

#include <charconv>
#include <utility>

#include "base/json.h"
#include "controller/forge/answer.h"
#include "controller/forge/github_like.h"
#include "controller/forge/json_fields.h"
#include "controller/forge/url.h"

namespace paliad::forge {
namespace {

// Gitea states no limits: its own pages show about so much of a description, and GitHub's comments are long
// enough.
constexpr std::size_t kMaxDescription = 255;
constexpr std::size_t kMaxComment = 65'536;

ApiOptions OptionsOf(const ForgeOptions& options) {
  return {.forge = options.kind == ForgeKind::kForgejo ? "Forgejo" : "Gitea",
          .base = options.url + "/api/v1",
          .headers = {{"Authorization", "token " + options.token}, {"Accept", "application/json"}},
          .token = options.token};
}

std::optional<std::size_t> TotalOf(const HttpReply& reply) {
  const std::string_view text = reply.Header("x-total-count").value_or("");
  std::size_t total = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), total);
  const bool good = !text.empty() && error == std::errc() && end == text.data() + text.size();
  return good ? std::optional(total) : std::nullopt;
}

class Gitea final : public GithubLike {
 public:
  Gitea(const ForgeOptions& options, std::unique_ptr<Http> http, const Clock& clock)
      : GithubLike(OptionsOf(options), options.project,
                   {.read = "the scope `read:repository`",
                    .status = "the scope `write:repository`, of a user who may write to the repository",
                    .comment = "the scope `write:issue`",
                    .user = "the scope `read:user`",
                    .permission = "the scope `read:repository`, of an administrator of the repository"},
                   kMaxDescription, std::move(http), clock),
        page_(options.url + "/" + PercentEncodePath(options.project)) {}

  std::string FileUrl(const std::string& commit, std::string_view path, int line) const override {
    return fmt::format("{}/src/commit/{}/{}{}", page_, commit, PercentEncodePath(path),
                       line > 0 ? fmt::format("#L{}", line) : "");
  }
  std::size_t CommentLimit() const override { return kMaxComment; }

 private:
  // Not by branch: Gitea and Forgejo call that parameter differently.
  std::string OpenQuery(const std::string& /*branch*/) const override {
    return "?state=open&sort=oldest&limit=50";
  }
  std::string CommentQuery() const override { return ""; }
  std::string ReviewQuery() const override { return "?limit=50"; }

  // The server may have a smaller limit than was asked for: only an empty page, or the total, says that it is
  // the last.
  NextPage NextAfter(const std::string& where) const override {
    return [where, seen = std::size_t{0}](const HttpReply& reply, std::size_t items, int page) mutable {
      seen += items;
      const bool last = items == 0 || seen >= TotalOf(reply).value_or(seen + 1);
      return last ? "" : fmt::format("{}&page={}", where, page + 1);
    };
  }

  // All at once.
  NextPage NextOfComments(const std::string& /*where*/) const override {
    return [](const HttpReply&, std::size_t, int) { return std::string(); };
  }

  // Older ones answer 500 (seen on 1.13).
  bool IsUnknownCommit(const HttpReply& reply) const override {
    return reply.status == 404 ||
           (reply.status == 500 && reply.body.find("object does not exist") != std::string::npos);
  }

  std::optional<Review> ReadReview(const Json& json) const override;

  // Gitea knows the commit as which it was merged, no other.
  Answer<std::optional<Json>> FindMerged(const std::string& commit, std::string* raw) override {
    ASSIGN_ANSWER_OR_RETURN(
        std::optional<Json> json,
        api_.Find({.where = fmt::format("{}/commits/{}/pull", api_.path(), PercentEncode(commit)),
                   .doing = "find the commit's pull request",
                   .needs = needs_.read,
                   .record = raw}));
    if (json && !FlagAt(*json, "merged")) {
      json.reset();
    }
    return json;
  }

  const std::string page_;
};

std::optional<Review> Gitea::ReadReview(const Json& json) const {
  const std::string state = TextAt(json, "state");
  std::string reviewer = TextAt(json, "user.login");  // null: a team was asked
  if ((state != "APPROVED" && state != "REQUEST_CHANGES") || reviewer.empty()) {
    return std::nullopt;
  }
  return Review{.id = NumberAt(json, "id").value_or(0),
                .reviewer = std::move(reviewer),
                .at = TimeAt(json, "submitted_at"),
                .commit = CommitAt(json, "commit_id"),
                .approves = state == "APPROVED" && !FlagAt(json, "dismissed")};
}

}  // namespace

std::unique_ptr<Forge> MakeGitea(const ForgeOptions& options, std::unique_ptr<Http> http,
                                 const Clock& clock) {
  return std::make_unique<Gitea>(options, std::move(http), clock);
}

}  // namespace paliad::forge
