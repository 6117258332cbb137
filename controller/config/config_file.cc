#include "controller/config/config_file.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "controller/config/config_reader.h"

namespace paliad::config {
namespace {

constexpr std::size_t kMaxBytes = std::size_t{1} << 20;
constexpr const char* kPlaces[] = {"paliad.toml", "/etc/paliad/paliad.toml"};

Error About(const TargetConfig& target, Error error) {
  error.doing = fmt::format("use the target '{}': {}", target.target.name, error.doing);
  return error;
}

}  // namespace

std::string_view ForgeKindName(ForgeKind kind) {
  switch (kind) {
    case ForgeKind::kGitea:
      return "gitea";
    case ForgeKind::kForgejo:
      return "forgejo";
    case ForgeKind::kGithub:
      return "github";
    case ForgeKind::kGitlab:
      return "gitlab";
  }
  return "";
}

const TargetConfig* Config::Find(std::string_view name) const {
  for (const TargetConfig& target : targets) {
    if (target.target.name == name) {
      return &target;
    }
  }
  return nullptr;
}

std::optional<std::string> FindConfigFile(const std::string& given) {
  if (!given.empty()) {
    return given;
  }
  if (const char* named = std::getenv("PALIAD_CONFIG"); named != nullptr && *named != '\0') {
    return named;
  }
  for (const char* place : kPlaces) {
    std::error_code error;
    if (std::filesystem::exists(place, error)) {
      return place;
    }
  }
  return std::nullopt;
}

Result<std::string> ReadConfigText(const std::string& path) {
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  std::string text(kMaxBytes + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (file.bad() || !file.eof()) {
    return Fail({.kind = ErrorKind::kInvalidInput,
                 .doing = "read the configuration",
                 .subject = path,
                 .cause = text.size() > kMaxBytes ? fmt::format("it is larger than {} bytes", kMaxBytes)
                                                  : std::string(std::strerror(errno)),
                 .hint = "--config or $PALIAD_CONFIG names it; else ./paliad.toml or "
                         "/etc/paliad/paliad.toml is used where it exists"});
  }
  return text;
}

tl::expected<Config, std::vector<Diagnostic>> ParseConfig(std::string_view text, const std::string& path) {
  return ConfigReader(text, path).Read();
}

Error MistakesError(const std::string& path, const std::vector<Diagnostic>& mistakes) {
  std::string all;
  for (const Diagnostic& mistake : mistakes) {
    all += Render(mistake);
  }
  if (!all.empty()) {
    all.pop_back();  // the last line's end
  }
  return {
      .kind = ErrorKind::kInvalidInput,
      .doing = "use the configuration",
      .subject = path,
      .cause = fmt::format("it has {} mistake{}\n{}", mistakes.size(), mistakes.size() == 1 ? "" : "s", all),
      .hint = "correct the file; `paliadctl config check` shows all of it again"};
}

Result<Config> ReadConfig(const std::string& path) {
  ASSIGN_OR_RETURN(const std::string text, ReadConfigText(path));
  auto config = ParseConfig(text, path);
  return config ? Result<Config>(*std::move(config)) : Fail(MistakesError(path, config.error()));
}

Result<Target> WithDatabase(const TargetConfig& target) {
  Result<std::string> url = target.database.Read();
  if (!url) {
    return Fail(About(target, url.error()));
  }
  Target complete = target.target;
  complete.database_url = *std::move(url);
  return complete;
}

Result<git::Credentials> ReadCredentials(const TargetConfig& target) {
  const Result<std::string> username = target.git.username.ReadIfNamed();
  const Result<std::string> password = target.git.password.ReadIfNamed();
  for (const Result<std::string>* secret : {&username, &password}) {
    if (!*secret) {
      return Fail(About(target, secret->error()));
    }
  }
  return git::Credentials{.username = *username,
                          .password = *password,
                          .ssh_key_file = target.git.ssh_key_file,
                          .known_hosts_file = target.git.known_hosts_file,
                          .ca_file = target.git.ca_file};
}

}  // namespace paliad::config
