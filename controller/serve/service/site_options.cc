#include "controller/serve/service/site_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "controller/config/config_file.h"
#include "controller/serve/backend/backend.h"
#include "controller/serve/loop/event_log.h"
#include "controller/serve/webhook/signature.h"

namespace paliad::serve {
namespace {

ForgeKind KindOf(config::ForgeKind kind) {
  switch (kind) {
    case config::ForgeKind::kGitea:
      return ForgeKind::kGitea;
    case config::ForgeKind::kForgejo:
      return ForgeKind::kForgejo;
    case config::ForgeKind::kGithub:
      return ForgeKind::kGithub;
    case config::ForgeKind::kGitlab:
      return ForgeKind::kGitlab;
  }
  return ForgeKind::kGitea;
}

// "a, b" while a secret is rotated; an empty one would let everybody in.
std::vector<std::string> Secrets(const std::string& text) {
  constexpr char kBlank[] = " \t";
  std::vector<std::string> secrets;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    const std::size_t first = text.find_first_not_of(kBlank, begin);
    if (first < end) {
      secrets.push_back(text.substr(first, text.find_last_not_of(kBlank, end - 1) + 1 - first));
    }
    begin = end + 1;
  }
  return secrets;
}

SiteTarget SiteTargetFor(const config::TargetConfig& config) {
  SiteTarget target{.target = config.target, .forge = std::nullopt};
  if (Result<Target> complete = config::WithDatabase(config)) {
    target.target = *std::move(complete);
  } else {
    LogEvent(Level::kError, {.target = config.target.name}, complete.error().Message());
  }
  if (config.forge) {
    target.forge = SiteForge{.kind = KindOf(config.forge->kind), .webhook_secrets = {}};
    if (const Result<std::string> secret = config.forge->webhook_secret.ReadIfNamed()) {
      target.forge->webhook_secrets = Secrets(*secret);
    } else {
      LogEvent(Level::kError, {.target = config.target.name}, secret.error().Message());
    }
  }
  return target;
}

}  // namespace

SiteOptions SiteOptionsFor(const config::Config& config) {
  const config::HttpConfig& http = config.http;
  const bool ipv6 = http.host.find(':') != std::string::npos;
  SiteOptions options{
      .listen = fmt::format("{}{}{}:{}", ipv6 ? "[" : "", http.host, ipv6 ? "]" : "", http.port),
      .certificate_file = http.certificate_file,
      .key_file = http.key_file,
      .tokens_file = http.tokens_file,
      .anonymous_read = http.anonymous_read,
      .targets = {}};
  for (const config::TargetConfig& target : config.targets) {
    options.targets.push_back(SiteTargetFor(target));
  }
  return options;
}

}  // namespace paliad::serve
