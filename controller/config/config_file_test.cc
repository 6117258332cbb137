#include "controller/config/config_file.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

namespace paliad::config {
namespace {

using std::chrono::milliseconds;

constexpr char kPath[] = "/srv/paliad.toml";
constexpr char kTarget[] =
    "[[target]]\n"
    "name = 'production'\n"
    "repository = 'https://git.example.com/m/paliad.git'\n"
    "database_env = 'PALIAD_DATABASE_URL'\n";

Config Parse(const std::string& text) {
  auto config = ParseConfig(text, kPath);
  EXPECT_TRUE(config.has_value()) << (config ? "" : MistakesError(kPath, config.error()).Message());
  return config ? *config : Config{};
}

// Every mistake, rendered; the file is called paliad.toml.
std::string Mistakes(std::string_view text) {
  const auto config = ParseConfig(text, "paliad.toml");
  std::string all;
  if (!config) {
    for (const Diagnostic& mistake : config.error()) {
      all += Render(mistake);
    }
  }
  return all;
}

// Of keys of the target above.
std::string TargetMistakes(const std::string& keys) { return Mistakes(kTarget + keys); }

TEST(ConfigFile, WhatIsNotWrittenHasItsDefault) {
  ::setenv("XDG_CACHE_HOME", "/cache", 1);
  const Config config = Parse(kTarget);
  EXPECT_EQ(config.path, kPath);
  EXPECT_EQ(config.data_dir, "/cache/paliad");
  EXPECT_EQ(config.concurrency, 4);
  EXPECT_EQ(config.shutdown_grace, std::chrono::minutes(5));
  EXPECT_EQ(config.fetch_timeout, std::chrono::minutes(10));
  EXPECT_EQ(config.http.host, "127.0.0.1");
  EXPECT_EQ(config.http.port, 8080);
  EXPECT_EQ(config.http.tokens_file, "/cache/paliad/tokens");
  EXPECT_EQ(config.http.certificate_file, "");
  ASSERT_EQ(config.targets.size(), 1U);
  const TargetConfig& target = config.targets.front();
  EXPECT_EQ(target.repository, "https://git.example.com/m/paliad.git");
  EXPECT_EQ(target.database, Secret::InEnvironment("PALIAD_DATABASE_URL"));
  EXPECT_TRUE(target.scratch.empty());
  EXPECT_EQ(target.interval, std::chrono::minutes(1));
  EXPECT_FALSE(target.forge.has_value());
  EXPECT_EQ(target.target.name, "production");
  EXPECT_EQ(target.target.branch, "main");
  EXPECT_EQ(target.target.path, "migrations");
  EXPECT_EQ(target.target.tracker.Text(), "paliad.applied_migrations");
  EXPECT_EQ(target.target.legacy_tracker.Text(), "paliad.paliad_schema_migrations");
  EXPECT_EQ(target.target.search_path, std::nullopt);
  EXPECT_EQ(target.target.lock_timeout, std::chrono::seconds(5));
  EXPECT_EQ(target.target.statement_timeout, milliseconds(0));
  EXPECT_EQ(target.target.policy_path, ".paliad/policy.toml");
  EXPECT_EQ(target.target.data_dir, "/cache/paliad");
  EXPECT_EQ(target.target.ledger.origin, "");
  EXPECT_TRUE(target.target.ledger.publish.empty());
}

TEST(ConfigFile, EveryKeyIsRead) {
  const Config config = Parse(R"(
[controller]
data_dir = "/var/lib/paliad"
concurrency = 16
shutdown_grace = "90s"
fetch_timeout = "30m"
[http]
listen = "[::1]:0"
tokens_file = "secret/tokens"
public_url = "https://paliad.example.com/gitops/"
certificate_file = "tls/cert.pem"
key_file = "/tls/key.pem"
[[target]]
name = "eu-1"
repository = "git@git.example.com:m/paliad.git"
branch = "release/1"
path = "db/migrations"
database_file = "secrets/database"
interval = "500ms"
lock_timeout = "0"
statement_timeout = "1h"
policy = "db/policy.toml"
tracker = "app.done"
legacy_tracker = "app.old"
search_path = "app, public"
scratch_env = "SCRATCH"
scratch_template = "app_template"
username_env = "GIT_USER"
password_file = "/secrets/git"
ssh_key_file = "id_ed25519"
known_hosts_file = "known_hosts"
ca_file = "ca.pem"
[target.ledger]
origin = "db.example.com/eu-1"
signing_key_file = "ledger.pem"
publish = ["file:out", "git:refs/paliad/ledger"]
[target.forge]
kind = "gitlab"
url = "https://gitlab.example.com/"
project = "group/sub/app"
token_env = "FORGE_TOKEN"
webhook_secret_file = "hook"
dry_run_forks = true
report_all = true
ca_file = "forge.pem"
)");
  EXPECT_EQ(config.data_dir, "/var/lib/paliad");
  EXPECT_EQ(config.concurrency, 16);
  EXPECT_EQ(config.shutdown_grace, std::chrono::seconds(90));
  EXPECT_EQ(config.fetch_timeout, std::chrono::minutes(30));
  EXPECT_EQ(config.http.host, "::1");
  EXPECT_EQ(config.http.port, 0);
  EXPECT_EQ(config.http.tokens_file, "/var/lib/paliad/secret/tokens");
  EXPECT_EQ(config.http.public_url, "https://paliad.example.com/gitops");
  EXPECT_EQ(config.http.certificate_file, "/srv/tls/cert.pem");
  EXPECT_EQ(config.http.key_file, "/tls/key.pem");
  ASSERT_EQ(config.targets.size(), 1U);
  const TargetConfig& target = config.targets.front();
  EXPECT_EQ(target.repository, "git@git.example.com:m/paliad.git");
  EXPECT_EQ(target.database, Secret::InFile("/srv/secrets/database"));
  EXPECT_EQ(target.scratch, Secret::InEnvironment("SCRATCH"));
  EXPECT_EQ(target.scratch_template, "app_template");
  EXPECT_EQ(target.interval, milliseconds(500));
  EXPECT_EQ(target.git.username, Secret::InEnvironment("GIT_USER"));
  EXPECT_EQ(target.git.password, Secret::InFile("/secrets/git"));
  EXPECT_EQ(target.git.ssh_key_file, "/srv/id_ed25519");
  EXPECT_EQ(target.git.known_hosts_file, "/srv/known_hosts");
  EXPECT_EQ(target.git.ca_file, "/srv/ca.pem");
  EXPECT_EQ(target.target.branch, "release/1");
  EXPECT_EQ(target.target.path, "db/migrations");
  EXPECT_EQ(target.target.policy_path, "db/policy.toml");
  EXPECT_EQ(target.target.tracker.Text(), "app.done");
  EXPECT_EQ(target.target.legacy_tracker.Text(), "app.old");
  EXPECT_EQ(target.target.search_path, "app, public");
  EXPECT_EQ(target.target.lock_timeout, milliseconds(0));
  EXPECT_EQ(target.target.statement_timeout, std::chrono::hours(1));
  EXPECT_EQ(target.target.ledger.origin, "db.example.com/eu-1");
  EXPECT_EQ(target.target.ledger.signing_key_file, "/srv/ledger.pem");
  EXPECT_EQ(target.target.ledger.publish,
            (std::vector<std::string>{"file:/srv/out", "git:refs/paliad/ledger"}));
  ASSERT_TRUE(target.forge.has_value());
  EXPECT_EQ(target.forge->kind, ForgeKind::kGitlab);
  EXPECT_EQ(target.forge->url, "https://gitlab.example.com");
  EXPECT_EQ(target.forge->project, "group/sub/app");
  EXPECT_EQ(target.forge->token, Secret::InEnvironment("FORGE_TOKEN"));
  EXPECT_EQ(target.forge->webhook_secret, Secret::InFile("/srv/hook"));
  EXPECT_TRUE(target.forge->dry_run_forks);
  EXPECT_TRUE(target.forge->report_all);
  EXPECT_EQ(target.forge->ca_file, "/srv/forge.pem");
}

TEST(ConfigFile, PathsBeginAtTheFilesFolderAtHomeOrAtAVariable) {
  ::setenv("XDG_CACHE_HOME", "/cache", 1);
  ::setenv("HOME", "/home/ada", 1);
  ::setenv("STATE_DIRECTORY", "/state", 1);
  const auto data_dir = [](const std::string& value) {
    return Parse("controller.data_dir = '" + value + "'\n" + kTarget).data_dir;
  };
  EXPECT_EQ(data_dir("data"), "/srv/data");
  EXPECT_EQ(data_dir("../data"), "/data");
  EXPECT_EQ(data_dir("~/data"), "/home/ada/data");
  EXPECT_EQ(data_dir("$STATE_DIRECTORY"), "/state");
  EXPECT_EQ(data_dir("$XDG_CACHE_HOME/paliad"), "/cache/paliad");
  ::unsetenv("XDG_CACHE_HOME");
  EXPECT_EQ(data_dir("$XDG_CACHE_HOME/paliad"), "/home/ada/.cache/paliad");
  EXPECT_EQ(Parse("[[target]]\nname = 'a'\nrepository = '.'\ndatabase_env = 'A'\n").targets[0].repository,
            "/srv/");
}

TEST(ConfigFile, EveryMistakeIsReportedAtOnceInTheFilesOrder) {
  EXPECT_EQ(Mistakes("[controller]\n"
                     "concurrency = 0\n"
                     "shutdown_grace = 300\n"
                     "[htpp]\n"
                     "[[target]]\n"
                     "name = 'production'\n"
                     "repository = 'https://git.example.com/m/paliad.git'\n"
                     "database_env = 'PALIAD_DATABASE_URL'\n"
                     "brnach = 'main'\n"
                     "path = '/migrations'\n"
                     "interval = '1 minute'\n"
                     "tracker = 'applied'\n"
                     "[target.ledger]\n"
                     "publish = ['ftp:x', 3]\n"
                     "verifier_keys = ['nonsense']\n"
                     "[target.forge]\n"
                     "kind = 'gogs'\n"
                     "url = 'http://git.example.com'\n"
                     "dry_run_forks = 'no'\n"
                     "[[target]]\n"
                     "branch = 'a..b'\n"),
            R"(paliad.toml:2:15: error: `concurrency` is a whole number from 1 to 1000
  concurrency = 0
                ^
paliad.toml:3:18: error: `shutdown_grace` is a duration in quotes, such as "30s"
  shutdown_grace = 300
                   ^
paliad.toml:4:2: error: unknown key 'htpp' (did you mean 'http'?)
  [htpp]
   ^
paliad.toml:9:1: error: unknown key 'brnach' (did you mean 'branch'?)
  brnach = 'main'
  ^
paliad.toml:10:8: error: a path in the repository does not begin with '/'
  path = '/migrations'
         ^
paliad.toml:11:12: error: `interval` is not a duration: it is not a number with one of the units ms, s, m, h
  interval = '1 minute'
             ^
  hint: write for example 500ms, 30s, 5m or 1h
paliad.toml:12:11: error: it is not of the form schema.table; write for example paliad.applied_migrations
  tracker = 'applied'
            ^
paliad.toml:14:12: error: a place of publication is "file:DIR" or "git:refs/…"
  publish = ['ftp:x', 3]
             ^
paliad.toml:14:21: error: `publish` is a text in quotes
  publish = ['ftp:x', 3]
                      ^
paliad.toml:15:18: error: it is not a verifier key: it has no two '+'
  verifier_keys = ['nonsense']
                   ^
paliad.toml:16:1: error: `project` is missing
  [target.forge]
  ^
  hint: such as project = "m/paliad"
paliad.toml:17:8: error: `kind` is "gitea", "forgejo", "github" or "gitlab"
  kind = 'gogs'
         ^
paliad.toml:18:7: error: `url` must begin with https://: the token would travel in the clear
  url = 'http://git.example.com'
        ^
paliad.toml:19:17: error: `dry_run_forks` is true or false
  dry_run_forks = 'no'
                  ^
paliad.toml:20:1: error: `name` is missing
  [[target]]
  ^
  hint: such as name = "production"
paliad.toml:20:1: error: `repository` is missing
  [[target]]
  ^
  hint: such as repository = "https://git.example.com/m/paliad.git"
paliad.toml:20:1: error: neither `database_env` nor `database_file` is there
  [[target]]
  ^
  hint: name the environment variable or the file that holds the database's URL, such as database_env = "PALIAD_DATABASE_URL"
paliad.toml:21:10: error: 'a..b' cannot be a branch's name
  branch = 'a..b'
           ^
)");
}

TEST(ConfigFile, TextThatIsNotTomlIsLocated) {
  const std::string mistakes = Mistakes("[controller]\nconcurrency = \n");
  EXPECT_TRUE(mistakes.starts_with("paliad.toml:2:")) << mistakes;
}

struct Case {
  std::string keys;  // of the target, from line 5 on
  std::string rendered;
};

class ConfigFileCase : public ::testing::TestWithParam<Case> {};

TEST_P(ConfigFileCase, IsAMistake) { EXPECT_EQ(TargetMistakes(GetParam().keys), GetParam().rendered); }

INSTANTIATE_TEST_SUITE_P(
    OfATarget, ConfigFileCase,
    ::testing::Values(
        Case{R"(database = 'postgres://u:hunter2@h/d'
)",
             R"(paliad.toml:5:12: error: 'database' must not stand in this file: it is a secret
  hint: name where it is kept: database_env = "A_VARIABLE" or database_file = "/a/file"
)"},
        Case{R"(database_file = 'x'
)",
             R"(paliad.toml:5:17: error: give `database_env` or `database_file`, not both
  database_file = 'x'
                  ^
)"},
        Case{R"(password = 'hunter2'
token_env = 'X'
)",
             R"(paliad.toml:5:12: error: 'password' must not stand in this file: it is a secret
  hint: name where it is kept: password_env = "A_VARIABLE" or password_file = "/a/file"
paliad.toml:6:1: error: unknown key 'token_env'
  token_env = 'X'
  ^
)"},
        Case{R"(password_env = 'hunter2 '
)",
             R"(paliad.toml:5:16: error: `password_env` is the name of an environment variable, not its value
  hint: a name has letters, digits and underscores, such as "PALIAD_DATABASE_URL"
)"},
        Case{R"(passwrd = 'hunter2'
)",
             R"(paliad.toml:5:1: error: unknown key 'passwrd'
)"},
        Case{R"(policy = '../x'
)",
             R"(paliad.toml:5:10: error: a path in the repository does not have '..' in it
  policy = '../x'
           ^
)"},
        Case{R"(branch = ''
)",
             R"(paliad.toml:5:10: error: `branch` must not be empty
  branch = ''
           ^
)"},
        Case{R"(branch = 'a b'
)",
             R"(paliad.toml:5:10: error: 'a b' cannot be a branch's name
  branch = 'a b'
           ^
)"},
        Case{R"(interval = '10ms'
)",
             R"(paliad.toml:5:12: error: `interval` must be at least 100ms
  interval = '10ms'
             ^
)"},
        Case{R"(ledger = 1
)",
             R"(paliad.toml:5:10: error: `ledger` is a table
  ledger = 1
           ^
)"},
        Case{R"(search_path = 3
)",
             R"(paliad.toml:5:15: error: `search_path` is a text in quotes
  search_path = 3
                ^
)"},
        Case{
            R"([http]
listen = '8080'
)",
            R"(paliad.toml:6:10: error: `listen` is HOST:PORT, such as "127.0.0.1:8080", "[::1]:8080" or "0.0.0.0:8080"
  listen = '8080'
           ^
)"},
        Case{R"([http]
key_file = 'k'
)",
             R"(paliad.toml:5:1: error: `certificate_file` and `key_file` come together
  [http]
  ^
)"},
        Case{R"([target.forge]
)",
             R"(paliad.toml:5:1: error: `kind` is missing
  [target.forge]
  ^
  hint: such as kind = "gitea"
paliad.toml:5:1: error: `url` is missing
  [target.forge]
  ^
  hint: such as url = "https://git.example.com"
paliad.toml:5:1: error: `project` is missing
  [target.forge]
  ^
  hint: such as project = "m/paliad"
)"},
        Case{R"([target.forge]
kind='gitea'
url='https://t0ken@git.example.com'
project='paliad'
)",
             R"(paliad.toml:7:5: error: it holds a user or a password; name where the token is kept: token_env
paliad.toml:8:9: error: `project` is OWNER/NAME, such as "m/paliad"
  project='paliad'
          ^
)"},
        Case{R"([[target]]
name = 'production'
repository = 'x'
database_env = 'B'
)",
             R"(paliad.toml:6:8: error: the name 'production' is taken by another target
  name = 'production'
         ^
  hint: a name is what entries, webhooks and --target go by
)"},
        Case{
            R"([[target]]
name = 'b'
repository = 'x'
database_env = 'PALIAD_DATABASE_URL'
)",
            R"(paliad.toml:5:1: error: the target 'production' keeps paliad.applied_migrations in the same database
  [[target]]
  ^
  hint: each would take the other's migrations for orphaned; give one of them a tracker of its own
)"},
        Case{R"([target.ledger]
origin = 'o'
publish = ['file:p', 'git:refs/l']
[[target]]
name = 'b'
repository = 'https://git.example.com/m/paliad.git'
database_env = 'B'
[target.ledger]
origin = 'o'
publish = ['git:refs/l', 'file:./p']
)",
             R"(paliad.toml:13:10: error: the target 'production' has the same origin
  origin = 'o'
           ^
  hint: an origin names one database's log; a checkpoint of the other would look like a forgery
paliad.toml:14:12: error: the target 'production' publishes to the same place
  publish = ['git:refs/l', 'file:./p']
             ^
  hint: each log needs a place of its own
paliad.toml:14:26: error: the target 'production' publishes to the same place
  publish = ['git:refs/l', 'file:./p']
                           ^
  hint: each log needs a place of its own
)"},
        Case{R"([target.ledger]
origin = 'o'
[[target]]
name = 'b'
repository = 'x'
database_env = 'PALIAD_DATABASE_URL'
tracker = 'b.b'
[target.ledger]
origin = 'p'
)",
             R"(paliad.toml:13:10: error: the target 'production' has the same database and another origin
  origin = 'p'
           ^
  hint: there is one log per database, and so one origin
)"},
        Case{
            R"([[target]]
name = '-b'
repository = 'https://ada:hunter2@git.example.com/x'
database_env = 'B'
)",
            R"(paliad.toml:6:8: error: a name has letters, digits, '.', '_' and '-', begins with none of '.' and '-', and has at most 100 characters
  name = '-b'
         ^
paliad.toml:7:14: error: it holds a user or a password; write the URL without it, and name where the secret is kept: username_env, password_env
)"},
        Case{
            R"([[target]]
name = 'b'
repository = 'https://t0ken@git.example.com/x'
database_env = 'B'
)",
            R"(paliad.toml:7:14: error: it holds a user or a password; write the URL without it, and name where the secret is kept: username_env, password_env
)"},
        Case{R"([[target]]
name = 'b'
repository = 'ftp://git.example.com/x'
database_env = 'B'
)",
             R"(paliad.toml:7:14: error: `repository` cannot be used: ftp:// is not supported
  repository = 'ftp://git.example.com/x'
               ^
)"},
        Case{
            R"(tracker = 'x'
scratch_env = 3
ca_file = '$NOT_SET_AT_ALL/ca'
)",
            R"(paliad.toml:5:11: error: it is not of the form schema.table; write for example paliad.applied_migrations
  tracker = 'x'
            ^
paliad.toml:6:15: error: `scratch_env` is the name of an environment variable, not its value
  hint: a name has letters, digits and underscores, such as "PALIAD_DATABASE_URL"
paliad.toml:7:11: error: the environment variable $NOT_SET_AT_ALL is not set
  ca_file = '$NOT_SET_AT_ALL/ca'
            ^
)"},
        Case{R"(search_path = "no\u0001"
)",
             R"(paliad.toml:5:15: error: `search_path` holds a control character
  search_path = "no\u0001"
                ^
)"}));

}  // namespace
}  // namespace paliad::config
