// Fetching over SSH from OpenSSH.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>

#include "controller/git/fetch.h"
#include "controller/git/repository.h"
#include "tests/git/process.h"
#include "tests/git/ssh_server.h"
#include "tests/git/temp_dir.h"
#include "tests/git/work_tree.h"

namespace paliad::git {
namespace {

using paliad::testing::MustRun;
using paliad::testing::ReadFile;
using paliad::testing::Server;
using paliad::testing::SshServer;
using paliad::testing::TempDir;
using paliad::testing::WorkTree;
using paliad::testing::WriteFile;
using ::testing::HasSubstr;
using ::testing::Not;

class SshTest : public ::testing::Test {
 protected:
  FetchOptions Options() {
    FetchOptions options;
    options.url = server_.url() + work_.path();
    options.branch = "main";
    options.data_dir = temp_ / "data";
    options.deadline = std::chrono::seconds(60);
    options.credentials.ssh_key_file = server_.key_file();
    options.credentials.known_hosts_file = server_.known_hosts_file();
    return options;
  }

  static Error ErrorOf(const FetchOptions& options) {
    const Result<std::string> fetched = Fetch(options);
    EXPECT_FALSE(fetched);
    return fetched ? Error{} : fetched.error();
  }

  void ExpectFetches(const FetchOptions& options) {
    const Result<std::string> path = Fetch(options);
    ASSERT_TRUE(path) << path.error().Message() << "\n"
                      << path.error().hint << "\n"
                      << ReadFile(server_.files() / "sshd.log");
    EXPECT_EQ(Repository::Open(*path)->Resolve("main").value(), work_.Git({"rev-parse", "main"}));
  }

  TempDir temp_;
  WorkTree work_{temp_ / "work"};
  std::string commit_ = work_.CommitFile("migrations/1_a.up.sql", "SELECT 1;");
  SshServer server_;
};

TEST_F(SshTest, ClonesAndFetchesWhatIsNew) {
  ExpectFetches(Options());
  work_.CommitFile("migrations/2_b.up.sql", "SELECT 2;");
  ExpectFetches(Options());
}

TEST_F(SshTest, AKeyWithoutItsPublicHalfWillDo) {
  std::remove((server_.key_file() + ".pub").c_str());
  ExpectFetches(Options());
}

TEST_F(SshTest, TheAgentIsAskedWhereThereIsNoKeyFile) {
  const TempDir socket_folder;
  const std::string socket = "/tmp/paliad-agent-" + std::to_string(::getpid());  // a socket's path is short
  Server agent({"/usr/bin/ssh-agent", "-D", "-a", socket}, temp_ / "agent.log");
  ASSERT_TRUE(paliad::testing::WaitForFile(socket, &agent));
  ::setenv("SSH_AUTH_SOCK", socket.c_str(), 1);
  FetchOptions options = Options();
  options.credentials.ssh_key_file.clear();

  EXPECT_THAT(ErrorOf(options).hint, HasSubstr("PALIAD_GIT_SSH_KEY_FILE")) << "it holds no key yet";
  MustRun({"ssh-add", "-q", server_.key_file()});
  ExpectFetches(options);
  ::unsetenv("SSH_AUTH_SOCK");
}

TEST_F(SshTest, WithoutAKeyAndAnAgentTheErrorSaysSo) {
  FetchOptions options = Options();
  options.credentials.ssh_key_file.clear();

  const Error error = ErrorOf(options);

  EXPECT_EQ(error.cause, "the server asks for an ssh key, and there is no key file and no agent");
  EXPECT_THAT(error.hint, HasSubstr("PALIAD_GIT_SSH_KEY_FILE"));
}

TEST_F(SshTest, AKeyThatTheServerDoesNotKnowIsOfferedOnce) {
  FetchOptions options = Options();
  options.credentials.ssh_key_file = server_.stranger_key_file();

  const Error error = ErrorOf(options);

  EXPECT_EQ(error.kind, ErrorKind::kUnavailable);
  EXPECT_EQ(error.cause, "authentication failed: the server refused the ssh key");
  EXPECT_THAT(error.hint, HasSubstr("ed25519"));
  EXPECT_THAT(error.hint, HasSubstr("PALIAD_GIT_SSH_KEY_FILE"));
}

TEST_F(SshTest, AKeyThatCannotBeUsedIsNamedBeforeConnecting) {
  FetchOptions options = Options();
  options.credentials.ssh_key_file = temp_ / "nothing";
  EXPECT_THAT(ErrorOf(options).cause, HasSubstr("cannot read the key"));

  MustRun({"ssh-keygen", "-q", "-t", "ed25519", "-N", "passphrase", "-f", temp_ / "locked"});
  options.credentials.ssh_key_file = temp_ / "locked";
  const Error locked = ErrorOf(options);
  EXPECT_EQ(locked.kind, ErrorKind::kInvalidInput);
  EXPECT_THAT(locked.cause, HasSubstr("has a passphrase"));

  MustRun({"ssh-keygen", "-q", "-t", "ecdsa", "-m", "PEM", "-N", "passphrase", "-f", temp_ / "pem"});
  options.credentials.ssh_key_file = temp_ / "pem";
  EXPECT_THAT(ErrorOf(options).cause, HasSubstr("has a passphrase"));
}

TEST_F(SshTest, AnUnknownHostKeyIsRefusedWithItsFingerprint) {
  FetchOptions options = Options();
  WriteFile(server_.known_hosts_file(), "# nobody yet\n");

  const Error error = ErrorOf(options);

  EXPECT_EQ(error.kind, ErrorKind::kUnavailable);
  const std::string name = "[localhost]:" + std::to_string(server_.port());
  EXPECT_EQ(error.cause, "the host key of " + name + " is not known: ssh-ed25519 " + server_.fingerprint());
  const std::string command =
      "ssh-keyscan -p " + std::to_string(server_.port()) + " localhost >> " + server_.known_hosts_file();
  ASSERT_THAT(error.hint, HasSubstr(command));

  // What the hint says, done: it must help.
  MustRun({"sh", "-c", command + " 2>/dev/null"});
  ExpectFetches(options);
}

TEST_F(SshTest, AHashedEntryWithTheHostKeyIsEnough) {
  MustRun({"ssh-keygen", "-q", "-H", "-f", server_.known_hosts_file()});
  ASSERT_THAT(ReadFile(server_.known_hosts_file()), Not(HasSubstr("localhost")));
  ExpectFetches(Options());
}

TEST_F(SshTest, AChangedHostKeyIsRefused) {
  ExpectFetches(Options());
  server_.ChangeHostKey();

  const Error error = ErrorOf(Options());

  EXPECT_EQ(error.kind, ErrorKind::kUnavailable);
  EXPECT_THAT(error.cause, HasSubstr("has changed and is now ssh-ed25519 " + server_.fingerprint()));
  EXPECT_THAT(error.hint, HasSubstr("ssh-keygen -f " + server_.known_hosts_file() + " -R"));
}

TEST_F(SshTest, ARevokedHostKeyIsRefused) {
  WriteFile(server_.known_hosts_file(),
            ReadFile(server_.known_hosts_file()) + "@revoked * " + ReadFile(server_.files() / "host.pub"));
  EXPECT_THAT(ErrorOf(Options()).cause, HasSubstr("is revoked"));
}

TEST_F(SshTest, TheUsersKnownHostsAreTheDefault) {
  FetchOptions options = Options();
  options.credentials.known_hosts_file.clear();
  EXPECT_THAT(ErrorOf(options).cause, HasSubstr("is not known"));

  const std::string file = std::string(std::getenv("HOME")) + "/.ssh/known_hosts";
  WriteFile(file, ReadFile(server_.known_hosts_file()));
  ExpectFetches(options);
  std::remove(file.c_str());
}

TEST_F(SshTest, AMissingRepositoryIsReported) {
  FetchOptions options = Options();
  options.url += "-nothing";

  const Error error = ErrorOf(options);

  EXPECT_EQ(error.kind, ErrorKind::kUnavailable);
  EXPECT_THAT(error.subject, HasSubstr("-nothing"));
}

}  // namespace
}  // namespace paliad::git
