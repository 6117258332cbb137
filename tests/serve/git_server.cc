#include "tests/serve/git_server.h"

#include <fmt/format.h>

#include <chrono>
#include <csignal>
#include <cstdint>
#include <filesystem>
#include <sstream>
#include <utility>

#include "tests/support/temp_dir.h"

namespace paliad::testing {
namespace {

Command MakeCommand(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), std::filesystem::absolute("tests/git/git_server").string());
  return {.argv = std::move(arguments), .deadline = std::chrono::minutes(10)};
}

// Of "https://localhost:8443": 8443.
std::string PortOf(const std::string& url) { return url.substr(url.rfind(':') + 1); }

std::string Replace(std::string text, const std::string& what, const std::string& with) {
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size())) {
    text.replace(at, what.size(), with);
  }
  return text;
}

}  // namespace

GitServer::GitServer(std::vector<std::string> arguments) : process_(MakeCommand(std::move(arguments))) {
  std::istringstream said(process_.ReadStdoutUntil("ready\n"));
  for (std::string line; std::getline(said, line);) {
    said_.push_back(line);
  }
  way_ = std::make_unique<TcpProxy>(static_cast<std::uint16_t>(std::stoi(PortOf(said_.at(0)))));
}

GitServer::~GitServer() {
  process_.Kill(SIGTERM);
  process_.Wait();
}

std::unique_ptr<GitServer> GitServer::OverHttps(Served& served) {
  std::unique_ptr<GitServer> server(
      new GitServer({"https", std::filesystem::path(served.origin()).parent_path()}));
  const std::string password = served.data_dir() + ".password";
  WriteFile(password, "correct horse\n");
  ServedTarget& target = served.targets.front();
  target.repository = fmt::format("https://localhost:{}/private/origin.git", server->way_->port());
  target.keys = fmt::format("ca_file = '{}'\nusername_env = 'GIT_USER'\npassword_file = '{}'",
                            server->said_.at(1), password);
  served.variables["GIT_USER"] = "reader";
  return server;
}

std::unique_ptr<GitServer> GitServer::OverSsh(Served& served) {
  std::unique_ptr<GitServer> server(new GitServer({"ssh"}));
  const std::string port = PortOf(server->said_.at(0));
  const std::string way = std::to_string(server->way_->port());
  // The host's name with the port is what its key is kept under.
  const std::string known_hosts = served.data_dir() + ".known_hosts";
  WriteFile(known_hosts, Replace(ReadFile(server->said_.at(2)), "]:" + port, "]:" + way));
  ServedTarget& target = served.targets.front();
  target.repository = Replace(server->said_.at(0), ":" + port, ":" + way) + served.origin();
  target.keys = fmt::format("ssh_key_file = '{}'\nknown_hosts_file = '{}'", server->said_.at(1), known_hosts);
  return server;
}

}  // namespace paliad::testing
