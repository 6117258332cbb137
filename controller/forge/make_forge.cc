#include "controller/forge/make_forge.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "base/text.h"
#include "controller/forge/gitea.h"
#include "controller/forge/github.h"
#include "controller/forge/gitlab.h"
#include "controller/forge/http_client.h"
#include "controller/forge/url.h"
#include "controller/version.h"

namespace paliad::forge {
namespace {

Status Refuse(const std::string& subject, std::string cause, std::string hint) {
  return Fail({.kind = ErrorKind::kInvalidInput,
               .doing = "use the forge",
               .subject = EscapeForTerminal(RedactUrl(subject)),
               .cause = std::move(cause),
               .hint = std::move(hint)});
}

bool IsProject(std::string_view project, bool nested) {
  int parts = 0;
  for (bool more = true; more; ++parts) {
    const std::size_t slash = project.find('/');
    const std::string_view part = project.substr(0, slash);
    if (part.empty() || part == "." || part == "..") {
      return false;
    }
    more = slash != project.npos;
    project.remove_prefix(more ? slash + 1 : project.size());
  }
  return parts == 2 || (nested && parts > 2);
}

Status Check(const ForgeOptions& options) {
  const auto origin = OriginOf(options.url);
  if (!origin || options.url.find_first_of("?#") != std::string::npos) {
    return Refuse(options.url, "it is not the address of a forge",
                  "write for example https://git.example.com");
  }
  if (origin->scheme == "http" && !IsLoopback(*origin)) {
    return Refuse(options.url, "the token would travel in the clear", "use https://");
  }
  if (!IsProject(options.project, options.kind == ForgeKind::kGitlab)) {
    return Refuse(options.project, "it is not a project", "write OWNER/NAME, such as m/paliad");
  }
  const bool good = !options.token.empty() && std::all_of(options.token.begin(), options.token.end(),
                                                          [](char c) { return c > 0x20 && c < 0x7f; });
  if (!good) {
    return Refuse(options.url, "the token is empty or holds blanks or control characters",
                  "a token is one line of letters, digits and signs");
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<Forge>> MakeForge(const ForgeOptions& given, const Clock& clock) {
  ForgeOptions options = given;
  while (options.url.ends_with('/')) {
    options.url.pop_back();
  }
  RETURN_IF_ERROR(Check(options));
  auto http =
      std::make_unique<HttpClient>(HttpClientOptions{.ca_file = options.ca_file,
                                                     .connect_timeout = options.connect_timeout,
                                                     .request_timeout = options.request_timeout,
                                                     .user_agent = fmt::format("paliad-gitops/{}", kVersion),
                                                     .stop = options.stop});
  switch (options.kind) {
    case ForgeKind::kGithub:
      return MakeGithub(options, std::move(http), clock);
    case ForgeKind::kGitea:
    case ForgeKind::kForgejo:
      return MakeGitea(options, std::move(http), clock);
    case ForgeKind::kGitlab:
      return MakeGitlab(options, std::move(http), clock);
  }
  return Fail({.kind = ErrorKind::kInternal, .doing = "use the forge", .cause = "its kind is unknown"});
}

}  // namespace paliad::forge
