#include "tests/git/ssh_server.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

namespace paliad::testing {

SshServer::SshServer() : user_(MustRun({"id", "--user", "--name"})) {
  for (const char* name : {"host", "key", "stranger"}) {
    MakeKey(name);
  }
  WriteFile(files_ / "authorized_keys", ReadFile(files_ / "key.pub"));
  WriteFile(known_hosts_file(), "[localhost]:" + std::to_string(port_) + " " + ReadFile(files_ / "host.pub"));
  // localhost is ::1 first where the machine has IPv6, and ssh-keyscan tries no second address; sshd does
  // without the one that it cannot have.
  WriteFile(files_ / "sshd_config", "ListenAddress 127.0.0.1:" + std::to_string(port_) +
                                        "\n"
                                        "ListenAddress [::1]:" +
                                        std::to_string(port_) +
                                        "\n"
                                        "HostKey " +
                                        (files_ / "host") +
                                        "\n"
                                        "AuthorizedKeysFile " +
                                        (files_ / "authorized_keys") +
                                        "\n"
                                        "PidFile none\n"
                                        "UsePAM no\n"
                                        "StrictModes no\n"
                                        "PasswordAuthentication no\n"
                                        "KbdInteractiveAuthentication no\n"
                                        "PermitRootLogin prohibit-password\n"
                                        "LogLevel VERBOSE\n");
  if (::geteuid() == 0) {
    ::mkdir("/run/sshd", 0755);  // sshd insists on it; Debian makes it when the service starts
  }
  Start();
}

std::string SshServer::url() const { return "ssh://" + user_ + "@localhost:" + std::to_string(port_); }

void SshServer::ChangeHostKey() {
  server_.reset();
  std::remove((files_ / "host").c_str());
  std::remove((files_ / "host.pub").c_str());
  MakeKey("host");
  Start();
}

std::string SshServer::fingerprint() const {
  const std::string line = MustRun({"ssh-keygen", "-l", "-f", files_ / "host.pub"});
  const std::size_t start = line.find("SHA256:");
  return line.substr(start, line.find(' ', start) - start);
}

void SshServer::MakeKey(const std::string& name) const {
  MustRun({"ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", files_ / name});
}

void SshServer::Start() {
  server_ = std::make_unique<Server>(
      std::vector<std::string>{"/usr/sbin/sshd", "-D", "-e", "-f", files_ / "sshd_config"},
      files_ / "sshd.log");
  if (!WaitForPort(port_, server_.get())) {
    std::abort();
  }
}

}  // namespace paliad::testing
