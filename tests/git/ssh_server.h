// A real sshd on loopback that lets one key in, as root or as anybody.
#ifndef PALIAD_TESTS_GIT_SSH_SERVER_H_
#define PALIAD_TESTS_GIT_SSH_SERVER_H_

#include <memory>
#include <string>

#include "tests/git/process.h"
#include "tests/git/temp_dir.h"

namespace paliad::testing {

class SshServer {
 public:
  SshServer();

  // "ssh://USER@localhost:PORT", for the user who runs the test.
  std::string url() const;
  int port() const { return port_; }

  // An ed25519 key without a passphrase that the server lets in, and one that it does not.
  std::string key_file() const { return files_ / "key"; }
  std::string stranger_key_file() const { return files_ / "stranger"; }

  // Names the server's key; written at the start.
  std::string known_hosts_file() const { return files_ / "known_hosts"; }

  // The server's host key gets a new pair, as after a reinstallation or with somebody in between.
  void ChangeHostKey();

  // "SHA256:…" of the host key, from ssh-keygen.
  std::string fingerprint() const;
  const TempDir& files() const { return files_; }

 private:
  void Start();
  void MakeKey(const std::string& name) const;

  TempDir files_;
  std::string user_;
  int port_ = FreePort();
  std::unique_ptr<Server> server_;
};

}  // namespace paliad::testing

#endif  // PALIAD_TESTS_GIT_SSH_SERVER_H_
