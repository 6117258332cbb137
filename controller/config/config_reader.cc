#include "controller/config/config_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <optional>
#include <utility>

#include "base/text.h"
#include "controller/config/secret_lines.h"
#include "controller/git/fetch.h"
#include "controller/git/remote_url.h"
#include "ledger/trusted_keys.h"

namespace paliad::config {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kMaxName = 100;
constexpr int kMaxConcurrency = 1'000;
constexpr int kMaxPort = 65'535;
constexpr milliseconds kShortestInterval{100};

// It is part of URLs, of file names and of what people type.
std::string CheckName(const std::string& name) {
  const bool good = std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
  });
  if (!good || name.front() == '.' || name.front() == '-' || name.size() > kMaxName) {
    return fmt::format(
        "a name has letters, digits, '.', '_' and '-', begins with none of '.' and '-', and has "
        "at most {} characters",
        kMaxName);
  }
  return "";
}

// git-check-ref-format(1), the part that people get wrong.
std::string CheckBranch(const std::string& name) {
  const bool bad = name.starts_with('-') || name.starts_with('/') || name.ends_with('/') ||
                   name.ends_with('.') || name.ends_with(".lock") || name.find("..") != std::string::npos ||
                   name.find("//") != std::string::npos || name.find("@{") != std::string::npos ||
                   name.find_first_of(" ~^:?*[\\\x7f") != std::string::npos;
  return bad ? fmt::format("'{}' cannot be a branch's name", name) : "";
}

// In the repository: what git itself would call it.
std::string CheckFolder(const std::string& path) {
  if (path.starts_with('/')) {
    return "a path in the repository does not begin with '/'";
  }
  for (const auto& part : std::filesystem::path(path)) {
    if (part == "..") {
      return "a path in the repository does not have '..' in it";
    }
  }
  return "";
}

std::string CheckTable(const std::string& text) {
  const auto name = QualifiedName::Parse(text);
  return name ? "" : fmt::format("{}; {}", name.error().cause, name.error().hint);
}

std::string CheckVerifierKey(const std::string& line) {
  ledger::TrustedKeys keys;
  const Status added = keys.Add(line);
  return added ? "" : fmt::format("it is not a verifier key: {}", added.error().cause);
}

std::string CheckPublish(const std::string& place) {
  constexpr std::string_view kReference = "git:refs/";
  const bool file = place.starts_with("file:") && place.size() > 5;
  const bool git = place.starts_with(kReference) && place.size() > kReference.size() &&
                   CheckBranch(place.substr(4)).empty();
  return file || git ? "" : "a place of publication is \"file:DIR\" or \"git:refs/…\"";
}

constexpr std::string_view kNoCredentials =
    "it holds a user or a password; write the URL without it, and name where the secret is kept: "
    "username_env, password_env";

// ssh names the user in its URL; for HTTP a name alone may be a token.
std::string CheckRepository(const std::string& repository) {
  if (!git::IsRemote(repository)) {
    return "";
  }
  const Result<git::RemoteUrl> url = git::ParseRemoteUrl(repository);
  if (!url) {
    return fmt::format("`repository` cannot be used: {}", url.error().cause);
  }
  const bool http = url->scheme == git::Scheme::kHttps || url->scheme == git::Scheme::kHttp;
  return url->password.empty() && (!http || url->user.empty()) ? "" : std::string(kNoCredentials);
}

std::string CheckForgeUrl(const std::string& text) {
  const Result<git::RemoteUrl> url = git::ParseRemoteUrl(text + "/x");  // which wants a path
  if (!url || (url->scheme != git::Scheme::kHttps && url->scheme != git::Scheme::kHttp)) {
    return "`url` is the forge's address, such as \"https://git.example.com\"";
  }
  if (!url->user.empty() || !url->password.empty()) {
    return "it holds a user or a password; name where the token is kept: token_env";
  }
  if (url->scheme == git::Scheme::kHttp && !git::IsLoopback(*url)) {
    return "`url` must begin with https://: the token would travel in the clear";
  }
  return "";
}

std::string CheckPublicUrl(const std::string& text) {
  const Result<git::RemoteUrl> url = git::ParseRemoteUrl(text + "/x");  // which wants a path
  const bool good = url && (url->scheme == git::Scheme::kHttps || url->scheme == git::Scheme::kHttp) &&
                    url->user.empty() && url->password.empty();
  return good ? "" : "`public_url` is where others reach the pages, such as \"https://paliad.example.com\"";
}

std::string CheckProject(const std::string& project) {
  const std::size_t slash = project.find('/');
  const bool good = slash != std::string::npos && slash > 0 && !project.ends_with('/') &&
                    project.find("//") == std::string::npos &&
                    project.find_first_of(" ?#%") == std::string::npos;
  return good ? "" : "`project` is OWNER/NAME, such as \"m/paliad\"";
}

std::optional<ForgeKind> ForgeKindOf(const std::string& name) {
  for (const ForgeKind kind :
       {ForgeKind::kGitea, ForgeKind::kForgejo, ForgeKind::kGithub, ForgeKind::kGitlab}) {
    if (ForgeKindName(kind) == name) {
      return kind;
    }
  }
  return std::nullopt;
}

struct HostPort {
  std::string host;
  int port = 0;
};

// "127.0.0.1:8080", "[::1]:8080", "localhost:8080".
std::optional<HostPort> ParseListen(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string::npos || colon == 0) {
    return std::nullopt;
  }
  HostPort parsed{.host = text.substr(0, colon), .port = 0};
  const auto [end, error] = std::from_chars(text.data() + colon + 1, text.data() + text.size(), parsed.port);
  const bool bracketed = parsed.host.starts_with('[') && parsed.host.ends_with(']');
  if (bracketed) {
    parsed.host = parsed.host.substr(1, parsed.host.size() - 2);
  }
  const bool good = error == std::errc() && end == text.data() + text.size() && parsed.port >= 0 &&
                    parsed.port <= kMaxPort && !parsed.host.empty() &&
                    (bracketed || parsed.host.find(':') == std::string::npos);
  return good ? std::optional(parsed) : std::nullopt;
}

}  // namespace

ConfigReader::ConfigReader(std::string_view text, const std::string& path) : toml_(text, path) {
  std::error_code error;
  folder_ = std::filesystem::absolute(path, error).parent_path().string();
  config_.path = path;
  config_.data_dir = git::DefaultDataDir();
}

tl::expected<Config, std::vector<Diagnostic>> ConfigReader::Read() && {
  const std::optional<toml::table> root = toml_.Parse();
  if (root) {
    ReadRoot(*root);
  }
  if (toml_.problems().empty()) {
    return std::move(config_);
  }
  std::vector<Diagnostic> problems = std::move(toml_).TakeProblems();
  for (Diagnostic& problem : problems) {
    if (MayHoldSecret(problem.source_line)) {
      problem.source_line.clear();
    }
  }
  return tl::unexpected(std::move(problems));
}

void ConfigReader::ReadRoot(const toml::table& root) {
  TableReader reader(toml_, root, folder_);
  if (const toml::table* controller = reader.Table("controller")) {
    ReadController(*controller);
  }
  config_.http.tokens_file = config_.data_dir + "/tokens";
  if (const toml::table* http = reader.Table("http")) {
    ReadHttp(*http);
  }
  ReadTargets(reader.Find("target"));
  reader.RejectTheRest();
}

void ConfigReader::ReadController(const toml::table& table) {
  TableReader reader(toml_, table, folder_);
  reader.Path("data_dir", config_.data_dir);
  reader.Number("concurrency", config_.concurrency, 1, kMaxConcurrency);
  reader.Duration("shutdown_grace", config_.shutdown_grace, milliseconds(0));
  reader.Duration("fetch_timeout", config_.fetch_timeout, milliseconds(1));
  reader.RejectTheRest();
}

void ConfigReader::ReadHttp(const toml::table& table) {
  HttpConfig& http = config_.http;
  TableReader reader(toml_, table, folder_);
  ReadListen(reader);
  TableReader(toml_, table, config_.data_dir).Path("tokens_file", http.tokens_file);
  (void)reader.Find("tokens_file");
  reader.Text("public_url", http.public_url, CheckPublicUrl);
  while (http.public_url.ends_with('/')) {
    http.public_url.pop_back();
  }
  reader.Path("certificate_file", http.certificate_file);
  reader.Path("key_file", http.key_file);
  reader.Flag("anonymous_read", http.anonymous_read);
  if (http.certificate_file.empty() != http.key_file.empty()) {
    toml_.Report(table, "`certificate_file` and `key_file` come together");
  }
  reader.RejectTheRest();
}

void ConfigReader::ReadListen(TableReader& reader) {
  std::string listen;
  reader.Text("listen", listen, [](const std::string& text) {
    return ParseListen(text)
               ? ""
               : "`listen` is HOST:PORT, such as \"127.0.0.1:8080\", \"[::1]:8080\" or \"0.0.0.0:8080\"";
  });
  if (const std::optional<HostPort> parsed = ParseListen(listen)) {
    config_.http.host = parsed->host;
    config_.http.port = parsed->port;
  }
}

void ConfigReader::ReadTargets(const toml::node* node) {
  const toml::array* list = node == nullptr ? nullptr : node->as_array();
  if (node == nullptr || (list != nullptr && list->empty())) {
    toml_.Report("there is no target", "write a table [[target]] with name, repository and database_env");
    return;
  }
  if (list == nullptr || !list->is_homogeneous<toml::table>()) {
    toml_.Report(*node, "a target is written in double brackets: [[target]]");
    return;
  }
  std::vector<config::ReadTarget> targets;
  for (const toml::node& item : *list) {
    targets.push_back({.config = ReadTarget(*item.as_table()), .table = item.as_table()});
  }
  ReportConflicts(targets, toml_);
  for (config::ReadTarget& target : targets) {
    config_.targets.push_back(std::move(target.config));
  }
}

TargetConfig ConfigReader::ReadTarget(const toml::table& table) {
  TargetConfig config;
  config.target.name.clear();
  config.target.data_dir = config_.data_dir;
  TableReader reader(toml_, table, folder_);
  if (reader.Require("name", "\"production\"")) {
    reader.Text("name", config.target.name, CheckName);
  }
  ReadRepository(reader, config);
  ReadDatabase(reader, config);
  ReadCore(reader, config);
  if (const toml::table* ledger = reader.Table("ledger")) {
    config.target.ledger = ReadLedger(*ledger);
  }
  if (const toml::table* forge = reader.Table("forge")) {
    config.forge = ReadForge(*forge);
  }
  reader.RejectTheRest();
  return config;
}

void ConfigReader::ReadRepository(TableReader& reader, TargetConfig& config) {
  if (reader.Require("repository", "\"https://git.example.com/m/paliad.git\"")) {
    reader.Text("repository", config.repository, CheckRepository);
  }
  if (!config.repository.empty() && !git::IsRemote(config.repository)) {
    reader.Path("repository", config.repository);
  }
  reader.Text("branch", config.target.branch, CheckBranch);
  reader.Text("path", config.target.path, CheckFolder);
  reader.ReadSecret("username", config.git.username);
  reader.ReadSecret("password", config.git.password);
  reader.Path("ssh_key_file", config.git.ssh_key_file);
  reader.Path("known_hosts_file", config.git.known_hosts_file);
  reader.Path("ca_file", config.git.ca_file);
}

void ConfigReader::ReadDatabase(TableReader& reader, TargetConfig& config) {
  reader.ReadSecret("database", config.database);
  const toml::table& table = reader.table();
  if (!table.contains("database") && !table.contains("database_env") && !table.contains("database_file")) {
    toml_.Report(table, "neither `database_env` nor `database_file` is there",
                 "name the environment variable or the file that holds the database's URL, such as "
                 "database_env = \"PALIAD_DATABASE_URL\"");
  }
  reader.ReadSecret("scratch", config.scratch);
  reader.Text("scratch_template", config.scratch_template);
}

void ConfigReader::ReadCore(TableReader& reader, TargetConfig& config) {
  Target& target = config.target;
  reader.Duration("interval", config.interval, kShortestInterval);
  reader.Duration("lock_timeout", target.lock_timeout, milliseconds(0));
  reader.Duration("statement_timeout", target.statement_timeout, milliseconds(0));
  reader.Text("policy", target.policy_path, CheckFolder);
  for (const auto& [key, name] : {std::pair<std::string_view, QualifiedName&>("tracker", target.tracker),
                                  {"legacy_tracker", target.legacy_tracker}}) {
    std::string text = name.Text();
    reader.Text(key, text, CheckTable);
    name = *QualifiedName::Parse(text);
  }
  std::string search_path;
  reader.Text("search_path", search_path);
  if (!search_path.empty()) {
    target.search_path = search_path;
  }
}

LedgerSettings ConfigReader::ReadLedger(const toml::table& table) {
  LedgerSettings ledger;
  TableReader reader(toml_, table, folder_);
  reader.Text("origin", ledger.origin);
  reader.Path("signing_key_file", ledger.signing_key_file);
  reader.Texts("verifier_keys", ledger.verifier_keys, CheckVerifierKey);
  reader.Texts("publish", ledger.publish, CheckPublish);
  for (std::string& place : ledger.publish) {
    if (place.starts_with("file:")) {
      if (const Result<std::string> path = ResolvePath(place.substr(5), folder_)) {
        place = "file:" + *path;
      } else {
        toml_.Report(*table.get("publish"), path.error().cause);
      }
    }
  }
  reader.RejectTheRest();
  return ledger;
}

ForgeConfig ConfigReader::ReadForge(const toml::table& table) {
  ForgeConfig forge;
  TableReader reader(toml_, table, folder_);
  std::string kind;
  if (reader.Require("kind", "\"gitea\"")) {
    reader.Text("kind", kind, [](const std::string& text) {
      return ForgeKindOf(text) ? "" : "`kind` is \"gitea\", \"forgejo\", \"github\" or \"gitlab\"";
    });
  }
  forge.kind = ForgeKindOf(kind).value_or(ForgeKind::kGitea);
  if (reader.Require("url", "\"https://git.example.com\"")) {
    reader.Text("url", forge.url, CheckForgeUrl);
  }
  while (forge.url.ends_with('/')) {
    forge.url.pop_back();
  }
  if (reader.Require("project", "\"m/paliad\"")) {
    reader.Text("project", forge.project, CheckProject);
  }
  reader.ReadSecret("token", forge.token);
  reader.ReadSecret("webhook_secret", forge.webhook_secret);
  reader.Flag("dry_run_forks", forge.dry_run_forks);
  reader.Flag("report_all", forge.report_all);
  reader.Path("ca_file", forge.ca_file);
  reader.RejectTheRest();
  return forge;
}

}  // namespace paliad::config
