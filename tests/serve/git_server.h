// A git server as people run it, in front of the repository that Served pushes to.
#ifndef PALIAD_TESTS_SERVE_GIT_SERVER_H_
#define PALIAD_TESTS_SERVE_GIT_SERVER_H_

#include <memory>
#include <string>
#include <vector>

#include "tests/serve/served.h"
#include "tests/support/process.h"
#include "tests/support/tcp_proxy.h"

namespace paliad::testing {

// Stops with its destructor, and is reached through a proxy: `way` can be made bad.
class GitServer {
 public:
  // nginx with basic authentication and a private authority; the first target of `served` uses it.
  static std::unique_ptr<GitServer> OverHttps(Served& served);
  // OpenSSH with a key and known hosts.
  static std::unique_ptr<GitServer> OverSsh(Served& served);

  ~GitServer();
  GitServer(const GitServer&) = delete;
  GitServer& operator=(const GitServer&) = delete;

  TcpProxy& way() { return *way_; }

 private:
  explicit GitServer(std::vector<std::string> arguments);

  BackgroundProcess process_;
  std::vector<std::string> said_;  // what its clients need to know
  std::unique_ptr<TcpProxy> way_;
};

}  // namespace paliad::testing

#endif  // PALIAD_TESTS_SERVE_GIT_SERVER_H_
