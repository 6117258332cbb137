// The clients against servers that fail in every way that a forge and the network before it do.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <stop_token>
#include <utility>

#include "controller/forge/forge.h"
#include "controller/forge/kind.h"
#include "controller/forge/make_forge.h"
#include "tests/forge/raw_server.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace paliad::forge {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::Certificate;
using testing::RawReply;
using testing::RawRequest;
using testing::RawServer;
using testing::Reply;
using testing::RunOrThrow;
using testing::TempDir;

const std::string kHead(40, 'a');
const SystemClock kClock;

std::unique_ptr<Forge> Client(const std::string& url, ForgeOptions options = {}) {
  options.url = url;
  options.project = "m/paliad";
  options.token = "t0ken";
  options.github_write_gap = milliseconds(0);
  auto made = MakeForge(options, kClock);
  EXPECT_TRUE(made) << made.error().Message();
  return *std::move(made);
}

std::unique_ptr<Forge> Client(const RawServer& server, ForgeKind kind = ForgeKind::kGitea) {
  return Client(server.url(), {.kind = kind});
}

Answer<void> SetStatus(Forge& forge) {
  return forge.SetStatus(
      {.commit = kHead, .context = "paliad/default/policy", .state = StatusState::kSuccess});
}

Failure StatusFailure(const std::string& bytes, ForgeKind kind = ForgeKind::kGitea) {
  RawServer server([&](const RawRequest&) { return RawReply{bytes}; });
  const auto set = SetStatus(*Client(server, kind));
  EXPECT_FALSE(set);
  EXPECT_EQ(server.Requests().size(), 1u) << "tried again";
  return set ? Failure{} : set.error();
}

// Proxies of whoever runs the tests are none of theirs.
class Environment : public ::testing::Environment {
 public:
  void SetUp() override {
    for (const char* name :
         {"http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY"}) {
      unsetenv(name);
    }
  }
};
const ::testing::Environment* const kEnvironment = ::testing::AddGlobalTestEnvironment(new Environment);

TEST(Fault, AServerErrorIsToTryAgainAndInDoubt) {
  const Failure failure = StatusFailure(Reply(500, "oops"));
  EXPECT_EQ(failure.error.kind, ErrorKind::kUnavailable);
  EXPECT_EQ(failure.error.cause, "Gitea answered 500: oops");
  EXPECT_TRUE(failure.in_doubt);
  EXPECT_FALSE(failure.retry_after);
}

TEST(Fault, TooManyRequestsAreToTryAgainWhenTheForgeSays) {
  const Failure failure = StatusFailure(Reply(429, "{}", "Retry-After: 17\r\n"));
  EXPECT_EQ(failure.error.kind, ErrorKind::kUnavailable);
  EXPECT_EQ(failure.retry_after, seconds(17));
  EXPECT_FALSE(failure.in_doubt);
}

TEST(Fault, ARateLimitOfGithubIsNoLackOfRights) {
  const auto reset = std::chrono::floor<seconds>(kClock.Now() + std::chrono::minutes(10)).time_since_epoch();
  const Failure failure = StatusFailure(
      Reply(403, R"({"message":"API rate limit exceeded"})",
            fmt::format("X-RateLimit-Remaining: 0\r\nX-RateLimit-Reset: {}\r\n", reset.count())),
      ForgeKind::kGithub);
  EXPECT_EQ(failure.error.kind, ErrorKind::kUnavailable);
  ASSERT_TRUE(failure.retry_after);
  EXPECT_GT(*failure.retry_after, std::chrono::minutes(8));
  EXPECT_LE(*failure.retry_after, std::chrono::minutes(10));
}

TEST(Fault, AConflictIsToTryAgain) {
  EXPECT_EQ(StatusFailure(Reply(409, "{}"), ForgeKind::kGitlab).error.kind, ErrorKind::kUnavailable);
}

TEST(Fault, WhatTheForgeDoesNotTakeIsForAPerson) {
  const Failure failure = StatusFailure(
      Reply(422, R"({"message":"Validation Failed","errors":["context is too long"]})"), ForgeKind::kGithub);
  EXPECT_EQ(failure.error.kind, ErrorKind::kInvalidInput);
  EXPECT_EQ(failure.error.cause, R"(GitHub answered 422: Validation Failed; ["context is too long"])");
}

TEST(Fault, ATruncatedAnswerIsInDoubt) {
  const Failure failure = StatusFailure("HTTP/1.1 201 Created\r\nContent-Length: 100\r\n\r\n{\"id\":");
  EXPECT_EQ(failure.error.kind, ErrorKind::kUnavailable);
  EXPECT_TRUE(failure.in_doubt);
}

TEST(Fault, AListThatIsCutAtAnyByteIsNeverTakenForAShortOne) {
  const std::string whole =
      Reply(200, fmt::format(R"([{{"number":1,"head":{{"sha":"{}"}},"base":{{"ref":"main"}}}}])", kHead),
            "X-Total-Count: 1\r\n");
  for (std::size_t length = 0; length < whole.size(); length += 7) {
    RawServer server([&](const RawRequest&) { return RawReply{whole.substr(0, length)}; });
    const auto open = Client(server)->OpenPullRequests("main");
    ASSERT_FALSE(open) << whole.substr(0, length);
    EXPECT_EQ(open.error().error.kind, ErrorKind::kUnavailable) << whole.substr(0, length);
  }
}

TEST(Fault, AnAnswerThatIsTooLargeIsGivenUp) {
  RawServer server([&](const RawRequest&) {
    return RawReply{Reply(200, "[\"" + std::string(std::size_t{33} << 20, 'x') + "\"]")};
  });
  const auto open = Client(server)->OpenPullRequests("main");
  ASSERT_FALSE(open);
  EXPECT_EQ(open.error().error.kind, ErrorKind::kUnavailable);
  EXPECT_EQ(open.error().error.cause, "the answer is larger than 32 MiB");
}

TEST(Fault, AnAnswerThatUnpacksToTooMuchIsGivenUp) {
  const std::string bomb =
      RunOrThrow({.argv = {"/bin/sh", "-c", "head -c 40000000 /dev/zero | tr '\\0' ' ' | gzip"}});
  ASSERT_LT(bomb.size(), 100'000u);
  RawServer server(
      [&](const RawRequest&) { return RawReply{Reply(200, bomb, "Content-Encoding: gzip\r\n")}; });
  const auto open = Client(server)->OpenPullRequests("main");
  ASSERT_FALSE(open);
  EXPECT_EQ(open.error().error.cause, "the answer is larger than 32 MiB");
}

TEST(Fault, HeadersWithoutEndAreGivenUp) {
  std::string headers = "HTTP/1.1 200 OK\r\n";
  for (int i = 0; i < 3000; ++i) {
    headers += "X-Filler: " + std::string(120, 'x') + "\r\n";
  }
  EXPECT_EQ(StatusFailure(headers + "\r\n").error.kind, ErrorKind::kUnavailable);
}

TEST(Fault, ASlowServerHitsTheTimeOut) {
  RawServer server([](const RawRequest&) { return RawReply{"HTTP/1.1 200 OK\r\n", RawReply::After::kHold}; });
  const auto forge = Client(server.url(), {.request_timeout = milliseconds(200)});
  const auto set = SetStatus(*forge);
  ASSERT_FALSE(set);
  EXPECT_EQ(set.error().error.kind, ErrorKind::kUnavailable);
  EXPECT_EQ(set.error().error.cause, "no whole answer within 200ms");
  EXPECT_TRUE(set.error().in_doubt);
}

TEST(Fault, ARequestUnderWayEndsWhenItIsToldTo) {
  std::stop_source stop;
  RawServer server([&](const RawRequest&) {
    stop.request_stop();
    return RawReply{"HTTP/1.1 200 OK\r\n", RawReply::After::kHold};
  });
  const auto set = SetStatus(*Client(server.url(), {.stop = stop.get_token()}));
  ASSERT_FALSE(set);
  EXPECT_EQ(set.error().error.cause, "it was told to stop");
  EXPECT_TRUE(set.error().in_doubt);
}

TEST(Fault, WhereNobodyListensNothingIsInDoubt) {
  std::string url;
  {
    const RawServer gone([](const RawRequest&) { return RawReply{}; });
    url = gone.url();
  }
  const auto set = SetStatus(*Client(url));
  ASSERT_FALSE(set);
  EXPECT_EQ(set.error().error.kind, ErrorKind::kUnavailable);
  EXPECT_FALSE(set.error().in_doubt);
}

// Comments as a forge keeps them, whose answers may be lost.
class Comments {
 public:
  // What becomes of the answer to a POST.
  enum class Fate { kArrives, kLost, kTruncated, kGateway };

  explicit Comments(Fate first) : fate_(first) {}

  RawReply Answer(const RawRequest& request) {
    if (request.target.ends_with("/user")) {
      return {Reply(200, R"({"login":"bot"})"), RawReply::After::kKeep};
    }
    if (request.method == "POST") {
      ++count_;
      switch (std::exchange(fate_, Fate::kArrives)) {
        case Fate::kLost:
          return {""};
        case Fate::kTruncated:
          return {Reply(201, Comment(count_)).substr(0, 60)};
        case Fate::kGateway:
          return {Reply(504, "<html>gateway time-out</html>")};
        case Fate::kArrives:
          return {Reply(201, Comment(count_)), RawReply::After::kKeep};
      }
    }
    std::string list;
    for (int id = 1; id <= count_; ++id) {
      list += (id == 1 ? "" : ",") + Comment(id);
    }
    return {Reply(200, "[" + list + "]"), RawReply::After::kKeep};
  }
  int count() const { return count_; }

 private:
  static std::string Comment(int id) {
    return fmt::format(R"({{"id":{},"user":{{"login":"bot"}},"body":"m text"}})", id);
  }

  Fate fate_;
  int count_ = 0;
};

// A broken promise here was libcurl's: on a connection that was kept it sends a POST again by itself.
TEST(Fault, ACommentWhoseAnswerWasLostIsNotMadeTwice) {
  for (const Comments::Fate fate :
       {Comments::Fate::kLost, Comments::Fate::kTruncated, Comments::Fate::kGateway}) {
    Comments comments(fate);
    RawServer server([&](const RawRequest& request) { return comments.Answer(request); });
    const auto forge = Client(server);
    const auto lost = forge->KeepComment(7, "m", "m text", 0, false);
    ASSERT_FALSE(lost);
    EXPECT_TRUE(lost.error().in_doubt);
    EXPECT_EQ(lost.error().error.kind, ErrorKind::kUnavailable);
    EXPECT_EQ(forge->KeepComment(7, "m", "m text", 0, false), 1);
    EXPECT_EQ(comments.count(), 1);
  }
}

TEST(Fault, ACommentOfSomebodyElseWithOurMarkerIsLeftAlone) {
  RawServer server([&](const RawRequest& request) {
    return RawReply{request.target.ends_with("/user") ? Reply(200, R"({"login":"bot"})")
                    : request.method == "POST"
                        ? Reply(201, R"({"id":9,"user":{"login":"bot"},"body":"m"})")
                        : Reply(200, R"([{"id":1,"user":{"login":"eve"},"body":"m"}])")};
  });
  EXPECT_EQ(Client(server)->KeepComment(7, "m", "m text", 0, false), 9);
  for (const RawRequest& request : server.Requests()) {
    EXPECT_NE(request.method, "PATCH");
  }
}

TEST(Fault, ARedirectIsNotFollowedAndTheOtherHostSeesNothing) {
  for (const int status : {301, 302, 303, 307, 308}) {
    const RawServer other([](const RawRequest&) { return RawReply{Reply(200, "[]")}; });
    const Failure failure = StatusFailure(Reply(status, "", "Location: " + other.url() + "/api\r\n"));
    EXPECT_EQ(failure.error.kind, ErrorKind::kInvalidInput);
    EXPECT_EQ(failure.error.cause,
              fmt::format("Gitea answered {}, a redirect to {}/api", status, other.url()));
    EXPECT_NE(failure.error.hint.find("renamed"), std::string::npos);
    EXPECT_TRUE(other.Requests().empty());
  }
}

TEST(Fault, ALinkToAnotherHostIsNotFollowed) {
  const RawServer other([](const RawRequest&) { return RawReply{Reply(200, "[]")}; });
  RawServer server([&](const RawRequest&) {
    return RawReply{Reply(200, "[]", "Link: <" + other.url() + "/pulls?page=2>; rel=\"next\"\r\n")};
  });
  EXPECT_FALSE(Client(server, ForgeKind::kGithub)->OpenPullRequests("main"));
  EXPECT_TRUE(other.Requests().empty());
}

class TlsFault : public ::testing::Test {
 protected:
  static Answer<void> Set(const std::string& url, const std::string& ca_file) {
    const auto forge = Client(url, {.ca_file = ca_file});
    return SetStatus(*forge);
  }

  const RawServer::Handler created_ = [](const RawRequest&) { return RawReply{Reply(201, "{}")}; };
  TempDir folder_;
};

TEST_F(TlsFault, AnAuthorityThatIsNamedIsTrusted) {
  const Certificate certificate(folder_.path(), 2);
  RawServer server(created_, certificate.tls);
  const auto set = Set(server.url(), certificate.authority_file);
  EXPECT_TRUE(set) << set.error().error.Message();
  EXPECT_EQ(server.Requests().at(0).headers["authorization"], "token t0ken");
  EXPECT_EQ(server.Requests().at(0).headers["user-agent"].substr(0, 14), "paliad-gitops/");
}

TEST_F(TlsFault, AnExpiredCertificateEndsItBeforeAnythingIsSent) {
  const Certificate certificate(folder_.path(), -1);
  RawServer server(created_, certificate.tls);
  const auto set = Set(server.url(), certificate.authority_file);
  ASSERT_FALSE(set);
  EXPECT_EQ(set.error().error.kind, ErrorKind::kUnavailable);
  EXPECT_NE(set.error().error.cause.find("expired"), std::string::npos) << set.error().error.cause;
  EXPECT_FALSE(set.error().in_doubt);
  EXPECT_TRUE(server.Requests().empty());
}

TEST_F(TlsFault, AnUnknownAuthorityEndsItToo) {
  const Certificate certificate(folder_.path(), 2);
  RawServer server(created_, certificate.tls);
  const auto set = Set(server.url(), "");
  ASSERT_FALSE(set);
  EXPECT_EQ(set.error().error.kind, ErrorKind::kUnavailable);
  EXPECT_EQ(set.error().error.hint,
            "it must have a valid certificate; if its authority is your own, name it with ca_file");
  EXPECT_TRUE(server.Requests().empty());
}

TEST_F(TlsFault, ACertificateOfAnotherHostEndsItToo) {
  const Certificate certificate(folder_.path(), 2);
  RawServer server(created_, certificate.tls);
  // 127.0.0.2 is this machine, and not in the certificate.
  const auto set = Set(fmt::format("https://127.0.0.2:{}", server.port()), certificate.authority_file);
  ASSERT_FALSE(set);
  EXPECT_TRUE(server.Requests().empty());
}

TEST_F(TlsFault, AMissingFileOfAuthoritiesIsForAPerson) {
  RawServer server(created_);
  const auto set = Set(fmt::format("https://localhost:{}", server.port()), folder_.path() + "/none.pem");
  ASSERT_FALSE(set);
  EXPECT_EQ(set.error().error.kind, ErrorKind::kInvalidInput);
  EXPECT_TRUE(server.Requests().empty());
}

class ProxyFault : public ::testing::Test {
 protected:
  ~ProxyFault() override {
    unsetenv("http_proxy");
    unsetenv("https_proxy");
  }

  RawServer proxy_{[](const RawRequest&) { return RawReply{Reply(502, "")}; }};
};

TEST_F(ProxyFault, AProxyOfTheEnvironmentIsAskedForATunnelAndSeesNoToken) {
  setenv("https_proxy", proxy_.url().c_str(), 1);
  const auto set = SetStatus(*Client("https://forge.example.invalid"));
  ASSERT_FALSE(set);
  EXPECT_EQ(set.error().error.kind, ErrorKind::kUnavailable);
  const auto requests = proxy_.Requests();
  ASSERT_EQ(requests.size(), 1u);
  EXPECT_EQ(requests[0].method + " " + requests[0].target, "CONNECT forge.example.invalid:443");
  for (const auto& [name, value] : requests[0].headers) {
    EXPECT_EQ(value.find("t0ken"), std::string::npos) << name;
  }
}

TEST_F(ProxyFault, WhatGoesToLoopbackInTheClearGoesThroughNoProxy) {
  setenv("http_proxy", proxy_.url().c_str(), 1);
  RawServer server([](const RawRequest&) { return RawReply{Reply(201, "{}")}; });
  EXPECT_TRUE(SetStatus(*Client(server)));
  EXPECT_TRUE(proxy_.Requests().empty());
}

}  // namespace
}  // namespace paliad::forge
