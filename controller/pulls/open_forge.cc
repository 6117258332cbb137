#include "controller/pulls/open_forge.h"

#include <fmt/format.h>

#include <utility>

#include "controller/forge/make_forge.h"

namespace paliad::pulls {

Result<std::unique_ptr<forge::Forge>> OpenForge(const config::TargetConfig& target, const Clock& clock,
                                                std::stop_token stop,
                                                std::shared_ptr<forge::WritePace> pace) {
  const config::ForgeConfig& forge = *target.forge;
  Result<std::string> token = forge.token.Read();
  if (!token) {
    Error error = token.error();
    error.doing = "read the forge's token of target " + target.target.name + " from";
    error.subject = forge.token.Where();
    return Fail(std::move(error));
  }
  return forge::MakeForge({.kind = forge.kind,
                           .url = forge.url,
                           .project = forge.project,
                           .token = *std::move(token),
                           .ca_file = forge.ca_file,
                           .pace = std::move(pace),
                           .stop = std::move(stop)},
                          clock);
}

store::FeedbackOwner OwnerOf(const config::TargetConfig& target) {
  const config::ForgeConfig& forge = *target.forge;
  return {.tracker = target.target.tracker.Text(),
          .forge = fmt::format("{} {} {}", config::ForgeKindName(forge.kind), forge.url, forge.project)};
}

std::string HeadReferences(config::ForgeKind kind) {
  return kind == config::ForgeKind::kGitlab ? "refs/merge-requests/*/head" : "refs/pull/*/head";
}

}  // namespace paliad::pulls
