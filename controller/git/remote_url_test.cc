#include "controller/git/remote_url.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "controller/git/fetch.h"

namespace paliad::git {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(RemoteUrl, IsSplitIntoItsPartsAndItsSecretsStayOutOfTheLocation) {
  const struct {
    std::string url;
    Scheme scheme;
    std::string user, password, host;
    int port;
    std::string location;
  } cases[] = {
      {"https://git.example.com/m/p.git", Scheme::kHttps, "", "", "git.example.com", 443,
       "https://git.example.com/m/p.git"},
      {"HTTPS://bob:p%40ss%3A@Git.Example.com:8443/m/p.git", Scheme::kHttps, "bob",
       "p@ss:", "git.example.com", 8443, "https://git.example.com:8443/m/p.git"},
      {"https://token@git.example.com/p", Scheme::kHttps, "token", "", "git.example.com", 443,
       "https://git.example.com/p"},
      {"https://bob:a@b@git.example.com/p", Scheme::kHttps, "bob", "a@b", "git.example.com", 443,
       "https://git.example.com/p"},
      {"http://[::1]:3000/p", Scheme::kHttp, "", "", "::1", 3000, "http://[::1]:3000/p"},
      {"ssh://git@example.com/m/p.git", Scheme::kSsh, "git", "", "example.com", 22,
       "ssh://git@example.com/m/p.git"},
      {"ssh://git:secret@example.com:2222/~/p", Scheme::kSsh, "git", "secret", "example.com", 2222,
       "ssh://git@example.com:2222/~/p"},
      {"git@Example.com:m/p.git", Scheme::kSsh, "git", "", "example.com", 22, "git@Example.com:m/p.git"},
      {"git@[::1]:p.git", Scheme::kSsh, "git", "", "::1", 22, "git@[::1]:p.git"},
      {"file:///srv/p.git", Scheme::kFile, "", "", "", 0, "file:///srv/p.git"},
      {"file://localhost/srv/p.git", Scheme::kFile, "", "", "", 0, "file:///srv/p.git"},
  };
  for (const auto& c : cases) {
    const Result<RemoteUrl> url = ParseRemoteUrl(c.url);
    ASSERT_TRUE(url) << c.url << ": " << url.error().Message();
    EXPECT_EQ(url->scheme, c.scheme) << c.url;
    EXPECT_EQ(url->user, c.user) << c.url;
    EXPECT_EQ(url->password, c.password) << c.url;
    EXPECT_EQ(url->host, c.host) << c.url;
    EXPECT_EQ(url->port, c.port) << c.url;
    EXPECT_EQ(url->location, c.location) << c.url;
  }
}

TEST(RemoteUrl, WhatIsNoneIsRefusedWithoutShowingThePassword) {
  for (const char* text : {"",
                           "migrations",
                           "/srv/p.git",
                           "./a:b",
                           "C:/x",
                           "ftp://bob:secret@example.com/p",
                           "https://",
                           "https:///p",
                           "https://example.com",
                           "https://example.com/",
                           "https://bob:secret@example.com:0/p",
                           "https://example.com:port/p",
                           "https://[::1/p",
                           "ssh://-oX/p",
                           "git@-oX:p",
                           "git@example.com:",
                           "https://example.com/a b",
                           "https://example.com/\n",
                           "https://example.com/\xFF",
                           "file://host/p"}) {
    const Result<RemoteUrl> url = ParseRemoteUrl(text);
    ASSERT_FALSE(url) << text;
    EXPECT_EQ(url.error().kind, ErrorKind::kInvalidInput) << text;
    EXPECT_THAT(url.error().Message(), Not(HasSubstr("secret"))) << text;
  }
}

TEST(RemoteUrl, ARemoteIsToldFromALocalFolder) {
  for (const char* remote :
       {"https://example.com/p", "file:///p", "git@example.com:p", "git@[::1]:p", "foo+bar://x", "a@b:/c"}) {
    EXPECT_TRUE(IsRemote(remote)) << remote;
  }
  for (const char* local : {".", "/srv/p.git", "p.git", "../p", "C:/p", "host:p", "./a@b:c", "a/b@c:d",
                            "@h:p", "a@:p", "a:b@c", "://x", "1a://x", ""}) {
    EXPECT_FALSE(IsRemote(local)) << local;
  }
}

TEST(RemoteUrl, LoopbackIsThisMachineOnly) {
  const auto loopback = [](const std::string& url) { return IsLoopback(ParseRemoteUrl(url).value()); };
  EXPECT_TRUE(loopback("http://localhost:3000/p"));
  EXPECT_TRUE(loopback("http://127.0.0.1/p"));
  EXPECT_TRUE(loopback("http://127.1.2.3/p"));
  EXPECT_TRUE(loopback("http://[::1]/p"));
  EXPECT_FALSE(loopback("http://127.0.0.1.example.com/p"));
  EXPECT_FALSE(loopback("http://localhost.example.com/p"));
  EXPECT_FALSE(loopback("http://128.0.0.1/p"));
  EXPECT_FALSE(loopback("http://user@10.0.0.1/p"));
}

}  // namespace
}  // namespace paliad::git
