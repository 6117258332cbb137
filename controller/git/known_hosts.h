// OpenSSH's known_hosts files (sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT"): is this the key of that host?
// libgit2 1.5 leaves the question to its caller.
#ifndef PALIAD_CONTROLLER_GIT_KNOWN_HOSTS_H_
#define PALIAD_CONTROLLER_GIT_KNOWN_HOSTS_H_

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace paliad::git {

enum class HostKeyVerdict {
  kTrusted,
  kUnknownHost,   // no entry for the host
  kOtherKeyType,  // entries for the host, none of this key's type
  kChanged,       // an entry for the host with another key of this type
  kRevoked,       // @revoked: refused whatever else the files say
};

struct HostKey {
  std::string host;  // lower case, as in the URL
  int port = 22;
  std::string blob;  // the public key as SSH sends it (RFC 4253, section 6.6)

  // "host", or "[host]:port" where the port is not 22: how known_hosts names it.
  std::string Name() const;
  // "ssh-ed25519"; empty if the blob is malformed.
  std::string Type() const;
  // "SHA256:…", as OpenSSH prints it.
  std::string Fingerprint() const;
};

// What the lines of `contents`, one file after the other, say of the key. Host patterns with '*', '?' and
// '!', several hosts a line, hashed hosts (|1|salt|hash) and @revoked are understood; @cert-authority lines
// are skipped: libssh2 knows no host certificates. Malformed lines are skipped, as OpenSSH does.
HostKeyVerdict CheckHostKey(std::string_view contents, const HostKey& key);

// The files to read: `configured` alone if it is not empty, else ~/.ssh/known_hosts and
// /etc/ssh/ssh_known_hosts.
std::vector<std::string> KnownHostsFiles(const std::string& configured);

// Nothing, or why the key is refused and what to do (doing and subject are left to the caller). Files that do
// not exist count as empty, but a configured one must exist.
[[nodiscard]] Status VerifyHostKey(const std::string& configured_file, const HostKey& key);

}  // namespace paliad::git

#endif  // PALIAD_CONTROLLER_GIT_KNOWN_HOSTS_H_
