// What paliad.toml says, with every default filled in. Values; safe to share. A secret is only named here
// (secret.h): it is read when it is needed, so a Config can be shown and logged.
#ifndef PALIAD_CONTROLLER_CONFIG_CONFIG_H_
#define PALIAD_CONTROLLER_CONFIG_CONFIG_H_

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "controller/config/secret.h"
#include "controller/forge/kind.h"
#include "controller/reconcile/target.h"

namespace paliad::config {

struct HttpConfig {
  std::string host = "127.0.0.1";  // without brackets
  int port = 8080;                 // 0: any that is free
  std::string tokens_file;         // absolute
  std::string public_url;        // where the forge's readers reach the pages, without a slash at its end; may
                                 // be empty
  std::string certificate_file;  // with key_file, or both empty: no TLS
  std::string key_file;
  bool anonymous_read = false;  // everybody may read what an auditor may
};

using forge::ForgeKind;

// "gitea", "forgejo", "github", "gitlab".
std::string_view ForgeKindName(ForgeKind kind);

struct ForgeConfig {
  ForgeKind kind = ForgeKind::kGitea;
  std::string url;        // https://git.example.com, without a slash at its end
  std::string project;    // "m/paliad"
  Secret token;           // may be empty: no feedback
  Secret webhook_secret;  // may be empty: no webhooks; several, separated by commas, while one is rotated
  bool dry_run_forks = false;
  bool report_all = false;  // pull requests that do not touch the target get a status too
  std::string ca_file;      // absolute; empty: the system's
};

struct GitConfig {
  Secret username;
  Secret password;
  std::string ssh_key_file;  // these three absolute, or empty
  std::string known_hosts_file;
  std::string ca_file;
};

struct TargetConfig {
  std::string repository;  // a URL, or a folder's absolute path
  Secret database;         // not empty
  Secret scratch;          // a server for dry runs; may be empty
  std::string scratch_template;
  GitConfig git;
  std::chrono::milliseconds interval{60'000};  // > 0
  std::optional<ForgeConfig> forge;
  Target target;  // all but database_url, which is a secret
};

struct Config {
  std::string path;      // of the file, as it was named
  std::string data_dir;  // absolute
  int concurrency = 4;   // > 0
  std::chrono::milliseconds shutdown_grace{300'000};
  std::chrono::milliseconds fetch_timeout{600'000};  // > 0; of one fetch
  HttpConfig http;
  std::vector<TargetConfig> targets;  // at least one, in the file's order; names differ

  // Null if there is none.
  const TargetConfig* Find(std::string_view name) const;
};

}  // namespace paliad::config

#endif  // PALIAD_CONTROLLER_CONFIG_CONFIG_H_
