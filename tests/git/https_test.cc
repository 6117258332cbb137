// Fetching over HTTPS from git's own server side.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "controller/git/fetch.h"
#include "controller/git/repository.h"
#include "tests/git/https_server.h"
#include "tests/git/process.h"
#include "tests/git/temp_dir.h"
#include "tests/git/work_tree.h"

namespace paliad::git {
namespace {

using paliad::testing::HttpsServer;
using paliad::testing::MustRun;
using paliad::testing::ReadFile;
using paliad::testing::TempDir;
using paliad::testing::WorkTree;
using paliad::testing::WriteFile;
using ::testing::HasSubstr;
using ::testing::Not;

class HttpsTest : public ::testing::Test {
 protected:
  HttpsTest() { MustRun({"git", "clone", "--quiet", "--bare", work_.path(), temp_ / "projects/p.git"}); }

  FetchOptions Options(const std::string& path) {
    FetchOptions options;
    options.url = server_.url() + path;
    options.branch = "main";
    options.data_dir = temp_ / "data";
    options.deadline = std::chrono::seconds(60);
    options.credentials.ca_file = server_.ca_file();
    return options;
  }

  FetchOptions Private() {
    FetchOptions options = Options("/private/p.git");
    options.credentials.username = HttpsServer::kUser;
    options.credentials.password = HttpsServer::kPassword;
    return options;
  }

  static Error ErrorOf(const FetchOptions& options) {
    const Result<std::string> fetched = Fetch(options);
    EXPECT_FALSE(fetched);
    return fetched ? Error{} : fetched.error();
  }

  void ExpectFetches(const FetchOptions& options) {
    const Result<std::string> path = Fetch(options);
    ASSERT_TRUE(path) << path.error().Message() << "\n" << path.error().hint << "\n" << server_.access_log();
    EXPECT_EQ(Repository::Open(*path)->Resolve("main").value(), work_.Git({"rev-parse", "main"}));
  }

  TempDir temp_;
  WorkTree work_{temp_ / "work"};
  std::string commit_ = work_.CommitFile("migrations/1_a.up.sql", "SELECT 1;");
  HttpsServer server_{temp_ / "projects"};
};

TEST_F(HttpsTest, ClonesAndFetchesWhatIsNew) {
  ExpectFetches(Options("/public/p.git"));
  work_.CommitFile("migrations/2_b.up.sql", "SELECT 2;");
  work_.Git({"push", "--quiet", temp_ / "projects/p.git", "main"});
  ExpectFetches(Options("/public/p.git"));
}

TEST_F(HttpsTest, AUserNameAndPasswordLetOneIn) { ExpectFetches(Private()); }

TEST_F(HttpsTest, CredentialsInTheUrlAreUsedAndNotStored) {
  FetchOptions options = Private();
  options.credentials.username.clear();
  options.credentials.password.clear();
  options.url.replace(0, 8, "https://reader:correct%20horse@");

  const Result<std::string> path = Fetch(options);

  ASSERT_TRUE(path) << path.error().Message();
  EXPECT_EQ(*path, Fetch(Private()).value()) << "one clone, whoever reads it";
  EXPECT_THAT(ReadFile(*path + "/config"), HasSubstr("url = " + server_.url() + "/private/p.git"));
  // Nowhere in the data folder: grep finds nothing.
  EXPECT_EQ(
      paliad::testing::Run({"grep", "-r", "-l", "-e", "correct", "-e", "reader", temp_ / "data"}).output, "");
}

TEST_F(HttpsTest, AWrongPasswordIsOfferedOnceAndNotShown) {
  FetchOptions options = Private();
  options.credentials.password = "wrong secret";

  const Error error = ErrorOf(options);

  EXPECT_EQ(error.kind, ErrorKind::kUnavailable);
  EXPECT_EQ(error.Message(),
            "cannot fetch " + server_.url() +
                "/private/p.git: authentication failed: the server refused the user name and password");
  EXPECT_THAT(error.hint, HasSubstr("PALIAD_GIT_PASSWORD"));
  EXPECT_THAT(error.Message() + error.hint, Not(HasSubstr("secret")));
  const std::string log = server_.access_log();
  const std::size_t refusals = std::count(log.begin(), log.end(), '\n');
  EXPECT_LE(refusals, 2U) << log;
}

TEST_F(HttpsTest, MissingCredentialsAreAskedFor) {
  const Error error = ErrorOf(Options("/private/p.git"));

  EXPECT_EQ(error.kind, ErrorKind::kUnavailable);
  EXPECT_EQ(error.cause, "the server asks for a user name and a password");
  EXPECT_THAT(error.hint, HasSubstr("PALIAD_GIT_USERNAME"));
}

TEST_F(HttpsTest, AnUntrustedAuthorityIsRefusedBeforeThePasswordIsSent) {
  FetchOptions options = Private();
  options.credentials.ca_file.clear();

  const Error error = ErrorOf(options);

  EXPECT_EQ(error.kind, ErrorKind::kUnavailable);
  EXPECT_THAT(error.cause, HasSubstr("the certificate of localhost is not trusted"));
  EXPECT_THAT(error.hint, HasSubstr("PALIAD_GIT_CA_FILE"));
  EXPECT_EQ(server_.access_log(), "");
}

TEST_F(HttpsTest, ACertificateForAnotherNameIsRefused) {
  FetchOptions options = Private();
  options.url.replace(options.url.find("localhost"), 9, "127.0.0.1");

  EXPECT_THAT(ErrorOf(options).cause, HasSubstr("the certificate of 127.0.0.1 is not trusted"));
  EXPECT_EQ(server_.access_log(), "");
}

TEST_F(HttpsTest, ConfigurationCannotTurnVerificationOff) {
  const std::string config = std::string(std::getenv("HOME")) + "/.gitconfig";
  WriteFile(config, "[http]\nsslVerify = false\n");
  FetchOptions options = Private();
  options.credentials.ca_file.clear();

  EXPECT_THAT(ErrorOf(options).cause, HasSubstr("is not trusted"));
  std::remove(config.c_str());
}

TEST_F(HttpsTest, ConfigurationCannotSendTheCredentialsElsewhere) {
  const std::string config = std::string(std::getenv("HOME")) + "/.gitconfig";
  WriteFile(config, "[url \"https://localhost:1/\"]\ninsteadOf = " + server_.url() + "/\n");

  ExpectFetches(Private());
  std::remove(config.c_str());
}

TEST_F(HttpsTest, AnAuthorityFileThatCannotBeReadIsNamed) {
  FetchOptions options = Private();
  options.credentials.ca_file = temp_ / "nothing.pem";

  const Error error = ErrorOf(options);

  EXPECT_EQ(error.kind, ErrorKind::kInvalidInput);
  EXPECT_THAT(error.cause, HasSubstr("nothing.pem"));
}

TEST_F(HttpsTest, ARedirectToAnotherHostIsNotFollowed) {
  const Error error = ErrorOf(Options("/elsewhere/p.git"));

  EXPECT_EQ(error.kind, ErrorKind::kUnavailable);
  EXPECT_THAT(error.cause, HasSubstr("redirect"));
  EXPECT_THAT(error.hint, HasSubstr("configure the URL that it redirects to"));
  EXPECT_THAT(server_.access_log(), Not(HasSubstr("/public/")));
}

TEST_F(HttpsTest, AMissingRepositoryNamesTheStatus) {
  const Error error = ErrorOf(Options("/public/nothing.git"));

  EXPECT_EQ(error.kind, ErrorKind::kUnavailable);
  EXPECT_THAT(error.cause, HasSubstr("404"));
  EXPECT_THAT(error.hint, HasSubstr("check the URL"));
}

TEST_F(HttpsTest, PlainHttpWorksOnLoopbackEvenWithAPassword) {
  FetchOptions options = Private();
  options.url = server_.plain_url() + "/private/p.git";

  ExpectFetches(options);
}

TEST_F(HttpsTest, TheSizeLimitEndsADownload) {
  std::string noise;
  for (int i = 0; i < 60000; ++i) {
    noise += std::to_string(i * 2654435761U);
  }
  work_.CommitFile("large", noise);
  work_.Git({"push", "--quiet", temp_ / "projects/p.git", "main"});
  FetchOptions options = Options("/public/p.git");
  options.max_bytes = 50'000;

  EXPECT_THAT(ErrorOf(options).cause, HasSubstr("more than the limit of 50000 bytes"));
  options.max_bytes = 50'000'000;
  ExpectFetches(options);
}

TEST_F(HttpsTest, NobodyListeningIsUnavailable) {
  FetchOptions options = Options("/public/p.git");
  options.url = "https://localhost:" + std::to_string(paliad::testing::FreePort()) + "/p.git";

  EXPECT_EQ(ErrorOf(options).kind, ErrorKind::kUnavailable);
}

}  // namespace
}  // namespace paliad::git
