// Clone and incremental fetch of a remote repository into a bare clone under the data folder, in a child
// process of the same binary: libgit2 has no network time-outs, and a hostile pack stays away from the
// caller.
#ifndef PALIAD_CONTROLLER_GIT_FETCH_H_
#define PALIAD_CONTROLLER_GIT_FETCH_H_

#include <chrono>
#include <cstdint>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"

namespace paliad::git {

// How to authenticate; every field may be empty. A username and password in the URL are used and never shown
// or stored.
struct Credentials {
  std::string username;
  std::string password;          // or token
  std::string ssh_key_file;      // private key; else the ssh agent
  std::string known_hosts_file;  // default: ~/.ssh/known_hosts, then /etc/ssh/ssh_known_hosts
  std::string ca_file;           // default: the system's authorities
};

// From PALIAD_GIT_USERNAME, PALIAD_GIT_PASSWORD, PALIAD_GIT_SSH_KEY_FILE, PALIAD_GIT_KNOWN_HOSTS_FILE,
// PALIAD_GIT_CA_FILE.
Credentials CredentialsFromEnvironment();

struct FetchOptions {
  std::string url;       // https://, ssh://, file://, or user@host:path
  std::string branch;    // what HEAD of the clone names; fetched with all other branches and tags
  std::string data_dir;  // the clone is data_dir/git/<digest of the url without secrets>
  // Further references to fetch under their own names, such as "refs/pull/*/head".
  std::vector<std::string> references;
  Credentials credentials;
  std::chrono::milliseconds deadline{std::chrono::minutes(10)};  // of the whole fetch; > 0
  std::uint64_t max_bytes = std::uint64_t{4} << 30;              // received; > 0
  std::stop_token stop;                                          // ends the fetch early
  // Started with kFetchCommand: a program whose main() hands that to RunFetchCommand.
  std::string program = "/proc/self/exe";
};

// True if `location` names a remote repository (has a scheme or the form user@host:path) and not a local
// folder.
bool IsRemote(const std::string& location);

// "$XDG_CACHE_HOME/paliad", "~/.cache/paliad" where it is not set, "/var/cache/paliad" without a home.
std::string DefaultDataDir();

// Clones or fetches and returns the folder of the bare clone, which Repository::Open opens. Branches are in
// refs/heads, pruned like the remote's. Two processes may fetch into one clone at the same time (a lock file
// with flock). A corrupt clone is set aside and made again. kUnavailable for everything
// that the network or the peer did, for a host key that is not known and for a refused password;
// kInvalidInput for an unsupported scheme, http:// with credentials to other than loopback, and credentials
// that cannot be read. Redirects to another host are not followed. Of the user's git configuration, only
// safe.directory counts, and only for file://; proxies come from the environment (HTTPS_PROXY).
// REQUIRES: deadline > 0, max_bytes > 0. Blocks; any number of threads may call it.
[[nodiscard]] Result<std::string> Fetch(const FetchOptions& options);

// The hidden subcommand that Fetch starts: reads its options as JSON from standard input (never from the
// command line: they hold secrets), writes one JSON document to standard output, returns the exit code.
inline constexpr char kFetchCommand[] = "internal-fetch";
int RunFetchCommand();

}  // namespace paliad::git

#endif  // PALIAD_CONTROLLER_GIT_FETCH_H_
